"""The notebooks run in a fresh kernel, and say what is stored in them: a lesson whose numbers went stale is a false one.

`python -m tests.lectures.test_notebooks` runs them all and stores what they show; with names behind it, those.
"""

import asyncio
import gc
import os
import re
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NEEDED = ["nbclient", "nbformat", "ipykernel", "matplotlib", "sklearn"]
MISSING = [name for name in NEEDED if not find_spec(name)]
SECONDS = 300  # for a cell: a machine may be busy
MEND = "python -m tests.lectures.test_notebooks runs and stores it"
ENGINES = re.compile(r"^(?:import|from) (torch|jax|onnxruntime|distributed)\b", re.MULTILINE)
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}; the group `test` has them")


def read(path):
    import nbformat

    return nbformat.read(path, as_version=4)


def lacking(cell):
    "The engine that a cell imports and that is not installed: the cell is left out, for no later one builds on it."
    return next((name for name in ENGINES.findall(cell.source) if not find_spec(name)), None)


async def run(path, folder, turn):
    "The notebook, executed; or the exception that a cell raised."
    from nbclient import NotebookClient

    notebook = read(path)
    for cell in notebook.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
            if lacking(cell):
                cell.source = ""
    resources = {"metadata": {"path": str(folder)}}
    async with turn:
        # The log level: ipykernel warns on stderr of a TCP connection, which is local here.
        client = NotebookClient(notebook, timeout=SECONDS, resources=resources, extra_arguments=["--log-level=40"])
        try:
            return await client.async_execute()
        except Exception as error:
            return error


async def run_all(paths, folder):
    "All of them, two at a time: much of a short notebook's time is the start of its kernel."
    turn = asyncio.Semaphore(2)
    return await asyncio.gather(*[run(path, folder, turn) for path in paths])


def why_not(path):
    "Why a notebook cannot be run here, if so: a test downloads nothing."
    if path.stem == "open_your_own_model" and not (find_spec("onnx") and find_spec("onnxruntime")):
        return "onnx and onnxruntime are not installed; the group `test` has them"
    return "MNIST_DIR names no folder with MNIST" if path.stem == "mnist" and "MNIST_DIR" not in os.environ else ""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # Jupyter's own affairs (deprecations, event loops, sockets closed late), which differ from release to release.
        warnings.simplefilter("ignore")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])))
        patch.delenv("MPLBACKEND", raising=False)  # the kernel knows best
        patch.setenv("JUPYTER_PLATFORM_DIRS", "1")
        for name in (
            "IPYTHONDIR",
            "JUPYTER_RUNTIME_DIR",
            "MPLCONFIGDIR",
        ):  # nothing of the user's own, nothing left there
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        paths = [path for path in NOTEBOOKS if not why_not(path)]
        with ThreadPoolExecutor(1) as pool:  # a thread of their own: in this one playwright's loop may be running
            notebooks = pool.submit(asyncio.run, run_all(paths, folder)).result()
        gc.collect()  # here, where it is not heard, that sockets were left open
    return dict(zip(paths, notebooks))


def shown(cell):
    "What a cell shows: its text as it stands, and of its pictures only how many there are."
    text, answers, pictures = "", [], 0
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            text += output.text if output.name == "stdout" else ""
        else:
            data = output.get("data", {})
            picture = "image/png" in data or "<img" in data.get("text/html", "")
            pictures += picture
            plain = data.get("text/plain", "")
            if not (picture and ADDRESS.search(plain)) and not plain.startswith("<Figure"):
                answers += [plain] * bool(plain)
            if not picture:
                answers += [data["text/html"]] if "text/html" in data else []
    return {"stdout": text, "answers": answers, "pictures": pictures}


