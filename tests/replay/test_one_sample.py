"""The microscope: one sample's scalar graph in the middle of a training, and what concerns one weight of it."""

import random

import pytest

from micrograd_es import Value, close_up, draw, explain, losses, nn, paths, play, topological
from micrograd_es.graph import Graph

np = pytest.importorskip("numpy")

from micrograd_es.optim import SGD  # noqa: E402
from micrograd_es.replay import contributions, microscope, replay  # noqa: E402


def training(inputs=30, steps=5):
    "A small network after a few steps: its replay, its parameters, the batches it saw."
    random.seed(0)
    net, xs = nn.MLP(inputs, [6, 4], act="sigmoid"), [Value(0.0, label=f"x{i}") for i in range(inputs)]
    ys = [Value(0.0, label=f"y{i}") for i in range(4)]
    loss = Value.sum(*[losses.bce_with_logits(z, y) for z, y in zip(net(xs), ys)]) + losses.l2(net.parameters(), 0.01)
    r, rng = replay(loss, [*xs, *ys], net.parameters()), np.random.default_rng(0)
    batches = np.hstack([rng.normal(size=(steps * 8, inputs)), np.eye(4)[rng.integers(4, size=steps * 8)]])
    batches, sgd = batches.reshape(steps, 8, -1), SGD(net.parameters(), 0.5)
    for batch in batches:
        r.step(batch, sgd)
    return r, net, batches


def test_the_moment():
    "The scalar graph has the numbers of now: its loss and every gradient are the replay's, and the training goes on."
    r, net, batches = training()
    before, row = r.weights.copy(), batches[0][3]
    expected, gradients = r.loss_and_gradients([row])
    loss = microscope(r, row)
    assert loss is r.loss and loss.data == pytest.approx(expected, rel=1e-12)
    assert [p.grad for p in r.parameters] == pytest.approx(list(gradients), rel=1e-10, abs=1e-13)
    assert [p.data for p in r.parameters] == list(before) == list(r.weights)
    assert [x.data for x in r.inputs] == list(row)
    microscope(r, row)
    assert [p.grad for p in r.parameters] == pytest.approx(list(gradients), rel=1e-10, abs=1e-13)  # not added up


def test_contributions():
    "Their mean is the minibatch gradient, for one weight and for many."
    r, net, batches = training()
    batch, ws = batches[1], net.layers[0].neurons[2].w
    gradient_of = dict(zip(r.parameters, r.loss_and_gradients(batch)[1]))
    assert contributions(r, batch, ws[5]).shape == (8,) and contributions(r, batch, ws).shape == (8, 30)
    assert contributions(r, batch, ws[5]).mean() == pytest.approx(gradient_of[ws[5]], rel=1e-10)
    assert contributions(r, batch, ws).mean(0) == pytest.approx([gradient_of[w] for w in ws], rel=1e-9, abs=1e-14)
    microscope(r, batch[6])
    assert contributions(r, batch, ws[5])[6] == pytest.approx(ws[5].grad, rel=1e-10)


def test_close_up_of_a_weight():
    "One number stands for the rest of a neuron; names, neurons, numbers and the gradient are the graph's."
    r, net, batches = training()
    w = net.layers[0].neurons[2].w[7]
    loss = microscope(r, batches[0][0], w)
    assert len(topological(loss)) < 100 < len(topological(r.loss)) and w in topological(loss)
    assert Graph(loss).gradients[w] == pytest.approx(w.grad, rel=1e-12) and loss.data == r.loss.data
    text = str(explain(loss, wrt=w))
    assert "z₃⁽¹⁾ = v₁ + rest of z₃⁽¹⁾" in text and "w₃,₈⁽¹⁾ · x7" in text
    assert "layer 1, neuron 3" in draw(loss, highlight=w, fold="none").source
    assert len(paths(loss, w)) == len(paths(r.loss, w)) and len(play(loss).html) < 400_000
    assert loss.forward().data == pytest.approx(r.loss.data, rel=1e-12)


def test_mistakes_are_named():
    r, net, batches = training(steps=1)
    with pytest.raises(ValueError, match="a sample of 3 numbers: this replay has 34 inputs"):
        microscope(r, [1, 2, 3])
    with pytest.raises(ValueError, match="stranger.* is no parameter of this replay"):
        contributions(r, batches[0], Value(1.0, label="stranger"))
    with pytest.raises(ValueError, match="stranger.* is not used: its gradient is 0"):
        close_up(r.loss, Value(1.0, label="stranger"))
    with pytest.raises(ValueError, match="is no leaf"):
        close_up(r.loss, r.loss)
    with pytest.raises(ValueError, match="needs a leaf"):
        close_up(r.loss)
