"""Which classic mistake yields this number? The truth is shown beside it, and who is right is never accused.

>>> a, b = Value(3.0, label="a"), Value(-2.0, label="b")
>>> d = a - b
>>> L = d * d
>>> d.label, L.label = "d", "L"
>>> print(diagnose(L, b, 10))
10 is not ∂L/∂b: that is -10.
10 comes out if the minus of the derivative is forgotten, as if d(a - b)/db were +1 (minus forgotten).
    At d = a - b: ∂d/∂b = -1, and not 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from ..core.floats import as_float
from ..engine import Value
from ..graph import Graph
from ..graph.routes import Edge, Grads, passed_on
from ..text.letters import number_text
from .mistakes import MISTAKES, Mistake, wrong_gradients

TOLERANCE = 0.005  # relative: three significant digits are enough
ROUNDING = 1e-12  # of all that is added up: gradients that cancel are not expected to cancel to the last bit
SMALL = 300  # nodes up to which two mistakes at once are tried, and one mistake at one place only
LARGEST = 100_000  # nodes on which mistakes are looked for: some seconds
PLACES = 30  # that are tried
SHOWN = 3  # findings that are printed


class Finding(NamedTuple):
    """An explanation of the student's number: one mistake, or two together, made at these places (none: everywhere).

    `node` is where, coming from the root, the first gradient goes wrong: it is `wrong` there instead of `right`.
    """

    mistakes: tuple[Mistake, ...]
    places: tuple[Value, ...]
    gradients: Grads
    node: Value
    right: float
    wrong: float

    @property
    def name(self) -> str:
        return " and ".join(mistake.name for mistake in self.mistakes)


class Diagnosis:
    """The verdict on a student's number: `.right`, `.truth`, and the `.findings`, which explain a wrong one.

    Printed it is text for the student; `.names` are the names of the mistakes that fit.
    """

    def __init__(self, graph: Graph, wrt: Value, number: float, tolerance: float):
        self.graph, self.wrt, self.number, self.tolerance = graph, wrt, number, tolerance
        self.root, self.called, self.gradients = graph.root, graph.names, graph.gradients
        self.truth = self.gradients[wrt]
        self.size = passed_on(reversed(graph.order), self.absolute, graph.seed())  # of all that is added up
        self.right = self.same(wrt, number, self.truth)
        self.findings = [] if self.right else self.explanations()

    def absolute(self, v: Value) -> list[tuple[Value, float]]:
        return [(x, abs(local)) for x, local in self.graph.edges(v)]

    @property
    def names(self) -> list[str]:
        return [finding.name for finding in self.findings]

    @property
    def telling(self) -> list[Finding]:
        "The findings, without the vague ones where another explains the number."
        return [f for f in self.findings if not all(m.vague for m in f.mistakes)] or self.findings

    def same(self, v: Value, a: float, truth: float) -> bool:
        "Are they one gradient of v, as far as the tolerance goes?"
        rounding = ROUNDING * self.size[v]
        slack = self.tolerance * abs(truth) + (rounding if math.isfinite(rounding) else 0.0)
        return a == truth or abs(a - truth) <= slack < math.inf or (math.isnan(a) and math.isnan(truth))

    # -- looking for it

    def explanations(self) -> list[Finding]:
        "One mistake that yields the number; if there is none, two."
        self.way = self.graph.between([self.wrt])
        found = [f for run in self.single_runs() for f in self.tried(*run)]
        if not found and len(self.called) <= SMALL:
            found = [f for pair in self.pairs() for f in self.tried(pair, ())]
        unique: dict[str, Finding] = {}
        for finding in found:
            unique.setdefault(finding.name, finding)
        return list(unique.values())

    def single_runs(self) -> Iterator[tuple[tuple[Mistake, ...], tuple[Value, ...]]]:
        "Each mistake wherever it can be made; then, if there are several such places, made at one of them."
        for mistake in MISTAKES:
            yield (mistake,), ()
        for mistake in MISTAKES:
            places = mistake.places(self.graph, self.way)
            for v in places[-PLACES:] if len(places) > 1 and len(self.called) <= SMALL else []:
                yield (mistake,), (v,)

    def pairs(self) -> Iterator[tuple[Mistake, ...]]:
        "Two mistakes together, of which one at least is made at a row, and of which each can be made here."
        possible = [m for m in MISTAKES if not m.rows or m.places(self.graph, self.way)]
        for a, b in combinations(possible, 2):
            if a.rows and not b.alone:
                yield a, b

    def tried(self, mistakes: tuple[Mistake, ...], places: tuple[Value, ...]) -> list[Finding]:
        "The finding, if this yields the number."
        try:
            gradients = wrong_gradients(self.graph, mistakes, places or None)
        except OverflowError:  # a pass that would take too long
            return []
        differ = [v for v in self.way if not self.same(v, gradients[v], self.gradients[v])]
        if self.wrt not in differ or not self.same(self.wrt, self.number, gradients[self.wrt]):
            return []
        node = differ[-1]
        return [Finding(mistakes, places, gradients, node, self.gradients[node], gradients[node])]

    # -- saying it

    def __str__(self) -> str:
        d = f"∂{self.called[self.root]}/∂{self.called[self.wrt]}"
        here, truth = number_text(self.number), number_text(self.truth)
        if self.right:
            return "\n".join([f"{here} is right: {self.reason(self.wrt)}.", *self.graph.notes])
        lines = [f"{here} is not {d}: that is {truth}."]
        for i, finding in enumerate(self.telling[:SHOWN]):
            comes = "It also comes out" if i else f"{here} comes out"
            lines.append(f"{comes} if {self.sentence(finding)} ({finding.name}).")
            lines.append(f"    {self.where(finding)}")
        if not self.findings:
            lines.append(f"None of the classic mistakes gives {here}. The truth: {self.reason(self.wrt)}.")
        return "\n".join(lines + self.graph.notes)

    __repr__ = __str__

    def sentence(self, finding: Finding) -> str:
        said = ", and if at the same time ".join(m.sentence for m in finding.mistakes)
        return said + "".join(f", but only at {self.made(v)}" for v in finding.places)

    def where(self, finding: Finding) -> str:
        "The edge where a wrong local gradient was taken; else the node where the first sum went wrong."
        mistake = finding.mistakes[0]
        for v in reversed(self.way):
            if mistake.rows and (not finding.places or v in finding.places):
                for place, (right, wrong) in enumerate(zip(self.graph.local_grads(v), mistake.local(self.graph, v))):
                    if v.parents[place] in self.way and right != wrong:
                        return self.at_edge(Edge(v, place, right), v.parents[place], wrong)
        if mistake.nowhere:
            return f"The truth: {self.reason(self.wrt)}."
        first = f"The first number that goes wrong is at {self.called[finding.node]}"
        return f"{first}: {self.reason(finding.node)}, and not {number_text(finding.wrong)}."

    def at_edge(self, edge: Edge, x: Value, wrong: float) -> str:
        f = self.graph.formulas()
        sides = " = ".join(f.local_sides(edge))
        return f"At {self.made(edge.child)}: {f.d(edge.child, x)} = {sides}, and not {number_text(wrong)}."

    def made(self, v: Value) -> str:
        return " = ".join(self.graph.formulas().named(v))

    def reason(self, v: Value) -> str:
        "The chain rule at a node, as on the board."
        if v is self.root:
            return f"∂{self.called[v]}/∂{self.called[v]} = 1"
        return " = ".join(self.graph.formulas().chain(v, self.graph.uses[v], self.gradients))


def diagnose(root: Value | Graph, wrt: Value | str, number: Any, tolerance: float = TOLERANCE) -> Diagnosis:
    """What a student did who found `number` for the gradient of root with respect to wrt.

    It counts as right within `tolerance`, relative to the truth: by default, three significant digits are enough.
    ValueError if root does not use wrt or is far too large, TypeError if `number` is none.
    """
    graph = Graph.of(root)
    leaf = graph.node(wrt)
    if len(graph.order) > LARGEST:
        raise ValueError(
            f"a graph of {len(graph.order):,} nodes is too large to make every classic mistake on: diagnose at the "
            "loss of one sample, or a smaller network"
        )
    if leaf not in graph.place:
        raise ValueError(f"{graph.root.label or 'the root'} does not use {leaf.label or repr(leaf)}: its gradient is 0")
    return Diagnosis(graph, leaf, as_float(number, "diagnose"), tolerance)
