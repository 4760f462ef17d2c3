"""The floats that flow through the table, as IEEE-754 has them, and what a row may call on any kind of number.

Python refuses some answers that IEEE-754 gives (1/0, log(0), exp(1000)). So a row is run on plain floats first, with
`floats` as its maths, and only where Python refuses it is run once more, on `Float`s with `ieee`: those never raise.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from math import copysign, inf, isnan, nan
from reprlib import repr as short
from typing import Any

# ---- Numbers from outside -------------------------------------------------------------------------------------------


def is_number(x: Any) -> bool:
    "Is x a real number of any library: int, float, bool, Fraction, Decimal, a numpy scalar? (No array, str or Value.)"
    if type(x) is float or type(x) is int:
        return True
    return hasattr(x, "__float__") and not (hasattr(x, "__len__") or hasattr(x, "parents") or getattr(x, "imag", False))


def as_float(x: Any, where: str) -> float:
    "x as a Python float; TypeError, naming x and where it was met, if it is no number."
    if not is_number(x):
        raise refused(where, x, "a number")
    return float(x)


def refused(where: str, x: Any, wanted: str = "a Value") -> TypeError:
    "What to raise for x, which is not what is wanted: it says what x is, and what may have been meant."
    kind = (
        "nothing" if x is None
        else "module" if hasattr(x, "parameters")
        else "Value" if hasattr(x, "parents")
        else "function" if callable(x)
        else "number" if is_number(x)
        else "list" if hasattr(x, "__len__") and not isinstance(x, str)
        else ""
    )  # fmt: skip
    meant = MEANT.get((wanted.removesuffix(" or its name"), kind), "")
    return TypeError(f"{where}: {short(x)} is of type {type(x).__name__}, not {wanted}{meant and ': '}{meant}")


MEANT = {  # what somebody may have meant who gave the second, where the first is wanted
    ("a Value", "module"): "call it on inputs and take its output, or take one of its parameters()",
    ("a Value", "function"): "call it, with its parentheses",
    ("a Value", "nothing"): "does it come from a function that returns nothing, as backward()?",
    ("a Value", "list"): "take its items one by one, or their sum",
    ("a list of Values", "module"): "give its parameters()",
    ("a list of Values", "function"): "call it, with its parentheses",
    ("a list of Values", "Value"): "put it into a list, [...]",
    ("a list of numbers", "Value"): "put it into a list, [...]",
    ("a list of numbers", "number"): "put it into a list, [...]",
}

# ---- Maths: the functions of one kind of number ---------------------------------------------------------------------


class Maths:
    """The functions of one kind of number; where it lacks one, the table's row of that name is run on its numbers."""

    table: Mapping[str, Any] = {}  # the calculus fills it

    def __init__(self, *libraries: dict[str, Any]):
        for library in libraries:
            vars(self).update(library)

    def __getattr__(self, name: str) -> Any:
        if name not in self.table:
            raise AttributeError(f"there is no function {name} for these numbers, and no row of that name")
        return partial(self.table[name].forward, self)

    def called(self, name: str, x: Any) -> Any:
        "x, which a lecture calls by this name, as p, the softmax: a short text is the name, all others are x."
        return x


choices: dict[str, Callable[..., Any]] = {  # a nan among the inputs comes out
    "where": lambda condition, a, b: a if condition else b,
    "maximum": lambda a, b: a if a >= b or a != a else b,
    "minimum": lambda a, b: a if a <= b or a != a else b,
}
floats = Maths(vars(math), choices)

# ---- Floats that never raise ----------------------------------------------------------------------------------------


class Float(float):
    """A float whose division never raises, and whose arithmetic stays among its kind.

    >>> Float(1) / 0, -1 / Float(0), Float(0) / 0
    (inf, -inf, nan)
    """

    __slots__ = ()

    def __truediv__(self, other: Any) -> "Float":
        a, b = float(self), float(other)
        if b:
            return Float(a / b)
        return Float(nan if isnan(a) or a == 0 else copysign(inf, a) * copysign(1, b))

    def __rtruediv__(self, other: Any) -> "Float":
        return Float(other) / self


def _answering(function: Callable[..., float]) -> Callable[..., Float]:
    def answer(*xs: float) -> Float:
        try:
            return Float(function(*xs))
        except OverflowError:
            return Float(inf)
        except ValueError:
            return Float(nan)

    return answer


def _with_pole(log: Callable[[float], float]) -> Callable[[float], float]:
    "A logarithm that is -inf at 0."
    return lambda x: log(x) if x else -inf


def _pow(x: float, n: float) -> float:
    odd = n % 2 == 1
    try:
        return math.pow(x, n)
    except OverflowError:
        return -inf if x < 0 and odd else inf
    except ValueError:  # 0 to a negative power, or a negative base to a fractional one
        return nan if x else copysign(inf, x) if odd else inf


for _name in ("__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__neg__", "__abs__"):
    setattr(Float, _name, _answering(getattr(float, _name)))
_library = (
    {name: f for name, f in vars(math).items() if callable(f)}
    | {"log": _with_pole(math.log), "log2": _with_pole(math.log2), "pow": _pow}
    | choices
)
ieee = Maths({name: _answering(f) for name, f in _library.items()})
