"""How gradients travel through a graph: where a node is used, what lies between, what arrives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..calculus import CONSTANT
from ..engine import Value, topological


class Edge(NamedTuple):
    "One use of a node: the child made from it, which of the child's inputs it is, and the local gradient there."

    child: Value
    place: int
    local: float


def is_constant(v: Value) -> bool:
    "Is v a number that stands in a formula, as the 2 of 2 * x?"
    return v.op is CONSTANT


def leaves_of(order: Iterable[Value]) -> list[Value]:
    "The leaves among these nodes that are no constants: inputs and weights."
    return [v for v in order if not v.parents and not is_constant(v)]


def local_grads(v: Value) -> tuple[float, ...]:
    """dy/dx of v for each of its parents; asked of the node's own _backward where that is all there is.

    A parent that stands twice gets half of what is asked each time. ValueError for a node that can tell neither way.
    """
    if len(v.local_grads) == len(v.parents):
        return v.local_grads
    before = [(x, x.grad) for x in (v, *v.parents)]
    for x in v.parents:
        x.grad = 0.0
    v.grad = 1.0
    v._backward()
    told = tuple([x.grad / v.parents.count(x) for x in v.parents])
    for x, grad in before:
        x.grad = grad
    if not v.own_backward:
        raise ValueError(f"{v!r} was made by hand, as {v.op.symbol!r}: it has no local gradients and no _backward")
    return told


def upstream(root: Value, order: list[Value] | None = None) -> dict[Value, float]:
    "The gradient of root with respect to every node under it, whatever their .grad says."
    order = order or topological(root)
    grads = dict.fromkeys(order, 0.0)
    grads[root] = 1.0
    for v in reversed(order):
        for parent, local in zip(v.parents, local_grads(v)):
            grads[parent] += grads[v] * local
    return grads


def between(root: Value, leaves: Iterable[Value], order: list[Value] | None = None) -> list[Value]:
    "The nodes on the routes of a gradient from root to these leaves, in topological order."
    order, used = order or topological(root), set(leaves)
    for v in order:
        if not v.op.flat and not used.isdisjoint(v.parents):
            used.add(v)
    return [v for v in order if v in used]


def uses(order: Iterable[Value]) -> dict[Value, list[Edge]]:
    "For every node, where it is used and gets a gradient: an operand that stands twice is used twice."
    found: dict[Value, list[Edge]] = {}
    for child in [v for v in order if not v.op.flat]:
        for place, (parent, local) in enumerate(zip(child.parents, local_grads(child))):
            found.setdefault(parent, []).append(Edge(child, place, local))
    return found
