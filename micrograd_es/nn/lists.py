"Lists and counts, and what is said to whoever gives something else."

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from numbers import Integral
from typing import Any, TypeVar

from ..core.floats import refused
from ..core.pythonic import listed as listed

T = TypeVar("T")


def some(where: str, xs: Any) -> list[Any]:
    "What is in a list; ValueError if there is nothing."
    values = listed(where, xs)
    if not values:
        raise ValueError(f"{where} of nothing: the list is empty")
    return values


def of_a_list(function: Callable[[Sequence[Any]], T]) -> Callable[..., T]:
    "A function of one list that is not empty."
    name = function.__name__

    @wraps(function)
    def called(xs: Sequence[Any], *more: Any) -> T:
        if more:
            raise TypeError(f"{name} takes one list: write {name}([a, b]), not {name}(a, b)")
        return function(some(name, xs))

    return called


def pairs(where: str, a: Any, b: Any) -> list[tuple[Any, Any]]:
    "Two lists, item by item; ValueError if there are not as many of one as of the other, or none."
    a, b = listed(where, a), listed(where, b)
    if len(a) != len(b) or not a:
        raise ValueError(f"{where}: {len(a)} numbers against {len(b)}")
    return list(zip(a, b))


def whole(where: str, n: Any, wanted: str = "a whole number") -> int:
    "n, which counts something; TypeError if it is no whole number."
    if not isinstance(n, Integral):
        raise refused(where, n, wanted)
    return int(n)
