"""How a node keeps its parents and local gradients: in itself if they are few, which is twice as fast as in tuples."""

from collections.abc import Collection
from typing import Any

from .caller import called
from .floats import as_float


class Node:
    """A number, its gradient, the operation that made it, and what that operation was given.

    Made of two parents, y has them as `a` and `b`, and its local gradients dy/da and dy/db as `da` and `db`. Made of
    one, its `b` is None. Made of more, or by hand, its `a` is None: the parents are a tuple in `b`, the local gradients
    a tuple in `db`. A leaf has no parents: its `b` is ().
    """

    __slots__ = ("data", "grad", "op", "a", "b", "da", "db", "__dict__")

    data: float
    grad: float
    op: Any
    a: Any
    b: Any
    da: Any
    db: Any

    @property
    def parents(self) -> tuple[Any, ...]:
        "What it was made of, in order: a * a has two parents."
        if self.a is None:
            return self.b  # type: ignore[no-any-return]
        return (self.a,) if self.b is None else (self.a, self.b)

    @parents.setter
    def parents(self, parents: tuple[Any, ...]) -> None:
        self.a, self.b = (*parents, None)[:2] if len(parents) in (1, 2) else (None, parents)

    @property
    def local_grads(self) -> tuple[float, ...]:
        "The local gradient for each parent, as it was when the node was made; () if only its own _backward knows them."
        if self.a is None:
            return self.db if self.b else ()
        return (self.da,) if self.b is None else (self.da, self.db)

    @local_grads.setter
    def local_grads(self, local_grads: tuple[float, ...]) -> None:
        if not local_grads:
            self.a, self.b = None, self.parents
        self.da, self.db = (*local_grads, None)[:2] if self.a is not None else (None, local_grads)


def number(v: Any, what: str = "data") -> float:
    "The data, or the grad, of a node as a float; TypeError, naming the node, if it is no number."
    x = getattr(v, what)
    return x if type(x) is float else as_float(x, called(v) + f".{what}" * (what != "data"))


def evaluated(op: Any, nodes: Collection[Any]) -> Any:
    "y and its local gradients, at the numbers of these nodes; TypeError, naming the one that has none."
    try:
        return op.evaluate(*[v.data for v in nodes])
    except TypeError:
        for v in nodes:
            number(v)
        raise
