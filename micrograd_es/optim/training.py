"The loop of every training: minibatches in a new order every epoch; what is told of it; Ctrl-C at a whole step."

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any

from ..core.collector import collector_paused
from ..core.floats import refused
from ..core.pythonic import only_values
from ..engine import Value
from ..system.interrupts import HeldInterrupt
from .history import History
from .optimizers import Optimizer


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
) -> History:
    """The loop of every training: `step` trains on the examples at these places, of `count`, and returns their loss.

    Returns the History: the mean loss of every epoch, and what `accuracy` says after each. With `progress` lines on
    stderr tell it meanwhile, and on a terminal a small plot at the end. Stops with FloatingPointError as soon as a loss
    is not finite; with Ctrl-C after the step that has begun (a second one breaks that off): `history.interrupted`.
    """
    history = History()
    line = Progress(epochs, count) if progress else None
    with HeldInterrupt() as interrupt:
        for epoch in range(1, epochs + 1):
            total, done, start = 0.0, 0, perf_counter()
            for places in minibatches(range(count), count if batch is None else batch, rng):
                if interrupt.pressed:
                    break
                loss = step(places)
                if not math.isfinite(loss):
                    raise FloatingPointError(f"the loss is {loss} in epoch {epoch}: try a smaller learning rate")
                total, done = total + loss * len(places), done + len(places)
                if line:
                    line.show(epoch, done, total / done, perf_counter() - start)
            else:
                history.append(total / count)
                seconds = perf_counter() - start
                if accuracy:
                    history.accuracies.append(accuracy())
                if line:
                    line.end(history, seconds)
            if interrupt.pressed:
                break
    history.interrupted = interrupt.pressed
    if line:
        line.close(history)
    if history.interrupted:
        whole = f"after {len(history):,} of {epochs:,} epochs"
        print(f"stopped by Ctrl-C {whole}: the weights are those of the last step", file=sys.stderr, flush=True)
    return history


class Progress:
    """Epoch, loss, accuracy and examples per second, on stderr: a line for every epoch.

    On a terminal it overwrites itself while the epoch lasts, and the curve stands under the last one.
    """

    def __init__(self, epochs: int, count: int):
        self.epochs, self.count, self.share, self.width, self.next = epochs, count, "", 0, 0.0
        self.live = sys.stderr.isatty()

    def show(self, epoch: int, done: int, loss: float, seconds: float) -> None:
        "In the middle of an epoch, where somebody is watching: ten times a second at most."
        if self.live and perf_counter() >= self.next and done < self.count:
            part = 20 * done // self.count
            self._write(epoch, loss, done / seconds, f"  [{'#' * part}{'.' * (20 - part)}]")
            self.next = perf_counter() + 0.1

    def end(self, history: History, seconds: float) -> None:
        "The epoch is done."
        self.share = f"  accuracy {history.accuracies[-1]:.2%}" if history.accuracies else ""
        self._write(len(history), history[-1], self.count / seconds, "")
        self._new_line()

    def close(self, history: History) -> None:
        "The training is done, or stopped in the middle of an epoch."
        if self.width:
            self._new_line()
        if self.live and len(history) > 1:
            print(f"\n{history}\n", file=sys.stderr, flush=True)

    def _write(self, epoch: int, loss: float, speed: float, bar: str) -> None:
        text = f"epoch {epoch}/{self.epochs}  loss {loss:.4f}{self.share}  {speed:,.0f} examples/s{bar}"
        back = "\r" if self.live else ""
        print(f"{back}{text:{self.width}}", end="", file=sys.stderr, flush=True)
        self.width = len(text)  # what a longer one leaves behind is overwritten

    def _new_line(self) -> None:
        print(file=sys.stderr, flush=True)
        self.width = 0


def fit(
    loss: Callable[[list[Any]], Value],
    examples: Sequence[Any],
    optimizer: Optimizer,
    epochs: int = 10,
    batch: int | None = None,
    rng: Any = random,
    progress: bool = False,
    accuracy: Callable[[], float] | None = None,
) -> History:
    """Train: for every minibatch compute its loss, go backward, take a step.

    Returns the History: the mean loss of every epoch, as a list that draws itself, and what `accuracy()` says after
    each. `loss` makes the loss of a batch, a list of examples; `batch=None` takes them all at once. With `progress` a
    line on stderr tells every epoch. Stops with FloatingPointError as soon as a loss is not finite; with Ctrl-C at a
    whole step: the weights so far, and the History so far, whose `interrupted` is then True.
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
