"""How one graph becomes DOT: boxes of a value's name, number and gradient; edges with local gradients."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster, clusters, outermost
from ..graph.names import clean
from ..graph.routes import Edge, is_constant, is_silent
from ..text.letters import number_text
from ..text.symbols import brief
from .looks import Look

if TYPE_CHECKING:
    from .render import Picture

LIMIT = 500  # boxes; beyond it there is nothing to see, and `dot` takes minutes
NOTE = 60  # letters of a line under the picture
SILENT = {"class": "silent", "style": "dashed"}  # no gradient takes this way
UNSEEN = {"style": "invis"}


class Drawing:
    """One graph on its way to a picture.

    edges: what stands on them, "both" (∂y/∂x = formula = number), "numbers", "formulas" or "none".
    """

    def __init__(
        self, graph: Graph, edges: str = "both", *, lit: Collection[tuple[Value, Value]] = (), look: Look | None = None
    ):
        self.graph, self.root, self.order, self.names = graph, graph.root, graph.order, graph.names
        self.lit, self.look, self.formulas = lit, look or Look(), graph.formulas(brief)
        self.edges = edges
        self.ids = {v: f"n{i}" for v, i in graph.place.items()}

    def picture(self, format: str = "svg") -> Picture:
        from .render import Picture

        return Picture(self, format=format)

    def draw_on(self, dot: Any) -> None:
        "Boxes and edges, and under them what a reader must know of their numbers."
        self.fill(dot)
        notes = [line for note in self.graph.notes for line in wrap(note, NOTE)]
        if notes:
            dot.attr("graph", **self.look.unset("graph", {"label": text_of(notes)}))

    def fill(self, dot: Any) -> None:
        inside: set[Value] = set()
        self.keep_order(dot)
        for i, cluster in enumerate(clusters(self.order)):
            with dot.subgraph(name=f"cluster_{i}") as box:
                box.attr(label=escape(cluster.title), id=f"c{i}", **self.look.frame())
                for v in cluster.nodes:
                    self.node(box, v)
                inside.update(cluster.nodes)
        for v in self.order:
            if v not in inside:
                self.node(dot, v)
        for v in self.order:
            for place, (parent, local) in enumerate(zip(v.parents, locals_or_none(self.graph, v))):
                self.edge(dot, parent, v, place, local)

    def keep_order(self, dot: Any) -> None:
        """The neurons of a layer, one under the other in their order: Graphviz would rather have edges cross less.

        A column of unseen points, whose order is given, has unseen edges to where each neuron begins.
        """
        layers = [c for outer in outermost(self.order) for c in outer.walk() if c.parts and not c.parts[0].parts]
        for i, layer in enumerate(layers):
            points = {f"o{i}-{j}": self.begins(part) for j, part in enumerate(layer.parts)}
            if len(set(points.values())) > 1:
                with dot.subgraph() as column:
                    column.attr(rank="same")
                    column.attr("node", shape="point", width="0", height="0", **UNSEEN)
                    column.attr("edge", **UNSEEN)
                    column.edges(zip(points, [*points][1:]))
                for point, ids in points.items():
                    for id in ids:
                        dot.edge(point, id, **UNSEEN)

    def begins(self, cluster: Cluster) -> tuple[str, ...]:
        "Its boxes that have no other one of it to their left."
        inside = set(cluster.nodes)
        return tuple(dict.fromkeys(self.ids[self.place(v)] for v in cluster.nodes if inside.isdisjoint(v.parents)))

    def place(self, v: Value) -> Value:
        "The box that v is in: its own."
        return v

    def node(self, dot: Any, v: Value) -> None:
        if is_constant(v):
            self.box(dot, v, [self.graph.text(v)], "constant")
            return
        self.box(dot, v, self.node_lines(v), "leaf" if not v.parents else "root" if v is self.root else "operation")

    def node_lines(self, v: Value) -> list[str]:
        title = f"{self.names[v]} = {self.formula(v)}" if v.parents else self.names[v]
        return [title, f"data {self.graph.text(v)}", f"grad {self.graph.grad_text(v)}"]

    def formula(self, v: Value) -> str:
        formula = brief.formula(v.op, *[self.formulas.name(x) for x in v.parents]).text
        return formula if len(formula) <= 40 else f"{v.op.symbol} of {len(v.parents)}"

    def box(self, dot: Any, v: Value, lines: list[str], kind: str) -> None:
        "As wide as its text is in Helvetica: Graphviz takes an index for a whole letter, and each version another."
        wide, high = (f"{side / 72:.3f}" for side in self.look.room([clean(line) for line in lines]))
        dot.node(self.ids[v], text_of(lines), id=self.ids[v], width=wide, height=high, fixedsize="true",
                 **self.look.node(kind))  # fmt: skip

    def edge(self, dot: Any, parent: Value, v: Value, place: int, local: float | None) -> None:
        id = f"{self.ids[parent]}-{self.ids[v]}-{place}"
        look = SILENT if is_silent(v, parent) else self.lit_look([(parent, v)])
        dot.edge(self.ids[parent], self.ids[v], text_of(self.edge_text(v, place, local)), id=id, **look)

    def lit_look(self, pairs: list[tuple[Value, Value]]) -> dict[str, str]:
        return {"class": "lit"} | self.look.colors.lit if any(pair in self.lit for pair in pairs) else {}

    def edge_text(self, v: Value, place: int, local: float | None) -> list[str]:
        "Its lines: ∂ŷ/∂x, and = w = 1 under it."
        if local is None or is_silent(v, v.parents[place]) or self.edges == "none":
            return []
        number = number_text(local)
        if self.edges == "numbers":
            return [number]
        formula = self.formulas.local(Edge(v, place, local)).text
        if self.edges == "formulas":
            return [formula]
        plainly = formula == number or len(formula) > 30 or " if " in formula
        slope = number if plainly else f"{formula} = {number}"
        return [slope] if is_constant(v.parents[place]) else [self.formulas.d(v, v.parents[place]).text, f"= {slope}"]


def locals_or_none(graph: Graph, v: Value) -> Sequence[float | None]:
    try:
        return graph.local_grads(v)
    except ValueError:  # a node made by hand: its edges stay bare
        return [None] * len(v.parents)


class Surface:
    "What a `Drawing` draws on, to become something else than DOT: it is given nodes and edges as a Digraph is."

    def edges(self, _: Any) -> None:
        "They keep boxes in order."

    def attr(self, *_: Any, **__: Any) -> None:
        "Looks, which it has of its own."

    @contextmanager
    def subgraph(self, **_: Any) -> Iterator[Any]:
        "A frame around what is drawn in it; unless it says otherwise, there is none."
        yield self


def text_of(lines: Sequence[str]) -> str:
    "A label of these lines, one under the other."
    return "\\n".join(map(escape, lines))


def record(fields: Sequence[str], rankdir: str) -> str:
    "The label of a form: fields one under the other, with lines between them."
    label = "|".join(map(escape, fields))
    return label if rankdir in ("LR", "RL") else f"{{{label}}}"


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
