"""The engine run with the well-known errors: for every node of a graph, the gradient that somebody gets who makes one.

>>> a = Value(1.0)
>>> b = a + a
>>> c = b + b
>>> BY_NAME["naive recursion"].gradients(c)[a]     # the truth is 4
8.0

A mistake is made either at a row of the table, where the local gradients come out wrong (`LOCAL`), or on the way
through the graph, where they are put together wrongly (`PASSES`). Neither knows an operation of its own: a wrong local
gradient is made of the right one, or of the row itself run on the wrong numbers. Which rows a mistake concerns stands
in one place, the second column of the list LOCAL.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ...calculus import LN2, TABLE
from ...core.floats import floats
from ...engine import Value
from ...graph import Graph
from ...graph.moment import At
from ...graph.routes import Grads, is_constant
from ...losses import softmax_cross_entropy
from . import passes

Edges = list[tuple[Value, float]]  # the parents of a node, each with the local gradient that is believed in


class Mistake(NamedTuple):
    """One classic error: its name, what is done wrong in one sentence, and where it is made.

    `alone`: its numbers are so far off that it is not looked for together with another. `nowhere`: no node is the first
    to go wrong. `vague`: it says little, and is told only where nothing else explains the number.
    """

    name: str
    sentence: str
    local: Callable[[Graph, Value], Edges] | None = None
    passing: passes.Pass = passes.chain_rule
    alone: bool = False
    nowhere: bool = False
    vague: bool = False

    def gradients(self, root: Value | Graph, at: Iterable[Value] | None = None) -> Grads:
        """What this mistake makes of root's gradient with respect to every node; made at the nodes `at`, or wherever
        it can be. OverflowError where it would take more routes than anybody has time for."""
        return wrong_gradients(Graph.of(root), [self], at)

    def places(self, graph: Graph, order: Iterable[Value]) -> list[Value]:
        "The nodes among these where it makes a difference to the local gradients; none if it is made on the way."
        return [v for v in order if v.parents and self.local and self.local(graph, v) != graph.edges(v)]


def wrong_gradients(graph: Graph, mistakes: Iterable[Mistake], at: Iterable[Value] | None = None) -> Grads:
    "The gradients when these mistakes are made together; where two meet at one node, the first is made."
    passing: passes.Pass = passes.chain_rule
    chosen = None if at is None else set(at)
    believed: dict[Value, Edges] = {}
    for mistake in mistakes:
        if mistake.local:
            here = [v for v in mistake.places(graph, graph.order) if chosen is None or v in chosen]
            believed = {v: mistake.local(graph, v) for v in here} | believed
        else:
            passing = mistake.passing
    return passing(graph, lambda v: believed[v] if v in believed else graph.edges(v))


# ---- Wrong local gradients ------------------------------------------------------------------------------------------


def at_rows(rows: Callable[[Value], bool], wrong: Callable[[At], Iterable[float]]) -> Callable[[Graph, Value], Edges]:
    "At nodes of these rows the local gradients that `wrong` makes of what stands there; elsewhere the truth."

    def local(graph: Graph, v: Value) -> Edges:
        if not (v.op.forward and rows(v)):
            return graph.edges(v)
        try:
            return list(zip(v.parents, wrong(graph.at(v))))
        except (ArithmeticError, ValueError):  # such as 0/0: nobody makes this mistake at these numbers
            return graph.edges(v)

    return local


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


def last_turned(at: At) -> list[float]:
    return [*at.local[:-1], -at.local[-1]]


def as_if(at: At, y: float, x: float) -> list[float]:
    "The formula of the lecture for dy/dx, with other numbers in it."
    return [float(local) for local in at.node.op.slide(floats, y, x, *at.node.op.constants)]


def unscaled(at: At) -> list[float]:
    return [g if is_constant(x) else 1.0 for x, g in zip(at.node.parents, at.local)]


def summands(graph: Graph, v: Value) -> Edges:
    "What is added up in v, each with the local gradient of v by it: e^a, e^b and e^c of (e^a + e^b) + e^c."
    found: Edges = []
    waiting = graph.edges(v)[::-1]
    while waiting:
        x, local = waiting.pop()
        found.append((x, local))
        waiting += graph.edges(x)[::-1] if x.op is TABLE["+"] else []
    return found


def only_own(graph: Graph, v: Value) -> Edges:
    """dpᵢ/dzᵢ alone, for the node of a softmax where zᵢ meets the sum over all classes: z - logsumexp(z, ...), or
    e / (e + ...). The way through that sum to the other classes is cut; the part that comes back to zᵢ is kept."""
    own, everything = v.parents if len(v.parents) == 2 else (v, v)
    difference = v.op is TABLE["-"] and everything.op is TABLE["logsumexp"]
    quotient = v.op is TABLE["/"] and everything.op in (TABLE["+"], TABLE["sum"])
    if (difference or quotient) and own is not everything:
        direct, through = graph.local_grads(v)
        back = [local for x, local in summands(graph, everything) if x is own]
        if back:
            return [(own, direct + through * sum(back)), (everything, 0.0)]
    return graph.edges(v)


# fmt: off
LOCAL = [  # name, at the rows, what is done, and in one sentence
    ("minus forgotten", at("-", "neg", "/", "cos"), last_turned,
     "the minus of the derivative is forgotten, as if d(a - b)/db were +1"),
    ("f(x) for f'(x)", is_function, lambda at: [at.y],
     "the value of the function is put where its derivative belongs"),
    ("derivative left out", is_curved, lambda at: [1.0],
     "the function is passed by without its derivative, as if its local gradient were 1"),
    ("x for y", is_function, lambda at: as_if(at, at.xs[0], at.xs[0]),
     "the input stands in the formula where the output belongs, as x(1 - x) for y(1 - y)"),
    ("derivative at the output", is_function, lambda at: as_if(at, at.node.op.evaluate(at.y)[0], at.y),
     "the derivative is taken at the output y instead of the input x, as σ'(σ(x)) for σ'(x)"),
    ("gate left open", at("relu", "maximum", "minimum"), lambda at: [1.0] * len(at.local),
     "a gradient is let through where ReLU, max or min let none pass"),
    ("unswapped product", at("*"), lambda at: at.local[::-1],
     "each factor of a product gets itself as local gradient instead of the other factor"),
    ("product as sum", at("*"), lambda at: [1.0] * len(at.local),
     "a product is treated like a sum: its local gradients are taken to be 1"),
    ("factor of the power forgotten", is_power, lambda at: [at.local[0] / at.node.op.constants[0]],
     "the exponent is not brought down in front, as if d(x²)/dx were x"),
    ("exponent not lowered", is_power, lambda at: [at.local[0] * at.xs[0]],
     "the exponent is brought down but not lowered by one, as if d(x²)/dx were 2x²"),
    ("constant factor forgotten", is_scaled, unscaled,
     "the constant factor is lost, such as the ½ of ½(ŷ - y)²"),
    ("denominator not squared", at("/"), lambda at: [at.local[0], -at.y],
     "the denominator is not squared, as if d(a/b)/db were -a/b"),
    ("log10 for ln", at("log"), lambda at: [at.local[0] / math.log(10)],
     "the logarithm is taken to base 10, where ln is meant"),
    ("ln for log2", at("log2"), lambda at: [at.local[0] * LN2],
     "the logarithm is taken to base e, where base 2 is meant"),
    ("label not subtracted", lambda v: v.op is softmax_cross_entropy.op, lambda at: [1 + at.local[0], *at.local[1:]],
     "the probability itself is taken for the gradient: the label 1 of the true class is not subtracted"),
]
# fmt: on

MISTAKES = [
    *[Mistake(name, sentence, at_rows(rows, wrong)) for name, rows, wrong, sentence in LOCAL],
    Mistake(
        "softmax taken as diagonal",
        "each probability of a softmax is taken to depend on its own score alone: only the diagonal of the Jacobian",
        only_own,
    ),
    *[Mistake(name, sentence, passing=passing) for name, passing, sentence in passes.PASSES],
    Mistake(
        "upstream forgotten",
        "the local gradient is taken for the whole: it is not multiplied with the gradient from upstream",
        passing=passes.last_factor,
        alone=True,
    ),
    Mistake(
        "added, not multiplied",
        "upstream and local gradient are added, where the chain rule multiplies them",
        passing=passes.added,
        alone=True,
    ),
    Mistake(
        "value for gradient",
        "the value of the node is given, not its gradient",
        passing=passes.values,
        alone=True,
        nowhere=True,
    ),
    Mistake(
        "sign turned",
        "the number is right but for its sign: one minus is lost, or one too many",
        passing=passes.turned,
        nowhere=True,
        vague=True,
    ),
]
BY_NAME = {mistake.name: mistake for mistake in MISTAKES}
