"""What goes wrong around a program, done to it on purpose and often: the figures of docs/promises.md.

    python -m tests.promises.faults                  all of them: a few minutes
    python -m tests.promises.faults kills damage     some of them

The tests call the same functions with smaller numbers.
"""

import gc
import json
import os
import random
import re
import signal
import string
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace

from micrograd_es.engine import Value
from micrograd_es.nn import MLP
from micrograd_es.saving import load, save
from tests.support import ROOT


def python(program, *arguments, timeout=600):
    "Run a program in a Python of its own, with these modules at hand; answers what it printed, as JSON has it."
    command = [sys.executable, "-W", "error", "-c", program, *map(str, arguments)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def alone(function, *arguments):
    "What a function of this module answers in a Python of its own."
    program = """
import json, sys
from tests.promises import faults
print(json.dumps(getattr(faults, sys.argv[1])(*map(json.loads, sys.argv[2:]))))
"""
    return python(program, function, *map(json.dumps, arguments))


# ---- kill -9 while saving --------------------------------------------------------------------------------------------


def model(numbers):
    "What can be saved: a parameter for every number."
    named = [(f"w{i}", Value(x)) for i, x in enumerate(numbers)]
    return SimpleNamespace(named_parameters=lambda: named)


def kill(path, rng, in_the_midst):
    """Let a child save to this path again and again, a higher number each time, and kill it without a warning.

    Answers the last number that its save() was done with. `in_the_midst`: kill it when it is seen to write.
    """
    listen, say = os.pipe()
    victim = os.fork()
    if not victim:
        for number in count(1):
            save(model([number + 0.1] * 1000), path)
            os.write(say, b"%d\n" % number)
    os.close(say)
    said = os.read(listen, 1000)  # it is at work
    time.sleep(rng.random() / 30)
    while in_the_midst and len(os.listdir(path.parent)) < 2:
        pass
    os.kill(victim, signal.SIGKILL)
    while more := os.read(listen, 1000):
        said += more
    os.close(listen)
    assert os.waitpid(victim, 0)[1] == signal.SIGKILL
    return int(said.split()[-1])


def kills_here(times):
    "As kills(), from this process, which must have no other threads."
    rng = random.Random(6)
    found = {"times": times, "lost": 0, "back": 0, "killed while writing": 0}
    for i in range(times):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "model.json")
            said = kill(path, rng, in_the_midst=i % 2)
            net = model([0.0] * 1000)
            try:
                load(net, path)
            except (OSError, ValueError):
                found["lost"] += 1
            numbers = {v.data for _, v in net.named_parameters()}
            found["back"] += numbers not in ({said + 0.1}, {said + 1.1})
            left = [name for name in os.listdir(folder) if name != "model.json"]
            assert all(re.fullmatch(r"\.micrograd_es-[0-9a-f]{16}\.part", name) for name in left) and len(left) <= 1
            found["killed while writing"] += len(left)
    return found


def kills_in_one_folder(times):
    "How many part files lie beside the file in the end, where all of them were killed while they wrote it."
    rng = random.Random(6)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(times):
            kill(Path(folder, "model.json"), rng, in_the_midst=True)
        return len([name for name in os.listdir(folder) if name.endswith(".part")])


def kills(times=300):
    "How many files were lost, how many went back behind what save() had said was done, and how many died writing."
    return alone("kills_here", times)


# ---- Damaged files ---------------------------------------------------------------------------------------------------


def damaged(good, rng):
    "The bytes, spoiled: cut, a bit flipped, a piece lost, doubled, zeroed or overwritten, two digits swapped."
    i, j = sorted(rng.sample(range(len(good) + 1), 2))
    flipped = bytearray(good)
    flipped[i] ^= 1 << rng.randrange(8)
    digits = [k for k in range(i, len(good) - 1) if good[k : k + 2].isdigit()] or [0]
    k = rng.choice(digits)
    swapped = good[:k] + good[k : k + 2][::-1] + good[k + 2 :]
    spoiled = [good[:i], bytes(flipped), good[:i] + good[j:], good[:j] + good[i:], good[:i] + bytes(j - i) + good[j:]]
    return rng.choice([*spoiled, good[:i] + rng.randbytes(j - i) + good[j:], swapped])


