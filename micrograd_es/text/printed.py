"""Numbers as they are printed, and whether an equation between them is true for a reader who computes it.

>>> agree(1 - printed(0.9999877) ** 2, 2.458e-05), agree(1 - printed.to(7)(0.9999877) ** 2, 2.458e-05)
(False, True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, reduce
from math import isfinite
from operator import add, mul
from typing import Any

from ..core.floats import Float, Maths, ieee
from .letters import DIGITS as FEWEST
from .letters import number_text

DIGITS = (FEWEST, 5, 6, 7, 8, 10, 12, 14, 17)  # that a line may have, until it is true
NEAR = 1e-3  # relative: how far four digits may be off


class Printed(Maths):
    "The maths of numbers as they are printed, to so many digits: what a reader finds who computes a formula."

    names = False  # it knows nodes by their numbers alone

    def __init__(self, digits: int):
        super().__init__(vars(ieee))
        self.digits = digits

    def __call__(self, x: float, digits: int = 0) -> Float:
        return Float(number_text(x, max(digits, self.digits)) if isfinite(x) else x)

    @staticmethod
    @cache
    def to(digits: int) -> Printed:
        return Printed(digits)

    def formula(self, op: Any, *xs: Float) -> Any:
        "nan for what was made by hand: nobody can compute it."
        return op.forward(self, *xs, *map(self, op.constants)) if op.forward else self(float("nan"))

    def local_gradients(self, op: Any, y: Float, *xs: Float) -> list[Any]:
        "As the lecture has them."
        return list(op.slide(self, y, *xs, *map(self, op.constants)))


printed = Printed.to(FEWEST)


def agree(a: float, b: float, near: float = NEAR, size: float = 0.0) -> bool:
    "Are they one number, as far as its digits go? A 0 has none: it is as exact as what gives it, which has this size."
    return a == b or abs(a - b) <= (near * abs(b) or NEAR * size) or (a != a and b != b)


def adds_up(sides: list[Any], result: Float, size: float = 0.0) -> bool:
    "Does each side give the result, to all the digits that it is printed with?"
    near = 10.0 ** (1 - significant(result))
    return all(agree(side, result, near, size) for side in sides)


def multiplied(xs: Iterable[Any]) -> Any:
    return reduce(mul, xs)


def added(xs: Iterable[Any]) -> Any:
    return reduce(add, xs)


def exact_digits(xs: Sequence[float], combine: Callable[[list[Any]], Any]) -> int:
    "How many digits these numbers must have, that what is made of them is as it is printed."
    result, size = printed(combine(list(map(Float, xs)))), max(map(abs, xs))
    return next((n for n in DIGITS if adds_up([combine(list(map(printed.to(n), xs)))], result, size)), DIGITS[-1])


def significant(x: float) -> int:
    "How many digits a printed number has that count: at least four are taken to."
    digits = repr(abs(x)).partition("e")[0].replace(".", "").strip("0")
    return max(FEWEST, len(digits))
