"""The command: what it prints and writes, and one line on stderr with exit status 2 for every mistake."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from shutil import which

import pytest

from micrograd_es.cli.main import arguments, main
from tests.support import ROOT

SLIDE = "(x*w - y)**2", "x=1", "w=1", "y=2"
GRADIENT = "∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    "Every test runs in a directory of its own."
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    "Run the command in this process: its exit status, and what it printed on stdout and stderr."

    def run(*argv):
        try:
            status = main(argv)
        except SystemExit as stop:
            status = stop.code
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def mistake(run, here):
    "Run the command with a mistake in it: the one line that says so. No file is written."

    def mistake(*argv):
        before = os.listdir(here)
        status, out, err = run(*argv)
        assert (status, out) == (2, "") and os.listdir(here) == before
        assert err.startswith("micrograd-es: ") and err.count("\n") == 1 and err.endswith("\n")
        return err.removeprefix("micrograd-es: ").rstrip("\n")

    return mistake


def process(*argv, **options):
    "Run the command in a process of its own."
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    command = [sys.executable, "-W", "error", "-m", "micrograd_es", *argv]
    return subprocess.run(command, capture_output=True, env=environment, timeout=60, **options)


# ---- What it prints --------------------------------------------------------------------------------------------------


def test_without_arguments_it_is_the_demo(here):
    done = process(env={"PYTHONIOENCODING": "utf-8"})
    assert (done.returncode, done.stderr.decode().split()) == (0, ["wrote", "graph.svg"])
    assert GRADIENT in [line.strip() for line in done.stdout.decode().splitlines()]
    assert os.listdir(here) == ["graph.svg"] and "<svg" in Path("graph.svg").read_text("utf-8")


def test_the_demo_is_the_expression_of_the_slides(run):
    _, demo, _ = run()
    assert run(*SLIDE) == (0, demo, "")
    assert demo.count("∂loss/∂x =") == demo.count("∂loss/∂y =") == 1


def test_forward(run):
    "The same derivative at the end of the other way, in any format."
    _, out, _ = run(*SLIDE, "--forward", "w")
    assert (
        out.endswith("        dloss/dw = ∂loss/∂v₁ · dv₁/dw = 2 · v₁ · 1 = 2 · (-1) · 1 = -2 · 1 = -2\n")
        and "dw/d" not in out
    )
    assert r"\frac{d \mathrm{loss}}{d w} &= " in run(*SLIDE, "--forward", "w", "--latex")[1]


def test_wrt(run):
    _, out, _ = run(*SLIDE, "--wrt", "w")
    assert GRADIENT in out and "∂loss/∂x" not in out and "∂loss/∂y" not in out
    _, out, _ = run(SLIDE[0], "--wrt", "w", *SLIDE[1:], "--wrt", "y")  # options may stand among the numbers
    assert GRADIENT in out and "∂loss/∂x" not in out and "∂loss/∂y =" in out
    _, out, _ = run(*SLIDE, "--wrt", "y\u0302")  # the name that x*w gets, typed as a terminal may send it
    assert "∂loss/∂ŷ =" in out and "∂loss/∂w" not in out


def test_formats(run):
    assert run(*SLIDE, "--latex")[1].startswith("\\begin{align*}\n")
    assert run(*SLIDE, "--markdown")[1].startswith("**Forward**\n")
    assert run(*SLIDE, "--html")[1].startswith("<table>")
    assert run(*SLIDE, "--mermaid")[1].startswith("flowchart")


def test_paths_why_and_check_follow(run):
    _, worked, _ = run("x*w + x", "x=2", "w=3")
    _, out, _ = run("x*w + x", "x=2", "w=3", "--paths", "--why", "--check")
    assert out.startswith(worked.rstrip())
    rest = out.removeprefix(worked.rstrip())
    assert "2 paths from loss to x" in rest and "1 path from loss to w" in rest
    assert re.search(r"^∂loss/∂x = 4: ", rest, re.MULTILINE) and re.search(r"^x .* ok$", rest, re.MULTILINE)


@pytest.mark.parametrize(
    "argv, line",
    [
        (["-x**2", "x=3"], "loss = -v₁ = -9"),
        (["-(x)", "x=3"], "loss = -x = -3"),
        (["x*y", "x=1/4", "y=-2e-1"], "loss = x · y = 0.25 · (-0.2) = -0.05"),
        (["  s = x + 1 ;\n E = s*s", "x=1", "--wrt", "s"], "E = s · s = 2 · 2 = 4"),
        (["ŷ*x", "y\u0302=2", "x=3"], "loss = ŷ · x = 2 · 3 = 6"),
        (["max(x, y, 1)", "x=2", "y=2"], "loss = max(x, y, 1) = max(2, 2, 1) = 2"),
    ],
)
def test_expressions(run, argv, line):
    status, out, err = run(*argv)
    assert (status, err) == (0, "") and line in [words.strip() for words in out.splitlines()]


def test_what_is_not_finite_is_said_unasked(run):
    status, out, err = run("x*log(w)", "x=1", "w=0")
    assert (status, err) == (0, "") and "not finite from here on: v₁ = log(w)" in out.splitlines()[-1]
    status, out, err = run("x*log(w)", "x=1", "w=0", "--latex")
    assert status == 0 and "not finite" not in out and err.startswith("not finite from here on: v₁ = log(w)")
    status, out, err = run("10**10**10")
    assert status == 0 and "loss = ∞" in out


def test_help_and_version(run):
    status, out, _ = run("--help")
    assert status == 0 and all(
        action.option_strings[-1] in out for action in arguments()._actions if action.option_strings
    )
    assert re.fullmatch(r"micrograd-es \d+\.\d+\.\S+\n", run("--version")[1])


def test_the_examples_of_the_help_run(run):
    Path("model.py").write_text("from micrograd_es import Value\nx, w = Value(2), Value(3)\nloss = x * w\n")
    examples = re.findall(r"^  micrograd-es (.*?)   ", run("--help")[1], re.MULTILINE)
    assert len(examples) > 4
    for example in examples:
        argv = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', example)]
        assert run(*argv)[0] == 0, example


# ---- Pictures --------------------------------------------------------------------------------------------------------


def test_pictures(run):
    status, _, err = run(*SLIDE, "--svg", "a.svg", "--dot", "b")
    assert (status, err) == (0, "wrote a.svg\nwrote b.dot\n")
    assert "</svg>" in Path("a.svg").read_text("utf-8")
    source = Path("b.dot").read_text("utf-8")
    assert source.startswith("digraph") and "–" not in source  # every gradient is there


@pytest.mark.parametrize("kind, start", [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_formats_that_need_graphviz(run, kind, start):
    status, out, err = run(*SLIDE, f"--{kind}", f"a.{kind}")
    assert GRADIENT in out
    if which("dot"):
        assert (status, err) == (0, f"wrote a.{kind}\n") and Path(f"a.{kind}").read_bytes().startswith(start)
    else:
        assert status == 2 and err.startswith("micrograd-es: ") and err.count("\n") == 1 and not os.listdir()


@pytest.mark.parametrize(
    "option, path, instead", [("svg", "a.pdf", "pdf"), ("png", "a.HTML", "play"), ("play", "a.svg", "svg")]
)
def test_a_name_of_something_else(run, here, option, path, instead):
    "graph.pdf.svg is not what anybody meant."
    status, _, err = run(*SLIDE, f"--{option}", path)
    assert status == 2 and f"--{option} {path}: a .{path[2:].lower()} is written by --{instead}" in err
    assert not os.listdir(here)


@pytest.mark.parametrize("path", ["no/such/place.svg", "directory.svg", "file/under.svg", "n" * 300 + ".svg"])
def test_a_path_that_cannot_be_written(run, here, path):
    (here / "directory.svg").mkdir()
    (here / "file").write_text("a file\n")
    before = sorted(os.listdir(here))
    status, out, err = run(*SLIDE, "--svg", path)
    assert status == 2 and GRADIENT in out and sorted(os.listdir(here)) == before
    assert err.startswith(f"micrograd-es: {path}: cannot write it: ") and err.count("\n") == 1


# ---- A Python file ---------------------------------------------------------------------------------------------------


def script(text: str, name: str = "model.py") -> str:
    Path(name).write_text(text, "utf-8")
    return name


def test_a_file_that_leaves_a_loss(run):
    script("slope = 3.0\n", "neighbour.py")
    name = script(
        "from micrograd_es import Value\nfrom neighbour import slope\n"
        "x, w, y = Value(1.0), Value(1.0), Value(2.0)\nyhat = x * w\n"
        "if __name__ == '__main__':\n    loss = (yhat - y) ** 2\n"
        "loss.backward()\nloss.backward()\n"
    )
    path = list(sys.path)
    status, out, err = run(name, "--wrt", "w", "--check", "--dot", "a.dot")
    assert (status, err, sys.path) == (0, "wrote a.dot\n", path)
    assert (
        GRADIENT.replace("ŷ", "yhat") in out and "grad -2" in Path("a.dot").read_text()
    )  # not -4: backward() but once
    assert run(name, "--wrt", "nix")[2].startswith("micrograd-es: --wrt nix: no such name; there are x, w, ")


@pytest.mark.parametrize(
    "text, message",
    [
        ("x = 1\n\ny = x +\n", "model.py, line 3: SyntaxError: invalid syntax"),
        ("def f():\n    return 1/0\nf()\n", "model.py, line 2: ZeroDivisionError: division by zero"),
        ("loss = l\n", "model.py, line 1: NameError: name 'l' is not defined"),
        ("import sys\nsys.exit(3)\n", "model.py, line 2: SystemExit: 3"),
        ("raise ValueError('two\\nlines')\n", "model.py, line 1: ValueError: two lines"),
        (
            "import json\n\njson.loads('x')",
            "model.py, line 3: JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        ),
        ("def f(): f()\nf()\n", "model.py, line 1: RecursionError: maximum recursion depth exceeded"),
        ("x = 1\n", "model.py: no variable is called loss; leave a Value called loss"),
        ("loss = 25.0\n", "model.py: loss is a float; leave a Value called loss"),
        ("loss = '\x00'\n", "model.py: "),
    ],
)
def test_a_file_with_a_mistake(mistake, text, message):
    assert mistake(script(text)).startswith(message)


def test_a_file_that_is_none(mistake, here):
    assert mistake("nix.py") == "nix.py: no such file"
    (here / "directory.py").mkdir()
    assert mistake("directory.py") == "directory.py: no such file"
    assert mistake(script("loss = 1"), "x=1").startswith("x=1: numbers go with an expression; in model.py they are set")


# ---- Mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv, message",
    [
        (["x^2", "x=1"], "column 2: '^': write ** for a power"),
        (["2x", "x=1"], "column 2: something is missing here: write 2*x to multiply"),
        (["x.__class__", "x=1"], "column 1: x.__class__ is not allowed; allowed are names"),
        (["__import__('os').system('touch canary')"], 'column 12: "\'": not allowed here'),
        (["x*w", "x=1"], "column 3: no value for w: give it one, as in w=1"),
        (["x*x", "x=1", "y=1"], "y is never used: leave it out"),
        (["x*x", "x=1", "x=2"], "x is given twice"),
        (["ŷ*ŷ", "y\u0302=1", "ŷ=1"], "ŷ is given twice"),
        (["x*x", "x"], "'x': expected name=number; put the expression in quotes"),
        (["x*x", "2x=1"], "'2x' is not a name: letters, digits and _"),
        (["x*x", "=1"], "'' is not a name"),
        (["x*x", "x=nan"], "x=nan: 'nan' is not a finite number, such as 2, -0.5 or 1/3"),
        (["x*x", "x=inf"], "x=inf: 'inf' is not a finite number"),
        (["x*x", "x=1e999"], "x=1e999: '1e999' is not a finite number"),
        (["x*x", "x=1/0"], "x=1/0: '1/0' is not a finite number"),
        (["x*x", "x=abc"], "x=abc: 'abc' is not a finite number"),
        (["x*x", "x="], "x=: '' is not a finite number"),
        (["x*x", "x==1"], "x==1: '=1' is not a finite number"),
        (["x*x", "x=y=1"], "x=y=1: 'y=1' is not a finite number"),
        (["x*x", "x=" + "9" * 5000], "x=99999"),
        (["x*x", "x=1", "--wrt", "q"], "--wrt q: no such name; there are x, loss"),
        (["x*x", "x=1", "--forward", "q"], "--forward q: no such name; there are x, loss"),
        (
            ["x*x", "x=1", "--forward", "x", "--wrt", "x"],
            "--forward x goes on from x, --wrt x back to it: give one of them",
        ),
        (["x*x", "x=1", "--wrt"], "argument --wrt: expected one argument"),
        (["x*x", "x=1", "--latex", "--html"], "argument --html: not allowed with argument --latex"),
        (
            ["x*x", "x=1", "--nix"],
            "--nix is no option; an expression that begins so is put into parentheses, as in (--nix)",
        ),
        ([""], "there is nothing to compute"),
        (["(" * 5000 + ")" * 5000], "column 2"),
        (["-" * 3000 + "x", "x=1"], "nested too deeply"),
        (["0" + "-" * 3000 + "x", "x=1"], "nested too deeply"),
        (["1" * 1_000_000], "the text has 1,000,000 characters"),
        (["+".join(["x"] * 12) + "".join(f"; a{i} = 1" for i in range(3))], "column 1: give it a name"),
        (
            [";".join(["a0=x+x", *[f"a{i}=a{i - 1}+a{i - 1}" for i in range(1, 60)]]), "x=1", "--paths"],
            "a59 has some 10^18 paths",
        ),
    ],
)
def test_mistakes_are_answered_in_one_line(mistake, argv, message):
    started = time.perf_counter()
    assert mistake(*argv).startswith(message)
    assert time.perf_counter() - started < 3


ENDLESS = "-" * 60_000, "x" * 60_000, "1" * 60_000, "x " * 30_000


@pytest.mark.parametrize("word", ENDLESS, ids=lambda word: word[:2])
@pytest.mark.parametrize(
    "argv",
    [
        "{}", "x {}", "x x={}", "x {}=1", "x x=1 --wrt {}", "{}.py", "{}.py x=1", "x x=1 --latex={}", "x x=1 --{}", "{}(2)",
        "worksheet {}", "worksheet chain --seed {}", "worksheet chain --sheets {}", "grade {}", "grade {}.csv", "grade {} 1=1",
        "worksheet x x={}", "worksheet x {}=1", "worksheet {} x=1", "quiz {}", "quiz x x={}", "quiz chain --seed {}",
        "quiz chain --variants {}", "quiz chain --format {}", "quiz chain --wrt {}", "grade chain-1-7 1=1 --of {}",
        "grade chain-1-7 1=1 --of x x={}", "grade chain-1-7 {}", "grade chain-1-7 {}=1", "grade chain-1-7 1={}", "grade chain-1-7 --hint {}",
        "train {}", "train glyphs --hidden {}", "train glyphs --cost {}", "train glyphs --seed {}", "train glyphs --save {}/a", "x x=1 --svg no/{}",
    ],
)  # fmt: skip
def test_what_is_endless_is_not_repeated(run, here, argv, word):
    status, _, err = run(*[part.replace("{}", word) for part in argv.split()])
    assert status == 2 and len(err) < 2000 and err.count("\n") == 1 and os.listdir(here) == []
    assert "Exceeds the limit" not in err


def test_endless_answers(mistake, tmp_path):
    table = tmp_path / "answers.csv"
    table.write_text(f"sheet,question,answer\n{'s' * 60_000},1,1\n{'s' * 60_000},1,1\n", "utf-8")
    assert len(mistake("grade", str(table))) < 500
    table.write_text(f"sheet,question,answer\nchain-1-7,1,{'1' * 200_000}\n", "utf-8")
    assert "line 2: it breaks off, or is no CSV: field larger than field limit" in mistake("grade", str(table))


@pytest.mark.parametrize(
    "text", ["-(x*w)", "--(x*w)", "---x*w", "--x*w", "-x*w", "--2*x*w", "-.5*x*w", "--ŵ*x", "-h*2"]
)
def test_an_expression_may_begin_with_a_minus(run, here, text):
    status, out, err = run(text, *[f"{name}=2" for name in "xwŵh" if name in text])
    assert (status, err) == (0, "") and "loss = " in out


def test_a_mistake_in_a_process_of_its_own(here):
    done = process("__import__('os').system('touch canary')")
    assert (done.returncode, done.stdout) == (2, b"") and not os.listdir(here)
    assert done.stderr.startswith(b"micrograd-es: column 12: ") and done.stderr.count(b"\n") == 1


# ---- Where it prints to ----------------------------------------------------------------------------------------------


def test_a_terminal_that_knows_no_greek():
    "(What it shows instead is tested in tests/text/test_keyboard.py.)"
    done = process("x−1", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way there")
def test_a_reader_that_leaves_early(here):
    reading, writing = os.pipe()
    os.close(reading)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "micrograd_es", *SLIDE, "--dot", "a.dot"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"wrote a.dot\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk():
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "micrograd_es", *SLIDE]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (2, b"micrograd-es: cannot print: No space left on device\n")