def damage(times=1500):
    "How many of so many damaged files of a network were loaded as another one, or raised anything but a clear ValueError."
    rng = random.Random(7)
    random.seed(7)
    net, other = MLP(3, [4, 4, 1]), MLP(3, [4, 4, 1])
    true = [v.data for v in net.parameters()]
    found = {"times": times, "silent": 0, "unclear": 0, "the true model": 0}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        save(net, path)
        good = path.read_bytes()
        for _ in range(times):
            path.write_bytes(damaged(good, rng))
            before = [v.data for v in other.parameters()]
            try:
                load(other, path)
            except ValueError as error:
                clear = str(error).startswith(f"{path}: ") and len(str(error)) < 400 + len(str(path))
                found["unclear"] += not clear or [v.data for v in other.parameters()] != before
            except Exception:
                found["unclear"] += 1
            else:
                right = [v.data for v in other.parameters()] == true
                found["the true model" if right else "silent"] += 1
    return found


# ---- Any command line at all -----------------------------------------------------------------------------------------

PIECES = (
    "x w y x w y 1 2. .5 1e9 1e999 + - * / ** + - * / ** ( ) ( ) , = ; \n == := . ' \" [ ] { } : @ # \\ ^ ² × ₁ ｘ \x00 "
    "\ud800 \u2028 \u202e \x1b[31m exp max tanh log open('canary','w') __import__('os').system('touch\x20canary') "
    ".__class__ .__subclasses__() lambda if for in not None True 0x1 1_0 10**10**10 f'{1}' ŷ x\u0302 𝑥 ٣ ㅤ é `x` $(id) eval"
).split(" ")
SOUND = ["(x*w - y)**2", "tanh(x*w + y)", "s = x*w - y; E = s**2/2", "-log(max(x, w, y))", "x/y - exp(w)", "x**y*w"]
OPTIONS = "--paths --why --check --latex --markdown --html --mermaid --wrt --wrt=x --nix -h".split()
NUMBERS = ["1", "-2", "0", "1/3", "1e308"]
EXECUTIONS = "exec os.system subprocess.Popen os.exec os.posix_spawn os.spawn os.fork os.forkpty socket.connect".split()


def command_line(dice):
    "Mostly nonsense: pieces strung together, or a sound line with something changed."
    if dice.random() < 0.08:
        words = [
            "chain-1-7",
            "1=15",
            "2=-15",
            "--hint",
            "3.2",
            "nix",
            "net-1-3",
            "=",
            "a=b",
            "answers.csv",
            "-1",
            "1=x",
        ]
        return [
            dice.choice(["grade", "grade", "worksheet nix", "worksheet --sheets 0", "quiz nix", "quiz --variants 0"]),
            *dice.choices(words, k=3),
        ]
    if dice.random() < 0.5:
        text = dice.choice(["", " "]).join(
            dice.choices(PIECES[: dice.choice([24, len(PIECES)])], k=dice.randint(1, 12))
        )
    else:
        text = list(dice.choice(SOUND))
        for _ in range(dice.randrange(3)):
            i = dice.randrange(len(text) + 1)
            text[i : i + dice.randrange(2)] = dice.choice(["", dice.choice(PIECES), dice.choice(string.printable)])
        text = "".join(text)
    if dice.random() < 0.01:
        text = dice.choice(["(", "-", "x+", "9", "x**", "exp(", "e"]) * dice.choice([300, 3000, 9000]) + text
    values = [f"{name}={dice.choice(NUMBERS)}" for name in "xwy" if name in text]
    if dice.random() < 0.2:
        values.append(f"{dice.choice('xwy')}={dice.choice(PIECES)}")
    options = dice.choices([*OPTIONS, *OPTIONS, *PIECES[::5]], k=dice.randrange(3)) if dice.random() < 0.5 else []
    return [text, *values, *options]


