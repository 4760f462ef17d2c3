"""A row of as many inputs as one likes, as a reduction: what is done to each of them, and what joins them all.

The row is run on two inputs that stand for all. What is made of the first alone is made of each; where it meets its
twin, made in the same way of the second, they are added up, or the larger or the smaller is kept: that joins all.

>>> from ...engine import Value
>>> from ...text.symbols import numpy
>>> Stack(numpy, Value.logsumexp.op).forward
(['t0 = x.max(0)', 't1 = np.where(abs(t0) < np.inf, t0, 0.0)'], ['t1 + np.log(np.exp(x - t1).sum(0))'])
>>> Stack(numpy, Value.logsumexp.op).backward
([], ['np.exp(x - y)'])
>>> neutral(Value.logsumexp.op), neutral(Value.minimum.op)
(-inf, inf)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from ...calculus import Op
from ...text.steps import Steps
from ...text.symbols import Language
from ...text.symbols import numpy as np_text

EACH, TWIN = "x", "x_"
ARRAYS = {join: f"{{}}.{join}(0)" for join in ("sum", "max", "min")}
JOINS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "sum": lambda m, a, b: a + b,
    "max": lambda m, a, b: m.maximum(a, b),
    "min": lambda m, a, b: m.minimum(a, b),
}


class Line(NamedTuple):
    "name = text, for each of the inputs or once for all; or, with a `join`, what all of one name come to together."

    name: str
    text: str
    each: bool
    join: str = ""


class Stack:
    """The lines of a row of many inputs x, its value, and its local gradient at each x.

    `joined` says how an array library joins x along the axis where the inputs stand, as "{}.sum(0)". TypeError if the
    row is no reduction.
    """

    def __init__(self, language: Language, op: Op, joined: Mapping[str, str] = ARRAYS):
        self.forward_lines, self.forward_result, self.forward = _run(
            language, joined, lambda m, *xs: [op.forward(m, *xs, *op.constants)]
        )
        self.backward_lines, self.backward_result, self.backward = _run(
            language, joined, lambda m, *xs: op.partials(m, m("y"), *xs, *op.constants)
        )
        each = {EACH, *(line.name for line in self.backward_lines if line.each)}
        self.each = not each.isdisjoint(re.findall(r"\w+", self.backward_result))  # or is it the same at every x?


def _run(
    language: Language, joined: Mapping[str, str], row: Callable[..., Sequence[Any]]
) -> tuple[list[Line], str, tuple[list[str], list[str]]]:
    "The lines of a row, its result; and both as a person writes them on arrays."
    steps = Steps(language)
    result = row(steps, steps(EACH), steps(TWIN))[0]
    lines = _lines(steps)
    steps.names = {joined[line.join].format(line.text) if line.join else line.text: steps(line.name) for line in lines}
    return lines, str(steps(result)), steps.written([result])


def _lines(steps: Steps) -> list[Line]:
    "What was recorded, without what was done to the twin."
    twins, lines = {EACH: TWIN}, []
    made_of = {TWIN: {TWIN}, EACH: {EACH}}  # by name: does it come of the one, of the other, of both joined
    for text, step in steps.names.items():
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        sources = set().union(*[made_of.get(name, set()) for name in names])
        joined = ""
        if len(sources) == 2:
            joined = _joined(steps.language, text, twins)
            sources = set()
        made_of[str(step)] = sources
        if sources == {EACH}:
            twin = re.sub(r"\b[a-z_]\w*\b", lambda m: twins.get(m[0], m[0]), text)
            if twin in steps.names:
                twins[str(step)] = str(steps.names[twin])
        if TWIN not in sources:
            join, _, operand = joined.partition(" ")
            lines.append(Line(str(step), operand or text, sources == {EACH}, join))
    return lines


def _joined(language: Language, text: str, twins: dict[str, str]) -> str:
    for join, made in JOINS.items():
        for one, other in twins.items():
            if text in (str(made(language, language(a), language(b))) for a, b in ((one, other), (other, one))):
                return f"{join} {one}"
    raise TypeError(f"{text}: what it does to its inputs is no reduction")


@cache
def neutral(op: Op) -> float | None:
    """The number that changes nothing among the inputs of a row, however many they are.

    None if it has none, or is no reduction: then each number of inputs is a row of its own.
    """
    try:
        stack = Stack(np_text, op)
    except TypeError:
        return None
    samples = [few[:n] for n in (1, 2, 3, 5) for few in ([0.7, -1.3, 2.1, -0.4, 1.9], [-0.2, -0.9, -0.1, -3.0, -0.5])]
    for xs in samples:
        scope: dict[str, Any] = {"np": np, "x": np.array(xs)}
        wanted = op.evaluate(*xs)
        for lines, (result,), name in ((*stack.forward, "y"), (*stack.backward, "d")):
            exec("\n".join([*lines, f"{name} = {result}"]), scope)  # the row's own text
        found = np.concatenate([[scope["y"]], np.broadcast_to(scope["d"], len(xs))])
        if not np.allclose(found, [wanted[0], *wanted[1]], rtol=1e-14, atol=1e-15):
            return None
    for e in (0.0, -inf, inf, 1.0):
        if all(_same(op.evaluate(*xs), op.evaluate(*xs, e)) for xs in samples):
            return e
    return None


def _same(without: Any, beside: Any) -> bool:
    return bool(without[0] == beside[0] and without[1] == beside[1][:-1])
