"""784-30-10 sigmoid units that read digits (Yale; Nielsen): the network, its two costs, its training, its mistakes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..data import SIDE, Example, Images, one_hot
from ..engine import Value
from ..losses import quadratic
from ..nn import MLP, init
from ..optim import SGD, History
from ..replay import fit, replay
from ..text.letters import SUBSCRIPT

if TYPE_CHECKING:
    from ..replay import Replay

CLASSES = 10
RATE = {"cross-entropy": 0.5, "quadratic": 3.0}  # the lecture's η for each cost
LECTURE = {  # per cent of MNIST's 10,000 test digits, by hidden neurons and cost
    (30, "quadratic"): 95.42,
    (30, "cross-entropy"): 95.49,
    (100, "quadratic"): 96.59,
    (100, "cross-entropy"): 96.82,
}


class Network(NamedTuple):
    "The module, and the graph of one sample's loss, ready for batches; `r.outputs` are the scores of the digits."

    net: MLP[list[Value]]
    r: Replay


def network(hidden: int = 30, cost: str = "cross-entropy", inputs: int = 784, runner: str = "numpy") -> Network:
    """inputs-hidden-10 sigmoid units, weights and biases from N(0, 1), made of single Values.

    One sample's columns: its pixels x₁, x₂, ..., then its label, one-hot, y₁, y₂, ...
    """
    net: MLP[list[Value]] = MLP(
        inputs, [hidden, CLASSES], act="sigmoid", last="linear", init=init.normal, bias=init.normal
    )
    pixels, label = [
        [Value(0.0, label=f"{name}{i}".translate(SUBSCRIPT)) for i in range(1, n + 1)]
        for name, n in (("x", inputs), ("y", CLASSES))
    ]
    scores = net(pixels)
    loss = cost_of(cost, scores, label)
    loss.label = "loss"
    return Network(net, replay(loss, [*pixels, *label], net.parameters(), outputs=scores, runner=runner))


def cost_of(cost: str, scores: Sequence[Value], label: Sequence[Value]) -> Value:
    "The lecture's cost of one sample, from the scores z: of a = σ(z). ValueError for another cost."
    if cost == "quadratic":
        return quadratic([z.sigmoid() for z in scores], label)
    if cost == "cross-entropy":  # the sum of -[y ln σ(z) + (1 - y) ln(1 - σ(z))], which is softplus(z) - y z
        return Value.sum(*[z.softplus() - y * z for z, y in zip(scores, label)])
    raise ValueError(f"the cost is {cost!r}, and must be one of {', '.join(RATE)}")


def table(examples: Images | Sequence[Example]) -> Any:
    "The examples as rows for the replay: the inputs, then the label, one-hot."
    import numpy as np

    if isinstance(examples, Images):
        rows = np.zeros((len(examples), SIDE * SIDE + CLASSES))
        _, labels = examples.arrays(rows[:, :-CLASSES])
        rows[np.arange(len(rows)), labels - CLASSES] = 1.0
        return rows
    return np.array([[*inputs, *one_hot(label, CLASSES)] for inputs, label in examples])


def accuracy(r: Replay, rows: Any) -> float:
    "The share of the rows whose highest score is the right one's."
    return float((r.predict(rows).argmax(1) == rows[:, -CLASSES:].argmax(1)).mean())


def mistakes(r: Replay, rows: Any) -> list[tuple[int, int, int]]:
    "(row, its label, what it was read as) for every row that is misread, the most confident mistakes first."
    scores, labels = r.predict(rows), rows[:, -CLASSES:].argmax(1)
    found, every = scores.argmax(1), range(len(rows))
    lead = scores.max(1) - scores[every, labels]
    wrong = [i for i in every if found[i] != labels[i]]
    return [(i, int(labels[i]), int(found[i])) for i in sorted(wrong, key=lambda i: -lead[i])]


def run(
    network: Network,
    known: Any,
    unseen: Any,
    rate: float = 0.5,
    epochs: int = 30,
    batch: int = 10,
    seed: int = 0,
    progress: bool = False,
) -> History:
    "Train by minibatches, w ← w - η ∂loss/∂w; in the History is the accuracy on the unseen rows after every epoch."
    r, sgd = network.r, SGD(network.r.parameters, rate)
    return fit(r, known, sgd, epochs, batch, random.Random(seed), progress, lambda: accuracy(r, unseen))
