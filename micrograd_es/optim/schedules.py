"""Learning-rate schedules: functions of the step, counted from 0, that an optimiser takes in place of a number."""

from __future__ import annotations

import math

from .optimizers import Schedule


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
