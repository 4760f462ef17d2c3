"""The engine run with the well-known errors: for every node of a graph, the gradient that somebody gets who makes one.

>>> a = Value(1.0)
>>> b = a + a
>>> c = b + b
>>> BY_NAME["naive recursion"].gradients(c)[a]     # the truth is 4
8.0

A mistake is made either at a row of the table, where the local gradients come out wrong (`LOCAL`), or on the way
through the graph, where they are put together wrongly (`WALKS`). Neither knows an operation of its own: a wrong local
gradient is made of the right one, or of the row itself run on the wrong numbers. So it can be run on whatever a row can
be run on: on text it writes the program with which the page finds the mistakes. Which rows a mistake concerns stands
in one place, the second column of the list LOCAL.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..calculus import LN2, TABLE
from ..core.floats import floats
from ..engine import Value
from ..graph import Graph
from ..graph.routes import Grads, is_constant
from ..losses import softmax_cross_entropy
from . import walks


class Reading(NamedTuple):
    "The numbers of a graph, as they are or as a program calls them, and the maths that they flow through."

    m: Any
    data: Callable[[Value], Any]
    local: Callable[[Value], Sequence[Any]]

    def slopes(self, v: Value, y: Any, x: Any) -> Sequence[Any]:
        "The formula of the lecture for dy/dx, with other numbers in it."
        return list(v.op.slide(self.m, y, x, *v.op.constants))


def as_they_are(graph: Graph) -> Reading:
    return Reading(floats, graph.numbers.__getitem__, graph.local_grads)


class Mistake(NamedTuple):
    """One classic error: its name, and what is done wrong in one sentence.

    Made at a row, it is `wrong` about the local gradients of the nodes at which `rows` is true. Made on the way, it
    takes another `walk`; or `sent` makes something else of upstream and local gradient than their product, or `said`
    something else of a node's number and its gradient than the gradient.

    `alone`: its numbers are so far off that it is not looked for together with another. `nowhere`: no node is the first
    to go wrong. `vague`: it says little, and is told only where nothing else explains the number.
    """

    name: str
    sentence: str
    rows: Callable[[Value], bool] | None = None
    wrong: Callable[[Value, Reading], Sequence[Any]] = lambda v, read: read.local(v)
    walk: walks.Walk = walks.backward
    sent: Callable[[Any, Any], Any] = lambda upstream, local: upstream * local
    said: Callable[[Any, Any], Any] = lambda data, grad: grad
    alone: bool = False
    nowhere: bool = False
    vague: bool = False

    def gradients(self, root: Value | Graph, at: Iterable[Value] | None = None) -> Grads:
        """What this mistake makes of root's gradient with respect to every node; made at the nodes `at`, or wherever
        it can be. OverflowError where it would take more routes than anybody has time for."""
        return wrong_gradients(Graph.of(root), [self], at)

    def concerns(self, v: Value) -> bool:
        "Is it made at a row, and v of such a one?"
        return bool(self.rows and v.op.forward and self.rows(v))

    def local(self, graph: Graph, v: Value) -> Sequence[float]:
        "The local gradients of v that are believed in; the right ones where these numbers allow no such mistake."
        if self.concerns(v):
            try:
                wrong = self.wrong(v, as_they_are(graph))
            except (ArithmeticError, ValueError):  # such as 0/0
                return graph.local_grads(v)
            if all(map(math.isfinite, wrong)):
                return wrong
        return graph.local_grads(v)

    def places(self, graph: Graph, order: Iterable[Value]) -> list[Value]:
        "The nodes among these where it makes a difference to the local gradients; none if it is made on the way."
        return [v for v in order if self.concerns(v) and [*self.local(graph, v)] != [*graph.local_grads(v)]]


def wrong_gradients(graph: Graph, mistakes: Iterable[Mistake], at: Iterable[Value] | None = None) -> Grads:
    "The gradients when these mistakes are made together; where two meet at one node, the first is made."
    on_the_way = RIGHT
    chosen = None if at is None else set(at)
    believed: dict[Value, Sequence[float]] = {}
    for mistake in mistakes:
        if mistake.rows:
            here = [v for v in mistake.places(graph, graph.order) if chosen is None or v in chosen]
            believed = {v: mistake.local(graph, v) for v in here} | believed
        else:
            on_the_way = mistake
    local = {v: graph.local_grads(v) for v in graph.order} | believed
    grads, root, sent = graph.seed(), graph.root, on_the_way.sent
    for v, place in on_the_way.walk(graph):  # the root sends 1 · local: no more can be done wrongly there
        grads[v.parents[place]] += local[v][place] if v is root else sent(grads[v], local[v][place])
    return {v: on_the_way.said(graph.numbers[v], grad) for v, grad in grads.items()}


RIGHT = Mistake("none", "all is as it should be")


# ---- Wrong local gradients ------------------------------------------------------------------------------------------


def at(*names: str) -> Callable[[Value], bool]:
    "At these rows of the table."
    rows = [TABLE[name] for name in names]
    return lambda v: v.op in rows


def is_function(v: Value) -> bool:
    "A function of one input: no sum or maximum of one, no negation, no power."
    return v.op.arity == 1 and not v.op.constants and v.op is not TABLE["neg"]


def is_power(v: Value) -> bool:
    return bool(v.op.constants)


def is_scaled(v: Value) -> bool:
    "A constant times something, or something divided by a constant."
    product = v.op is TABLE["*"]
    return (product or v.op is TABLE["/"]) and is_constant(v.parents[1]) or product and is_constant(v.parents[0])


def is_curved(v: Value) -> bool:
    return is_function(v) and v.op is not TABLE["relu"]


def ones(v: Value, read: Reading) -> list[float]:
    return [1.0] * len(v.parents)


def last_turned(v: Value, read: Reading) -> list[Any]:
    *others, last = read.local(v)
    return [*others, -last]


def unscaled(v: Value, read: Reading) -> list[Any]:
    return [g if is_constant(x) else 1.0 for x, g in zip(v.parents, read.local(v))]


def summands(v: Value, local: Callable[[Value], Sequence[Any]]) -> list[tuple[Value, Any]]:
    "What is added up in v, each with the local gradient of v by it: e^a, e^b and e^c of (e^a + e^b) + e^c."
    found = []
    waiting = [*zip(v.parents, local(v))][::-1]
    while waiting:
        x, slope = waiting.pop()
        found.append((x, slope))
        waiting += [*zip(x.parents, local(x))][::-1] if x.op is TABLE["+"] else []
    return found


def is_softmax(v: Value) -> bool:
    "Where zᵢ meets the sum over all classes: z - logsumexp(z, ...), or e / (e + ...)."
    if len(v.parents) != 2 or v.parents[0] is v.parents[1]:
        return False
    own, everything = v.parents
    difference = v.op is TABLE["-"] and everything.op is TABLE["logsumexp"]
    quotient = v.op is TABLE["/"] and everything.op in (TABLE["+"], TABLE["sum"])
    return (difference or quotient) and own in [x for x, _ in summands(everything, lambda x: x.parents)]


def only_own(v: Value, read: Reading) -> list[Any]:
    "dpᵢ/dzᵢ alone: the way through the sum to the other classes is cut; the part that comes back to zᵢ is kept."
    own, everything = v.parents
    direct, through = read.local(v)
    first, *more = [local for x, local in summands(everything, read.local) if x is own]
    return [direct + through * sum(more, first), 0.0]


# fmt: off
LOCAL = [  # name, at the rows, what is done, and in one sentence
    ("minus forgotten", at("-", "neg", "/", "cos"), last_turned,
     "the minus of the derivative is forgotten, as if d(a - b)/db were +1"),
    ("f(x) for f'(x)", is_function, lambda v, read: [read.data(v)],
     "the value of the function is put where its derivative belongs"),
    ("derivative left out", is_curved, ones,
     "the function is passed by without its derivative, as if its local gradient were 1"),
    ("x for y", is_function, lambda v, read: read.slopes(v, *[read.data(v.parents[0])] * 2),
     "the input stands in the formula where the output belongs, as x(1 - x) for y(1 - y)"),
    ("derivative at the output", is_function,
     lambda v, read: read.slopes(v, v.op.forward(read.m, read.data(v)), read.data(v)),
     "the derivative is taken at the output y instead of the input x, as σ'(σ(x)) for σ'(x)"),
    ("gate left open", at("relu", "maximum", "minimum"), ones,
     "a gradient is let through where ReLU, max or min let none pass"),
    ("unswapped product", at("*"), lambda v, read: read.local(v)[::-1],
     "each factor of a product gets itself as local gradient instead of the other factor"),
    ("product as sum", at("*"), ones,
     "a product is treated like a sum: its local gradients are taken to be 1"),
    ("factor of the power forgotten", is_power, lambda v, read: [read.local(v)[0] / v.op.constants[0]],
     "the exponent is not brought down in front, as if d(x²)/dx were x"),
    ("exponent not lowered", is_power, lambda v, read: [read.local(v)[0] * read.data(v.parents[0])],
     "the exponent is brought down but not lowered by one, as if d(x²)/dx were 2x²"),
    ("constant factor forgotten", is_scaled, unscaled,
     "the constant factor is lost, such as the ½ of ½(ŷ - y)²"),
    ("denominator not squared", at("/"), lambda v, read: [read.local(v)[0], -read.data(v)],
     "the denominator is not squared, as if d(a/b)/db were -a/b"),
    ("log10 for ln", at("log"), lambda v, read: [read.local(v)[0] / math.log(10)],
     "the logarithm is taken to base 10, where ln is meant"),
    ("ln for log2", at("log2"), lambda v, read: [read.local(v)[0] * LN2],
     "the logarithm is taken to base e, where base 2 is meant"),
    ("label not subtracted", lambda v: v.op is softmax_cross_entropy.op,
     lambda v, read: [1 + read.local(v)[0], *read.local(v)[1:]],
     "the probability itself is taken for the gradient: the label 1 of the true class is not subtracted"),
    ("softmax taken as diagonal", is_softmax, only_own,
     "each probability of a softmax is taken to depend on its own score alone: only the diagonal of the Jacobian"),
]
# fmt: on

MISTAKES = [
    *[Mistake(name, sentence, rows, wrong) for name, rows, wrong, sentence in LOCAL],
    *[Mistake(name, sentence, walk=walk) for name, walk, sentence in walks.WALKS],
    Mistake(
        "upstream forgotten",
        "the local gradient is taken for the whole: it is not multiplied with the gradient from upstream",
        sent=lambda upstream, local: local,
        alone=True,
    ),
    Mistake(
        "added, not multiplied",
        "upstream and local gradient are added, where the chain rule multiplies them",
        sent=lambda upstream, local: upstream + local,
        alone=True,
    ),
    Mistake(
        "value for gradient",
        "the value of the node is given, not its gradient",
        said=lambda data, grad: data,
        alone=True,
        nowhere=True,
    ),
    Mistake(
        "sign turned",
        "the number is right but for its sign: one minus is lost, or one too many",
        said=lambda data, grad: -grad,
        nowhere=True,
        vague=True,
    ),
]
BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
