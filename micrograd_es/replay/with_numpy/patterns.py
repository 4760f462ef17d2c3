"""Statements that differ in nothing but their names are worked on once: a deep graph has thousands of them.

>>> turned = patterned(lambda statement: print(statement) or statement.replace("+", "-"))
>>> turned("y7 = y6 + v1"), turned("y9 = y8 + v2"), turned("y9 = y8 + y8")
n0 = n1 + n2
n0 = n1 + n1
('y7 = y6 - v1', 'y9 = y8 - v2', 'y9 = y8 - y8')
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ...text.steps import Steps
from ...text.symbols import numpy as np_text
from ..plan.stacks import Stack

NUMBERED = re.compile(r"(?<![.\w])[a-z_]+\d+\b")  # y12, dy12, i3; the log2 of np.log2 is no name


class patterned:
    "Makes of a function of a statement one that does the same for every statement, and the work for each pattern."

    def __init__(self, work: Callable[[str], str]):
        self.work = lru_cache(4096)(work)

    def __call__(self, statement: str) -> str:
        names: dict[str, str] = {}
        pattern = NUMBERED.sub(lambda m: names.setdefault(m[0], f"n{len(names)}"), statement)
        return filled(self.work(pattern), {n: name for name, n in names.items()})


def filled(text: str, names: Mapping[str, str]) -> str:
    "The text with these in the place of its names."
    return re.sub(r"(?<![.\w])[a-z_]+\d*\b", lambda m: names.get(m[0], m[0]), text)


# ---- The rows of the table: their inputs are x0, x1, ... in the order in which they come first -----------------------


@lru_cache(4096)
def stack_of(op: Any) -> Stack:
    "A row of many inputs as a reduction."
    return Stack(np_text, op)


@lru_cache(4096)
def row_forward(op: Any, xs: tuple[str, ...], stacked: bool) -> tuple[list[str], list[str]]:
    "The lines before it, and its value. A `stacked` row joins all that is read along the first axis of x."
    if stacked:
        return without_choices(*stack_of(op).forward)
    steps = Steps(np_text)
    return without_choices(*steps.written([op.forward(steps, *map(steps, xs), *op.constants)]))


@lru_cache(4096)
def row_backward(op: Any, xs: tuple[str, ...], stacked: bool, wanted: tuple[bool, ...]) -> tuple[list[str], list[str]]:
    "The lines before them, and what goes down to those inputs that want it."
    if stacked:
        lines, (local,) = stack_of(op).backward
        return without_choices(lines, ["dy" if local == "1.0" else f"dy * ({local})"])
    steps: Any = Steps(np_text)
    locals_, dy = op.partials(steps, steps("y"), *map(steps, xs), *op.constants), steps("dy")
    downs = [dy if local == 1.0 else -dy if local == -1.0 else dy * local for local, w in zip(locals_, wanted) if w]
    return without_choices(*steps.written(downs))


def without_choices(lines: list[str], results: list[str]) -> tuple[list[str], list[str]]:
    """The same numbers with fewer np.where: it guesses, number by number, and where signs are mixed it guesses wrong.

    What is 1 or 0 is the condition itself, in a product; what is 1 or e^-|x|, which is never more, the larger of both.

    >>> without_choices(["t0 = np.exp(-abs(x))"], ["np.where(x > 0.0, 1.0, t0) / (1.0 + t0)"])
    (['t0 = np.exp(-abs(x))'], ['np.maximum(x > 0.0, t0) / (1.0 + t0)'])
    >>> without_choices([], ["dy * np.where(x > 0.0, 1.0, 0.0)"])
    ([], ['dy * (x > 0.0)'])
    """
    shares = {line.split(" = ")[0] for line in lines if " = np.exp(-abs(" in line}
    quicker = _WithoutChoices(shares)
    ahead, found = ([ast.unparse(quicker.visit(ast.parse(text))) for text in few] for few in (lines, results))
    return ahead, found


class _WithoutChoices(ast.NodeTransformer):
    def __init__(self, shares: set[str]):
        self.shares = shares

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult) and _choice(node.right)[1:] == ["1.0", "0.0"]:
            assert isinstance(node.right, ast.Call)
            node.right = node.right.args[0]
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        _, *values = _choice(node) or [""]
        if values and values[0] == "1.0" and values[1] in self.shares:
            return ast.Call(ast.parse("np.maximum", mode="eval").body, [node.args[0], node.args[2]], [])
        return node


def _choice(node: ast.expr) -> list[str]:
    "What stands in np.where(...), if it is one."
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.where":
        return [ast.unparse(arg) for arg in node.args]
    return []
