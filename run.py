"""One command on a fresh machine: makes .venv beside this file, once, then runs micrograd-es or the tests in it.

    python3 run.py                                    the worked solution of (x*w - y)**2, and its picture
    python3 run.py "(a*b + c).tanh()" a=2 b=-3 c=10   an expression of your own: all that micrograd-es understands
    python3 run.py test                               the tests: what pytest understands may follow (-n 0: no workers)

It needs Python 3.11 and pip (or ensurepip), and changes nothing outside .venv.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command):
    command = [str(word) for word in command]
    if subprocess.call(command, cwd=HERE, stdout=sys.stderr):
        sys.exit("run.py: could not fill .venv. The lines above say why; the command was\n" + " ".join(command))


def install(job, *what):
    "Fills .venv, unless it is done. It is made without pip: Debian has no ensurepip, and lets pip fill only a venv."
    stamp = HERE / ".venv" / f"installed-for-{job}"
    wanted = f"{HERE} {sys.version_info[:2]}\n{(HERE / 'pyproject.toml').read_text('utf-8')}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    print("Making .venv: once, less than a minute.", file=sys.stderr)
    if not PYTHON.exists():
        import venv

        venv.create(HERE / ".venv", clear=True, symlinks=os.name != "nt")
    if importlib.util.find_spec("pip"):
        pip = sys.executable, "-m", "pip", "--python", PYTHON
    elif importlib.util.find_spec("ensurepip"):
        run(PYTHON, "-m", "ensurepip")
        pip = PYTHON, "-m", "pip"
    else:
        sys.exit("run.py: this Python has no pip. On Debian and Ubuntu: sudo apt install python3-pip")
    run(*pip, "install", "--quiet", "pip>=25.1")  # the first that knows dependency groups
    run(PYTHON, "-m", "pip", "install", "--quiet", *what)
    stamp.write_text(wanted, "utf-8")


if sys.version_info < (3, 11):
    sys.exit("run.py: needs Python 3.11 or newer, and this is " + sys.version.split()[0])
if sys.argv[1:2] == ["test"]:
    install("tests", "-e", ".", "--group", "test")
    many = "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"  # a file's tests share what they start
    many += ("--no-loadscope-reorder",)  # or a file with one long test comes last, and the others wait for it
    sys.exit(subprocess.call([PYTHON, "-m", "pytest", *many, *sys.argv[2:]], cwd=HERE))
install("micrograd-es", "-e", ".")
sys.exit(subprocess.call([PYTHON, "-m", "micrograd_es", *sys.argv[1:]]))