def answered(argv, main):
    "'answered' or 'refused', and what is wrong with the answer to a command line, if anything is."
    out, err = StringIO(), StringIO()
    begun = time.perf_counter()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = main(argv)
    except SystemExit as stop:
        status = stop.code
    except BaseException as error:
        return "crashed", f"{type(error).__name__}: {error}"
    said, kind = err.getvalue(), "refused" if status else "answered"
    if time.perf_counter() - begun > 5:
        return kind, "slow"
    if status not in (0, 2) or "Traceback" in out.getvalue() + said:
        return kind, f"exit status {status}: {said}"
    if status == 2 and not (said.startswith("micrograd-es") and said[:-1].isprintable() and said[-1:] == "\n"):
        return kind, f"not one line: {said!r}"
    return kind, ""


def fuzz_here(times, seed=0):
    "As fuzz(), in this process, whose every attempt to execute anything is noted from now on."
    from micrograd_es.cli import main

    dice, noted, armed = random.Random(seed), [], False

    def note(event, arguments):
        # a module imported late is executed as well, from its file
        if armed and event in EXECUTIONS and not os.path.exists(file(event, arguments)):
            noted.append(event)

    def file(event, arguments):
        # and a row of the table, when it is first used: its program is made of the row alone
        code = arguments[0] if event == "exec" else None
        name = code.co_filename if code else str(arguments[1]) if event == "compile" else ""
        return __file__ if name.startswith("<row ") else name if code else ""

    found = {"times": times, "answered": 0, "refused": 0, "crashed": 0, "wrong": [], "executed": noted, "files": []}
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # before the first command line: one that writes must not write where the tests were started
        for argv in (
            [*SOUND[:1], "x=1", "w=2", "y=3", *OPTIONS[:4]],
            [SOUND[0], "x=1", "w=2", "y=3", "--html"],
            ["grade", "chain-1-7", "1=1"],
        ):
            answered(argv, main)
        sys.addaudithook(note)
        for _ in range(times):
            argv = command_line(dice)
            signal.alarm(20)
            armed = True
            kind, wrong = answered(argv, main)
            armed = False
            signal.alarm(0)
            found[kind] += 1
            if wrong:
                found["wrong"].append([argv, wrong])
        found["files"] = os.listdir(folder)
        os.chdir("/")
    return found


def fuzz(times=20_000):
    "So many command lines in a process of its own: what crashed, hung, printed a traceback, executed or wrote anything."
    return alone("fuzz_here", times)


# ---- Many small graphs -----------------------------------------------------------------------------------------------


def megabytes():
    "What this process has in memory."
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def growth_here(times, collector):
    "Memory in MB before and after so many graphs were built, differentiated and dropped."
    gc.enable() if collector else gc.disable()
    w = Value(0.5)

    def graphs(n):
        for _ in range(n):
            (w * 2 + 1).tanh().backward()

    graphs(20_000)
    before = megabytes()
    graphs(times)
    return round(megabytes() - before, 1)


def growth(times=1_000_000):
    "MB that so many graphs leave behind, with the garbage collector on and off, each in a process of its own."
    return {"times": times} | {f"gc {mode}, MB": alone("growth_here", times, mode == "on") for mode in ("on", "off")}


# ---- All of it -------------------------------------------------------------------------------------------------------


def scale(nodes=1_000_000):
    "A table of how long every view takes on graphs of so many nodes."
    program = "import json, sys; from tests.promises import scale; print(json.dumps(scale.table(int(sys.argv[1]))))"
    return python(program, nodes, timeout=1200)


FIGURES = [kills, damage, fuzz, growth, scale]

if __name__ == "__main__":
    wanted = [f for f in FIGURES if f.__name__ in sys.argv[1:] or not sys.argv[1:]]
    if not wanted:
        sys.exit(f"there are {', '.join(f.__name__ for f in FIGURES)}")
    for figure in wanted:
        print(f"{figure.__name__}: {figure.__doc__}", flush=True)
        found = figure()
        print(found if isinstance(found, str) else "\n".join(f"    {key}: {x}" for key, x in found.items()), flush=True)
