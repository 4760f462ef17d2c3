"One reading of the graph under a root, which every view shares."

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from ..core.floats import floats
from ..engine import Value, topological
from ..text.symbols import Language, plain
from .formulas import Formulas
from .names import names
from .routes import Edge, Grads, depending, edges, is_constant, passed_on, uses


class Graph:
    """What the views of a graph ask, each of it found when it is first asked for, and once.

    >>> x, w = Value(3.0, label="x"), Value(-2.0, label="w")
    >>> g = Graph(x * w + 1)
    >>> [g.names[v] for v in g.order], g.gradients[w], str(g.formulas().d(g.root, w))
    (['x', 'w', 'v₁', '1', 'out'], 3.0, '∂out/∂w')

    Wherever a view takes a Value, it takes a Graph. `variables`, if given, name the nodes instead of the caller's own.
    """

    def __init__(self, root: Value, variables: Mapping[str, Any] | None = None):
        self.root, self.variables = root, variables
        self._formulas: dict[Language, Formulas] = {}
        self._between: tuple[Any, list[Value]] = None, []

    @classmethod
    def of(cls, root: Value | Graph) -> Graph:
        "The graph under a Value; a Graph is itself."
        return root if isinstance(root, Graph) else cls(root)

    @cached_property
    def order(self) -> list[Value]:
        "Every node, parents before their children: the root is the last."
        return topological(self.root)

    @cached_property
    def place(self) -> dict[Value, int]:
        "Which node of the order it is, counted from 0."
        return {v: i for i, v in enumerate(self.order)}

    @cached_property
    def leaves(self) -> list[Value]:
        "Inputs and weights: the leaves that are no constants."
        return [v for v in self.order if not v.parents and not is_constant(v)]

    @cached_property
    def names(self) -> dict[Value, str]:
        "What every node is called."
        return names(self.order, self.variables)

    @cached_property
    def uses(self) -> dict[Value, list[Edge]]:
        "Where every node is used."
        return uses(self.order)

    @cached_property
    def gradients(self) -> Grads:
        "The gradient of the root with respect to every node, whatever their .grad says."
        return passed_on(reversed(self.order), edges, self.seed())

    @cached_property
    def numbers(self) -> dict[Value, float]:
        "The number of every node, computed from those that the leaves have now."
        numbers = {v: v.data for v in self.order}
        return _computed(self.order, numbers)

    def seed(self) -> Grads:
        "Where the reverse pass begins: 1 at the root, 0 everywhere else."
        return dict.fromkeys(self.order, 0.0) | {self.root: 1.0}

    def formulas(self, language: Language = plain) -> Formulas:
        "The formulas of the nodes, by their names, in one language."
        if language not in self._formulas:
            self._formulas[language] = Formulas(self.root, self.names, language)
        return self._formulas[language]

    def between(self, leaves: Collection[Value], flat: bool = False) -> list[Value]:
        "The nodes on the routes from the root to these, in order. (The last result is kept.)"
        asked = [*leaves], flat
        if self._between[0] != asked:
            self._between = asked, depending(self.order, leaves, flat)
        return self._between[1]

    def compute(self, changed: Mapping[Value, float]) -> dict[Value, float]:
        "The number of every node, if these had other ones. Nothing in the graph is changed."
        way = [v for v in self.between(changed.keys(), flat=True) if v not in changed]
        return _computed(way, {**self.numbers, **changed})


def _computed(nodes: list[Value], numbers: dict[Value, float]) -> dict[Value, float]:
    "With the number of every node among these that an operation made, from those of its parents."
    for v in nodes:
        if v.parents:
            xs = [numbers[x] for x in v.parents]
            try:
                numbers[v] = v.op.forward(floats, *xs, *v.op.constants)
            except (ArithmeticError, TypeError, ValueError):  # it has another answer, or says why not
                numbers[v], _ = v.op.evaluate(*xs)
    return numbers
