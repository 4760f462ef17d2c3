"""A graph that is long rather than wide, run node by node: each on the numbers of all samples at once, by NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.floats import Maths
from ...engine import Value

Array = Any
arrays = Maths(vars(np), {"pow": np.power})


class OneByOne:
    "The layout of a graph whose nodes are done in their order: every number has a slot, the leaves come first."

    def __init__(self, order: list[Value], inputs: Sequence[Value], parameters: Sequence[Value]):
        leaves = dict.fromkeys([*inputs, *parameters, *(v for v in order if not v.parents)])
        self.leaves, self.nodes = len(leaves), [v for v in order if v.parents]
        self.slot: dict[Value, int] = {v: i for i, v in enumerate([*leaves, *self.nodes])}
        self.lane: dict[Value, int] = dict.fromkeys(inputs, 1)

    def explain(self) -> str:
        return (
            f"{len(self.slot):,} numbers, {len(self.nodes):,} scalar operations, node by node: "
            "the graph is long rather than wide, so that there is little to do at once"
        )


class Walk(OneByOne):
    "Layout and runner in one, as `Tape` is, where there is no numba: the rows of the table, called one by one."

    def __init__(
        self,
        order: list[Value],
        roots: Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        dtype: Any,
    ):
        super().__init__(order, inputs, parameters)
        self.statements = [(v.op, self.slot[v], [self.slot[x] for x in v.parents]) for v in self.nodes]
        self.root, self.inputs = roots[0], list(inputs)
        self.shared, self.d_shared = np.zeros(self.leaves, dtype), np.zeros(self.leaves, dtype)
        self.found: list[Any] = []

    def run(self, batch: Array, back: bool = False, answers: bool = True) -> None:
        with np.errstate(all="ignore"):
            self.found = numbers = [*batch.T, *self.shared[len(self.inputs) :], *[0.0] * len(self.statements)]
            for op, y, xs in self.statements:
                numbers[y] = op.forward(arrays, *[numbers[x] for x in xs], *op.constants)
            if back:
                self._back(numbers, len(batch))

    def _back(self, numbers: list[Any], samples: int) -> None:
        "The chain rule; a leaf that the samples share gains from each of them."
        grads: list[Any] = [0.0] * len(numbers)
        grads[self.slot[self.root]] = np.full(samples, 1.0 / samples, self.shared.dtype)
        for op, y, xs in reversed(self.statements):
            if type(grads[y]) is not float:  # the loss depends on y
                locals_ = op.partials(arrays, numbers[y], *[numbers[x] for x in xs], *op.constants)
                for x, local in zip(xs, locals_):
                    grads[x] = grads[x] + grads[y] * local
                grads[y] = 0.0
        self.d_shared[:] = [np.sum(g) for g in grads[: self.leaves]]

    def numbers(self, v: Value) -> Array:
        "Those of a node, one for each sample; or one, if they share it."
        return np.asarray(self.found[self.slot[v]])

    def move(self, region: Any, direction: Array, rate: float) -> None:
        "Weights -= rate · direction."
        self.shared[region] -= rate * direction


def is_thin(order: list[Value]) -> bool:
    "Is the graph so long that hardly anything in it can be done at once? (What is small is quick by groups as well.)"
    depth: dict[Value, int] = {}
    for v in order:
        if v.parents:
            depth[v] = 1 + max([depth.get(x, 0) for x in v.parents])
    levels = max(depth.values(), default=0)
    return levels > 1000 and len(depth) < 8 * levels
