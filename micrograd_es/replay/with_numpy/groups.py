"""A plan at work on NumPy's arrays: the readable program of `Source`, run as it stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import Value
from ..plan.groups import Plan
from ..plan.levels import LANES, SHARED
from .inplace import in_place
from .program import Source

Array = Any
BLOCK = 1 << 15  # weights: their change is still in the cache when it is subtracted


class Arrays:
    "The runner of a replay that needs NumPy and nothing else."

    def __init__(self, plan: Plan, dtype: Any, program: Source):
        self.plan = plan
        self.shared = np.zeros(plan.sizes[SHARED], dtype)
        self.d_shared, self.change = np.zeros_like(self.shared), np.zeros_like(self.shared[:BLOCK])
        self.code = compile(in_place(program.text), "<replay>", "exec")  # our own text, written by Source from the plan
        self.constants = {"np": np, **program.constants}
        self.ready: dict[int, dict[str, Any]] = {}  # for a number of samples: the program, with all its arrays
        self.scope: dict[str, Any] = {}
        self.batch: Array = np.zeros((0, len(plan.inputs)))

    def numbers(self, v: Value) -> Array:
        "Those of a node, one for each sample; or one, if they share it."
        slot = self.plan.slot[v]
        if self.plan.lane.get(v, SHARED) == SHARED:
            return self.shared[slot]
        return self.batch[:, slot] if slot < len(self.plan.inputs) else self.scope["lanes"][slot]

    def run(self, batch: Array, back: bool = False, answers: bool = True, seed: float = 1.0) -> None:
        """Forward, and back; without what only the answers need, if nobody asks for them.

        The gradients are those of `seed` times the loss.
        """
        if len(batch) not in self.ready:
            self.ready = {len(batch): self._scope(batch)} | dict(list(self.ready.items())[:3])
        self.scope = self.ready[len(batch)]
        self.batch, self.scope["seed"] = batch, seed
        with np.errstate(all="ignore"):
            self.scope["forward"](batch)
            if back:
                self.scope["backward"]()
            if answers and "answers" in self.scope:
                self.scope["answers"]()

    def move(self, region: Any, direction: Array, rate: float) -> None:
        "Weights -= rate · direction."
        if not isinstance(region, slice):
            self.shared[region] -= rate * direction
            return
        weights = self.shared[region]
        for i in range(0, len(weights), BLOCK):
            few = weights[i : i + BLOCK]
            change = direction[i : i + BLOCK]
            few -= change if rate == 1.0 else np.multiply(change, rate, out=self.change[: len(few)])

    def _scope(self, batch: Array) -> dict[str, Any]:
        lanes = np.zeros((self.plan.sizes[LANES], len(batch)), self.shared.dtype)
        arrays = {"shared": self.shared, "lanes": lanes}
        gradients = {"d_shared": self.d_shared, "d_lanes": np.zeros_like(lanes)}
        scope = {**self.constants, **arrays, **gradients}
        exec(self.code, scope)
        return scope
