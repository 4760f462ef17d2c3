"""Gradient descent and its relatives: w ← w - α ∂loss/∂w, with memory.

Every optimiser has the parameters, a learning rate `lr` (a number, or a schedule: a function of the step, counted from
0), `step()` and `zero_grad()`.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter
from typing import Any

from .core.caller import called
from .core.collector import collector_paused
from .core.floats import as_float, refused
from .core.node import number
from .core.pythonic import only_values
from .engine import Value

Schedule = Callable[[int], float]


class Optimizer:
    "What they share: the parameters, the learning rate of this step, and the count of steps."

    def __init__(self, parameters: Iterable[Value], lr: float | Schedule):
        self.parameters = list(only_values(type(self).__name__, parameters))
        if not self.parameters:
            raise ValueError("an optimiser needs parameters: module.parameters() gave none")
        made = next((w for w in self.parameters if w.parents), None)
        if made is not None:
            raise ValueError(
                f"{called(made)} is made of others, and would be computed again: an optimiser moves leaves"
            )
        rate = lr if callable(lr) else as_float(lr, f"{type(self).__name__}: lr")
        self.schedule: Schedule = rate if callable(rate) else lambda step: rate
        self.steps = 0

    @property
    def lr(self) -> float:
        "α, for the step to come."
        return as_float(self.schedule(self.steps), f"{type(self).__name__}: lr")

    @lr.setter
    def lr(self, lr: float) -> None:
        self.schedule = lambda step: lr

    def step(self) -> None:
        "Move every parameter against its gradient."
        lr = self.lr
        try:
            for i, w in enumerate(self.parameters):
                w.data -= lr * self.direction(i, w.grad, w.data)
        except TypeError:
            for w in self.parameters:
                number(w), number(w, "grad")
            raise
        self.steps += 1

    def direction(self, i: int, gradient: Any, w: Any) -> Any:
        "Where parameter i goes, before α and the minus sign. Plain arithmetic: a replay sends all as one array."
        return gradient

    def zero_grad(self) -> None:
        for w in self.parameters:
            w.grad = 0


class SGD(Optimizer):
    """w ← w - α v, where v ← μ v + ∂loss/∂w; without momentum (μ = 0) the slide's w ← w - α ∂loss/∂w.

    `weight_decay` adds λ w to the gradient.
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float | Schedule = 0.01, momentum: float = 0.0, weight_decay: float = 0.0
    ):
        super().__init__(parameters, lr)
        self.momentum, self.weight_decay = momentum, weight_decay
        self.velocity = [0.0] * len(self.parameters)

    def direction(self, i: int, gradient: Any, w: Any) -> Any:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * w
        if not self.momentum:
            return gradient
        self.velocity[i] = self.momentum * self.velocity[i] + gradient
        return self.velocity[i]


class Adam(Optimizer):
    """w ← w - α m̂ / (√v̂ + ε), with m and v running means of the gradient and of its square (Kingma & Ba 2015).

    m̂ and v̂ are m and v freed from their start at 0. `weight_decay` adds λ w to the gradient.
    """

    decoupled = False

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.m, self.v = [0.0] * len(self.parameters), [0.0] * len(self.parameters)

    def direction(self, i: int, gradient: Any, w: Any) -> Any:
        (b1, b2), t, decay = self.betas, self.steps + 1, self.weight_decay * w
        gradient = gradient if self.decoupled else gradient + decay
        self.m[i] = b1 * self.m[i] + (1 - b1) * gradient
        self.v[i] = b2 * self.v[i] + (1 - b2) * gradient * gradient
        m, v = self.m[i] / (1 - b1**t), self.v[i] / (1 - b2**t)
        return m / (v**0.5 + self.eps) + (decay if self.decoupled else 0.0)


class AdamW(Adam):
    "Adam whose weight decay does not go through the running means: w ← w - α (m̂ / (√v̂ + ε) + λ w)."

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay)


# ---- Learning-rate schedules ----------------------------------------------------------------------------------------


def linear(start: float, end: float, steps: int) -> Schedule:
    """From start to end in this many `steps`, then end.

    >>> [linear(1.0, 0.1, 90)(step) for step in (0, 45, 90, 1000)]
    [1.0, 0.55, 0.1, 0.1]
    """
    return lambda step: start + (end - start) * step / steps if step < steps else end


def cosine(start: float, end: float, steps: int) -> Schedule:
    "From start to end along half a cosine."
    return lambda step: end + (start - end) * (1 + math.cos(math.pi * min(step / steps, 1.0))) / 2