def test_they_are_all_here():
    "First steps, the decks, both modes, the ways out and in, micrograd's demo, the classic mistakes, MNIST, the player."
    assert [path.stem for path in NOTEBOOKS] == [
        "00_start_here", "01_dlies", "02_iiser", "03_lesson4", "04_yale", "05_cse471", "attention", "forward_and_reverse",
        "graduation", "micrograd_in_our_hands", "mistakes", "mnist", "open_your_own_model", "play",
    ]  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_its_outputs_are_fresh(path, executed):
    "Cell by cell, every text and number that is stored is what the cell shows today."
    if why_not(path):
        pytest.skip(why_not(path))
    fresh = executed[path]
    if isinstance(fresh, Exception):
        pytest.fail(f"{path.name}: {fresh}")
    for i, (cell, now) in enumerate(zip(read(path).cells, fresh.cells, strict=True)):
        if cell.cell_type == "code" and not lacking(cell):
            assert shown(cell) == shown(now), f"{path.name}, cell {i}: stale? {MEND}\n{cell.source}"
    left_out = {lacking(cell) for cell in read(path).cells if cell.cell_type == "code"} - {None}
    if left_out:
        pytest.skip(f"all but the cells that need {', '.join(left_out)}, which is not installed: they are left out")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_clean(path):
    "Outputs are kept, for readers; counters, addresses and traces of a machine are not, for whoever compares versions."
    text = path.read_text("utf-8")
    assert not ADDRESS.search(text)
    assert len(text) < 500_000
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert not cell.metadata
        assert cell.source  # a cell whose engine was missing is not stored as the nothing that was run instead
        if cell.cell_type == "code":
            assert cell.execution_count is None
            assert not any(output.get("name") == "stderr" for output in cell.outputs)
            assert not any(output.output_type == "error" for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_before_code(path):
    "Nobody meets a program without having been told what it is for."
    kinds = [cell.cell_type for cell in read(path).cells]
    assert kinds[0] == "markdown" and kinds[-1] == "markdown"
    assert "code code" not in " ".join(kinds)


def test_a_stale_output_is_noticed():
    "The comparison sees a number that has changed, and does not look into pictures."
    import nbformat.v4 as v4

    def cell(text, png):
        figure = v4.new_output("display_data", {"image/png": png, "text/plain": "<Figure size 1x1 with 1 Axes>"})
        return v4.new_code_cell("", outputs=[v4.new_output("stream", name="stdout", text=text), figure])

    assert shown(cell("0.0940\n", "a")) == shown(cell("0.0940\n", "b"))
    assert shown(cell("0.0940\n", "a")) != shown(cell("0.0941\n", "a"))
    without = cell("0.0940\n", "a")
    without.outputs.pop()
    assert shown(without) != shown(cell("0.0940\n", "a"))


def test_a_missing_engine_leaves_out_its_cells(monkeypatch):
    "Those that import it, and no others."
    import nbformat.v4 as v4

    monkeypatch.setattr(sys.modules[__name__], "find_spec", lambda name: None if name == "torch" else name)
    cells = [
        v4.new_code_cell(text) for text in ("import torch\n1", "import jax", "from torch import nn", "torchlight = 1")
    ]
    assert [lacking(cell) for cell in cells] == ["torch", None, "torch", None]


def test_what_is_left_out_is_stored_as_it_was(monkeypatch, tmp_path):
    "Its program, and what it showed where the engine was."
    import nbformat
    import nbformat.v4 as v4

    monkeypatch.setattr(sys.modules[__name__], "find_spec", lambda name: None if name == "torch" else name)
    shows = v4.new_output("stream", name="stdout", text="1\n")
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [v4.new_code_cell("import torch\n1", outputs=[shows]), v4.new_code_cell("2")]
    nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), tmp_path / "a.ipynb")
    store(tmp_path / "a.ipynb", v4.new_notebook(cells=[v4.new_code_cell(""), v4.new_code_cell("2", outputs=[shows])]))
    assert [(cell.source, len(cell.outputs)) for cell in read(tmp_path / "a.ipynb").cells] == [
        ("import torch\n1", 1),
        ("2", 1),
    ]


# ---- Stored anew -----------------------------------------------------------------------------------------------------


def store(path, notebook):
    "Without what differs from run to run: counters, timings, addresses. A cell that was left out stays as it was."
    import nbformat

    stored = read(path)
    notebook.metadata = stored.metadata
    notebook.cells = [old if lacking(old) else cell for old, cell in zip(stored.cells, notebook.cells, strict=True)]
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [clean(output) for output in merged(cell.outputs)]
    nbformat.write(notebook, path)


def clean(output):
    if "execution_count" in output:
        output.execution_count = None
    if "metadata" in output:
        output.metadata = {}
    if ADDRESS.search(output.get("data", {}).get("text/plain", "")):
        del output.data["text/plain"]
    return output


def merged(outputs):
    "What was printed is one text, in however many pieces it came."
    kept = {}
    for i, output in enumerate(outputs):
        key = output.name if output.output_type == "stream" else i
        if key in kept:
            kept[key].text += output.text
        else:
            kept[key] = output
    return list(kept.values())


def main(names):
    import tempfile

    paths = [path for path in NOTEBOOKS if path.stem in names or not names]
    os.environ["PYTHONPATH"] = str(ROOT)
    folders = os.environ["PATH"].split(os.pathsep)  # without `dot`: WebAssembly draws the same bytes everywhere
    os.environ["PATH"] = os.pathsep.join(folder for folder in folders if not (Path(folder) / "dot").exists())
    with tempfile.TemporaryDirectory() as folder:
        for path, notebook in zip(paths, asyncio.run(run_all(paths, folder))):
            if isinstance(notebook, Exception):
                sys.exit(f"{path.name}: {notebook}")
            store(path, notebook)
            print(f"stored {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
