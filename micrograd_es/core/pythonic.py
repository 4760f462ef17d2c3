"""How a Value lives among Python's own numbers: in order, in print, in copies; and the names micrograd has for it.

None of this is needed to understand backpropagation; it is what makes a Value polite, also to those who mistake
something else for one.
"""

import operator
from collections.abc import Iterable
from reprlib import repr as short
from typing import Any

from .floats import as_float, refused

# What numpy calls Python's operators.
ARITHMETIC = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
}
COMPARISONS = {
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}


def _number(x: Any) -> Any:
    return x.data if isinstance(x, Pythonic) else x


class Pythonic:
    "Ordered by its number, equal to nothing but itself; never turned into a bare float behind your back."

    __slots__ = ()
    data: Any

    # fmt: off
    def __lt__(self, other: Any) -> bool: return bool(self.data < _number(other))
    def __le__(self, other: Any) -> bool: return bool(self.data <= _number(other))
    def __gt__(self, other: Any) -> bool: return bool(self.data > _number(other))
    def __ge__(self, other: Any) -> bool: return bool(self.data >= _number(other))
    # fmt: on

    def __pos__(self) -> Any:
        return self

    def __float__(self) -> float:
        raise TypeError("this would cut the graph: use v.exp() for math.exp(v) and the like, or v.data for the number")

    def __int__(self) -> int:
        raise TypeError("int() would cut the graph: use v.data for the number")

    def __bool__(self) -> bool:
        raise TypeError("a Value is neither true nor false: compare it (v > 0), or use v.data")

    def __array_ufunc__(self, ufunc: Any, method: str, *xs: Any, **options: Any) -> Any:
        "numpy leaves np.float64(2) * v to us; its functions would cut the graph."
        name = ufunc.__name__
        if name in COMPARISONS:  # to these its numbers come as arrays without a dimension
            return COMPARISONS[name](*[x if isinstance(x, Pythonic) else as_float(x.item(), name) for x in xs])
        if name in ARITHMETIC and method == "__call__":
            return ARITHMETIC[name](*[x if isinstance(x, Pythonic) else as_float(x, name) for x in xs])
        ours = f"v.{name}({'...' * (len(xs) > 1)})" if hasattr(self, name) else "v.exp(), abs(v), v**2 and the like"
        raise TypeError(f"np.{name} would cut the graph: use {ours}, or v.data for the number")

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self: Any) -> str:
        called = f", label={self.label!r}" if self.label else ""  # without one it is micrograd's, to the letter
        return f"Value(data={self.data}, grad={self.grad}{called})"

    # micrograd's names
    own_backward: Any = None

    @property
    def _backward(self: Any) -> Any:
        "The chain rule at this node: called, it passes on its gradient. A student's own may be assigned in its place."
        return self.own_backward or self.chain_rule

    @_backward.setter
    def _backward(self: Any, own: Any) -> None:
        parents = self.parents
        self.own_backward, self.a, self.b, self.db = own, None, parents, ()  # backward() has nothing to do but call it

    _prev = _children = property(lambda v: v.parents)
    _op = property(lambda v: v.op.symbol)
    _local_grads = property(lambda v: v.local_grads)


def only_values(where: str, xs: Any) -> tuple[Any, ...]:
    "xs, all of which are Values; TypeError, naming the first that is none."
    found = tuple(listed(where, xs, "a list of Values"))
    for x in found:
        if not isinstance(x, Pythonic):
            raise refused(where, x)
    return found


def listed(where: str, xs: Any, wanted: str = "a list of numbers") -> list[Any]:
    "What xs has, if it is a list or the like; TypeError if it is a single number, a module, a word."
    if type(xs) is list:
        return xs
    if isinstance(xs, str) or not hasattr(xs, "__iter__"):
        raise refused(where, xs, wanted)
    return list(xs)


def made_by_hand(children: Any, op: Any) -> tuple[Any, ...]:
    "What somebody says that a Value was made of, as in micrograd: Value(a.data + b.data, (a, b), '+')."
    if isinstance(children, str) or not isinstance(children, Iterable) or not isinstance(op, str):
        wrong = children if isinstance(op, str) else op
        raise TypeError(
            f"Value: after its number come the Values that it was made of and the operation, as in (a, b), '+', "
            f"and not {short(wrong)}; its name is given as label='w'"
        )
    return only_values("Value: _children", children)