def stepwise(start: float, factor: float, every: int) -> Schedule:
    "start, times factor again after `every` steps."
    return lambda step: float(start * factor ** (step // every))


# ---- Training -------------------------------------------------------------------------------------------------------


def minibatches(examples: Sequence[Any], size: int, rng: Any = random) -> Iterator[list[Any]]:
    "The examples in a new order, in batches of that size; the last one may be smaller."
    if size < 1:
        raise ValueError(f"a minibatch of {size} examples: it needs at least one")
    order = list(range(len(examples)))
    rng.shuffle(order)
    for start in range(0, len(order), size):
        yield [examples[i] for i in order[start : start + size]]


def train(
    step: Callable[[list[int]], float],
    count: int,
    epochs: int = 10,
    batch: int | None = None,
    rng: Any = random,
    progress: bool = False,
    accuracy: Callable[[], float] | None = None,
) -> list[float]:
    """The loop of every training: `step` trains on the examples at these places, of `count`, and returns their loss.

    Returns the mean loss of every epoch. `accuracy` is asked after each, for the line that `progress` writes to stderr.
    Stops with FloatingPointError as soon as a loss is not finite.
    """
    history: list[float] = []
    line = Progress(epochs, count) if progress else None
    for epoch in range(1, epochs + 1):
        total, done, start = 0.0, 0, perf_counter()
        for places in minibatches(range(count), count if batch is None else batch, rng):
            loss = step(places)
            if not math.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss} in epoch {epoch}: try a smaller learning rate")
            total, done = total + loss * len(places), done + len(places)
            if line:
                line.show(epoch, done, total / done, perf_counter() - start)
        history.append(total / count)
        seconds, share = perf_counter() - start, accuracy() if accuracy else None
        if line:
            line.end(epoch, history[-1], seconds, share)
    return history


class Progress:
    "Epoch, loss, accuracy and examples per second, on stderr: a line that overwrites itself; in a file one an epoch."

    def __init__(self, epochs: int, count: int):
        self.epochs, self.count, self.share, self.width, self.next = epochs, count, "", 0, 0.0
        self.live = sys.stderr.isatty()

    def show(self, epoch: int, done: int, loss: float, seconds: float) -> None:
        "In the middle of an epoch, where somebody is watching: ten times a second at most."
        if self.live and perf_counter() >= self.next and done < self.count:
            part = 20 * done // self.count
            self._write(epoch, loss, done / seconds, f"  [{'#' * part}{'.' * (20 - part)}]")
            self.next = perf_counter() + 0.1

    def end(self, epoch: int, loss: float, seconds: float, share: float | None) -> None:
        "The epoch is done."
        self.share = "" if share is None else f"  accuracy {share:.2%}"
        self._write(epoch, loss, self.count / seconds, "")
        if epoch == self.epochs or not self.live:
            print(file=sys.stderr, flush=True)

    def _write(self, epoch: int, loss: float, speed: float, bar: str) -> None:
        text = f"epoch {epoch}/{self.epochs}  loss {loss:.4f}{self.share}  {speed:,.0f} examples/s{bar}"
        back = "\r" if self.live else ""
        print(f"{back}{text:{self.width}}", end="", file=sys.stderr, flush=True)
        self.width = len(text) if self.live else 0  # what a longer line leaves behind is overwritten


def fit(
    loss: Callable[[list[Any]], Value],
    examples: Sequence[Any],
    optimizer: Optimizer,
    epochs: int = 10,
    batch: int | None = None,
    rng: Any = random,
    progress: bool = False,
    accuracy: Callable[[], float] | None = None,
) -> list[float]:
    """Train: for every minibatch compute its loss, go backward, take a step. Returns the mean loss of every epoch.

    `loss` makes the loss of a batch, a list of examples; `batch=None` takes them all at once. With `progress` a line on
    stderr tells epoch, loss, what `accuracy()` returns, and the speed. Stops with FloatingPointError as soon as a loss
    is not finite.
    """
    if not callable(loss):
        raise refused("fit", loss, "a function that makes the loss of a batch")
    if not isinstance(optimizer, Optimizer):
        raise refused("fit", optimizer, "an optimiser, such as SGD(model.parameters())")

    @collector_paused()
    def step(places: list[int]) -> float:
        (value,) = only_values("fit: the loss", [loss([examples[i] for i in places])])
        if math.isfinite(value.data):
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        return float(value.data)

    return train(step, len(examples), epochs, batch, rng, progress, accuracy)
