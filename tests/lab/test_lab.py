"What of the lab needs no browser: its Python, its parts, its link, its command."

import base64
import re
import zlib

import pytest

from micrograd_es import Value, lab_link
from micrograd_es.cli import main
from micrograd_es.lab import build, lab, parts
from micrograd_es.lab.bench import Bench
from micrograd_es.lab.completions import completions
from micrograd_es.lab.plane import plane
from micrograd_es.lab.views import FILES, VIEWS

HEAD = "from micrograd_es import Value\nx, y = Value(2.0), Value(3.0)\n"


@pytest.fixture(autouse=True)
def no_row_is_left():
    before = Bench([].append)
    yield
    before.forget()


def answer(code, said=None, **request):
    return Bench([].append if said is None else said.append).answer({"code": code, **request})


@pytest.mark.parametrize("code, root", [
    ("loss = x * y\nz = x + y\nz * 2", "out"),
    ("loss = x * y\nz = x + y", "loss"),
    ("z = x + y\nother = 5", "z"),
    ("print(1)", "y"),
])  # fmt: skip
def test_the_root(code, root):
    "The last expression, or loss, or what was assigned last."
    assert answer(HEAD + code)["root"] == root


@pytest.mark.parametrize("title", build.examples())
def test_examples(title):
    "Each has every view and every file."
    bench = Bench([].append)
    code = build.examples()[title]
    assert code.startswith(f"# {title}\n") and bench.answer({"code": code})["error"] is None
    for view in VIEWS:
        assert "html" in bench.answer({"view": view})["view"], view
    for kind in FILES:
        assert bench.answer({"save": kind})["file"]["text"], kind


@pytest.mark.parametrize("code, line, said", [
    ("x = (", 3, "SyntaxError"),
    ("def f():\n    return x + 'a'\nf()", 4, "TypeError"),
    ("raise SystemExit", 3, "SystemExit"),
    ("def f(): f()\nf()", 3, "RecursionError"),
    ("while True: print('again and again')", 3, "TooMuch"),
    ("while True: display(x)", 3, "TooMuch"),
])  # fmt: skip
def test_errors_have_their_line(code, line, said):
    "The last line of the student's own that was reached, whatever is raised below it."
    error = answer(HEAD + code)["error"]
    assert (error["line"], error["text"][: len(said)]) == (line, said)


def test_a_program_means_the_same_whatever_ran_before():
    "Its variables and its rows are gone with it."
    bench = Bench([].append)
    first = (
        HEAD
        + "from micrograd_es.calculus import unary\nValue.atan = unary('atan', lambda m, x: m.atan(x), lambda m, y, x: 1)\nx.atan()"
    )
    assert bench.answer({"code": first})["error"] is None
    assert "atan" in bench.answer({"code": HEAD + "x.atan()"})["error"]["text"] and not hasattr(Value, "atan")
    assert "NameError" in bench.answer({"code": "x"})["error"]["text"]


def test_display_is_seen_at_once():
    said = []
    code = HEAD + "display(x, 'two')\ndisplay('three', clear=True)\n"
    assert answer(code, said)["output"] == [{"text": "'three'"}] and len(said) == 2


def test_a_huge_graph_is_refused():
    "By every view, in a sentence."
    code = "from micrograd_es import Value\nx = Value(1.0)\nfor _ in range(3000):\n    x = x * 1.001\n"
    for view in ("graph", "worked", "play"):
        assert (
            "too" in answer(code, view=view)["view"]["refused"]
            or "no reading" in answer(code, view=view)["view"]["refused"]
        )


def test_a_name_that_is_gone_is_not_asked_for():
    assert answer(HEAD + "x * y", view="paths", wrt="w")["wrt"] == ""


def test_completions_are_the_real_ones():
    offered = completions()
    labels = {owner: {one["label"] for one in found} for owner, found in offered.items()}
    assert {"tanh", "backward", "grad"} <= labels["Value"] and "MLP" in labels["nn"] and "Value" in labels[""]
    assert next(one for one in offered["Value"] if one["label"] == "tanh")["info"]


def test_plane():
    samples = [((0.0, 0.0), -1), ((1.0, 1.0), 1), ((0.0, 1.0), 1)]
    svg = plane(lambda point: Value(point[0] - 0.5), samples).svg
    assert "2 of 3 samples" in svg and svg.count("<circle") == 3 and svg.count("<rect") == 20 * 20 + 2


def test_link():
    letters = lab_link("x = 1\n", "lab.html").removeprefix("lab.html#code=")
    assert zlib.decompress(base64.urlsafe_b64decode(letters + "==="), wbits=-15) == b"x = 1\n"


# ---- Building -------------------------------------------------------------------------------------------------------


def test_the_page_is_whole(built):
    "It has its licences and versions, asks for nothing, and is made the same each time."
    page = built.read_text("utf-8")
    assert 5e6 < len(page) < 12e6
    for needed in ("MPL-2.0", "Apache", "PSF License", "Eclipse", "pyodide 314", "Permission is hereby granted"):
        assert needed in page
    assert not re.search(r"(src|href)=.?https?:", page) and page == build.page()


def test_a_program_cannot_end_its_script(built):
    assert "</script><b>" not in build.page("# </script><b>")


def test_other_parts_are_refused(built, tmp_path, monkeypatch):
    "A file of the cache that is not what was pinned is fetched again, and refused if it is still another one."
    monkeypatch.setattr(parts, "cache_folder", lambda name: tmp_path)
    monkeypatch.setattr(
        parts, "fetch", lambda pinned, folder: [(folder / parts.file_name(p)).write_bytes(b"x") for p in pinned]
    )
    with pytest.raises(RuntimeError, match="is not what its sha512 in parts.json says"):
        lab(tmp_path / "lab.html")
    assert not (tmp_path / "lab.html").exists()


@pytest.mark.parametrize("npm", ["/nowhere/npm", None])
def test_missing_parts_are_one_sentence(npm, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(parts, "cache_folder", lambda name: tmp_path)
    monkeypatch.setattr(parts.shutil, "which", lambda name: npm)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    with pytest.raises(SystemExit):
        main(["lab", str(tmp_path / "lab.html")])
    said = capsys.readouterr().err
    assert "more parts are not in" in said and said.count("\n") == 1


def test_without_npm_python_fetches(tmp_path, monkeypatch):
    "From the registry that npm is configured with; here a folder."
    name = "crelt@1.0.7"
    (tmp_path / "crelt" / "-").mkdir(parents=True)
    (tmp_path / "crelt" / "-" / "crelt-1.0.7.tgz").write_bytes(b"packed")
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(parts.shutil, "which", lambda name: None)
    monkeypatch.setenv("npm_config_registry", tmp_path.as_uri())
    parts.fetch([name], tmp_path / "out")
    assert (tmp_path / "out" / parts.file_name(name)).read_bytes() == b"packed"


def test_the_command(built, tmp_path, capsys):
    "A program alone gives its name to the page."
    (tmp_path / "mine.py").write_text("loss = 1  # mine\n", "utf-8")
    assert main(["lab", str(tmp_path / "mine.py")]) == 0
    assert "# mine" in (tmp_path / "mine.html").read_text("utf-8") and "wrote" in capsys.readouterr().err
    for wrong in (
        ["lab"],
        ["lab", "a.txt"],
        ["lab", "a.html", "b.html"],
        ["lab", "nowhere.py"],
        ["lab", str(tmp_path / "no" / "a.html")],
    ):
        with pytest.raises(SystemExit):
            main(wrong)
        assert capsys.readouterr().err.startswith(("micrograd-es lab: ", "usage"))
