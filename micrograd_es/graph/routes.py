"""How gradients travel through a graph: where a node is used, what lies between, what arrives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from ..calculus import CONSTANT
from ..engine import Value

Grads = dict[Value, float]


class Edge(NamedTuple):
    "One use of a node: the child made from it, which of the child's inputs it is, and the local gradient there."

    child: Value
    place: int
    local: float


def is_constant(v: Value) -> bool:
    "Is v a number that stands in a formula, as the 2 of 2 * x?"
    return v.op is CONSTANT


def is_silent(child: Value, parent: Value) -> bool:
    "Does no gradient take this edge, as it is 0 whatever the numbers, or would get no further?"
    return child.op.flat or parent.op.flat


def local_grads(v: Value) -> tuple[float, ...]:
    """dy/dx of v for each of its parents; asked of the node's own _backward where that is all there is.

    A parent that stands twice gets half of what is asked each time. ValueError for a node that can tell neither way.
    """
    known = v.local_grads
    if known or not v.parents:
        return known
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


def edges(v: Value) -> list[tuple[Value, float]]:
    "The parents of a node, each with its local gradient."
    return list(zip(v.parents, local_grads(v)))


def passed_on(nodes: Iterable[Value], edges: Callable[[Value], Iterable[tuple[Value, float]]], grads: Grads) -> Grads:
    "Each of the nodes, in this order, passes upstream * local on to its parents, where it is added up."
    for v in nodes:
        for parent, local in edges(v):
            grads[parent] += grads[v] * local
    return grads


def depending(order: Iterable[Value], leaves: Collection[Value], flat: bool = False) -> list[Value]:
    """These leaves and the nodes whose gradient by them is not 0 for want of a route, in the order given.

    With `flat`, also those that depend on them through an operation whose derivative is 0: their numbers change too.
    """
    used = set(leaves)
    for v in order:
        if not used.isdisjoint(v.parents) and (flat or not v.op.flat):
            used.add(v)
    return [v for v in order if v in used]


def uses(order: Iterable[Value]) -> dict[Value, list[Edge]]:
    "For every node, where it is used and gets a gradient: an operand that stands twice is used twice."
    found: dict[Value, list[Edge]] = {}
    for child in order:
        for place, (parent, local) in enumerate(edges(child) if not child.op.flat else []):
            found.setdefault(parent, []).append(Edge(child, place, local))
    return found
