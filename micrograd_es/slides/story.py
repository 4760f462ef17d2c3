"""The steps of a graph, forward and backward, each with its sentence and its formula: what a lecturer says and writes.

The page tells the same story, to the letter (player/routes.js, sentences.js, stepping.js); a test holds them together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, NamedTuple

from ..engine import Value
from ..graph import Graph
from ..graph.formulas import Formulas
from ..graph.routes import Edge, is_constant, is_silent
from ..text.letters import listed
from ..text.printed import added, exact_digits, multiplied
from ..text.symbols import ATOM, latex, plain

NAMED = 6  # leaves that the first sentence names


class Step(NamedTuple):
    """What happens: "leaves" have their numbers, a "node" is computed, the "seed" is sown at the root, a gradient takes
    an "edge" to `node`, all is "done". In forward mode the seed is a leaf's, and what takes the edge is a tangent."""

    kind: str
    node: Value
    edge: Edge | None = None


class Words(NamedTuple):
    "A language for sentences: how formulas are written, how they stand among words, and the sign of upstream × local."

    formulas: Formulas
    math: Callable[[str], str]
    times: str


class Story:
    """The steps of a graph, and what is known after each. With `wrt`, backward only along the ways to these leaves.

    `Onward` tells of forward mode.
    """

    told = "Backpropagation"

    def __init__(self, graph: Graph, wrt: Collection[Value] = ()):
        self.graph, self.root = graph, graph.root
        on_the_way = set(graph.between(wrt)) if wrt else set(graph.order)
        self.steps = [Step("leaves", graph.root)]
        self.steps += [Step("node", v) for v in graph.order if v.parents]
        self.steps.append(Step("seed", graph.root))
        for child in reversed(graph.order):
            for place, (parent, local) in enumerate(graph.edges(child)):
                if parent in on_the_way and not is_constant(parent) and not is_silent(child, parent):
                    self.steps.append(Step("edge", parent, Edge(child, place, local)))
        self.steps.append(Step("done", graph.root))

    @cached_property
    def gradients(self) -> list[dict[Value, float]]:
        "After each step, what has arrived where: nothing is said of a node that nothing has reached."
        known: dict[Value, float] = {}
        after = []
        for step in self.steps:
            if step.kind == "seed":
                known = {step.node: 1.0}
            elif step.edge:
                known = known | {step.node: known.get(step.node, 0.0) + known[self.sender(step.edge)] * step.edge.local}
            after.append(known)
        return after

    def flow(self, i: int) -> float:
        "What goes downstream in this step."
        edge = self.steps[i].edge
        assert edge
        return self.gradients[i][self.sender(edge)] * edge.local

    def sender(self, edge: Edge) -> Value:
        "The end of an edge from which it is taken."
        return edge.child

    def arrives(self, words: Words) -> str:
        "What a node's number is called that is passed on."
        return "grad"

    def arriving(self, v: Value) -> list[Step]:
        "The steps that bring something to a node."
        return [step for step in self.steps if step.edge and step.node is v]

    @cached_property
    def plain(self) -> Words:
        return Words(self.graph.formulas(plain), str, "×")

    @cached_property
    def latex(self) -> Words:
        return Words(self.graph.formulas(latex), "${}$".format, r"\times")

    # -- formulas

    def formula(self, i: int, f: Formulas) -> list[str]:
        "ŷ = x · w = 1 · 1 = 1, or ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2, as its sides; or none."
        kind, node, edge = self.steps[i]
        if kind == "node":
            return f.made(node)
        if kind == "seed":
            return [f.d(node, node).text, f.language(1.0).text]
        return f.chain(node, [edge], self.gradients[i], self.flow(i)) if edge else []

    def sign(self, i: int) -> str:
        "+= where it is one of several that arrive."
        return "+=" if self.steps[i].edge and len(self.arriving(self.steps[i].node)) > 1 else "="

    def joined(self, xs: list[float], combine: Callable[[list[Any]], Any], sign: str, words: Words) -> str:
        "-2 × (-3) = 6: numbers, and what they make, with the digits that it takes."
        digits = exact_digits(xs, combine)
        language = words.formulas.language
        first, *rest = (language(x, digits) for x in xs)
        left = f" {sign} ".join([first.text, *[x.text if x.rank == ATOM else x.bracketed for x in rest]])
        return words.math(f"{left} = {language(combine(xs)).text}")

    # -- sentences

    def sentence(self, i: int, words: Words) -> str:
        return getattr(self, f"_{self.steps[i].kind}")(i, words)  # type: ignore[no-any-return]

    def name(self, v: Value, words: Words) -> str:
        return words.math(words.formulas.name(v).text)

    def number(self, x: float, words: Words) -> str:
        return words.math(words.formulas.language(x).text)

    def _leaves(self, i: int, words: Words) -> str:
        leaves = self.graph.leaves
        each = [words.math(" = ".join(words.formulas.made(v))) for v in leaves] if len(leaves) <= NAMED else []
        count = "One leaf has its number" if len(leaves) == 1 else f"{len(leaves)} leaves have their numbers"
        return f"{count}{': ' if each else ''}{listed(each)}. Next: forward, node by node."

    def _node(self, i: int, words: Words) -> str:
        v = self.steps[i].node
        sources = listed(list(dict.fromkeys(self.name(x, words) for x in v.parents)))
        numbers = self.graph.numbers
        born = not math.isfinite(numbers[v]) and all(math.isfinite(numbers[x]) for x in v.parents)
        made = words.math(" = ".join(words.formulas.made(v)))
        warning = " From here on numbers are not finite." if born else ""
        return f"{self.name(v, words)} is made from {sources}: {made}.{warning}"

    def _seed(self, i: int, words: Words) -> str:
        name = self.name(self.root, words)
        made = words.math(" = ".join([words.formulas.name(self.root).text, words.formulas.number(self.root).text]))
        return f"Now backward, from {made}. The gradient of {name} by itself is {words.math('1')}."

    def _edge(self, i: int, words: Words) -> str:
        f, (_, node, edge) = words.formulas, self.steps[i]
        assert edge
        upstream, x = self.gradients[i][edge.child], self.name(node, words)
        how = words.math(" = ".join(dict.fromkeys([f.local(edge).text, f.language(edge.local).text])))
        product = self.joined([upstream, edge.local], multiplied, words.times, words)
        return (
            f"Upstream, {self.name(edge.child, words)} has {self.number(upstream, words)}. Its local gradient by {x} "
            f"is {how}. Downstream, {x} receives {product}.{self._added(i, words)}"
        )

    def _added(self, i: int, words: Words) -> str:
        node = self.steps[i].node
        uses = len(self.graph.uses[node])
        if uses == 1:
            return ""
        before = self.gradients[i - 1].get(node)
        if before is None:
            return f" {self.name(node, words)} is used {uses} times; this is the first."
        count = sum(bool(step.edge) and step.node is node for step in self.steps[: i + 1])
        sum_ = self.joined([before, self.flow(i)], added, "+", words)
        return f" It is added to what came before: {sum_} (use {count} of {uses})."

    def _done(self, i: int, words: Words) -> str:
        grads = {v: g for v in self.graph.leaves if math.isfinite(g := self.gradients[i].get(v, math.nan))}
        loss = self.name(self.root, words)
        if not grads:
            return "Every leaf has its gradient."
        most = max(map(abs, grads.values()))
        if most == 0:
            zero = words.math("0")
            return f"Every leaf has its gradient: {zero}. Moved a little, none of them moves {loss}."
        told = {v: g for v, g in grads.items() if abs(g) >= (1 - 1e-9) * most}
        sides = [([self.name(v, words) for v, g in told.items() if (g > 0) is up], up) for up in (False, True)]
        (names, rises), *other = [side for side in sides if side[0]]
        moves = ("falls", "rises")
        more = f"; raise {listed(other[0][0], 'or')}, and it {moves[other[0][1]]} as much" if other else ""
        return (
            f"Every leaf has its gradient. {loss} feels {listed([self.name(v, words) for v in told])} most: raise "
            f"{listed(names, 'or')} by {words.math('0.01')}, and {loss} {moves[rises]} by about "
            f"{self.number(most / 100, words)}{more}."
        )
