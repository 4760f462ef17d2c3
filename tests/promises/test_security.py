"""Nothing that a user types, names or opens is ever executed: read from the source, and tried.

What runs here of its own accord is counted: a new exec, process, socket or open-for-writing needs a reason in a list.
"""

import ast
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from micrograd_es import Value, draw, explain, mermaid, play
from micrograd_es.classroom.exercises.sheets import sheets
from micrograd_es.classroom.exercises.worksheet import worksheets
from micrograd_es.engine import function
from micrograd_es.nn import Neuron
from tests.promises import faults
from tests.support import ROOT
from tests.support.labels import MARKUP, ODD

PACKAGE = ROOT / "micrograd_es"
TREES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
    for path in [*PACKAGE.rglob("*.py"), ROOT / "run.py"]
}


def calls(tree):
    "(what is called, the call): as exec, or subprocess.run."
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


# ---- Read from the source --------------------------------------------------------------------------------------------

EXECUTED = {
    ("micrograd_es/replay/with_numpy/groups.py", "compile"): "the array program that Source writes from a plan: see the tests of it below",
    ("micrograd_es/replay/with_numpy/groups.py", "exec"): "the same",
    ("micrograd_es/replay/pure/program.py", "compile"): "the same program as a pure function",
    ("micrograd_es/replay/with_numpy/rows.py", "exec"): "the same",
    ("micrograd_es/replay/pure/program.py", "exec"): "the same",
    ("micrograd_es/replay/plan/stacks.py", "exec"): "a row on an array of samples, written from the row alone: is it a reduction?",
    ("micrograd_es/replay/with_numba/compiling.py", "spec.loader.exec_module"): "the loop for numba, written from the table's rows alone",
    ("micrograd_es/text/methods.py", "compile"): "the method of a row, written from the row alone",
    ("micrograd_es/text/methods.py", "exec"): "the same",
    ("micrograd_es/cli/main.py", "runpy.run_path"): "the student's own .py file, named on the command line to be run",
    ("micrograd_es/lab/bench.py", "compile"): "the student's own program, in the worker of a page that lets nothing out",
    ("micrograd_es/lab/bench.py", "exec"): "the same",
    ("micrograd_es/lab/bench.py", "eval"): "its last line",
    ("micrograd_es/lab/parts.py", "subprocess.run"): "npm, for parts that are pinned by their sha512",
    ("run.py", "subprocess.call"): "pip, pytest and this package, as argument lists",
}  # fmt: skip
EXECUTING = r".*\.exec_module|eval|exec|compile|__import__|(runpy|os|pty|code|codeop|builtins|marshal|pickle|shelve|subprocess|ctypes)\..*"
SAFE = r"os\.(path|environ|fspath|dup2|open|close|fsync|chmod|replace|PathLike).*"


def test_what_executes():
    "eval, exec, pickle, a shell, a process: only where the list says why."
    found = {
        (file, called)
        for file, tree in TREES.items()
        for called, _ in calls(tree)
        if re.fullmatch(EXECUTING, called) and not re.fullmatch(SAFE, called)
    }
    assert found - {("micrograd_es/draw/render.py", "subprocess.run")} == set(EXECUTED)


FETCHING = {  # each with a time limit
    "micrograd_es/data.py": "MNIST, checked by its sha256",
    "micrograd_es/lab/parts.py": "the parts of the lab, checked by their sha512",
}


def test_nothing_that_runs_what_it_reads_is_imported():
    forbidden = {
        "pickle",
        "marshal",
        "shelve",
        "dill",
        "cloudpickle",
        "joblib",
        "code",
        "codeop",
        "ctypes",
        "pty",
        "imp",
    }
    network = {"urllib", "http", "socket", "ssl", "requests", "ftplib", "smtplib", "asyncio"}
    for file, tree in TREES.items():
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
        roots = {name.partition(".")[0] for name in imported}
        assert not roots & forbidden
        assert not roots & network or file in FETCHING


def test_modules_are_imported_by_names_that_stand_in_the_source():
    "import_module of a constant, of an entry of a list LATER, or of a package that our own code names."
    for tree in TREES.values():
        for called, call in calls(tree):
            if called == "import_module":
                name = ast.unparse(call.args[0])
                assert isinstance(call.args[0], ast.Constant) or "modules[name]" in name or name == "package"


def test_processes():
    "An argument list, no shell, and a time limit."
    for file, tree in TREES.items():
        for called, call in calls(tree):
            options = {keyword.arg: keyword.value for keyword in call.keywords}
            assert "shell" not in options
            if called.startswith("subprocess.") and file != "run.py":
                assert isinstance(call.args[0], ast.List) and "timeout" in options


