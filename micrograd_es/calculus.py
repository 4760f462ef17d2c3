"""The calculus of everything that can be done to a number: for each operation its value and its derivative, in one row.

A row reads aloud: "tanh: y is tanh of x, and dy/dx is one minus y squared". In every row

    y           is the output; a, b, x are inputs, xs as many as there are; n is an exponent that is a constant
    m           is the maths of whatever numbers flow through: m.exp is that of floats, of Values (then the derivative
                has a derivative), of text (a formula, or a program), of arrays
    exact       stands under a lecture's form that loses digits, as 1 - y² does near y = 1: the same, computed so that
                it keeps them. The lecture's form is then what a picture or a slide shows.

A row takes its numbers as arguments and closes over nothing: so any kind of number can flow through it, even one that
is invented tomorrow. A row more, `Value.atan = unary(...)`, can at once do all that these can.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from inspect import CO_VARARGS
from math import inf, log, nan
from operator import add
from typing import TYPE_CHECKING, Any, cast

from .core.floats import Float, Maths, choices, floats, ieee
from .core.table import Table
from .text import methods
from .text.methods import Method

if TYPE_CHECKING:
    from .engine import Value

LN2 = log(2)


class Op:
    """One row of the table: y = forward(m, *xs), and the local gradients dy/dx = partials(m, y, *xs).

    `slide` are the partials as a lecture writes them. `constants` follow the inputs and are no part of the graph: the 2
    of x**2. `arity` is how many inputs there are, None if as many as one likes. An Op without `forward` is no row: it
    stands for what somebody made by hand.
    """

    __slots__ = ("symbol", "forward", "partials", "slide", "constants")

    def __init__(self, symbol: str, forward: Any = None, partials: Any = None, exact: Any = None, constants: Any = ()):
        self.symbol, self.forward, self.constants = symbol, forward, constants
        self.slide, self.partials = partials, exact or partials

    @property
    def arity(self) -> int | None:
        code = self.row().forward.__code__
        return None if code.co_flags & CO_VARARGS else code.co_argcount - 1 - len(self.constants)

    @property
    def flat(self) -> bool:
        "Is its derivative 0 whatever it is given? Then no gradient comes through."
        return self.partials is flat

    def row(self) -> Op:
        "Itself; TypeError if it is no row of the table."
        if not self.forward:
            raise TypeError(f"{self.symbol!r} is no row of the table: nothing but its own _backward is known of it")
        return self

    def evaluate(self, *xs: float) -> tuple[float, tuple[float, ...]]:
        "y and its local gradients, at the numbers xs."
        forward, xs = self.row().forward, xs + self.constants
        try:
            y = forward(floats, *xs)
            return y, self.partials(floats, y, *xs)
        except (ArithmeticError, ValueError):  # Python refuses 1/0, log(0), exp(1000); IEEE-754 has an answer
            xs = tuple(map(Float, xs))
            y = forward(ieee, *xs)
            return float(y), tuple(map(float, self.partials(ieee, y, *xs)))


# ---- How a row is written: y = ..., dy/dx = ..., and the exact form of dy/dx where the first one loses digits --------


def function(symbol: str, y: Any, dy: Any, exact: Any = None) -> Method:
    "A row of several inputs, or of as many as one likes; dy is a tuple, with a derivative for each."
    return methods.method(Op(symbol, y, dy, exact))


def unary(symbol: str, y: Any, dy: Any, exact: Any = None) -> Method:
    "A row of one input, whose dy is dy/dx alone."

    return function(symbol, y, *[slope and (lambda m, y, x, slope=slope: (slope(m, y, x),)) for slope in (dy, exact)])


def operator(symbol: str, y: Any, dy: Any, exact: Any = None) -> tuple[Method, Callable[..., Value]]:
    "A row written between its inputs: the method for a * b, and the one for 2 * b."
    method = methods.method(Op(symbol, y, dy, exact), other=methods.OPERATOR)
    return method, methods.reflected(method)


def power(y: Any, dy: Any) -> Method:
    "The rows of x**n: one for each number n."

    family = methods.Family(lambda n: Op(f"**{n:g}", y, dy, constants=(float(n),)))
    return methods.method(family, Op("**n", y, dy, constants=("n",)), other=methods.POWER)


# ---- What rows have in common ----------------------------------------------------------------------------------------


def flat(m: Any, y: Any, *xs: Any) -> Any:
    "The derivatives of what is the same all around."
    return (0.0,) * len(xs)


def sign(m: Any, x: Any) -> Any:
    "-1, 0 or 1."
    return m.where(x > 0, 1.0, m.where(x < 0, -1.0, 0.0))


def step(m: Any, x: Any) -> Any:
    "1 where x is positive, 0 elsewhere."
    return m.where(x > 0, 1.0, 0.0)


def logistic(m: Any, x: Any) -> Any:
    "1 / (1 + e^-x), which overflows nowhere."
    return m.where(x > 0, 1.0, m.exp(-abs(x))) / (1 + m.exp(-abs(x)))


def power_slopes(m: Any, y: Any, a: Any, b: Any) -> Any:
    "0**0 is flat in a, and 0**b is in b."
    slope = m.where(abs(a) + abs(b) <= 0, 0.0, b * m.pow(a, b - 1))
    return slope, m.where((a < 0) | (a > 0) | (b < 0), y * m.log(a), 0.0)


def total(xs: Any) -> Any:
    "The running sum, from left to right: the very bits of a chain of a + b."
    return reduce(add, xs)


def shared(m: Any, ties: Any) -> Any:
    "Inputs that tie for the largest (or the smallest) share its gradient equally. Beside a nan, none does."
    ones = [m.where(tie, 1.0, 0.0) for tie in ties]
    number = total(ones)
    return tuple(one / m.where(number > 0, number, nan) for one in ones)


def log_sum_exp(m: Any, *xs: Any) -> Any:
    "log(e^a + e^b + ...), shifted by the largest input so that nothing overflows."
    top = reduce(m.maximum, xs)
    shift = m.where(abs(top) < inf, top, 0.0)
    return shift + m.log(total([m.exp(x - shift) for x in xs]))


# ---- The table -------------------------------------------------------------------------------------------------------


class Calculus:
    "What can be done to a Value: every row of the table as a method, written out when it is first called."

    __slots__ = ()

    # fmt: off
    #                                        y =                                  dy/da, dy/db
    __add__, _added_to        = operator("+",  lambda m, a, b: a + b,             lambda m, y, a, b: (1.0, 1.0))
    __sub__, __rsub__         = operator("-",  lambda m, a, b: a - b,             lambda m, y, a, b: (1.0, -1.0))
    __mul__, __rmul__         = operator("*",  lambda m, a, b: a * b,             lambda m, y, a, b: (b, a))
    __truediv__, __rtruediv__ = operator("/",  lambda m, a, b: a / b,             lambda m, y, a, b: (1 / b, -y / b))
    _to_power, __rpow__       = operator("**", lambda m, a, b: m.pow(a, b),
                                             lambda m, y, a, b: (b * m.pow(a, b - 1), y * m.log(a)), exact=power_slopes)
    #                                        y =                                  dy/dx
    __pow__ = pow = power(                   lambda m, x, n: m.pow(x, n),
                                             lambda m, y, x, n: (m.where(n != 0, n * m.pow(x, n - 1), 0.0),))
    __neg__   = unary("-",                   lambda m, x: -x,                     lambda m, y, x: -1.0)
    __abs__   = unary("abs",                 lambda m, x: abs(x),                 lambda m, y, x: sign(m, x))
    exp       = unary("exp",                 lambda m, x: m.exp(x),               lambda m, y, x: y)
    log       = unary("log",                 lambda m, x: m.log(x),               lambda m, y, x: 1 / x,
                                                  exact=lambda m, y, x: m.where(x < 0, y, 1 / x))
    log2      = unary("log2",                lambda m, x: m.log2(x),              lambda m, y, x: 1 / (x * LN2),
                                                  exact=lambda m, y, x: m.where(x < 0, y, 1 / (x * LN2)))
    sqrt      = unary("sqrt",                lambda m, x: m.sqrt(x),              lambda m, y, x: 1 / (2 * y))
    sin       = unary("sin",                 lambda m, x: m.sin(x),               lambda m, y, x: m.cos(x))
    cos       = unary("cos",                 lambda m, x: m.cos(x),               lambda m, y, x: -m.sin(x))
    relu      = unary("ReLU",                lambda m, x: m.maximum(x, 0.0),      lambda m, y, x: step(m, x))
    tanh      = unary("tanh",                lambda m, x: m.tanh(x),              lambda m, y, x: 1 - y**2,
                                                  exact=lambda m, y, x: 4 * m.sigmoid(2 * x) * m.sigmoid(-2 * x))
    sigmoid   = unary("σ",                   lambda m, x: logistic(m, x),         lambda m, y, x: y * (1 - y),
                                                  exact=lambda m, y, x: y * m.sigmoid(-x))
    softplus  = unary("softplus",            lambda m, x: m.maximum(x, 0.0) + m.log1p(m.exp(-abs(x))),
                                                                                  lambda m, y, x: m.sigmoid(x))
    #                                        y =                                  dy/da, dy/db, dy/dc, ...
    sum       = function("+",                lambda m, *xs: total(xs),            lambda m, y, *xs: (1.0,) * len(xs))
    maximum   = function("max",              lambda m, *xs: reduce(m.maximum, xs),
                                             lambda m, y, *xs: tuple(m.where(x >= y, 1.0, 0.0) for x in xs),
                                                  exact=lambda m, y, *xs: shared(m, [x >= y for x in xs]))
    minimum   = function("min",              lambda m, *xs: reduce(m.minimum, xs),
                                             lambda m, y, *xs: tuple(m.where(x <= y, 1.0, 0.0) for x in xs),
                                                  exact=lambda m, y, *xs: shared(m, [x <= y for x in xs]))
    logsumexp = function("logsumexp",        lambda m, *xs: log_sum_exp(m, *xs),
                                             lambda m, y, *xs: tuple(m.exp(x - y) for x in xs))
    # fmt: on
    where = staticmethod(choices["where"])

    def __radd__(self, other: Any) -> Value:  # sum() starts from 0: that makes no node
        return cast("Value", self) if type(other) is int and other == 0 else self._added_to(other)


TABLE = Maths.table = Table(Calculus)
LEAF, CONSTANT = Op(""), Op("")  # of what no operation made: an input or a weight, a number in a formula
for _name, _row in vars(Calculus).items():
    if hasattr(_row, "op"):
        _row.__name__ = _row.__qualname__ = _name
