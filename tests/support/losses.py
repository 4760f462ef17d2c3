"""Small losses: that of the slides, and a network's."""

import math

from micrograd_es.engine import Value
from micrograd_es.nn import MLP, functions


def slide():
    x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    loss = (x * w - y) ** 2
    loss.label = "loss"
    return loss


def network(*sizes, seed=3):
    weights = (math.sin(i + seed) for i in range(9999))
    net = MLP(sizes[0], sizes[1:], act="tanh", init=lambda nin, nout: next(weights))
    loss = (net([Value(0.5 - i, label=f"x{i}") for i in range(sizes[0])]) - Value(1.0, label="y")) ** 2
    loss.label = "loss"
    return loss


def layered():
    "MLP 4-8-8-2 on softmax and cross-entropy."
    weights = (math.sin(i) for i in range(9999))
    net = MLP(4, [8, 8, 2], act="tanh", init=lambda nin, nout: next(weights))
    loss = -functions.softmax(net([Value(0.5 - i, label=f"x{i}") for i in range(4)]))[0].log()
    loss.label = "loss"
    return loss
