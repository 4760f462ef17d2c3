"""A replay's training is the loop that a student writes, and the loop of eager training."""

import random

import pytest

from micrograd_es import Value, losses, mean, nn, optim

np = pytest.importorskip("numpy")

from micrograd_es.replay import fit, replay  # noqa: E402

OPTIMIZERS = [
    lambda ps: optim.SGD(ps, 0.3),
    lambda ps: optim.SGD(ps, optim.linear(0.2, 0.01, 12), momentum=0.9),
    lambda ps: optim.Adam(ps, 0.05),
]


def network():
    random.seed(4)
    net, xs, y = nn.MLP(3, [4, 1], act="tanh"), [Value(0.0) for _ in range(3)], Value(0.0)
    return net, replay(losses.squared(net(xs), y), [*xs, y], net.parameters())


ROWS = np.random.default_rng(4).normal(size=(10, 4))


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_equals_eager_training(make):
    "The same seed, the same orders, the same history and weights; the last minibatch is smaller."
    net, r = network()
    quick = fit(r, ROWS.tolist(), make(net.parameters()), 3, 4, random.Random(7))
    trained, (net, _) = r.weights, network()
    slow = optim.fit(
        lambda few: mean([losses.squared(net(list(x)), y) for *x, y in few]),
        ROWS, make(net.parameters()), 3, 4, random.Random(7),
    )  # fmt: skip
    assert quick == pytest.approx(slow, rel=1e-10) and quick[-1] < quick[0]
    assert list(trained) == pytest.approx([p.data for p in net.parameters()], rel=1e-9, abs=1e-12)


def test_a_loss_that_explodes():
    "It says what to do, and the weights are usable: those from before."
    net, r = network()
    before = r.weights.copy()
    with pytest.raises(
        FloatingPointError, match=r"loss is (inf|nan) in epoch \d+: try a smaller learning rate; the weights are"
    ):
        fit(r, ROWS, optim.SGD(net.parameters(), 1e6, momentum=0.9), epochs=1000)
    assert (r.weights == before).all()
    history = fit(r, ROWS, optim.SGD(net.parameters(), 0.1), epochs=2)
    assert history[1] < history[0]


def test_progress(capsys):
    "Loss, accuracy and speed, on stderr."
    net, r = network()
    fit(r, ROWS, optim.SGD(net.parameters(), 0.1), 2, 5, progress=True, accuracy=lambda: 0.5)
    out, err = capsys.readouterr()
    assert out == "" and err.count("accuracy 50.00%") == err.count("examples/s") == err.count("\n") == 2


def test_mistakes_are_named():
    net, r = network()
    with pytest.raises(ValueError, match="no sample to learn from"):
        fit(r, [], optim.SGD(net.parameters()))
    with pytest.raises(ValueError, match="it must be .samples, 4., a number for each input"):
        fit(r, ROWS[:, 1:], optim.SGD(net.parameters()))
    with pytest.raises(ValueError, match="a minibatch of 0 examples"):
        fit(r, ROWS, optim.SGD(net.parameters()), batch=0)
