"""How a node keeps its parents and local gradients: in itself if they are few, which is twice as fast as in tuples."""

from typing import Any


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
