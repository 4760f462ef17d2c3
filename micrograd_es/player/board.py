"""The pictures of the page: Graphviz lays them out with room for every number that may come, the page writes it in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..draw.folded import Folded
from ..draw.looks import Look
from ..draw.nodes import SILENT, escape, text_of
from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster
from ..graph.routes import Edge, is_constant, is_silent
from ..text.letters import number_text
from ..text.symbols import plain
from .shared import LOCAL, PRODUCT_TEXT
from .views import View

if TYPE_CHECKING:
    from ..draw.render import Picture

NUMBER, SPAN, FLOW, ADDED = "-0.0000", "-0.0000 to -0.0000", "-0.00 × 0.00 = -0.00", "grad 0.000 + 0.000 = 0.000"
DENSE = 45  # edges beyond which they bear no numbers, but the one that is being played
SPACIOUS = 20  # nodes up to which an edge has room for upstream × local = downstream


class Board(Folded):
    "One view of the graph: what is opened has a frame, what is closed is a box; each cluster has a number."

    tidy = False  # each node of the graph has its place in the page

    def __init__(self, graph: Graph, view: View, number: dict[Cluster, int], *, rankdir: str = "LR"):
        super().__init__(graph, view.closed, look=Look(rankdir))
        self.opened, self.number, self.gradients = view.opened, number, graph.gradients
        self.several = self.added()
        self.spacious = len(self.drawn) <= SPACIOUS
        self.dense = sum(not is_constant(e[0].child.parents[e[0].place]) for e in self.lines.values()) > DENSE

    def fill(self, dot: Picture) -> None:
        dot.attr("graph", ranksep="1.4" if self.dense else "0.35" if self.spacious else "0.5", nodesep="0.2")
        dot.attr("node", margin="0.11,0.055", width="0.75", height="0.5")  # the page fills them in
        dot.attr("edge", fontsize="11", arrowsize="1")
        framed: set[Value] = set()
        for cluster in self.opened:
            if not any(cluster in outer.parts for outer in self.opened):
                framed |= self.frame(dot, cluster)
        for v in self.drawn:
            if v not in framed:
                self.node(dot, v)
        for id, edges in self.lines.items():
            self.line(dot, id, edges)
        self.columns(dot, set(self.drawn) - framed)
        self.keep_order(dot)

    def added(self) -> set[Value]:
        "The nodes to whose gradient more than one step adds; a line that stands for several edges is one step."
        sources = [
            edge for edges in self.lines.values() for edge in (edges[:1] if self.slope(edges) is None else edges)
        ]
        uses = Counter(self.place(x) for x in (e.child.parents[e.place] for e in sources))
        return {x for x, times in uses.items() if times > 1}

    def frame(self, dot: Any, cluster: Cluster) -> set[Value]:
        "What is in an opened cluster, with a frame around it; frames in frames."
        framed: set[Value] = set()
        with dot.subgraph(name=f"cluster_{self.number[cluster]}") as inner:
            inner.attr(label=f"▾ {escape(cluster.title)}", margin="8", id=f"c{self.number[cluster]}")
            for part in cluster.parts:
                if part in self.opened:
                    framed |= self.frame(inner, part)
            own = [v for v in cluster.nodes if v not in framed and self.place(v) is v]
            for v in own:
                self.node(inner, v)
        return framed | set(own)

    def node(self, dot: Any, v: Value) -> None:
        if v in self.boxes:
            self.closed(dot, self.boxes[v])
            return
        if is_constant(v):
            text = escape(self.graph.text(v))
            dot.node(self.ids[v], text, id=self.ids[v], style="rounded", **{"class": "constant"})
            return
        title = self.names[v]
        if v.parents:
            formula = plain.formula(v.op, *[self.names[x] for x in v.parents]).text.replace("-", "−")
            title += f" = {formula}" if len(formula) <= 30 else f" = {v.op.symbol} of {len(v.parents)}"
        self.record_node(dot, v, title, "root" if v is self.root else "operation" if v.parents else "leaf")

    def closed(self, dot: Any, cluster: Cluster) -> None:
        self.record_node(dot, cluster.out, f"▸ {self.title(cluster)}", "folded")

    def record_node(self, dot: Any, v: Value, title: str, kind: str) -> None:
        several = self.is_layer(v)
        grad = ADDED if v in self.several and not several else f"grad {SPAN if several else NUMBER}"
        fields = [title, f"data {SPAN if several else NUMBER}", grad]
        if several and (shape := self.shape(self.boxes[v])):
            fields.append(shape)
        dot.node(self.ids[v], text_of(fields), id=self.ids[v], **{"class": kind})

    def line(self, dot: Any, id: str, edges: list[Edge], text: Sequence[str] = ()) -> None:
        v, place, local = edges[0]
        x, slope, end = v.parents[place], self.slope(edges), self.place(v)
        silent = is_constant(x) or is_silent(v, x) or self.dense
        label = "" if silent or slope is None else self.label(v, place, end, slope)
        look = {"class": "many"} if slope is None else SILENT if is_silent(v, x) else {}
        dot.edge(self.ids[self.place(x)], self.ids[end], label, id=id, **look)

    def label(self, v: Value, place: int, end: Value, slope: float) -> str:
        "Room for the local gradient, and under it for what goes downstream."
        first = NUMBER if end in self.boxes else self.local_text(v, place)
        given, factor, down = map(number_text, (self.gradients[end], slope, self.gradients[end] * slope))
        product = f"{given} × {f'({factor})' if factor.startswith('-') else factor} = {down}"
        wide = self.spacious and len(product) <= PRODUCT_TEXT
        return "\\n".join(escape(line) for line in (first, max(FLOW, product, key=len) if wide else f"-> {NUMBER}"))

    def local_text(self, v: Value, place: int) -> str:
        "As wide as the local gradient will be."
        if not v.op.partials or not self.spacious:
            return NUMBER
        d = self.formulas.d(v, v.parents[place]).text
        text = plain.local_gradients(v.op, self.names[v], *[self.names[x] for x in v.parents])[place].text
        long = len(text) > LOCAL or " if " in text
        return f"{d} = {text}" if text in ("1", "-1") else f"{d} = {NUMBER}" if long else f"{d} = {text} = {NUMBER}"

    def view(self) -> dict[str, Any]:
        "What the page must know of this picture: which clusters are open in it, and which are boxes."
        return {
            "open": [self.number[c] for c in self.opened],
            "closed": [self.number[c] for c in self.boxes.values()],
            "spacious": self.spacious,
            "tall": self.look.rankdir == "TB",
        }

    def svg(self) -> str:
        return unstyled(self.picture().svg())


def unstyled(svg: str) -> str:
    "Graphviz's SVG without its colours, fonts and titles: these are the style sheet's, in light and in dark."
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg))
    for element in tree.iter():
        old, element.tail = element.attrib, None
        element.attrib = {key: old[key] for key in ("class", "transform", "viewBox") if key in old}
        element.attrib |= {key: whole(old[key]) for key in ("points", "d", "x", "y") if key in old}
        if element.get("class") in ("local", "flow"):  # a little off the line
            element.set("y", whole(f"{float(old['y']) - 3:.2f}"))
        if element.tag == "polygon":  # it closes itself
            element.set("points", element.get("points", "").rpartition(" ")[0])
        if "id" in old:
            element.set("data-id", old["id"])
        if element.tag == "g":
            element.text = None
            for child in [c for c in element if c.tag == "title" or c.tag == "polygon" and old["class"] == "graph"]:
                element.remove(child)
            kind = old.get("class", "").split()[0]
            words = {"node": ("title", "data", "grad"), "edge": ("local", "flow")}.get(kind, ("title",))
            texts = [c for c in element if c.tag == "text"]
            if kind == "edge" and texts:  # letters
                element.set("data-room", str(max(len(text.text or "") for text in texts)))
            for word, text in zip(words, texts):
                text.set("class", word)  # read above, when the child's turn comes
                text.text = text.text if word == "title" else ""
        if element.tag == "svg":
            element.text = None
    return ElementTree.tostring(tree, encoding="unicode").replace(" />", "/>")


def whole(text: str) -> str:
    "Coordinates in whole points: nobody sees less, and a page has thousands of them."
    return re.sub(r"-?\d+\.\d+", lambda m: str(round(float(m[0]))), text.strip())
