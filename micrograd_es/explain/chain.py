"""The worked chain rule of a graph: forward, then backward node by node, in symbols and in numbers.

>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2
>>> loss.label = "loss"
>>> print(explain(loss, wrt=w))
forward
    x = 1
    w = 1
    ŷ = x · w = 1 · 1 = 1
    y = 2
    v₁ = ŷ - y = 1 - 2 = -1
    loss = v₁² = (-1)² = 1
backward
    v₁, from loss = v₁², where ∂loss/∂v₁ = 2 · v₁
        ∂loss/∂v₁ = 2 · v₁ = 2 · (-1) = -2
    ŷ, from v₁ = ŷ - y, where ∂v₁/∂ŷ = 1
        ∂loss/∂ŷ = ∂loss/∂v₁ · ∂v₁/∂ŷ = -2 · 1 = -2
    w, from ŷ = x · w, where ∂ŷ/∂w = x
        ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from typing import NamedTuple

from ..engine import Value
from ..graph import Graph
from ..graph.formulas import Formulas, grouped
from ..graph.routes import Edge, Grads, is_constant
from ..text.letters import latex_sentence
from ..text.symbols import Language, latex, plain
from .frames import Equation, aligned, frames

LIMIT = 2000  # steps
LINES = 10_000  # of the forward part: the numbers that these steps need


class Step(NamedTuple):
    """The chain rule at one node: its uses, and the gradient of the root that they add up to.

    In forward mode its inputs that move with `leaf`, and how fast it moves itself.
    """

    node: Value
    uses: list[Edge]
    gradient: float
    leaf: Value | None = None


class Explanation:
    """The worked solution as data: `forward`, the nodes in order, and `steps`, the chain rule from the root down.

    Printed it is text; `.markdown()`, `.latex()` (one align*, or Beamer frames) and `.html()` write the same lines.
    Numbers are shown to four digits and computed with all of them.
    """

    parts = "forward", "backward"

    def __init__(self, graph: Graph, passes: list[list[Value]]):
        self.graph, self.root, self.names, self.gradients = graph, graph.root, graph.names, graph.gradients
        self.steps = [step for shown in passes for step in self.steps_of(shown)]
        shown = {v for shown in passes for v in shown}
        needed = shown | {x for v in shown for x in v.parents}
        self.forward = [v for v in graph.order if v in needed and not is_constant(v)]
        self.notes = [note for note in [nonfinite_note(graph)] if note] + graph.notes

    def steps_of(self, shown: list[Value]) -> list[Step]:
        return [Step(v, self.graph.uses[v], self.gradients[v]) for v in reversed(shown) if v is not self.root]

    def lines(self, language: Language) -> tuple[list[list[str]], list[tuple[str, list[str]]]]:
        "Forward: the sides of every equation. Backward: for every node the rule in words, and the sides."
        f = self.graph.formulas(language)
        return [f.made(v) for v in self.forward], [(self.rule(step), self.sides(step, f)) for step in self.steps]

    def rule(self, step: Step) -> str:
        words, node = self.graph.formulas(), step.node
        children = dict.fromkeys(e.child for e in step.uses)
        made = " and ".join(" = ".join(words.named(c)) for c in children)
        local = ", ".join(f"{words.d(c, node)} = {words.along(c, step.uses, words.local)}" for c in children)
        return f"{self.names[node]}, from {made}, where {local}"

    def sides(self, step: Step, f: Formulas) -> list[str]:
        return f.chain(step.node, step.uses, self.gradients)

    def __str__(self) -> str:
        forward, backward = self.lines(plain)
        text = [self.parts[0], *["    " + " = ".join(sides) for sides in forward], self.parts[1]]
        for rule, sides in backward:
            text += ["    " + rule, "        " + " = ".join(sides)]
        return "\n".join(text + self.notes)

    __repr__ = __str__

    def markdown(self) -> str:
        forward, backward = self.lines(latex)
        first, second = [f"**{part.capitalize()}**" for part in self.parts]
        text = [first, "", *[f"- ${' = '.join(sides)}$" for sides in forward], "", second, ""]
        for rule, sides in backward:
            text += [f"- {_markdown_text(rule)}", "", f"  ${' = '.join(sides)}$", ""]
        return "\n".join(text + [_markdown_text(note) + "\n" for note in self.notes]).rstrip() + "\n"

    def latex(self, lines: float | None = None) -> str:
        r"One align*; or, with `lines`, Beamer frames of so many lines at most: 12 fill one of 4:3."
        parts = dict(zip(map(str.capitalize, self.parts), self.equations()))
        if lines is not None:
            return frames(parts, lines, self.graph.notes)
        rows = [row for equations in parts.values() for row in aligned(equations)]
        notes = [rf"\intertext{{{latex_sentence(note)}}}" for note in self.graph.notes]
        return "\n".join([r"\begin{align*}", *rows, *notes, r"\end{align*}"])

    def equations(self) -> list[list[Equation]]:
        "The lines of both parts, in LaTeX."
        forward, backward = self.lines(latex)
        return [[Equation(first, "=", rest) for first, *rest in all_] for all_ in (forward, [s for _, s in backward])]

    def html(self) -> str:
        forward, backward = self.lines(plain)
        rows = [("", sides) for sides in forward], backward
        body = ""
        for title, lines in zip(self.parts, rows):
            body += f'<tr><th colspan="2" style="text-align:left">{title}</th></tr>'
            for rule, sides in lines:
                cells = html.escape(" = ".join(sides)), html.escape(rule)
                body += "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"
        return f"<table>{body}</table>" + "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)

    def _repr_html_(self) -> str:
        return self.html()


class ForwardMode(Explanation):
    "The worked solution of forward mode: the values, and then, from each leaf on, how fast every node moves with it."

    parts = "values", "forward mode"

    def __init__(self, graph: Graph, passes: list[list[Value]]):
        self.tangents: dict[Value, Grads] = {}  # of every leaf: how fast the nodes move with it
        super().__init__(graph, passes)

    def steps_of(self, shown: list[Value]) -> list[Step]:
        leaf, *others = shown
        tangents = self.tangents[leaf] = self.graph.tangents(leaf)

        def moving(v: Value) -> list[Edge]:
            return [Edge(v, i, local) for i, (x, local) in enumerate(self.graph.edges(v)) if x in tangents]

        return [Step(v, moving(v), tangents[v], leaf) for v in others]

    def rule(self, step: Step) -> str:
        words, node = self.graph.formulas(), step.node
        ways = grouped(step.uses, lambda e: node.parents[e.place])
        local = ", ".join(f"{words.d(node, x)} = {words.along(node, way, words.local)}" for x, way in ways.items())
        return f"{' = '.join(words.named(node))}, where {local}"

    def sides(self, step: Step, f: Formulas) -> list[str]:
        assert step.leaf is not None
        return f.tangent(step.node, step.uses, self.tangents[step.leaf], step.leaf)


MODES = {"reverse": Explanation, "forward": ForwardMode}


def explain(
    root: Value | Graph, wrt: Value | str | Iterable[Value | str] | None = None, mode: str = "reverse"
) -> Explanation:
    """The worked solution of root's gradient: with respect to `wrt`, or to every leaf that is no constant.

    mode: "reverse", which goes back from root, once for all of them; or "forward", which goes on from each of them.
    ValueError if root does not use a Value in `wrt`.
    """
    if mode not in MODES:
        raise ValueError(f"mode={mode!r}: it is one of {', '.join(map(repr, MODES))}")
    graph = Graph.of(root)
    leaves = graph.leaves if wrt is None else graph.nodes(wrt)
    passes = [leaves] if mode == "reverse" else [[v] for v in leaves]
    shown = [graph.between(some) for some in passes]
    steps, inputs = sum(map(len, shown)), sum(len(v.parents) for some in shown for v in some)
    if steps > LIMIT or inputs > LINES:
        size = f"{steps:,} steps" + (f" with {inputs:,} inputs" if inputs > LINES else "")
        smaller = "explain one leaf, explain(root, wrt=w)" if len(leaves) > 1 else "take a smaller graph; why is short"
        raise ValueError(f"a worked solution of {size} is no reading: {smaller}")
    for v in leaves:
        if v not in graph.names:
            raise ValueError(f"{graph.names[graph.root]} does not use {v.label or v!r}: its gradient is 0")
    return MODES[mode](graph, shown)


def nonfinite_note(graph: Graph) -> str | None:
    "A sentence on where the first inf or nan was born, or None where all is finite."
    v = next((v for v in graph.order if not math.isfinite(graph.numbers[v])), None)
    if v is None:
        return None
    sides = graph.formulas().made(v)
    given = ", ".join(f"{graph.names[x]} = {graph.text(x)}" for x in v.parents if not is_constant(x))
    return f"not finite from here on: {' = '.join(sides)}" + (f", at {given}" if given else "")


def _markdown_text(text: str) -> str:
    return "".join("\\" + c if c in "\\`*_{}[]<>#|$" else c for c in text)
