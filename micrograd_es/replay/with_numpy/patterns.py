"""Statements that differ in nothing but their names are worked on once: a deep graph has thousands of them.

>>> turned = patterned(lambda statement: print(statement) or statement.replace("+", "-"))
>>> turned("y7 = y6 + v1"), turned("y9 = y8 + v2"), turned("y9 = y8 + y8")
n0 = n1 + n2
n0 = n1 + n1
('y7 = y6 - v1', 'y9 = y8 - v2', 'y9 = y8 - y8')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ...text.steps import Steps
from ...text.symbols import numpy as np_text
from ..plan.stacks import Stack
from .quicker import quicker

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
        return quicker(*stack_of(op).forward)
    steps = Steps(np_text)
    return quicker(*steps.written([op.forward(steps, *map(steps, xs), *op.constants)]))


@lru_cache(4096)
def row_backward(op: Any, xs: tuple[str, ...], stacked: bool, wanted: tuple[bool, ...]) -> tuple[list[str], list[str]]:
    "The lines before them, and what goes down to those inputs that want it."
    if stacked:
        lines, (local,) = stack_of(op).backward
        return quicker(lines, ["dy" if local == "1.0" else f"dy * ({local})"])
    steps: Any = Steps(np_text)
    locals_, dy = op.partials(steps, steps("y"), *map(steps, xs), *op.constants), steps("dy")
    downs = [dy if local == 1.0 else -dy if local == -1.0 else dy * local for local, w in zip(locals_, wanted) if w]
    return quicker(*steps.written(downs))
