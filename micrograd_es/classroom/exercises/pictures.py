"""The picture of an exercise: the drawing of its graph, with numbered blanks where numbers are asked for.

It is laid out once, with blanks of a fixed width; a sheet has lines in their place, and a key the answers. Graphviz in
WebAssembly comes first here: it lays out alike on every machine, and after its first second takes milliseconds.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from ...draw.looks import Look
from ...draw.nodes import Drawing, record
from ...engine import Value
from ...graph.routes import is_constant
from ...text.symbols import plain
from .exercises import Exercise, number

if TYPE_CHECKING:
    from ...draw.render import Picture

BLANK, LOCAL = "Q{:02}______", "E{:02}__"  # how wide they are: an answer has six characters at most
LINE = "______"


class Blanks(Drawing):
    "An exercise on its way to a picture: its boxes have data and grad, given or asked for; its edges a dot to fill in."

    def __init__(self, exercise: Exercise, rankdir: str = "LR"):
        super().__init__(exercise.graph, "numbers", look=Look(rankdir, background="transparent"))
        self.exercise, self.order = exercise, exercise.written
        self.ids = {v: f"n{i}" for i, v in enumerate(self.order)}
        self.numbers = {(exercise.nodes[q.number], q.kind): q.number for q in exercise.questions}
        self.locals: list[float] = []

    def fill(self, dot: Picture) -> None:
        dot.attr("graph", ranksep="0.4", nodesep="0.12")
        dot.attr("node", shape="record", margin="0.11,0.055", width="0.75")
        super().fill(dot)

    def node(self, dot: Any, v: Value) -> None:
        if is_constant(v):
            super().node(dot, v)
        else:
            kind = "root" if v is self.root else "operation" if v.parents else "leaf"
            height = "0.95" if self.look.rankdir == "LR" else "0.8"  # inches: room to write by hand
            label = record(self.fields(v), self.look.rankdir)
            dot.node(self.ids[v], label, height=height, **self.look.node(kind))

    def fields(self, v: Value) -> list[str]:
        "Its name and formula; its data; its gradient, where that is asked for."
        formula = plain.formula(v.op, *[self.names[x] for x in v.parents]).text if v.parents else ""
        fields = [f"{self.names[v]} = {formula}" if formula else self.names[v]]
        fields.append("data " + self.field(v, "data", self.exercise.given(v)))
        if v is self.root or (v, "grad") in self.numbers:
            fields.append("grad " + self.field(v, "grad", "1"))
        return fields

    def field(self, v: Value, kind: str, given: str) -> str:
        asked = self.numbers.get((v, kind))
        return BLANK.format(asked) if asked else given

    def edge_text(self, v: Value, place: int, local: float | None) -> list[str]:
        if is_constant(v.parents[place]) or local is None:
            return []
        self.locals.append(local)
        return [LOCAL.format(len(self.locals) - 1)]


class Template:
    """One picture with its blanks: `.svg(key=False)` has lines there, `.svg(key=True)` the answers.

    It fits into `room`, a width and a height in millimetres.
    """

    def __init__(self, exercise: Exercise, room: tuple[float, float], rankdir: str = "LR"):
        drawing = Blanks(exercise, rankdir)
        self.answers = {q.number: q.answer for q in exercise.questions}
        self.text = fitted(embeddable(rendered(drawing.picture().source)), *room)
        self.locals = drawing.locals

    def svg(self, key: bool = False) -> str:
        def blank(match: re.Match[str]) -> str:
            q = int(match[1])
            filled = f'<tspan class="answer">{number(self.answers[q])}</tspan>' if key else LINE
            return f'<tspan class="number" baseline-shift="super">{q}</tspan>&#160;{filled}'

        def local(match: re.Match[str]) -> str:
            return f'<tspan class="answer">{number(self.locals[int(match[1])])}</tspan>' if key else "·····"

        return re.sub(r"E(\d\d)__", local, re.sub(r"Q(\d\d)_+", blank, self.text))


def rendered(source: str) -> str:
    "DOT as SVG, by the renderer that is alike everywhere, or by the system's `dot` where it is not installed."
    from ...draw.render import render
    from ...draw.wasm import by_wasm

    try:
        return by_wasm(source).decode()
    except RuntimeError:
        return render(source).decode()


def embeddable(svg: str) -> str:
    "An SVG that may stand in a page beside others: no prolog, no ids, no titles that pop up."
    svg = re.sub(r"<title>.*?</title>\n?|<!--.*?-->\n?", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    return re.sub(r' id="[^"]*"| font-family="[^"]*"', "", svg).replace(
        "<svg", f'<svg role="img" aria-label="{escape(LABEL)}"', 1
    )


def fitted(svg: str, width: float, height: float) -> str:
    "The SVG as large as these millimetres allow, though never so large that it looks blown up."
    match = re.search(r'width="(\d+)pt" height="(\d+)pt"', svg)
    assert match, "Graphviz says how large a picture is"
    w, h = (int(side) * MM for side in match.groups())
    scale = min(LARGEST, width / w, height / h)
    return svg.replace(match[0], f'width="{w * scale:.1f}mm" height="{h * scale:.1f}mm"', 1)


MM, LARGEST = 25.4 / 72, 1.0
LABEL = "computation graph with blanks for values and gradients"
