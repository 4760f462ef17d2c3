"""How a Value lives among Python's own numbers: in order, in print, in copies; and the names micrograd has for it.

None of this is needed to understand backpropagation; it is what makes a Value polite.
"""

from typing import Any


def _number(x: Any) -> Any:
    return x.data if isinstance(x, Pythonic) else x


class Pythonic:
    "Ordered by its number, equal to nothing but itself; never turned into a bare float behind your back."

    __slots__ = ()
    __array_ufunc__ = None  # so that numpy leaves np.float64(2) * v to us
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

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"  # type: ignore[attr-defined]

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
