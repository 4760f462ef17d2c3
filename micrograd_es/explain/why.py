"""Why a gradient is zero, tiny, huge or not a number: names the edge that makes it so.

>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> print(why((x * w - y) ** 2, w))
∂out/∂w = -2: its only path is out ← v₁ ← ŷ ← w, with -2 · 1 · 1 = -2
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..engine import Value
from ..graph import Graph
from ..graph.routes import Edge
from ..text.letters import number_text
from .chain import nonfinite_note
from .paths import SHOWN, ends, factors_text, in_number, ways

TINY, HUGE = 1e-3, 1e3


def why(root: Value | Graph, leaf: Value | str) -> str:
    "Why the gradient of root by leaf is zero, tiny, huge or not a number: names the edge that makes it so."
    graph = Graph.of(root)
    return "\n".join([_reason(graph, graph.node(leaf)), *graph.notes])


def _reason(graph: Graph, leaf: Value) -> str:
    root, called, f = graph.root, graph.names, graph.formulas()
    name = called.get(leaf, leaf.label or repr(leaf))
    d = f"∂{called[root]}/∂{name}"
    if leaf not in called:
        return f"{d} = 0: {called[root]} was not made from {name}"
    nodes, slope = graph.between([leaf]), graph.gradients[leaf]
    here = f"{d} = {number_text(slope)}"

    def edge_text(e: Edge) -> str:
        x = e.child.parents[e.place]
        made = " = ".join(f.named(e.child))
        return f"{f.d(e.child, x)} = {number_text(e.local)} in {made}, at {called[x]} = {graph.text(x)}"

    if not math.isfinite(slope):
        edges = graph.uses_among(nodes)
        note, meeting = nonfinite_note(graph), _meeting(graph, nodes, edges)
        infinite = [e for v in nodes for e in edges.get(v, []) if not math.isfinite(e.local)]
        if not meeting:
            cause = note or (edge_text(infinite[-1]) if infinite else "products overflow on the way")
            return f"{here}: {cause}"
        before = graph.between([meeting.child])
        if graph.gradients[meeting.child]:
            source, word = [e for e in infinite if e.child in before][-1:], "by"
        else:
            source, word = _blocking(graph, before)[:1], "blocked by"
        met = f"{f.d(root, meeting.child)} = {number_text(graph.gradients[meeting.child])}"
        if source and source[0].child is root:
            met = edge_text(source[0])
        elif source:
            met += f", {word} {edge_text(source[0])}"
        born = f"0 · ∞, as {edge_text(meeting)}, while {met}"
        return f"{here}: {note}; and backward, {born}" if note else f"{here}: {born}"
    best = _strongest(graph, leaf, nodes)
    if slope == 0 and not best:
        blocked = _blocking(graph, nodes)
        return f"{here}: blocked by " + " and by ".join(map(edge_text, blocked))
    count = ways(nodes, leaf)
    if slope == 0:
        cancel = f"its {in_number(count)} cancel, or " if count > 1 else ""
        return f"{here}: {cancel}the products on the way are too small for a float"
    route = " ← ".join(ends([called[root], *[called[e.child.parents[e.place]] for e in best]]))
    if abs(slope) < TINY or abs(slope) > HUGE:
        size, word, pick = ("tiny", "smallest", min) if abs(slope) < TINY else ("huge", "largest", max)
        edge = pick(best, key=lambda e: abs(e.local))
        return f"{here}, {size}: along {route}, the {word} factor is {edge_text(edge)}"
    if leaf is root:
        return f"{here}: it is the root itself"
    product = math.prod(e.local for e in best)
    factors = ends(factors_text(f.multiplied(best, product) if len(best) <= SHOWN else f, best))
    numbers = " = ".join(dict.fromkeys([" · ".join(factors), number_text(product)]))
    which = "its only path" if count == 1 else f"the strongest of its {count:,} paths"
    return f"{here}: {which} is {route}, with {numbers}"


def _strongest(graph: Graph, leaf: Value, nodes: list[Value]) -> list[Edge]:
    "The edges of the route with the largest product, from the root down; none if every route has a 0 on it."
    strength, best = {graph.root: 0.0}, dict[Value, Edge]()
    for child in reversed(nodes):
        if child in strength:
            for place, (v, local) in enumerate(graph.edges(child)):
                through = strength[child] + math.log(abs(local)) if local else -math.inf
                if through > strength.get(v, -math.inf):
                    strength[v], best[v] = through, Edge(child, place, local)
    route, v = [], leaf
    while v in best:
        route.append(best[v])
        v = best[v].child
    return route[::-1]


def _meeting(graph: Graph, nodes: list[Value], edges: Mapping[Value, list[Edge]]) -> Edge | None:
    "The edge next to the leaf at which 0 meets an infinity: there a nan is born, though all numbers may be finite."
    for v in nodes:
        for e in edges.get(v, []):
            factors = graph.gradients[e.child], e.local
            if 0 in factors and any(map(math.isinf, factors)):
                return e
    return None


def _blocking(graph: Graph, nodes: list[Value]) -> list[Edge]:
    "The edges with local gradient 0 that the gradient meets first, coming from the root."
    reached, edges = {graph.root}, graph.uses_among(nodes)
    blocked = []
    for v in reversed(nodes):
        for e in edges.get(v, []):
            if e.child in reached:
                if e.local:
                    reached.add(v)
                else:
                    blocked.append(e)
    return blocked