def test_files_are_written_whole():
    "In one place, beside the old one: no view leaves half a file."
    for file, tree in TREES.items():
        for called, call in calls(tree):
            if called.rpartition(".")[2] in ("open", "fdopen") and file != "micrograd_es/system/files.py":
                mode = ast.unparse(call.args[1]) if len(call.args) > 1 else "'r'"
                assert not set(mode) & set("wax+") or "os.devnull" in ast.unparse(call)
            if called.rpartition(".")[2] in ("write_text", "write_bytes"):
                assert file == "run.py"  # its own stamp


MAKING = {"tame.js": {"srcdoc"}}  # a player's page in the lab: in a frame without rights
REACHING = {
    "editor.js": {"import("},  # the lab's own parts, by addresses made of what is in the page
    "worker.js": {"import("},
    "share.js": {"localStorage"},  # the text, between visits, as the page says
}


def test_no_javascript_makes_code_or_markup_of_text():
    "The pages set text, never markup; and nothing in them is evaluated."
    for path in PACKAGE.rglob("*.js"):
        text = re.sub(r"//.*|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL if "/*" in path.name else 0)
        making = r"\beval\b|\bFunction\(|\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|srcdoc"
        assert set(re.findall(making, text)) <= MAKING.get(path.name, set()), path
        reaching = re.findall(r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\bimport\(|localStorage|cookie", text)
        assert set(reaching) <= REACHING.get(path.name, set()), path


# ---- The command line ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_any_command_line():
    "(`python -m tests.promises.faults fuzz`: 20,000.) Answered or refused in one line; nothing crashes, hangs, runs or is written."
    found = faults.fuzz(1000)
    assert found["wrong"] == found["executed"] == found["files"] == [] and found["crashed"] == 0
    assert min(found["answered"], found["refused"]) > 50


def test_the_fuzzer_notices(monkeypatch):
    "A command that executes, writes, crashes or babbles is not let pass."
    program = """
import json, micrograd_es.cli
from tests.promises import faults
def main(argv):
    if len(argv) == 2:
        exec(compile("1", "<typed>", "exec"))
    elif len(argv) == 3:
        open("canary", "w").close()
    elif len(argv) == 4:
        raise IndexError("index")
    else:
        raise SystemExit(2)
micrograd_es.cli.main = main
print(json.dumps(faults.fuzz_here(100)))
"""
    found = faults.python(program)
    assert "exec" in found["executed"] and found["files"] == ["canary"] and found["crashed"]
    assert {wrong[:10] for _, wrong in found["wrong"]} >= {"IndexError", "not one li"}


# ---- Labels ----------------------------------------------------------------------------------------------------------

HOSTILE = list(dict.fromkeys([*ODD, *MARKUP, "'; import os; os.system('touch canary') #", "\nraise SystemExit\n", '"""', "'''",
    "\\write18{touch canary}", "\\input{/etc/passwd}", "}$$\\end{align*}", "$(touch canary)", "`touch canary`",
    '"];n0["pwned', 'n1 --> n2; click n1 "javascript:alert(1)"', "<img src=x onerror=alert(1)>", "%%{init: {}}%%",
    "[a](javascript:alert(1))", "x]]>", "<!--/*", "javascript:alert(1)", "\x1b]0;pwned\x07", "\r\n.py"]))  # fmt: skip


def graph(label):
    "A small graph with a neuron, in which everything that can bear a name is called so."
    x, w = Value(0.5, label=label), Value(2.0, label=label * 2)
    y = (Neuron(1)([x * w]) - w).tanh()
    y.label = label
    return y, x, w


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_labels_never_reach_the_program_of_a_replay(label):
    "It is executed: so it is the same program, to the letter, whatever things are called."
    pytest.importorskip("numpy")
    from micrograd_es.replay import replay

    programs = {replay(y, [x], [w]).source for y, x, w in (graph(label), graph("harmless"))}
    assert len(programs) == 1


def test_the_name_of_a_row_is_no_program(tmp_path, monkeypatch):
    "A row of one's own has a symbol, which is a comment in the replay's program, and stays one."
    pytest.importorskip("numpy")
    from micrograd_es.replay import replay
    from micrograd_es.replay.with_numba.compiling import Rows, group_rows, tape_rows

    monkeypatch.chdir(tmp_path)
    for line_end in ("\n", "\r", "\r\n", "\x0c", "\u2028", "\0"):
        symbol = f"e{line_end}open('canary', 'w'){line_end}    open('canary', 'w')"
        row = function(symbol, lambda m, x: m.exp(x), lambda m, y, x: (y,))
        x = Value(0.0)
        assert replay(row(x), [x], []).predict([[0.0]]) == [[1.0]] and not os.listdir()
        rows = Rows(2)
        rows.kind(row.op, 1)
        for _, lines in (*group_rows(rows), *tape_rows(rows)):  # written into the loop that numba compiles
            assert all("#" in line.partition("open(")[0] for line in lines.splitlines() if "open(" in line)


class Elements(HTMLParser):
    "The tags of a page, with the names of their attributes."

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, *[name for name, _ in attributes]))


def commands(latex):
    return set(re.findall(r"\\(?:[A-Za-z]+|.)", latex))


HARMLESS = r"\ ! \# \$ \% \& \_ \{ \} \( \) \text \textbackslash \textasciitilde \textasciicircum \mathrm \hat".split()


MERMAID = r'  n\d+(\["[^"]*"\]| -(-|\.-)>(\|"[^"]*"\|)? n\d+)'  # a box, or an edge


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_labels_stay_text(label):
    "In HTML no new element, in LaTeX no new command and no lost brace, in Markdown no tag, in Mermaid no new line."
    hostile, harmless = (explain(graph(label)[0]) for label in (label, "harmless"))
    assert Elements(hostile.html()).found == Elements(harmless.html()).found
    latex = hostile.latex()
    assert commands(latex) <= commands(harmless.latex()) | set(HARMLESS) | {"\\"}
    bare = re.sub(r"\\\\|\\[{}]", "", latex)
    assert bare.count("{") == bare.count("}") and not re.search(r"(?<!\\)[$%#]", bare)
    assert latex.count("\n") == harmless.latex().count("\n")
    assert not re.search(r"(?<!\\)<[A-Za-z/!?]", hostile.markdown())
    head, *lines = mermaid(graph(label)[0]).splitlines()
    assert head == "flowchart LR" and all(re.fullmatch(MERMAID, line) for line in lines)


def test_file_names(tmp_path, monkeypatch):
    "Whatever a file is called, a file of that name is what comes, and nothing else."
    monkeypatch.chdir(tmp_path)
    loss = Value(2.0) ** 2
    for name in (
        "$(touch canary).svg",
        "; touch canary;.svg",
        "-Tpng -ocanary.svg",
        "a\nb.svg",
        "`x`.svg",
        '"<b>.svg',
        "%s.svg",
    ):
        draw(loss).save_as(name)
        play(loss, name.replace(".svg", ".html"))
        assert sorted(os.listdir()) == sorted([name, name.replace(".svg", ".html")])
        assert name[:-4] not in Path(name).read_text("utf-8")
        for file in os.listdir():
            os.unlink(file)


# ---- The policy of the pages -----------------------------------------------------------------------------------------

INJECTED = """<script>document.title = "pwned"</script><img src="x" onerror="document.title = 'pwned'">
<style>body { opacity: 0 }</style><p id="inline" style="color: red">x</p><iframe srcdoc="<p>x"></iframe>
<a id="link" href="javascript:void(document.title='pwned')">x</a><svg onload="document.title = 'pwned'"></svg>
<form id="form" action="https://example.invalid"><button id="send">x</button></form><base href="https://example.invalid">"""


def pages():
    "One of each kind."
    sheet, key = worksheets(sheets("chain", 2, "1"))
    return {"player": play((Value(1.0, label="x") * Value(2.0, label="w") - 1) ** 2).html, "sheet": sheet, "key": key}


def test_what_is_injected_into_a_page_does_nothing(tmp_path, browser):
    "In a real browser, as if our escaping had a hole. Without the policy it runs; with it the page works, and it does not."
    (tmp_path / "x").write_bytes(b"\x89PNG\r\n\x1a\n")
    with browser.new_context(offline=True) as context:

        def opened(content):
            "The page, the files that it fetched, and what the browser complained of."
            (tmp_path / "page.html").write_text(content, "utf-8")
            page, fetched, complaints = context.new_page(), set(), []
            page.set_default_timeout(5000)
            page.on("requestfinished", lambda request: fetched.add(request.url.rpartition("/")[2]))
            page.on("console", lambda message: complaints.append(message.text))
            page.goto((tmp_path / "page.html").as_uri())
            page.evaluate("document.getElementById('link').click()")
            page.wait_for_timeout(100)
            return page, fetched, complaints

        for kind, text in pages().items():
            text = text.replace("<body>", f"<body>{INJECTED}")
            page, fetched, _ = opened(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text))
            assert page.title() == "pwned" and "x" in fetched
            page, fetched, complaints = opened(text)
            looks = (
                "[getComputedStyle(inline).color, getComputedStyle(document.body).opacity, document.styleSheets.length]"
            )
            color, opacity, sheets_of_style = page.evaluate(looks)
            assert "255, 0, 0" not in color and opacity == "1" and sheets_of_style == 1
            if kind == "player":
                page.click("#last")
                assert "Every leaf has its gradient" in page.locator("#sentence").inner_text()
            page.evaluate("document.getElementById('send').click()")
            page.wait_for_timeout(100)
            assert page.title() != "pwned" and fetched == {"page.html"} and len(complaints) > 5
