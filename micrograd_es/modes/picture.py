"The same graph twice: forward with the tangents that one leaf sets going, and back with the gradients of the root."

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..draw.looks import Look
from ..draw.nodes import NOTE, SILENT, Drawing, refuse, text_of
from ..draw.size import text_size
from ..engine import Value
from ..graph import Graph
from ..graph.routes import Grads, is_constant, is_silent
from ..text.letters import counted, in_brackets, number_text
from ..text.printed import exact_digits, multiplied
from ..text.symbols import plain
from .costs import Bill, Cost

if TYPE_CHECKING:
    from ..draw.render import Picture


def draw_modes(
    root: Value | Graph, x: Value | str, *, rankdir: str = "auto", fontsize: float = 12.0, theme: str = "light"
) -> Picture:
    """Forward mode beside reverse mode: the graph under root with how fast each value moves as the leaf x does, and
    with the gradient of root by each value; on every edge local gradient × what arrives, and where the arrow points.

    Under it stands the bill: what all leaves cost in either mode.

    rankdir: "LR", one above the other, "TB", side by side, or "auto", whichever has the larger text on a slide.
    theme: "light", "dark" or "print", where nothing goes by colour.
    ValueError if root does not use x, or if there would be more than 500 boxes.
    """
    from ..draw.render import Picture

    graph = Graph.of(root)
    (leaf,) = graph.nodes([x])
    if leaf not in graph.place:
        raise ValueError(f"{graph.names[graph.root]} does not use {leaf.label or leaf!r}: nothing moves with it")
    refuse(2 * len(graph.order), len(graph.order))
    ways = ["LR", "TB"] if rankdir == "auto" else [rankdir]
    return Picture(max([Modes(graph, leaf, Look(way, fontsize, theme)) for way in ways], key=text_size))


class Flow(Drawing):
    "The graph with one more number at every node: its tangent, or its gradient."

    def __init__(self, graph: Graph, look: Look, numbers: Grads, x: Value | None = None):
        super().__init__(graph, look=look)
        self.numbers, self.x = numbers, x
        first = 0 if x is None else len(graph.order)  # the boxes of both are in one picture
        self.ids = {v: f"n{first + i}" for v, i in graph.place.items()}

    def fill(self, dot: Any) -> None:
        for v in self.order:
            self.node(dot, v)
        for v in self.order:
            for place, (parent, local) in enumerate(self.graph.edges(v)):
                self.edge(dot, parent, v, place, local)

    def node_lines(self, v: Value) -> list[str]:
        title, data, _ = super().node_lines(v)
        words = self.graph.formulas(plain)
        d = words.d(self.root, v) if self.x is None else words.total(v, self.x)
        return [title, data, f"{d} = {number_text(self.numbers.get(v, 0.0))}"]

    def edge(self, dot: Any, parent: Value, v: Value, place: int, local: float | None) -> None:
        sender = v if self.x is None else parent
        still = is_silent(v, parent) or is_constant(parent) or sender not in self.numbers
        factors = [] if still or local is None else [local, self.numbers[sender]]
        look = SILENT if still else self.look.colors.lit
        back = {"dir": "back"} if self.x is None and not still else {}
        text = f" {text_of([product(factors)])} " if factors else ""  # off the line
        dot.edge(self.ids[parent], self.ids[v], text, id=f"{self.ids[parent]}-{self.ids[v]}-{place}", **look, **back)


class Modes(Drawing):
    "Both flows on their way to one picture, each in a frame that says what it is, and the bill under them."

    def __init__(self, graph: Graph, leaf: Value, look: Look):
        super().__init__(graph, look=look)
        self.leaf = leaf
        self.bill = Bill(graph, [graph.root], graph.leaves)

    def draw_on(self, dot: Any) -> None:
        x, y = self.names[self.leaf], self.names[self.root]
        forward = Flow(self.graph, self.look, self.graph.tangents(self.leaf), self.leaf)
        reverse = Flow(self.graph, self.look, self.graph.gradients)
        flows = [
            ([f"forward mode, from {x} on:", f"how fast each value moves when {x} does"], forward),
            ([f"reverse mode, from {y} back:", f"how much {y} feels each value"], reverse),
        ]
        if self.look.rankdir in ("LR", "RL"):  # Graphviz puts the first one lowest
            flows.reverse()
        for i, (title, flow) in enumerate(flows):
            with dot.subgraph(name=f"cluster_{i}") as frame:
                frame.attr(label=text_of(title), id=f"c{i}", **self.look.frame())
                flow.fill(frame)
        notes = [line for note in [self.costs(), *self.graph.notes] for line in wrap(note, 2 * NOTE)]
        dot.attr("graph", **self.look.unset("graph", {"label": text_of(notes), "nodesep": "0.2"}))

    def costs(self) -> str:
        def told(cost: Cost) -> str:
            return f"{counted(cost.passes, 'pass', 'passes')} and {counted(cost.taken, 'local gradient')}"

        leaves = counted(len(self.bill.inputs), "leaf", "leaves")
        return f"For {leaves} forward mode takes {told(self.bill.forward)}, reverse mode {told(self.bill.reverse)}."


def product(factors: list[float]) -> str:
    "2 × (-1) = -2, with the digits that it takes."
    first, second = (number_text(x, exact_digits(factors, multiplied)) for x in factors)
    return f"{first} × {in_brackets(second)} = {number_text(multiplied(factors))}"
