"One reading of the graph under a root, which every view shares."

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from .. import engine
from ..core.floats import floats, refused
from ..engine import Value, topological
from ..text.letters import number_text
from ..text.symbols import plain
from .formulas import Formulas, digits_needed, given
from .kept import Kept, notes
from .moment import Moment
from .names import called, names
from .routes import Edge, Grads, carried, depending, is_constant, passed_on, uses


class Graph:
    """What the views of a graph ask, each of it found when it is first asked for, and once.

    >>> x, w = Value(3.0, label="x"), Value(-2.0, label="w")
    >>> g = Graph(x * w + 1)
    >>> [g.names[v] for v in g.order], g.gradients[w], str(g.formulas().d(g.root, w))
    (['x', 'w', 'v₁', '1', 'out'], 3.0, '∂out/∂w')

    Wherever a view takes a Value, it takes a Graph. `variables`, if given, name the nodes instead of the caller's own.
    All its numbers are those of one moment, in which the leaves have theirs: `numbers`, `local_grads`, `gradients`.
    What the Values hold (`.data`, `.grad`) may be of an earlier one, and then `notes` say so.
    TypeError for a root that is no Value.
    """

    def __init__(self, root: Value, variables: Mapping[str, Any] | None = None):
        if not isinstance(root, Value):
            raise refused("the root of a graph", root)
        self.root, self.variables = root, variables
        self._formulas: dict[Any, Formulas] = {}
        self._between: tuple[Any, list[Value]] = None, []
        self._readings: dict[Value, tuple[list[bool], tuple[int, int]]] = {}

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

    def node(self, x: Value | str) -> Value:
        """The node of that name: its label, what the views call it, or the caller's variable; a Value is itself.

        >>> Graph(Value(2.0, label="w_1").exp()).node("w_1").data
        2.0

        ValueError if nothing is called so, or several nodes are; TypeError for what is neither name nor Value.
        """
        if isinstance(x, str):
            return called(x, self.order, self.names, self.variables)
        if not isinstance(x, Value):
            raise refused("a node of a graph", x, "a Value or its name")
        return x

    def nodes(self, xs: Value | str | Iterable[Value | str]) -> list[Value]:
        "The nodes that are meant, by themselves or by their names: by one, or by several."
        if isinstance(xs, Value | str) or not isinstance(xs, Iterable):
            return [self.node(xs)]
        return [self.node(x) for x in xs]

    # -- numbers

    @cached_property
    def moment(self) -> Moment:
        "All numbers, read at once."
        return Moment(self.order, lambda v: self.names[v])

    @property
    def numbers(self) -> dict[Value, float]:
        "The number of every node, computed from those that the leaves have now."
        return self.moment.numbers

    def local_grads(self, v: Value) -> tuple[float, ...]:
        "dy/dx of a node for each of its parents. ValueError for one made by hand, which has no _backward."
        local = self.moment.local_grads[v]
        if local is None:
            raise ValueError(f"{v!r} was made by hand, as {v.op.symbol!r}: it has no local gradients and no _backward")
        return local

    def edges(self, v: Value) -> list[tuple[Value, float]]:
        "The parents of a node, each with its local gradient."
        return list(zip(v.parents, self.local_grads(v)))

    def uses_among(self, nodes: Iterable[Value]) -> dict[Value, list[Edge]]:
        "Where every node is used by these."
        return uses(nodes, self.edges)

    @cached_property
    def uses(self) -> dict[Value, list[Edge]]:
        "Where every node is used."
        return self.uses_among(self.order)

    @cached_property
    def gradients(self) -> Grads:
        "The gradient of the root with respect to every node, whatever their .grad says."
        return passed_on(reversed(self.order), self.edges, self.seed())

    def seed(self) -> Grads:
        "Where the reverse pass begins: 1 at the root, 0 everywhere else."
        return dict.fromkeys(self.order, 0.0) | {self.root: 1.0}

    def tangents(self, x: Value) -> Grads:
        "Forward mode: how fast every node moves that depends on x, when x moves at 1."
        moving = dict.fromkeys(self.between([x]), 0.0) | {x: 1.0}
        return carried(moving, lambda v: [edge for edge in self.edges(v) if edge[0] in moving], {**moving})

    def between(self, leaves: Collection[Value], flat: bool = False) -> list[Value]:
        "The nodes on the routes from the root to these, in order. (The last result is kept.)"
        asked = [*leaves], flat
        if self._between[0] != asked:
            self._between = asked, depending(self.order, leaves, flat)
        return self._between[1]

    def compute(self, changed: Mapping[Value, float]) -> dict[Value, float]:
        "The number of every node, if these had other ones. Nothing in the graph is changed."
        numbers = {**self.numbers, **changed}
        for v in self.between(changed.keys(), flat=True):
            if v.parents and v not in changed:
                xs = [numbers[x] for x in v.parents]
                try:
                    numbers[v] = v.op.forward(floats, *xs, *v.op.constants)
                except (ArithmeticError, TypeError, ValueError):  # it has another answer, or says why not
                    numbers[v], _ = v.op.evaluate(*xs)
        return numbers

    # -- as text

    def formulas(self, language: Any = plain) -> Formulas:
        "The formulas of the nodes, by their names, in one language."
        if language not in self._formulas:
            self._formulas[language] = Formulas(self, language)
        return self._formulas[language]

    def gives(self, edge: Edge) -> bool:
        "Does the lecture's form give this local gradient? (At a tie of max it does not.)"
        return self._read(edge.child)[0][edge.place]

    @cached_property
    def children(self) -> dict[Value, list[Value]]:
        "What every node is an operand of."
        found: dict[Value, list[Value]] = {}
        for child in self.order:
            for parent in dict.fromkeys(child.parents):
                found.setdefault(parent, []).append(child)
        return found

    def digits(self, v: Value) -> int:
        "How many digits of its number must be shown, that the formulas around it come out."
        around = [n for child in self.children.get(v, []) for n in self._read(child)[1]]
        return max([*around, self._read(v)[1][1]])

    def _read(self, v: Value) -> tuple[list[bool], tuple[int, int]]:
        "What the lecture's form gives at a node, and the digits that it takes."
        if v not in self._readings:
            y, xs, local = self.numbers[v], [self.numbers[x] for x in v.parents], self.moment.local_grads[v] or ()
            right = given(v, y, xs, local)
            edges = [Edge(v, place, slope) for place, slope in enumerate(local) if right[place]]
            self._readings[v] = right, digits_needed(v, y, xs, edges, self.size(v))
        return self._readings[v]

    def size(self, v: Value) -> float:
        "How large what is added up in a node is."
        local = self.moment.local_grads[v] or ()
        return max([abs(self.numbers[x] * slope) for x, slope in zip(v.parents, local)], default=0.0)

    def text(self, v: Value) -> str:
        "The number of a node for people."
        return number_text(self.numbers[v], self.digits(v))

    # -- what the Values hold

    @cached_property
    def kept(self) -> Kept:
        "Which .grad is not the gradient of this root at this moment."
        return Kept(self)

    def grad_text(self, v: Value) -> str:
        "What v.grad holds; and where that is not the gradient of this root at this moment, what this is."
        return self.kept.text(self, v)

    @cached_property
    def notes(self) -> list[str]:
        "What a reader must know of this moment: leaves that were changed since, gradients that an earlier one left."
        return notes(self)


def gradient(y: Value | Graph, *xs: Value | str) -> list[Value]:
    """dy/dx for each x, as Values: to be differentiated again, drawn, explained. It is 0 for an x that y does not use.

    >>> x = Value(2.0)
    >>> dy, = gradient(x**3, x)
    >>> dy.data, gradient(dy, x)[0].data
    (12.0, 12.0)

    An x may also be the name of a Value, as the views have it.
    """
    graph = Graph.of(y)
    return engine.gradient(graph.root, *map(graph.node, xs))
