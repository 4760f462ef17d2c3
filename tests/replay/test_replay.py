"""The replay answers what the eager engine answers, on whatever graph."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from micrograd_es import Value, losses, nn, optim
from micrograd_es.replay import replay
from micrograd_es.replay.plan.levels import Levels
from tests.support import ROOT
from tests.support.networks import (
    attention,
    batch_inside_the_graph,
    convolution,
    irregular,
    perceptron,
    random_graph,
    recurrence,
)
from tests.support.replays import agree, eagerly

np = pytest.importorskip("numpy")


@pytest.fixture(params=[True, False], ids=["node by node", "group by group"])
def thin(request, monkeypatch):
    "Done in this way, whatever would be quicker."
    monkeypatch.setattr(Levels, "thin", request.param)
    return request.param


def test_random_graphs_either_way(thin, uncompiled):
    "Anything irregular still runs, and nothing is silently different: 200 graphs node by node, 80 as arrays, to 1e-12."
    for seed in range(200 if thin else 80):
        inputs, parameters, loss = random_graph(random.Random(seed))
        samples = 12 if seed % 4 == 0 else 3
        agree(loss, inputs, parameters, np.random.default_rng(seed).normal(size=(samples, len(inputs))), uncompiled)


def test_what_python_refuses(thin, runner):
    "1/0, log(0), exp(1000): the table's answer, forward and back, in a few samples and in many."
    x, w = Value(1.0), Value(2.0)
    y = (w / x).log() + (w * x).exp() + Value.logsumexp(*[x * i for i in range(40)])
    r = replay(y, [x], [w], outputs=[y], runner=runner)
    for row in ([0.0], [1000.0], [-1.0]):
        expected, slopes = eagerly(y, [x], [w], [row])
        for samples in (1, 12):
            batch = [row] * samples
            value, gradients = r.loss_and_gradients(batch)
            np.testing.assert_allclose([value, *gradients], [expected, *slopes], rtol=1e-12)
            np.testing.assert_allclose(r.predict(batch), [[expected]] * samples, rtol=1e-12)


def test_irregular_graphs(runner):
    "Where hardly two nodes are alike it goes node by node; that is decided before anything is written."
    for last, how in ((64, "node by node"), (10_000, "array statements\n")):
        loss, inputs, parameters = irregular(10_000, last, random.Random(last))
        r = agree(loss, inputs, parameters, np.random.default_rng(1).normal(size=(2, len(inputs))), runner, 1e-11)
        assert how in r.explain() and ("program" in vars(r)) == (last == 10_000 and runner == "numpy")


@pytest.mark.parametrize("make", [perceptron, convolution, recurrence, attention, batch_inside_the_graph])
def test_networks(make, runner):
    "Shared weights add up over positions, steps, tokens and samples; regularisers are counted once."
    random.seed(1)
    loss, inputs, parameters, samples = make()
    r = agree(loss, inputs, parameters, np.random.default_rng(1).normal(size=(samples, len(inputs))), runner)
    assert "matrix product" in r.explain()
    assert len(r.plan.groups) < r.plan.scalars / 4


def test_a_small_network_is_no_chain():
    "Node by node it would take twelve times as long, and nobody would see its matrix products."
    x, y, net = Value(0.0), Value(0.0), nn.MLP(1, [3, 1], act="tanh")
    assert replay(losses.squared(net([x]), y), [x, y], net.parameters()).explain().count("matrix product") == 1


def test_a_layer_is_one_matrix_product():
    "x @ W appears although nobody wrote it: thirty neurons are one statement."
    random.seed(0)
    xs, net = [Value(0.0) for _ in range(40)], nn.MLP(40, [30, 10], act="sigmoid")
    hidden = net.layers[0](xs)
    r = replay(losses.quadratic(net.layers[1](hidden), [0.5] * 10), xs, net.parameters(), outputs=hidden)
    assert "a matrix product (30 x 40) @ (40 x 1) for every sample" in r.explain()
    assert "a matrix product (10 x 30) @ (30 x 1) for every sample" in r.explain()
    assert r.predict(np.zeros((5, 40))).shape == (5, 30)


@pytest.mark.parametrize(
    "make",
    [
        lambda ps: optim.SGD(ps, 0.1),
        lambda ps: optim.SGD(ps, optim.linear(0.2, 0.01, 10), momentum=0.9, weight_decay=0.01),
        lambda ps: optim.Adam(ps, 0.05),
        lambda ps: optim.AdamW(ps, 0.05, weight_decay=0.1),
    ],
)
def test_steps_equal_eager_training(make, runner, monkeypatch):
    """Twenty steps with every optimiser: the same losses, the same weights, written back into the graph.

    NumPy moves them in blocks, here of eight, which end in the middle of a layer.
    """
    monkeypatch.setattr("micrograd_es.replay.with_numpy.groups.BLOCK", 8)
    random.seed(2)
    loss, inputs, parameters, _ = perceptron()
    batches = np.random.default_rng(2).normal(size=(20, 4, len(inputs)))
    start = [p.data for p in parameters]
    r, optimizer = replay(loss, inputs, parameters, runner=runner), make(parameters)
    fast = [r.step(batch, optimizer) for batch in batches]
    r.write()
    trained = [p.data for p in parameters]
    for p, x in zip(parameters, start, strict=True):
        p.data = x
    optimizer, slow = make(parameters), []
    for batch in batches:
        value, gradients = eagerly(loss, inputs, parameters, batch)
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = g
        optimizer.step()
        slow.append(value)
    assert fast == pytest.approx(slow, rel=1e-10)
    assert trained == pytest.approx([p.data for p in parameters], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_gradient_after_a_step(runner, momentum):
    "Plain descent has its rate in the gradient from the start; what it shows of it has not. Nor has one without rate."
    random.seed(4)
    loss, inputs, parameters, _ = perceptron()
    batch = np.random.default_rng(4).normal(size=(3, len(inputs)))
    r = replay(loss, inputs, parameters, runner=runner)
    for rate in (0.25, 0.0):
        expected = r.loss_and_gradients(batch)[1]
        r.step(batch, optim.SGD(parameters, rate, momentum))
        np.testing.assert_allclose(r.gradients, expected, rtol=1e-12, atol=1e-15)


def test_float32(runner):
    "On request: half the memory, seven digits."
    random.seed(3)
    loss, inputs, parameters, samples = perceptron()
    batch = np.random.default_rng(3).normal(size=(samples, len(inputs)))
    single, _ = replay(loss, inputs, parameters, dtype=np.float32, runner=runner).loss_and_gradients(batch)
    double, _ = replay(loss, inputs, parameters, runner=runner).loss_and_gradients(batch)
    assert single != double and single == pytest.approx(double, rel=1e-5)


def test_no_inputs_no_parameters(runner):
    "A loss of parameters alone is the same for every sample; without parameters there is something to predict."
    x, w = Value(3.0), Value(2.0)
    r = replay(w * w * 3 + w, [], [w], runner=runner)
    value, gradients = r.loss_and_gradients(np.zeros((4, 0)))
    assert value == 14 and gradients.tolist() == [13]
    r = replay(x * x, [x], [], outputs=[x, x * x + 1], runner=runner)
    assert r.predict([[1.0], [2.0]]).tolist() == [[1, 2], [2, 5]] and r.loss_and_gradients([[2.0]])[0] == 4


def test_an_if_is_noticed():
    "A graph keeps the branch that it was made with: check compares with the graph made anew for each sample."
    w, b = Value(2.0), Value(0.5)

    def by_operation(inputs):
        return (inputs[0] * w).relu() + b

    def by_if(inputs):
        z = inputs[0] * w
        return (z if z.data > 0 else 0 * z) + b

    x, batch = Value(1.0), [[1.0], [2.0], [-1.0]]
    replay(by_operation([x]), [x], [w, b]).check(by_operation, batch)
    r = replay(by_if([x]), [x], [w, b])
    r.check(by_if, batch[:2])
    with pytest.raises(ValueError, match="sample 2: its loss is 0.5 where the graph is made anew, -1.5 in the replay"):
        r.check(by_if, batch)


def test_two_threads(runner):
    "Each with a replay of its own: they do not touch each other's memory."
    random.seed(6)
    made = [perceptron() for _ in range(2)]
    batches = np.random.default_rng(6).normal(size=(100, 4, 4))
    rs = [replay(loss, inputs, parameters, runner=runner) for loss, inputs, parameters, _ in made]
    alone = [[r.loss_and_gradients(batch) for batch in batches] for r in rs]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda r: [r.loss_and_gradients(batch) for batch in batches], rs))
    for one, other in zip(alone, together, strict=True):
        assert all(a == b and (g == h).all() for (a, g), (b, h) in zip(one, other, strict=True))


def test_mistakes_are_named():
    "A wrong batch, an input that is no leaf, a leaf that is both."
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    h = x * w
    with pytest.raises(ValueError, match="no leaf"):
        replay(h.tanh(), [h], [w])
    with pytest.raises(ValueError, match="named twice"):
        replay(h, [x], [w, x])
    r = replay(h, [x], [w])
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        r.loss_and_gradients(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="batch of shape"):
        r.loss_and_gradients([])
    out = Value(1.0, (x,), "mine")
    with pytest.raises(TypeError, match="no row of the table"):
        replay(out * w, [x], [w])


def test_without_numpy():
    "The message names the extra."
    program = "import sys; sys.modules['numpy'] = None\nfrom micrograd_es import Value\nfrom micrograd_es.replay import replay\nx = Value(1.0)\nreplay(x * x, [x], [])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert 'ImportError: replay needs numpy: pip install "micrograd-es[fast]"' in done.stderr
