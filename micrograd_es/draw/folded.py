"""The picture of a larger network: one box for every neuron, or for every layer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster
from ..graph.routes import Edge, is_constant, passed_on
from ..text.letters import number_text
from .nodes import COLORS, Drawing

if TYPE_CHECKING:
    from .render import Picture


class Folded(Drawing):
    """Some clusters are boxes, the others lie open.

    A line may stand for several edges. It carries a number if that is one derivative: of a node, or of the only output
    of a box, by one node; between layers it carries none.
    """

    def __init__(self, graph: Graph, closed: list[Cluster], *, rankdir: str = "LR"):
        super().__init__(graph, "numbers", rankdir=rankdir)
        self.boxes = {c.out: c for c in closed}
        self.home = {v: c.out for c in closed for v in c.nodes}
        self.drawn = [v for v in self.order if self.home.get(v, v) is v]
        self.lines: dict[str, list[Edge]] = {}
        for v in self.order:
            for place, (x, local) in enumerate(graph.edges(v)):
                if self.home.get(x, x) is not self.home.get(v, v):
                    self.lines.setdefault(self.line_id(x, v, place), []).append(Edge(v, place, local))

    def line_id(self, x: Value, v: Value, place: int) -> str:
        "n3-n7-0; but n3-n7 into a box or out of a layer, where all edges between two boxes are one line."
        begin, end = self.home.get(x, x), self.home.get(v, v)
        one = end not in self.boxes and not (begin in self.boxes and self.is_layer(begin))
        return f"{self.ids[begin]}-{self.ids[end]}" + (f"-{place}" if one else "")

    def is_layer(self, v: Value) -> bool:
        "Does v stand for a box of several outputs?"
        return v in self.boxes and len(self.boxes[v].outs) > 1

    def slope(self, edges: list[Edge]) -> float | None:
        "The one derivative that the line of these edges stands for, by the chain rule inside the box; None if several."
        end = self.home.get(edges[0].child, edges[0].child)
        sources = {e.child.parents[e.place] for e in edges}
        if len(sources) > 1 or self.is_layer(end):
            return None
        return slopes(self.graph, self.boxes[end])[sources.pop()] if end in self.boxes else edges[0].local

    def fill(self, dot: Picture) -> None:
        for v in self.drawn:
            if v in self.boxes:
                self.box(dot, self.boxes[v])
            else:
                self.node(dot, v)
        for id, line in self.lines.items():
            x, v = line[0].child.parents[line[0].place], line[0].child
            slope = self.slope(line)
            label, many = ("", {"class": "many", "penwidth": "2.4"}) if slope is None else (number_text(slope), {})
            dot.edge(self.ids[self.home.get(x, x)], self.ids[self.home.get(v, v)], label, id=id, **many)

    def box(self, dot: Picture, cluster: Cluster) -> None:
        v = cluster.out
        title, shape = self.title(cluster), self.shape(cluster)
        data = {number_text(n): n for n in (self.graph.numbers[x] for x in cluster.outs)}
        grads = {self.graph.grad_text(x): x.grad for x in cluster.outs}
        fields = [title, f"data {span(data)}", f"grad {span(grads)}", shape]
        dot.node(self.ids[v], self.record(fields), id=self.ids[v], **{"class": "folded"}, fillcolor=COLORS["folded"])

    def title(self, cluster: Cluster) -> str:
        return cluster.title if len(cluster.outs) > 1 else f"{self.names[cluster.out]}, {cluster.title}"

    @staticmethod
    def shape(cluster: Cluster) -> str:
        'What is in a box: "21 parameters" of a neuron, "4 → 8, 40 parameters" of a layer.'
        parameters = set(cluster.parameters)
        given = [x for x in cluster.given if not is_constant(x) and x not in parameters]
        sizes = f"{len(given)} → {len(cluster.outs)}, " if len(cluster.outs) > 1 else ""
        return f"{sizes}{len(parameters)} parameters"


def slopes(graph: Graph, cluster: Cluster) -> dict[Value, float]:
    "d(output)/dx for every x in the box, and for what it is given: by the chain rule inside it."
    return passed_on(reversed(cluster.nodes), graph.edges, defaultdict(float, {cluster.out: 1.0}))


def span(numbers: dict[str, float]) -> str:
    "One text, or those of the smallest and the largest number: 0 to 0.93."
    low, high = min(numbers, key=numbers.__getitem__), max(numbers, key=numbers.__getitem__)
    return low if low == high else f"{low} to {high}"
