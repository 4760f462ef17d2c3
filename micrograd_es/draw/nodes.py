"""How one graph becomes DOT: boxes of a value's name, number and gradient; edges with local gradients."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from ..engine import Value
from ..graph import Graph
from ..graph.modules import clusters
from ..graph.names import clean
from ..graph.routes import Edge, is_constant, is_silent
from ..text.letters import number_text
from ..text.symbols import plain

if TYPE_CHECKING:
    from .render import Picture

LIMIT = 500  # nodes; beyond it neurons are folded, and beyond that there is nothing to see
FORMULAS = 40  # nodes up to which edges carry their formula too

COLORS = {"leaf": "#e3effc", "constant": "#f4f4f4", "operation": "#ffffff", "root": "#fff1cc", "folded": "#ece6f7"}
INK, QUIET, HIGHLIGHT = "#1d2733", "#6b7785", "#c2255c"
SILENT = {"class": "silent", "style": "dashed"}  # no gradient takes this way
LIT = {"class": "lit", "color": HIGHLIGHT, "penwidth": "2.4", "fontcolor": HIGHLIGHT}


class Drawing:
    "One graph on its way to a picture."

    def __init__(
        self, graph: Graph, edges: str = "auto", *, lit: Collection[tuple[Value, Value]] = (), rankdir: str = "LR"
    ):
        self.graph, self.root, self.order, self.names = graph, graph.root, graph.order, graph.names
        self.lit, self.rankdir, self.formulas = lit, rankdir, graph.formulas()
        self.edges = edges if edges != "auto" else "both" if len(self.order) <= FORMULAS else "numbers"
        self.ids = {v: f"n{i}" for v, i in graph.place.items()}

    def picture(self, format: str = "svg") -> Picture:
        from .render import Picture

        dot = Picture(format=format)
        dot.attr("graph", rankdir=self.rankdir, bgcolor="#ffffff", ranksep="0.55", nodesep="0.25")
        dot.attr("node", shape="record", style="filled", fontname="Helvetica,Arial,sans-serif", fontsize="12",
                 color=QUIET, fontcolor=INK)  # fmt: skip
        dot.attr("edge", fontname="Helvetica,Arial,sans-serif", fontsize="11", color=QUIET, fontcolor=INK)
        self.fill(dot)
        if self.graph.notes:
            dot.attr(
                label="\\n".join(map(escape, self.graph.notes)), fontname="Helvetica,Arial,sans-serif", fontsize="11"
            )
        return dot

    def fill(self, dot: Picture) -> None:
        inside: set[Value] = set()
        for i, cluster in enumerate(clusters(self.order)):
            with dot.subgraph(name=f"cluster_{i}") as box:
                box.attr(label=escape(cluster.title), style="rounded", color="#b9c3cf", fontcolor=QUIET,
                         fontname="Helvetica,Arial,sans-serif", fontsize="11", id=f"c{i}")  # fmt: skip
                for v in cluster.nodes:
                    self.node(box, v)
                inside.update(cluster.nodes)
        for v in self.order:
            if v not in inside:
                self.node(dot, v)
        for v in self.order:
            for place, (parent, local) in enumerate(zip(v.parents, locals_or_none(self.graph, v))):
                self.edge(dot, parent, v, place, local)

    def node(self, dot: Any, v: Value) -> None:
        if is_constant(v):
            dot.node(self.ids[v], escape(self.graph.text(v)), id=self.ids[v], **{"class": "constant"},
                     fillcolor=COLORS["constant"], color="#c9d0d8", style="filled,rounded")  # fmt: skip
            return
        kind = "root" if v is self.root and v.parents else "operation" if v.parents else "leaf"
        title = self.names[v]
        if v.parents:
            formula = plain.formula(v.op, *[self.formulas.name(x) for x in v.parents]).text
            title += f" = {formula}" if len(formula) <= 40 else f" = {v.op.symbol} of {len(v.parents)}"
        fields = [title, f"data {self.graph.text(v)}", f"grad {self.graph.grad_text(v)}"]
        dot.node(self.ids[v], self.record(fields), id=self.ids[v], **{"class": kind},
                 fillcolor=COLORS[kind], penwidth="1.6" if kind == "root" else "1")  # fmt: skip

    def record(self, fields: list[str]) -> str:
        "The label of a box whose fields stand one under the other."
        label = "|".join(map(escape, fields))
        return label if self.rankdir in ("LR", "RL") else f"{{{label}}}"

    def edge(self, dot: Any, parent: Value, v: Value, place: int, local: float | None) -> None:
        id = f"{self.ids[parent]}-{self.ids[v]}-{place}"
        look = SILENT if is_silent(v, parent) else LIT if (parent, v) in self.lit else {}
        dot.edge(self.ids[parent], self.ids[v], escape(self.edge_text(v, place, local)), id=id, **look)

    def edge_text(self, v: Value, place: int, local: float | None) -> str:
        if local is None or is_silent(v, v.parents[place]) or self.edges == "none":
            return ""
        number = number_text(local)
        formula = self.formulas.local(Edge(v, place, local)).text if self.edges != "numbers" else number
        if self.edges == "formulas" or formula == number:
            return formula
        return number if self.edges == "numbers" or len(formula) > 30 or " if " in formula else f"{formula} = {number}"


def locals_or_none(graph: Graph, v: Value) -> Sequence[float | None]:
    try:
        return graph.local_grads(v)
    except ValueError:  # a node made by hand: its edges stay bare
        return [None] * len(v.parents)


def escape(text: str) -> str:
    "Text that Graphviz shows as it stands: what means something in a label gets a backslash."
    return "".join("\\" + c if c in "\\{}|<>" else "&amp;" if c == "&" else c for c in clean(text))


def refuse(boxes: int, nodes: int = 0) -> None:
    "ValueError, saying what to draw instead, if these boxes are too many."
    if boxes > LIMIT:
        folded = f" ({boxes:,} with its neurons folded)" if nodes else ""
        raise ValueError(
            f"a graph of {nodes or boxes:,} nodes{folded} is too large to read: draw one neuron's output, "
            f"the loss of one sample, or a smaller network; close_up(root, w) has what concerns a single weight"
        )
