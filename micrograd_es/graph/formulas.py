"""The formulas of a graph, by the names of its nodes, in any language of `symbols`; and numbers that add up in them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from math import prod
from operator import add
from typing import TYPE_CHECKING, Any

from ..core.floats import Float, floats, ieee
from ..engine import Value
from ..text.printed import DIGITS, NEAR, Printed, adds_up, agree, printed
from .routes import Edge, is_constant

if TYPE_CHECKING:
    from . import Graph

FEW = 5  # numbers in a formula, up to which each is looked at alone
SAME = 1e-6  # how far, relatively, a lecture's form may be from the local gradient, which may be computed by another


Ways = dict[Value, list[Edge]]  # between a node and what lies next to it
Ends = Callable[[Value], tuple[Value, Value]]  # of the derivative that a node has: ∂loss/∂v, or ∂v/∂w
Sides = Callable[["Formulas"], list[Any]]  # of an equation, in whatever language these formulas are


class Formulas:
    """The formulas of one graph in one language, by the names of its nodes.

    The language may be that of printed numbers: then a formula is what a reader finds who computes it.
    """

    def __init__(self, graph: Graph, language: Any):
        self.graph, self.root, self.called, self.language = graph, graph.root, graph.names, language

    def name(self, v: Value) -> Any:
        return self.language(self.called[v]) if self.language.names and not is_constant(v) else self.number(v)

    def number(self, v: Value) -> Any:
        "The number of a node, with as many digits as the formulas around it need."
        return self.language(self.graph.numbers[v], self.graph.digits(v))

    def d(self, y: Value, x: Value) -> Any:
        "∂y/∂x"
        return self.language.derivative(self.called[y], self.called[x])

    def by(self, x: Value) -> str:
        "d/dx, of whatever it stands beside."
        return self.language.total.format("", self.language(self.called[x]))  # type: ignore[no-any-return]

    def total(self, y: Value, x: Value) -> Any:
        "dy/dx, along all ways from x: h = v + w has ∂h/∂w = 1, and dh/dw is more if v was made from w."
        return self.language.derivative(self.called[y], self.called[x], self.language.total)

    def made(self, v: Value) -> list[str]:
        "ŷ = x · w = 1 · 1 = 1, as its sides."
        if not v.parents:
            return self.sides([self.name(v), self.number(v)])

        def computed(f: Formulas) -> list[Any]:
            return [f.language.formula(v.op, *map(f.number, v.parents))] if v.op.forward else []

        numbers = self.exactly(computed, lambda f: f.number(v), self.graph.size(v))
        return self.sides([*self._named(v), *numbers, self.number(v)])

    def named(self, v: Value) -> list[str]:
        "ŷ = x · w, as its sides."
        return self.sides(self._named(v))

    def _named(self, v: Value) -> list[Any]:
        return [self.name(v), self.language.formula(v.op, *map(self.name, v.parents))]

    def local(self, edge: Edge) -> Any:
        "The local gradient as a formula; as its number where the formula would not give it (at a tie)."
        return self.slope(edge, self.name) if self.graph.gives(edge) else self.language(edge.local)

    def local_in_numbers(self, edge: Edge) -> Any:
        "The same formula with the numbers put in."
        return self.slope(edge, self.number) if self.graph.gives(edge) else self.language(edge.local)

    def local_number(self, edge: Edge) -> Any:
        "The local gradient as a number; with the digits that it has as a node's, where it is one."
        plainly = re.fullmatch(r"-?[\d.]+", self.graph.formulas().local_in_numbers(edge).text)
        return self.local_in_numbers(edge) if plainly else self.language(edge.local)

    def slope(self, edge: Edge, written: Callable[[Value], Any]) -> Any:
        child = edge.child
        return self.language.local_gradients(child.op, *map(written, (child, *child.parents)))[edge.place]

    def along(self, child: Value, uses: list[Edge], of: Callable[[Edge], Any]) -> Any:
        "What the child's uses of the node add up to: ∂v/∂h of v = h · h is h + h."
        return reduce(add, [of(e) for e in uses if e.child is child])

    def chain(self, node: Value, uses: list[Edge], grads: dict[Value, float], total: float | None = None) -> list[str]:
        """∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2, as its sides.

        `total`, if the uses are not all that there are.
        """
        ways = grouped(uses, lambda e: e.child)
        return self._summed(node, ways, grads, total, whole=lambda v: (self.root, v), ahead=False)

    def tangent(
        self, node: Value, edges: list[Edge], tangents: dict[Value, float], x: Value, total: float | None = None
    ) -> list[str]:
        "The same forward, from the inputs of the node: dv₁/dw = ∂v₁/∂ŷ · dŷ/dw = 1 · 1 = 1, as its sides."
        ways = grouped(edges, lambda e: e.child.parents[e.place])
        return self._summed(node, ways, tangents, total, whole=lambda v: (v, x), ahead=True)

    def _summed(
        self, node: Value, ways: Ways, known: dict[Value, float], total: float | None, whole: Ends, ahead: bool
    ) -> list[str]:
        """The derivative that is sought, as a sum over what lies next to the node: the local gradient times what is
        known there. `ahead`, these are the node's inputs; else they were made from it."""
        total = known[node] if total is None else total

        def side(arrives: Callable[[Value], Any], local: Callable[[Value], Any]) -> Any:
            def product(v: Value) -> Any:
                if operator.is_(*whole(v)):  # ∂w/∂w is 1
                    return local(v)
                return local(v) * arrives(v) if ahead else arrives(v) * local(v)

            return reduce(add, map(product, ways))

        def computed(f: Formulas) -> list[Any]:
            def with_locals(of: Callable[[Edge], Any]) -> Any:
                return side(lambda v: f.language(known[v]), lambda v: reduce(add, map(of, ways[v])))

            return [with_locals(of) for of in (f.local, f.local_in_numbers, f.local_number)]

        d = self.total if ahead else self.d
        named = side(lambda v: d(*whole(v)), lambda v: self.d(node, v) if ahead else self.d(v, node))
        size = max(abs(known[v] * e.local) for v, edges in ways.items() for e in edges)
        numbers = self.exactly(computed, lambda f: f.language(total), size)
        return self.sides([d(*whole(node)), named, *numbers, self.language(total)])

    def exactly(self, computed: Sides, result: Callable[[Formulas], Any], size: float = 0.0) -> list[Any]:
        "What is computed, with the digits it takes to give the result as it is printed; without what never does."
        digits, shown = self.digits_for(computed, result, size), result(self.graph.formulas(printed))
        true = [adds_up([side], shown, size) for side in computed(self.graph.formulas(printed.to(digits)))]
        return [side for side, yes in zip(computed(self.to(digits)), true) if yes]

    def digits_for(self, computed: Sides, result: Callable[[Formulas], Any], size: float = 0.0) -> int:
        at = self.graph.formulas
        shown = result(at(printed))
        return next((n for n in DIGITS if adds_up(computed(at(printed.to(n))), shown, size)), DIGITS[-1])

    def multiplied(self, edges: list[Edge], product: float) -> Formulas:
        "The same, with as many digits as it takes that the local gradients along a path give this product."

        def computed(f: Formulas) -> list[Any]:
            return [prod(map(of, edges), start=f.language(1.0)) for of in (f.local, f.local_number)]

        return self.to(self.digits_for(computed, lambda f: f.language(product)))

    def local_sides(self, edge: Edge) -> list[str]:
        "w = 1, or 1 - y² = 1 - 0.9² = 0.19: a local gradient as formula, in numbers, and as a number."

        def computed(f: Formulas) -> list[Any]:
            return [f.local(edge), f.local_in_numbers(edge)]

        return self.sides([*self.exactly(computed, lambda f: f.language(edge.local)), self.language(edge.local)])

    def to(self, digits: int) -> Formulas:
        "The same formulas, with so many digits at least."
        return self.graph.formulas(self.language.to(digits))

    @staticmethod
    def sides(symbols: list[Any]) -> list[str]:
        texts = [s.text for s in symbols]
        return [t for i, t in enumerate(texts) if i == 0 or t != texts[i - 1]]


