"""How gradients travel through a graph: where a node is used, what lies between, what arrives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from ..calculus import CONSTANT
from ..engine import Value, times

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


Edges = Callable[[Value], Iterable[tuple[Value, Any]]]  # the parents of a node, each with the local gradient


def passed_on(nodes: Iterable[Value], edges: Edges, grads: Grads) -> Grads:
    "Each of the nodes, in this order, passes upstream * local on to its parents, where it is added up."
    for v in nodes:
        for parent, local in edges(v):
            grads[parent] += grads[v] * local
    return grads


def carried(nodes: Iterable[Value], edges: Edges, tangents: dict[Value, Any]) -> dict[Value, Any]:
    "Forward mode, the same line read the other way: each of the nodes, in order, takes local * tangent of its parents."
    for v in nodes:
        for parent, local in edges(v):
            tangents[v] += times(tangents[parent], local)
    return tangents


def depending(order: Iterable[Value], leaves: Collection[Value], flat: bool = False) -> list[Value]:
    """These leaves and the nodes whose gradient by them is not 0 for want of a route, in the order given.

    With `flat`, also those that depend on them through an operation whose derivative is 0: their numbers change too.
    """
    used = set(leaves)
    for v in order:
        if not used.isdisjoint(v.parents) and (flat or not v.op.flat):
            used.add(v)
    return [v for v in order if v in used]


def uses(order: Iterable[Value], edges: Edges) -> dict[Value, list[Edge]]:
    "For every node, where it is used and gets a gradient: an operand that stands twice is used twice."
    found: dict[Value, list[Edge]] = {}
    for child in order:
        for place, (parent, local) in enumerate(edges(child) if not child.op.flat else []):
            found.setdefault(parent, []).append(Edge(child, place, local))
    return found
