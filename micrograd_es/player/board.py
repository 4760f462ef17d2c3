"""The pictures of the page: Graphviz lays them out with room for every number that may come, the page writes it in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..clusters import Cluster
from ..drawing import Drawing, escape
from ..engine import Value
from ..folded import Folded
from ..routes import is_constant, local_grads, upstream
from ..symbols import number_text, plain

if TYPE_CHECKING:
    from ..picture import Picture

NUMBER, FLOW, ADDED = "-0.0000", "-0.00 × 0.00 = -0.00", "grad 0.000 + 0.000 = 0.000"
DENSE = 45  # edges beyond which they bear no numbers, but the one that is being played
SPACIOUS = 20  # nodes up to which an edge has room for upstream × local = downstream


class Board(Drawing):
    "One view of the graph: the neurons in `folded` are boxes, the others lie open."

    def __init__(self, root: Value, order: list[Value], called: dict[Value, str], folded: list[Cluster],
                 opened: list[Cluster], rankdir: str = "LR"):  # fmt: skip
        super().__init__(root, order, "both", set(), rankdir, "svg")
        self.names = self.formulas.called = called
        self.boxes, self.opened = {c.out: c for c in folded}, opened
        self.home = {v: c.out for c in folded for v in c.nodes}
        self.drawn = [v for v in order if self.home.get(v, v) is v]
        self.edges_drawn: dict[str, str] = {}  # "child-place": the id of the edge in the picture
        self.several = {x for x in order if sum(v.parents.count(x) for v in order) > 1}
        self.spacious = len(self.drawn) <= SPACIOUS
        uses = {(self.home.get(x, x), self.home.get(v, v)) for v in order for x in v.parents if not is_constant(x)}
        self.dense = sum(x is not v for x, v in uses) > DENSE
        self.gradients = upstream(root, order)

    def fill(self, dot: Picture) -> None:
        dot.attr("graph", ranksep="1.4" if self.dense else "0.35" if self.spacious else "0.5", nodesep="0.2")
        inside = set()
        for cluster in self.opened:
            with dot.subgraph(name=f"cluster_{self.ids[cluster.out]}") as box:
                box.attr(label=escape(cluster.module.title), id=f"c-{self.ids[cluster.out]}")
                for v in cluster.nodes:
                    if v not in inside:
                        self.node(box, v)
                inside.update(cluster.nodes)
        for v in self.drawn:
            if v in self.boxes:
                self.box(dot, self.boxes[v])
            elif v not in inside:
                self.node(dot, v)
        for v in self.drawn:
            if v in self.boxes:
                self.box_edges(dot, self.boxes[v])
            else:
                for place, (x, local) in enumerate(zip(v.parents, local_grads(v))):
                    self.edge(dot, self.home.get(x, x), v, place, local)
                    self.edges_drawn[f"{self.ids[v][1:]}-{place}"] = self.edge_id(x, v, place)

    def node(self, dot: Any, v: Value) -> None:
        if is_constant(v):
            super().node(dot, v)
            return
        title = self.names[v]
        if v.parents:
            formula = plain.formula(v.op, *[self.names[x] for x in v.parents]).text
            title += f" = {formula}" if len(formula) <= 30 else f" = {v.op.symbol} of {len(v.parents)}"
        self.record_node(dot, v, title, "root" if v is self.root else "operation" if v.parents else "leaf")

    def box(self, dot: Any, cluster: Cluster) -> None:
        self.record_node(dot, cluster.out, f"{self.names[cluster.out]}, {cluster.module.title}", "folded")

    def record_node(self, dot: Any, v: Value, title: str, kind: str) -> None:
        grad = ADDED if v in self.several else f"grad {NUMBER}"
        dot.node(self.ids[v], self.record([title, f"data {NUMBER}", grad]), id=self.ids[v], **{"class": kind})

    def box_edges(self, dot: Any, cluster: Cluster) -> None:
        "One edge into the box for everything it was given; several uses inside share it."
        slopes = Folded.slopes(cluster)
        given = {x: place for place, (x, _) in enumerate(slopes)}
        out, inside = cluster.out, set(cluster.nodes)
        for place, (x, slope) in enumerate(slopes):
            self.edge(dot, self.home.get(x, x), out, place, slope)
        for v in cluster.nodes:
            for place, x in enumerate(v.parents):
                if x not in inside:
                    self.edges_drawn[f"{self.ids[v][1:]}-{place}"] = self.edge_id(x, out, given[x])

    def edge_id(self, x: Value, v: Value, place: int) -> str:
        return f"{self.ids[self.home.get(x, x)]}-{self.ids[v]}-{place}"

    def edge(self, dot: Any, parent: Value, v: Value, place: int, local: float | None) -> None:
        id = self.edge_id(parent, v, place)
        first = NUMBER if v in self.boxes else self.local_text(v, place)
        product = " × ".join(map(number_text, (self.gradients[v], local or 0.0, self.gradients[v] * (local or 0.0))))
        lines = [first, max(FLOW, product, key=len) if self.spacious and len(product) < 27 else f"-> {NUMBER}"]
        label = "" if is_constant(parent) or self.dense else "\\n".join(escape(line) for line in lines)
        dot.edge(self.ids[parent], self.ids[v], label, id=id)

    def local_text(self, v: Value, place: int) -> str:
        "As wide as the local gradient will be."
        if not v.op.partials or not self.spacious:
            return NUMBER
        text = plain.local_gradients(v.op, self.names[v], *[self.names[x] for x in v.parents])[place].text
        return text if text in ("1", "-1") else NUMBER if len(text) > 20 or " if " in text else f"{text} = {NUMBER}"

    def view(self) -> dict[str, Any]:
        "What the page must know of this picture: where to look for a node or an edge that is folded away."
        number = {v: i for i, v in enumerate(self.order)}
        return {
            "open": [number[c.out] for c in self.opened],
            "folded": [number[out] for out in self.boxes],
            "home": {number[v]: number[out] for v, out in self.home.items() if v is not out},
            "edges": self.edges_drawn,
            "spacious": self.spacious,
            "tall": self.rankdir == "TB",
        }

    def svg(self) -> str:
        return bare(self.picture().svg())


def bare(svg: str) -> str:
    "Graphviz's SVG without its colours, fonts and titles: these are the style sheet's, in light and in dark."
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg))
    for element in tree.iter():
        old, element.tail = element.attrib, None
        element.attrib = {key: old[key] for key in ("class", "transform", "viewBox") if key in old}
        element.attrib |= {key: tenths(old[key]) for key in ("points", "d", "x", "y") if key in old}
        if element.get("class") in ("local", "flow"):  # a little off the line
            element.set("y", tenths(f"{float(old['y']) - 3:.2f}"))
        if "id" in old:
            element.set("data-id", old["id"])
        if element.tag == "g":
            element.text = None
            for child in [c for c in element if c.tag == "title" or c.tag == "polygon" and old["class"] == "graph"]:
                element.remove(child)
            kind = old.get("class", "").split()[0]
            words = {"node": ("title", "data", "grad"), "edge": ("local", "flow")}.get(kind, ("title",))
            for word, text in zip(words, [c for c in element if c.tag == "text"]):
                text.set("class", word)  # read above, when the child's turn comes
                text.text = text.text if word == "title" else ""
        if element.tag == "svg":
            element.text = None
    return ElementTree.tostring(tree, encoding="unicode")


def tenths(text: str) -> str:
    "Coordinates to a tenth of a point."
    return re.sub(r"-?\d+\.\d+", lambda m: f"{round(float(m[0]), 1):g}", text)
