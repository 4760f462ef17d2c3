"""The formulas of a graph, by the names of its nodes, in any language of `symbols`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from ..core.floats import Float, floats, ieee
from ..engine import Value
from ..text.letters import DIGITS
from ..text.symbols import Language, Symbol
from .routes import Edge, is_constant

SAME = 1e-6  # how far a formula may be from the local gradient, which may be computed by another
PRINTED = 1e-3  # the same with the numbers as they are printed: more, and a reader who computes it finds another


class Formulas:
    "The formulas of one graph in one language, by the names of its nodes."

    def __init__(self, root: Value, called: dict[Value, str], language: Language):
        self.root, self.called, self.language = root, called, language

    def name(self, v: Value) -> Symbol:
        return self.language(v.data if is_constant(v) else self.called[v])

    def d(self, y: Value, x: Value) -> Symbol:
        "∂y/∂x"
        return self.language.derivative(self.called[y], self.called[x])

    def made(self, v: Value) -> list[str]:
        "ŷ = x · w = 1 · 1 = 1, as its sides."
        sides = [self.name(v)]
        if v.parents:
            sides.append(self.language.formula(v.op, *[self.name(x) for x in v.parents]))
            sides.append(self.language.formula(v.op, *[self.language(x.data) for x in v.parents]))
        return self.sides(*sides, self.language(v.data))

    def local(self, edge: Edge) -> Symbol:
        "The local gradient as a formula; as its number where the formula would not give it (at a tie)."
        child, tolerance = edge.child, SAME * max(1.0, abs(edge.local))
        if child.local_grads and self.gives(edge, tolerance, child.data, *[x.data for x in child.parents]):
            operands = [self.name(x) for x in child.parents]
            return self.language.local_gradients(child.op, self.name(child), *operands)[edge.place]
        return self.language(edge.local)

    @staticmethod
    def gives(edge: Edge, tolerance: float, y: float, *xs: float) -> bool:
        "Does the slide's form give the local gradient, at these numbers?"
        op = edge.child.op
        numbers = y, *xs, *op.constants
        try:
            value = op.slide(floats, *numbers)[edge.place]
        except (ArithmeticError, ValueError):
            value = op.slide(ieee, *map(Float, numbers))[edge.place]
        both_nan = value != value and edge.local != edge.local
        return both_nan or value == edge.local or abs(value - edge.local) <= tolerance

    def local_in_numbers(self, edge: Edge) -> Symbol:
        "The same formula with the numbers put in, unless as they are printed they would give another (1 - 1² = 2e-05)."
        child = edge.child
        printed = [float(f"{x.data:.{DIGITS}g}") for x in (child, *child.parents)]
        plainly = self.local(edge).text == self.language(edge.local).text
        if plainly or not self.gives(edge, PRINTED * abs(edge.local), *printed):
            return self.language(edge.local)
        numbers = [self.language(x.data) for x in (child, *child.parents)]
        return self.language.local_gradients(child.op, *numbers)[edge.place]

    def along(self, child: Value, uses: list[Edge], of: Callable[[Edge], Symbol]) -> Symbol:
        "What the child's uses of the node add up to: ∂v/∂h of v = h · h is h + h."
        return reduce(lambda a, b: a + b, [of(e) for e in uses if e.child is child])

    def chain(self, node: Value, uses: list[Edge], grads: dict[Value, float]) -> list[str]:
        "∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2, as its sides."
        children = dict.fromkeys(e.child for e in uses)

        def side(upstream: Callable[[Value], Symbol], local: Callable[[Value], Symbol]) -> Symbol:
            terms = [local(c) if c is self.root else upstream(c) * local(c) for c in children]
            return reduce(lambda a, b: a + b, terms)

        def in_numbers(of: Callable[[Edge], Symbol]) -> Symbol:
            return side(lambda c: self.language(grads[c]), lambda c: self.along(c, uses, of))

        return self.sides(
            self.d(self.root, node),
            side(lambda c: self.d(self.root, c), lambda c: self.d(c, node)),
            in_numbers(self.local),
            in_numbers(self.local_in_numbers),
            in_numbers(lambda e: self.language(e.local)),
            self.language(grads[node]),
        )

    @staticmethod
    def sides(*symbols: Symbol) -> list[str]:
        texts = [s.text for s in symbols]
        return [t for i, t in enumerate(texts) if i == 0 or t != texts[i - 1]]
