"""The GPT that trains through the replay, in small."""

import importlib.util
import random
from pathlib import Path

import pytest

from micrograd_es.optim import Adam

np = pytest.importorskip("numpy")
ROOT = Path(__file__).parent.parent


def example(name):
    "The file as a module."
    spec = importlib.util.spec_from_file_location(f"example_{name}", ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tiny(gpt):
    "A GPT of four letters, size 4, two heads; names of up to three letters."
    random.seed(3)
    graph = gpt.Graph(gpt.GPT(symbols=4, block=4, size=4, heads=2), symbols=4, block=4)
    return graph, np.array([graph.row(name, ".abc") for name in ("abc", "b", "ca", "", "aab", "cc")])


def test_gpt_has_the_same_losses_both_ways():
    "Twenty steps of Adam: to 1e-9."
    gpt = example("gpt")
    graph, rows = tiny(gpt)
    r, batches = graph.replay(), [rows[i % 3 : i % 3 + 3] for i in range(20)]
    fast, slow = Adam(graph.parameters, 0.02), Adam(graph.parameters, 0.02)
    quick = [r.step(few, fast) for few in batches]
    eager = [gpt.eager_step(graph, few, slow) for few in batches]
    assert quick == pytest.approx(eager, rel=1e-9)
    assert eager[-1] < eager[0]
    trained = [p.data for p in graph.parameters]
    r.write()
    assert [p.data for p in graph.parameters] == pytest.approx(trained, rel=1e-7, abs=1e-9)


def test_gpt_looks_at_no_letter_to_come():
    "Causal: later letters change nothing before them, and beyond the end nothing counts."
    graph, rows = tiny(example("gpt"))
    r = graph.replay()
    one, other = rows[0].copy(), rows[0].copy()
    other[12:20] = other[[16, 17, 18, 19, 12, 13, 14, 15]]  # another fourth and fifth letter
    a, b = r.predict([one, other]).reshape(2, 4, 4)
    assert (a[:3] == b[:3]).all() and (a[3] != b[3]).any()
    short = rows[1].copy()
    value, _ = r.loss_and_gradients([short])
    short[14] = 1.0  # a letter beyond the end
    assert r.loss_and_gradients([short])[0] == value


def test_gpt_learns_and_invents():
    gpt = example("gpt")
    graph, rows = tiny(gpt)
    r, adam = graph.replay(), Adam(graph.parameters, 0.02)
    ababs = np.repeat([graph.row("ab", ".abc")], 2, axis=0)
    losses = [r.step(ababs, adam) for _ in range(200)]
    assert losses[0] > 1 and losses[-1] < 0.05
    assert gpt.invent(r, graph, np.random.default_rng(0), 3, alphabet=".abc") == ["ab"] * 3


def test_gpt_names():
    "All fit into the block, each stands once, and all letters are known."
    gpt = example("gpt")
    assert max(map(len, gpt.NAMES)) <= gpt.BLOCK - 1 and len(set(gpt.NAMES)) == len(gpt.NAMES) > 150
    assert set("".join(gpt.NAMES)) <= set(gpt.SYMBOLS[1:])