def grouped(edges: Iterable[Edge], end: Callable[[Edge], Value]) -> Ways:
    "The edges by one of their ends."
    ways: Ways = {}
    for edge in edges:
        ways.setdefault(end(edge), []).append(edge)
    return ways


def given(v: Value, y: float, xs: list[float], local: Sequence[float]) -> list[bool]:
    "Which of the local gradients does the lecture's form give, at these numbers?"
    op, numbers = v.op, (y, *xs, *v.op.constants)
    if not op.partials or not v.local_grads:
        return [False] * len(xs)
    try:
        slopes = op.slide(floats, *numbers)
    except (ArithmeticError, ValueError):
        slopes = op.slide(ieee, *map(Float, numbers))
    return [agree(slope, number, SAME) for slope, number in zip(slopes, local)]


def digits_needed(v: Value, y: float, xs: list[float], edges: list[Edge], size: float) -> tuple[int, int]:
    """How many digits the numbers at a node must have for its own formula, and for these of its local gradients.

    Half of what a line may be off is left for the rounding of its result.
    """

    def needed(adding_up: Callable[[Printed, Float, list[Float]], bool]) -> int:
        exact = [Float(number) for number in (y, *xs)]

        def enough(m: Printed) -> bool:
            "Also where another formula needs more digits of one of the numbers."
            short = list(map(m, exact))
            mixed = [[*short[:i], exact[i], *short[i + 1 :]] for i in range(len(exact))] if len(exact) <= FEW else []
            return all(adding_up(m, numbers[0], numbers[1:]) for numbers in [short, *mixed])

        return next((n for n in DIGITS if enough(printed.to(n))), DIGITS[-1])

    def slopes_agree(m: Printed, y: Float, xs: list[Float]) -> bool:
        slopes = m.local_gradients(v.op, y, *xs)
        return all(agree(slopes[e.place], e.local, NEAR / 2) for e in edges)

    own = needed(lambda m, _, xs: agree(m.formula(v.op, *xs), y, NEAR / 2, size)) if v.op.forward else DIGITS[0]
    return own, needed(slopes_agree) if edges else DIGITS[0]
