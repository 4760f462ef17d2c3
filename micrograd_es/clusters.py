"""Which nodes of a graph make up which neuron."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from .engine import CONSTANT, Value


class Cluster(NamedTuple):
    "The nodes between a module's output and what it was given, in order: its parameters, its products, its sum."

    module: Any
    out: Value
    nodes: list[Value]


def clusters(order: list[Value]) -> list[Cluster]:
    "One cluster for every output of a neuron in the graph, in topological order; a shared weight is in the first."
    found: list[Cluster] = []
    taken: set[Value] = set()
    uses = Counter(x for v in order for x in v.parents)  # a number that several neurons read is none's own
    place = {v: i for i, v in enumerate(order)}
    for out in order:
        if out.module:
            own, inside, stack = set(out.module.parameters()), [], [out]
            while stack:
                v = stack.pop()
                given = v.module or not (v.parents or v in own or v.op is CONSTANT and uses[v] == 1)
                if v not in taken and (v is out or not given):
                    taken.add(v)
                    inside.append(v)
                    stack += v.parents
            found.append(Cluster(out.module, out, sorted(inside, key=place.__getitem__)))
    return found
