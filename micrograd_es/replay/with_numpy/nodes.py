"""A graph in which little can be done at once, run node by node, with NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine import Value, topological
from ..plan.levels import LANES, Levels
from .rows import Functions, Pair, arrays, floats

Array = Any
FEW = 8  # samples: as quick one after the other as all at once


class OneByOne:
    "The layout of a graph whose nodes are done in their order: every number has a slot, the leaves come first."

    def __init__(self, levels: Levels, parameters: Sequence[Value], dtype: Any):
        leaves = dict.fromkeys([*levels.inputs, *parameters, *(v for v in levels.order if not v.parents)])
        self.leaves, self.nodes = len(leaves), [v for v in levels.order if v.parents]
        self.slot: dict[Value, int] = {v: i for i, v in enumerate([*leaves, *self.nodes])}
        self.constants: dict[int, float] = {}  # every number has a slot of its own
        self.lane: dict[Value, int] = dict.fromkeys(levels.inputs, LANES)
        self.statements, self.roots, self.dtype = len(levels.alike), levels.roots, dtype
        self.answers = np.zeros((0, len(self.roots)), dtype)

    def numbers(self, v: Value) -> Array:
        "Those of a root, one for each sample."
        return self.answers[:, self.roots.index(v)]

    def explain(self) -> str:
        return (
            f"{len(self.slot):,} numbers, {len(self.nodes):,} scalar operations, node by node: "
            f"as {self.statements:,} array statements they would be slower, so little is there to do at once"
        )


class Walk(OneByOne):
    "Layout and runner in one, as `Tape` is, where there is no numba: the rows of the table, called one by one."

    def __init__(self, levels: Levels, parameters: Sequence[Value], dtype: Any):
        super().__init__(levels, parameters, dtype)
        self.shared, self.d_shared = np.zeros(self.leaves, dtype), np.zeros(self.leaves, dtype)
        self.calls = [(v.op, (self.slot[v], *[self.slot[x] for x in v.parents])) for v in self.nodes]
        under = set(topological(self.roots[0]))
        self.under = [i for i, v in reversed(list(enumerate(self.nodes))) if v in under]
        self.written: dict[Functions, list[Pair]] = {}  # for floats and for arrays, what is called for each node

    def run(self, batch: Array, back: bool = False, answers: bool = True, seed: float = 1.0) -> None:
        "A few samples one after the other, on Python's floats; many at once, on arrays."
        samples, shared = len(batch), self.shared[len(self.lane) :]
        self.answers = np.zeros((samples, len(self.roots)), self.dtype)
        self.d_shared[:] = 0.0
        with np.errstate(all="ignore"):
            if samples <= FEW:
                for i, row in enumerate(batch.tolist()):
                    self._run(floats, row + shared.tolist(), i, seed / samples if back else None)
            else:
                upstream = np.full(samples, seed / samples, self.dtype) if back else None
                self._run(arrays, [*batch.T, *shared], slice(None), upstream)

    def _run(self, functions: Functions, leaves: list[Any], at: Any, upstream: Any) -> None:
        "The rows forward, and the chain rule back; a leaf that the samples share gains from each of them."
        if functions not in self.written:
            self.written[functions] = [functions(op, len(slots) - 1) for op, slots in self.calls]
        pairs, numbers = self.written[functions], leaves + [0.0] * len(self.calls)
        for (op, slots), (forward, _) in zip(self.calls, pairs):
            try:
                forward(numbers, *slots)
            except (ArithmeticError, ValueError):  # what Python refuses: the table has an answer
                numbers[slots[0]] = op.evaluate(*[numbers[x] for x in slots[1:]])[0]
        for column, v in enumerate(self.roots):
            self.answers[at, column] = numbers[self.slot[v]]
        if upstream is None:
            return
        grads: list[Any] = [0.0] * len(numbers)
        grads[self.slot[self.roots[0]]] = upstream
        for i in self.under:
            op, slots = self.calls[i]
            try:
                pairs[i][1](numbers, grads, *slots)
            except (ArithmeticError, ValueError):
                for x, local in zip(slots[1:], op.evaluate(*[numbers[x] for x in slots[1:]])[1]):
                    grads[x] += grads[slots[0]] * local
        self.d_shared += [g if type(g) is float else g.sum() for g in grads[: self.leaves]]

    def move(self, region: Any, direction: Array, rate: float) -> None:
        "Weights -= rate · direction."
        self.shared[region] -= rate * direction
