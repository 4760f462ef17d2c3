"""An operation: one row of the calculus table, and what such a row may be written with."""

from functools import reduce
from math import inf, log, nan
from typing import Any

from .floats import Float, floats, ieee

LN2 = log(2)


class Op:
    """One row of the table: y = forward(m, *xs), and the local gradients dy/dx = partials(m, y, *xs).

    Both are plain arithmetic and close over nothing, so any kind of number may flow through them. `slide` is the
    partials as a lecture writes them, where the row computes a form that keeps more digits. `constants` follow the
    inputs and are no part of the graph: the 2 of x**2.
    """

    __slots__ = ("symbol", "forward", "partials", "slide", "constants")

    def __init__(self, symbol: str, forward: Any = None, partials: Any = None, slide: Any = None, constants: Any = ()):
        self.symbol, self.forward, self.partials = symbol, forward, partials
        self.slide, self.constants = slide or partials, constants

    def evaluate(self, *xs: float) -> tuple[float, tuple[float, ...]]:
        "y and its local gradients, at the numbers xs."
        if not self.forward:
            raise TypeError(f"{self.symbol!r} is no row of the table: nothing but its own _backward is known of it")
        xs += self.constants
        try:
            y = self.forward(floats, *xs)
            return y, self.partials(floats, y, *xs)
        except (ArithmeticError, ValueError):  # Python refuses 1/0, log(0), exp(1000); IEEE-754 has an answer
            xs = tuple(map(Float, xs))
            y = self.forward(ieee, *xs)
            return float(y), tuple(map(float, self.partials(ieee, y, *xs)))


def total(xs: Any) -> Any:
    "The running sum, from left to right: the very bits of a chain of a + b."
    return reduce(lambda a, b: a + b, xs)


def shares(m: Any, ties: Any) -> Any:
    "Inputs that tie for the largest (or the smallest) share its gradient equally. Beside a nan, none does."
    ones = [m.where(tie, 1.0, 0.0) for tie in ties]
    number = total(ones)
    return tuple(one / m.where(number > 0, number, nan) for one in ones)


def log_sum_exp(m: Any, *xs: Any) -> Any:
    "log(e^a + e^b + ...), shifted by the largest input so that nothing overflows."
    top = reduce(m.maximum, xs)
    shift = m.where(abs(top) < inf, top, 0.0)
    return shift + m.log(total([m.exp(x - shift) for x in xs]))
