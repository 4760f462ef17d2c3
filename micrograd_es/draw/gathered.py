"""What lies around the modules of a graph, gathered into boxes: inputs side by side, steps that nobody named."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ..engine import Value
from ..graph import Graph
from ..graph.formulas import Formulas
from ..graph.modules import Cluster
from ..graph.routes import is_constant
from ..text.printed import NEAR, agree, printed

NAMELESS = re.compile("v[₀-₉]+")  # what nobody gave a name
FORMULA = 64  # letters of a formula that a box of steps may have


class Steps(Cluster):
    "Steps without a name that are used once, folded into the formula that uses them: loss = (ŷ - y)²."

    def __init__(self, nodes: list[Value]):
        super().__init__(None, nodes[-1:], nodes, [], "")

    @property
    def parameters(self) -> list[Value]:
        return []

    def named(self) -> dict[Value, str]:
        return {}

    def formula(self, formulas: Formulas) -> Any:
        "All steps in one, in the language of these formulas."
        texts: dict[Value, Any] = {}
        for v in self.nodes:
            if v.parents:
                operands = [texts[x] if x in texts else formulas.name(x) for x in v.parents]
                texts[v] = formulas.language.formula(v.op, *operands)
        return texts[self.out]


class Inputs(Steps):
    "Leaves that one box alone reads, side by side: x₁ … x₄."

    def __init__(self, leaves: list[Value], names: dict[Value, str]):
        super().__init__(leaves)
        self.outs, self.title = leaves, f"{names[leaves[0]]} … {names[leaves[-1]]}"


def inputs(graph: Graph, closed: list[Cluster], layers: bool) -> list[Inputs]:
    "Three leaves and more that the same boxes read; if not `layers`, that one box of several outputs reads."
    home = {v: c.out for c in closed for v in c.nodes}
    several = {c.out for c in closed if len(c.outs) > 1}
    columns: dict[frozenset[Value], list[Value]] = {}
    for x, boxes in readers_of(graph.order, home).items():
        if not (x.parents or is_constant(x)) and (layers or (len(boxes) == 1 and several.issuperset(boxes))):
            columns.setdefault(frozenset(boxes), []).append(x)
    return [Inputs(leaves, graph.names) for leaves in columns.values() if len(leaves) > 2]


def readers_of(order: list[Value], home: dict[Value, Value]) -> dict[Value, dict[Value, None]]:
    "By which boxes and nodes each node that is in no box is read."
    readers: dict[Value, dict[Value, None]] = {}
    for v in order:
        for x in v.parents:
            if x not in home:
                readers.setdefault(x, {})[home.get(v, v)] = None
    return readers


def steps(graph: Graph, closed: list[Cluster]) -> list[Steps]:
    "What lies outside of these boxes, as formulas no longer than a box."
    inside = {v for c in closed for v in c.nodes}
    uses = Counter(x for v in graph.order for x in v.parents)
    within: dict[Value, list[Value]] = {}
    for v in graph.order:
        if v.parents and v not in inside:
            nodes = [*dict.fromkeys(x for x in v.parents if is_constant(x) and uses[x] == 1), v]
            for x in dict.fromkeys(v.parents):
                if uses[x] == 1 and x in within and NAMELESS.fullmatch(graph.names[x]) and not x.label:
                    nodes = within[x] + nodes
            formula = Steps(nodes).formula(graph.formulas()).text
            found = Steps(nodes).formula(graph.formulas(printed))  # what a reader finds, by the numbers in the boxes
            true = agree(found, graph.numbers[v], 2 * NEAR)
            if true and len(formula) <= FORMULA and "||" not in formula:  # ||a| + b| cannot be read
                for x in nodes[:-1]:
                    within.pop(x, None)
                within[v] = nodes
            else:
                within[v] = [v]
    return [Steps(nodes) for nodes in within.values() if len(nodes) > 1]
