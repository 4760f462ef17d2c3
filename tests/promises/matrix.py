"""The same numbers under every Python that is here, under its switches, and with nothing installed.

    python -m tests.promises.matrix                                    seconds
    python -m tests.promises.matrix node_modules/pyodide/pyodide.mjs   and in WebAssembly, after `npm install pyodide`

A Python older than the package asks for (Debian's PyPy is one) runs the engine alone: it needs nothing newer.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT

SWITCHES = {
    "": [],
    "-O": ["-O"],
    "-OO": ["-OO"],
    "-W error": ["-X", "warn_default_encoding", "-W", "error"],
    "-bb": ["-bb"],
    "-X dev": ["-X", "dev", "-W", "error"],
    "nothing installed": ["-I", "-S"],
}

ENGINE = f"""
import sys, types
sys.path.insert(0, {str(ROOT)!r})
sys.dont_write_bytecode = True
if sys.version_info < (3, 11):  # the engine, without the rest of its package
    package = sys.modules["micrograd_es"] = types.ModuleType("micrograd_es")
    package.__path__ = [{str(ROOT / "micrograd_es")!r}]
from micrograd_es.engine import Value, first_nonfinite, gradient
x, w = Value(0.7), Value(-1.3)
h = (x * w + 1).tanh()
y = Value.maximum(h, x, 0.5) ** 3 + Value.logsumexp(x, h).log() / x - x**x + (x / 0).relu() * 0 + w.sigmoid().softplus()
z = Value.sum(h.sin(), abs(w).sqrt(), x.cos(), Value.minimum(x, h), w.exp(), x.log2(), 2**x) - 3
z.backward()
(d,) = gradient(z, x)
chain = c = Value(1.0)
for _ in range(50_000):
    chain = chain * 1.00001
chain.backward()
numbers = [y.data, z.data, x.grad, w.grad, d.data, gradient(d, x)[0].data, chain.data, c.grad]
print(*["%.12g" % n for n in numbers], first_nonfinite(y).op.symbol)
"""
PACKAGE = """
import io, os, random, tempfile
from contextlib import redirect_stderr, redirect_stdout
from micrograd_es import *
from micrograd_es import data
from micrograd_es.cli import main
try:
    x < "3"
    Value("3")
except TypeError as error:
    print(error)
loss = (x * w - 2) ** 2
print(explain(loss, wrt=w), paths(loss, w), why(loss, x), check(loss).ok, mermaid(loss), diagnose(loss, w, 1.0), sep="\\n")
random.seed(1)
net = nn.MLP(2, [3, 1])
data_of_mine = data.moons(20, 0.1, random.Random(1))
sgd = optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    total = sum((net(x) - y) ** 2 for x, y in data_of_mine)
    net.zero_grad()
    total.backward()
    sgd.step()
with tempfile.TemporaryDirectory() as folder:
    save(net, os.path.join(folder, "net.json"))
    load(net, os.path.join(folder, "net.json"))
print("%.12g" % total.data, *["%.12g" % p.data for p in net.parameters()])
for argv in (["(x*w - y)**2", "x=1", "w=1", "y=2", "--check", "--latex"], ["x.__class__", "x=1"], ["grade", "chain-1-7", "1=1"]):
    out = io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(out):
            status = main(argv)
    except SystemExit as stop:
        status = stop.code
    print(status, out.getvalue())
"""
PYODIDE = """
import { readFileSync } from "fs";
const { loadPyodide } = await import(process.argv[1]);
const python = await loadPyodide({ stdout: (line) => console.log(line) });
python.FS.mkdirTree(process.argv[2]);
python.FS.mount(python.FS.filesystems.NODEFS, { root: process.argv[2] }, process.argv[2]);
python.runPython(readFileSync(0, "utf-8"));
"""


def pythons():
    "By its name and version, each Python that can be found, newest first."
    names = ["python3", *[f"python3.{minor}" for minor in range(15, 8, -1)], "pypy3"]
    found = [sys.executable, *filter(None, map(shutil.which, names))]
    found += map(str, Path.home().glob(".pyenv/versions/3.*/bin/python"))
    told = {}
    for path in found:
        program = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3])"
        done = subprocess.run([path, "-c", program], capture_output=True, text=True, timeout=30)
        name, _, version = done.stdout.strip().partition(" ")
        number = tuple(map(int, version.split("."))) if version else ()
        if done.returncode == 0 and number >= (3, 9):
            told.setdefault((number, name), path)
    return {f"{name} {'.'.join(map(str, number))}": path for (number, name), path in sorted(told.items(), reverse=True)}


def is_new(name):
    "May the whole package run under it?"
    return tuple(map(int, name.split()[1].split(".")))[:2] >= (3, 11)


def answer(command, program):
    "What the program prints; None if it fails, whose reason is on stderr."
    environment = {key: x for key, x in os.environ.items() if not key.startswith("PYTHON")} | {
        "PYTHONIOENCODING": "utf-8"
    }
    done = subprocess.run(
        command, input=program, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=120
    )
    if done.returncode or done.stderr:
        print(done.stderr[-1000:], file=sys.stderr)
    return None if done.returncode or done.stderr else done.stdout


def rows(pyodide=None):
    "(Python, what runs there, {switch: is it the same as here?})"
    here = answer([sys.executable, "-"], ENGINE + PACKAGE)
    engine = answer([sys.executable, "-"], ENGINE)
    for name, path in pythons().items():
        program, expected = (ENGINE + PACKAGE, here) if is_new(name) else (ENGINE, engine)
        same = {switch: answer([path, *words, "-"], program) == expected for switch, words in SWITCHES.items()}
        yield name, "all" if is_new(name) else "the engine", same
    if pyodide:
        command = ["node", "--input-type=module", "-e", PYODIDE, str(Path(pyodide).resolve()), str(ROOT)]
        version = answer(command, "import sys; print('%d.%d.%d' % sys.version_info[:3])")
        yield f"pyodide {str(version).strip()}", "all", {"": answer(command, ENGINE + PACKAGE) == here}


if __name__ == "__main__":
    print(" " * 28 + "".join((switch or "plain").rjust(max(len(switch), 5) + 2) for switch in SWITCHES))
    for name, what, same in rows(*sys.argv[1:2]):
        cells = {switch: "same" if agrees else "OTHER" for switch, agrees in same.items()}
        print(
            f"{name:17}{what:11}"
            + "".join(cells.get(switch, "").rjust(max(len(switch), 5) + 2) for switch in SWITCHES),
            flush=True,
        )
