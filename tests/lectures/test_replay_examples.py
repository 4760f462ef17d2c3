"""The examples that train through the replay reach the lectures' pass marks; the larger ones are run in small."""

import importlib.util
import random

import pytest

from micrograd_es import Value, mean
from micrograd_es.optim import Adam
from tests.support import ROOT

np = pytest.importorskip("numpy")


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


# ---- The systems of the lectures -------------------------------------------------------------------------------------


def test_rnn_parity():
    "All 256 strings: the lecture's mark is 92 % of their bits."
    assert example("rnn_echo").run_replay() >= 0.92


def test_phasenet_mini():
    "The label's entropy is the floor; in full, within 0.015 of it, and 95 % of the picks."
    phasenet = example("phasenet_mini")
    before, after, floor, share = phasenet.run()
    assert floor == pytest.approx(0.1287, abs=5e-4) and before > 1
    assert floor < after < floor + 0.015 and share >= 0.95


def test_phasenet_is_the_eager_one():
    "The first loss and every gradient of it, trace by trace on a new graph each."
    phasenet = example("phasenet_mini")
    random.seed(2)
    traces = [phasenet.trace(random.Random(i)) for i in range(2)]
    r = phasenet.ready()
    value, gradients = r.loss_and_gradients(phasenet.table(traces))
    random.seed(2)
    net = phasenet.PhaseNet()
    loss = mean(
        [
            phasenet.cross_entropy_with_logits(scores, target)
            for signal, labels, _ in traces
            for scores, target in zip(zip(*net([Value(x) for x in signal])), labels)
        ]
    )
    loss.backward()
    assert value == pytest.approx(loss.data, rel=1e-12)
    assert list(gradients) == pytest.approx([p.grad for p in net.parameters()], rel=1e-9, abs=1e-14)


def test_crater_unet():
    "In small, 8x8 pixels: without the skip the loss is higher. (In full: examples/README.md.)"
    crater = example("crater_unet")
    results = [crater.run(200, 4, side=8, channels=3, skip=skip) for skip in (True, False)]
    (loss, overlap, _, count), (worse, _, _, fewer) = results
    assert loss < worse and overlap > 0.3 and fewer < count
    assert len(crater.UNet(4).parameters()) == 777  # the lecture's


def test_crater_is_found_where_it_is():
    "A rim drawn without a fault is found, and that of another crater is not."
    crater = example("crater_unet")
    craters = [crater.crater(random.Random(i), 16) for i in range(20)]
    perfect = np.array([np.ravel(rim) for _, rim, _ in craters]) * 20 - 10
    assert crater.overlap(perfect, craters) == 1.0 and crater.found(perfect, craters, 16) >= 19
    assert crater.overlap(-perfect, craters) == 0.0 and crater.found(np.roll(perfect, 1, 0), craters, 16) < 8


def test_glyph_mlp():
    "The same start and the same learning rate: cross-entropy passes 90 %, the quadratic cost is far behind."
    glyph = example("glyph_mlp")
    good, lags, helped = (
        glyph.run_replay(*how) for how in (("cross-entropy", 0.5), ("quadratic", 0.5), ("quadratic", 3.0))
    )
    assert good >= 0.9 > helped > lags + 0.1 and lags < 0.65
    small = {"pictures": 20, "epochs": 2, "tests": 40, "noise": 0.1}
    assert glyph.run("cross-entropy", **small) == glyph.run_replay("cross-entropy", **small)


def test_moons():
    "micrograd's demo in full: all points on their side; the first steps are those of the demo's way."
    moons = example("moons")
    history, share, r = moons.run_replay()
    assert share == 1.0 and history[-1] < 0.05
    assert moons.run(steps=3, points=20) == pytest.approx(moons.run_replay(steps=3, points=20)[0], rel=1e-9)
    assert {len(line) for line in moons.chart(r).splitlines()} == {64} and "#." in moons.chart(r)
