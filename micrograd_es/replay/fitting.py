"""A replay's training: minibatches in a new order every epoch, until it has seen them often enough.

>>> import random
>>> from micrograd_es import Value, optim
>>> from micrograd_es.replay import replay
>>> x, w, y = Value(0.0), Value(1.0), Value(0.0)
>>> r = replay((x * w - y) ** 2, inputs=[x, y], parameters=[w])
>>> history = fit(r, [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], optim.SGD([w], 0.05), epochs=20, batch=1)
>>> history[-1] < 1e-9 < history[0]
True
>>> r.write()
>>> round(w.data, 6)
2.0
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Protocol

from ..optim import History, Optimizer, train


class Trainable(Protocol):
    "What is trained here, as a replay: it has weights, and makes a step on a batch."

    weights: Any

    def step(self, batch: Any, optimizer: Optimizer) -> float: ...


def fit(
    r: Trainable,
    samples: Any,
    optimizer: Optimizer,
    epochs: int = 10,
    batch: int | None = None,
    rng: Any = random,
    progress: bool = False,
    accuracy: Callable[[], float] | None = None,
) -> History:
    """Train a replay on samples, each with a number for every input.

    Returns the History: the mean loss of each epoch, as a list that draws itself, and what `accuracy()` says after
    each. `batch` is the size of a minibatch (None: all at once), `rng` shuffles, as random.Random(seed). With
    `progress` a line on stderr tells every epoch. r.write() puts what was learned into the graph; r.weights is it.
    Ctrl-C stops it at a whole step, and `history.interrupted` is then True.

    FloatingPointError as soon as a loss is not finite: the weights are then again what they were before, and another
    attempt needs a new optimizer.
    """
    from numpy import asarray

    start = r.weights.copy()
    samples = asarray(samples, start.dtype)
    if not len(samples):
        raise ValueError("fit: there is no sample to learn from")
    try:
        loop = epochs, batch, rng, progress, accuracy
        return train(lambda places: r.step(samples[places], optimizer), len(samples), *loop)
    except FloatingPointError as error:
        r.weights = start
        raise FloatingPointError(f"{error}; the weights are again what they were before") from None
