"""The picture of a larger network: one box for every neuron, or for every layer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from textwrap import wrap
from typing import Any

from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster, Shared
from ..graph.routes import Edge, is_constant, is_silent, passed_on
from ..text.letters import number_text
from .gathered import Steps, readers_of
from .looks import Look
from .nodes import SILENT, UNSEEN, Drawing, text_of

SPAN = 2  # digits of the least and the largest of many numbers
TIGHT = re.compile(r"(?<=[=·/]) | (?=[·/])")  # where a formula is not broken into lines
DENSE = 1.5  # lines to a box, beyond which they are straight
WIDE = 19  # letters of one line of a formula


class Folded(Drawing):
    """Some clusters are boxes, the others lie open.

    A line may stand for several edges. It carries a number if that is one derivative: of a node, or of the only output
    of a box, by one node; between layers it carries none.
    """

    tidy = True  # what is read by boxes alone, constants and weights that their calls share, need not be drawn

    def __init__(
        self,
        graph: Graph,
        closed: list[Cluster],
        edges: str = "numbers",
        *,
        lit: Collection[tuple[Value, Value]] = (),
        look: Look | None = None,
    ):
        super().__init__(graph, edges, lit=lit, look=look)
        self.boxes = {c.out: c for c in closed}  # in the order of their modules
        self.home = {v: c.out for c in closed for v in c.nodes}
        self.hidden: set[Value] = set()
        if self.tidy:
            self.hidden = {v for c in closed if isinstance(c, Shared) and self.hides(c) for v in c.nodes}
            readers = readers_of(self.order, self.home)
            alone = {v: out for v, (out, *others) in readers.items() if out in self.boxes and not others}
            self.home |= {v: out for v, out in alone.items() if is_constant(v)}
        self.drawn = [v for v in self.order if self.place(v) is v and v not in self.hidden]
        self.lines: dict[str, list[Edge]] = {}
        for v in self.order:
            for place, (x, local) in enumerate(graph.edges(v)):
                if self.place(x) is not self.place(v) and x not in self.hidden:
                    self.lines.setdefault(self.line_id(x, v, place), []).append(Edge(v, place, local))

    def hides(self, shared: Shared) -> bool:
        "Are shared weights in every box of a call, and nowhere else? They are no data that flow from call to call."
        weights = set(shared.nodes)
        readers = {self.home.get(v) for v in self.order if not weights.isdisjoint(v.parents)}
        modules = set(shared.module.modules())
        return all(out in self.boxes and self.boxes[out].module in modules for out in readers)

    def place(self, v: Value) -> Value:
        "The output of the cluster that v is folded into; itself, where it lies open."
        return self.home.get(v, v)

    def line_id(self, x: Value, v: Value, place: int) -> str:
        "n3-n7-0; but n3-n7 into a box or out of a layer, where all edges between two boxes are one line."
        begin, end = self.place(x), self.place(v)
        one = end not in self.boxes and not (begin in self.boxes and self.is_layer(begin))
        return f"{self.ids[begin]}-{self.ids[end]}" + (f"-{place}" if one else "")

    def is_layer(self, v: Value) -> bool:
        "Does v stand for a box of several outputs?"
        return v in self.boxes and len(self.boxes[v].outs) > 1

    def slope(self, edges: list[Edge]) -> float | None:
        "The one derivative that the line of these edges stands for, by the chain rule inside the box; None if several."
        end = self.place(edges[0].child)
        sources = {e.child.parents[e.place] for e in edges}
        if len(sources) > 1 or self.is_layer(end):
            return None
        return slopes(self.graph, self.boxes[end])[sources.pop()] if end in self.boxes else edges[0].local

    def fill(self, dot: Any) -> None:
        texts = {id: self.line_text(line) for id, line in self.lines.items()}
        labelled, dense = any(texts.values()), len(self.lines) > DENSE * len(self.drawn)
        if dense and not labelled:  # all neurons of a layer with all of the next: straight lines from side to side
            dot.attr("graph", **self.look.unset("graph", {"splines": "line", "ranksep": "0.5"}))
            dot.attr("edge", **self.look.ports())
        else:
            dot.attr("graph", **self.look.unset("graph", {"ranksep": "0.1" if labelled else "0.22"}))
        for v in self.drawn:
            if v in self.boxes:
                self.closed(dot, self.boxes[v])
            else:
                self.node(dot, v)
        for id, line in self.lines.items():
            self.line(dot, id, line, texts[id])
        self.columns(dot, self.drawn)

    def columns(self, dot: Any, among: Collection[Value]) -> None:
        "Boxes that the same boxes read stand one under the other, in the order of their modules."
        boxes = dict.fromkeys(v for v in (*self.boxes, *self.drawn) if v not in self.hidden)
        readers: dict[Value, dict[Value, None]] = {v: {} for v in boxes}
        for edge, *_ in self.lines.values():
            x = edge.child.parents[edge.place]
            readers[self.place(x)][self.place(edge.child)] = None
        found: dict[frozenset[Value], list[str]] = {}
        for v, boxes in readers.items():
            if v in among:
                found.setdefault(frozenset(boxes), []).append(self.ids[v])
        for ids in found.values():
            if len(ids) > 1:
                with dot.subgraph() as column:
                    column.attr(rank="same")
                    column.attr("edge", **UNSEEN)
                    column.edges(zip(ids, ids[1:]))

    def line(self, dot: Any, id: str, edges: list[Edge], text: list[str]) -> None:
        pairs = [(e.child.parents[e.place], e.child) for e in edges]
        (x, v), several = pairs[0], self.slope(edges) is None
        look = {"class": "many", "penwidth": "2.4"} if several else SILENT if is_silent(v, x) else {}
        look |= self.lit_look(pairs)
        dot.edge(self.ids[self.place(x)], self.ids[self.place(v)], text_of(text), id=id, **look)

    def line_text(self, edges: list[Edge]) -> list[str]:
        "A weight and its gradient, or one derivative: d(z)/dx into a neuron, where its weight is that."
        edge, cluster = edges[0], self.boxes.get(self.place(edges[0].child))
        x = edge.child.parents[edge.place]
        if self.edges == "none" or is_silent(edge.child, x) or len({e.child.parents[e.place] for e in edges}) > 1:
            return []
        if cluster is None:
            return self.edge_text(edge.child, edge.place, edge.local)
        if len(cluster.outs) > 1:
            return []
        entry = self.steps(cluster)[0]
        slope = number_text(slopes(self.graph, cluster, entry)[x])
        weights = [w for w in edge.child.parents if w is not x and not w.parents]
        if self.edges == "numbers":
            told = cluster.out is self.root and isinstance(cluster, Steps) and self.graph.grad_text(x) == slope
            return [] if told else [slope]  # it stands in x's own box, as its gradient
        weighted = len(edges) == len(weights) == 1 and self.formulas.local(edge).text == self.names[weights[0]]
        if weighted and self.graph.numbers[weights[0]] == slopes(self.graph, cluster, entry)[x]:
            return [f"{self.names[weights[0]]} = {slope}", f"grad {self.graph.grad_text(weights[0])}"]
        return [self.formulas.d(entry, x).text, f"= {slope}"]

    def steps(self, cluster: Cluster) -> list[Value]:
        "What its box shows: of a neuron the weighted input z and the activation a, else the output alone."
        named = cluster.named()
        return [v for v in cluster.nodes if v.parents and v in named] or [cluster.out]

    def closed(self, dot: Any, cluster: Cluster) -> None:
        kind = "root" if cluster.out is self.root else "folded"
        self.box(dot, cluster.out, self.box_lines(cluster), kind)

    def box_lines(self, cluster: Cluster) -> list[str]:
        if len(cluster.outs) > 1:
            title, data, grad = [cluster.title], self.data_text(cluster.outs), self.grads_text(cluster.outs)
            if shape := self.shape(cluster):
                sizes, *parameters = shape.split(", ")
                title = [f"{cluster.title}: {sizes}", *parameters]
            return title + f"data {data}\ngrad {grad}".replace(" to", "\nto").split("\n")
        if isinstance(cluster, Steps):
            return self.made_lines(cluster.out, cluster.formula(self.formulas).text)
        title = [cluster.title] if cluster.parts else []  # a network of one output
        return title + [line for v in self.steps(cluster) for line in self.named_lines(v)]

    def named_lines(self, v: Value) -> list[str]:
        return [f"{self.names[v]} {self.graph.text(v)}", f"grad {self.graph.grad_text(v)}"]

    def node_lines(self, v: Value) -> list[str]:
        "A node by itself, as it would stand in a box."
        return self.made_lines(v, self.formula(v)) if v.parents else self.named_lines(v)

    def made_lines(self, v: Value, formula: str) -> list[str]:
        name, grad = self.named_lines(v)
        lines = wrap(TIGHT.sub("\u00a0", f"= {formula}"), WIDE, break_long_words=False)
        return [name, *lines, grad]

    def data_text(self, outs: list[Value]) -> str:
        return span([self.graph.numbers[v] for v in outs])

    def grads_text(self, outs: list[Value]) -> str:
        texts = {self.graph.grad_text(v) for v in outs}
        return texts.pop() if len(texts) == 1 else span([v.grad for v in outs])

    def title(self, cluster: Cluster) -> str:
        return cluster.title if len(cluster.outs) > 1 else f"{self.names[cluster.out]}, {cluster.title}"

    @staticmethod
    def shape(cluster: Cluster) -> str:
        'What is in a box: "21 parameters" of a neuron, "4 → 8, 40 parameters" of a layer; of what is no call, nothing.'
        if not any(v.parents for v in cluster.outs):
            return ""
        parameters, inside = set(cluster.parameters), set(cluster.nodes)
        beside = {x for v in cluster.nodes for x in v.parents if not parameters.isdisjoint(v.parents)}
        given = {x for v in cluster.nodes for x in v.parents if (x in beside if is_constant(x) else x not in inside)}
        sizes = [f"{len(given - parameters)} → {len(cluster.outs)}"] if len(cluster.outs) > 1 else []
        own = "parameters" if inside >= parameters else "shared weights"
        return ", ".join(sizes + [f"{len(parameters)} {own}"] * bool(parameters))


def slopes(graph: Graph, cluster: Cluster, out: Value | None = None) -> dict[Value, float]:
    "d(out)/dx for every x in the box, and for what it is given: by the chain rule inside it."
    out = cluster.out if out is None else out
    before = cluster.nodes[: cluster.nodes.index(out) + 1]
    return passed_on(reversed(before), graph.edges, defaultdict(float, {out: 1.0}))


def span(numbers: list[float]) -> str:
    "From the smallest to the largest: 0 to 0.93."
    low, high = number_text(min(numbers), SPAN), number_text(max(numbers), SPAN)
    return low if low == high else f"{low} to {high}"
