"""The rows of the calculus table as functions on a list of numbers and a list of gradients: one call for each node.

>>> from ...engine import Value
>>> forward, back = floats(Value.__mul__.op, 2)
>>> numbers, grads = [2.0, 3.0, 0.0], [0.0, 0.0, 1.0]
>>> forward(numbers, 2, 0, 1), back(numbers, grads, 2, 0, 1)
(None, None)
>>> numbers, grads
([2.0, 3.0, 6.0], [3.0, 2.0, 1.0])
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core import floats as plain
from ...core.floats import Maths
from ...text import symbols
from ...text.methods import KNOWN, LANGUAGE
from ...text.steps import written
from ...text.symbols import Language

Pair = tuple[Callable[..., None], Callable[..., None]]


class Functions:
    "Of one kind of number: called on a row and on how many inputs it has, it returns the two, forward and back."

    def __init__(self, maths: Maths, language: Language, **known: Any):
        self.maths, self.language, self.known = maths, language, known
        self.made: dict[Any, Pair] = {}

    def __call__(self, op: Any, inputs: int) -> Pair:
        key = op.forward, op.constants, inputs
        if key not in self.made:
            self.made[key] = self._called(op) if inputs > KNOWN["FEW"] else self._written(op, inputs)
        return self.made[key]

    def _written(self, op: Any, inputs: int) -> Pair:
        xs, at, ds = ([f"{letter}{i}" for i in range(inputs)] for letter in "xad")
        ahead, y, behind, locals_ = written(self.language, op, xs)
        given, read = ", ".join(at), f"{', '.join(xs)}, = {', '.join(f'n[{a}]' for a in at)},"
        forward = [f"def forward(n, at, {given}):", read, *ahead, f"n[at] = {y}"]
        back = [f"def back(n, g, at, {given}):", read, "y, dy = n[at], g[at]", *behind]
        back += [f"{', '.join(ds)}, = {', '.join(locals_)},", *(f"g[{a}] += dy * {d}" for a, d in zip(at, ds))]
        exec("\n    ".join(forward) + "\n" + "\n    ".join(back), scope := dict(self.known))  # the row's own text
        return scope["forward"], scope["back"]

    def _called(self, op: Any) -> Pair:
        "Of many inputs nothing is written out: that would be long."

        def forward(n: list[Any], at: int, *xs: int) -> None:
            n[at] = op.forward(self.maths, *[n[x] for x in xs], *op.constants)

        def back(n: list[Any], g: list[Any], at: int, *xs: int) -> None:
            locals_ = op.partials(self.maths, n[at], *[n[x] for x in xs], *op.constants)
            for x, local in zip(xs, locals_):
                g[x] += g[at] * local

        return forward, back


floats = Functions(plain.floats, LANGUAGE, math=math, **plain.choices)
arrays = Functions(Maths(vars(np), {"pow": np.power}), symbols.numpy, np=np)
