"""The picture of a larger network: one box for every neuron, or for every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..engine import Value
from ..graph.modules import Cluster
from ..graph.routes import Edge, is_constant, local_grads
from ..text.letters import number_text
from .nodes import COLORS, Drawing, grad_text

if TYPE_CHECKING:
    from .render import Picture


class Folded(Drawing):
    """Some clusters are boxes, the others lie open.

    A line may stand for several edges. It carries a number if that is one derivative: of a node, or of the only output
    of a box, by one node; between layers it carries none.
    """

    def __init__(self, root: Value, order: list[Value], closed: list[Cluster], **look: Any):
        super().__init__(root, order, **look)
        self.boxes = {c.out: c for c in closed}
        self.home = {v: c.out for c in closed for v in c.nodes}
        self.drawn = [v for v in order if self.home.get(v, v) is v]
        self.lines: dict[str, list[Edge]] = {}
        for v in order:
            for place, (x, local) in enumerate(zip(v.parents, local_grads(v))):
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
        return slopes(self.boxes[end])[sources.pop()] if end in self.boxes else edges[0].local

    def fill(self, dot: Picture) -> None:
        for v in self.drawn:
            if v in self.boxes:
                self.box(dot, self.boxes[v])
            else:
                self.node(dot, v)
        for id, edges in self.lines.items():
            x, v = edges[0].child.parents[edges[0].place], edges[0].child
            slope = self.slope(edges)
            label, many = ("", {"class": "many", "penwidth": "2.4"}) if slope is None else (number_text(slope), {})
            dot.edge(self.ids[self.home.get(x, x)], self.ids[self.home.get(v, v)], label, id=id, **many)

    def box(self, dot: Picture, cluster: Cluster) -> None:
        v = cluster.out
        title, shape = self.title(cluster), self.shape(cluster)
        fields = [title, f"data {span([x.data for x in cluster.outs])}", f"grad {grads_text(cluster.outs)}", shape]
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


def slopes(cluster: Cluster) -> dict[Value, float]:
    "d(output)/d(given), by the chain rule inside the box."
    grads = dict.fromkeys(cluster.nodes, 0.0) | {cluster.out: 1.0}
    given: dict[Value, float] = {}
    for v in reversed(cluster.nodes):
        for x, local in zip(v.parents, local_grads(v)):
            found = grads if x in grads else given
            found[x] = found.get(x, 0.0) + grads[v] * local
    return given


def span(numbers: list[float]) -> str:
    "One number, or from the smallest to the largest: 0 to 0.93."
    low, high = number_text(min(numbers)), number_text(max(numbers))
    return low if low == high else f"{low} to {high}"


def grads_text(outs: list[Value]) -> str:
    texts = {grad_text(v) for v in outs}
    return texts.pop() if len(texts) == 1 else span([v.grad for v in outs])
