"""A graph at work in machine instructions: its instructions, run by the loop that numba has compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import Value
from ..plan.groups import Plan
from ..plan.levels import LANES, SHARED
from . import group_kernel as kernel
from .compiling import compiled, group_rows
from .instructions import Instructions

Array = Any


class Machine:
    "The runner of a replay that numba has compiled: what `Arrays` does, by other means."

    def __init__(self, plan: Plan, instructions: Instructions, dtype: Any):
        self.plan, self.dtype = plan, dtype
        self.kernel = compiled(kernel, *group_rows(instructions.rows))
        self.fixed = instructions.arrays(dtype)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], instructions.empty.astype(int), [0]])))
        self.empty = edges.reshape(-1, 2)  # from, to: where gradients must be 0 before they are added up
        self.blocks, self.early = instructions.blocks, instructions.early
        self.shared, self.d_shared = np.zeros(plan.sizes[SHARED], dtype), np.zeros(plan.sizes[SHARED], dtype)
        self.memory, self.grads = self.shared, self.d_shared
        self.room: dict[int, tuple[Array, ...]] = {}  # the memory for a number of samples
        self.batch: Array = np.zeros((0, len(plan.inputs)))

    def numbers(self, v: Value) -> Array:
        "Those of a node, one for each sample; or one, if they share it."
        slot = self.plan.slot[v]
        if self.plan.lane.get(v, SHARED) == SHARED:
            return self.memory[slot]
        if slot < len(self.plan.inputs):
            return self.batch[:, slot]
        start = self.plan.sizes[SHARED] + slot * len(self.batch)
        return self.memory[start : start + len(self.batch)]

    def run(self, batch: Array, back: bool = False, answers: bool = True, seed: float = 1.0) -> None:
        root = self.plan.roots[0]
        where = *self.plan.sizes, self.plan.slot[root], self.plan.lane.get(root, SHARED)
        count = len(self.fixed[0]) if answers or not back else self.early
        room = self.room.get(len(batch)) or self._room(len(batch))
        self.kernel.run(*self.fixed, *room, batch, *where, count, back, seed)
        self.batch = batch

    def move(self, region: Any, direction: Array, rate: float) -> None:
        "Weights -= rate · direction."
        if isinstance(region, slice):
            kernel.move(self.shared[region], direction, self.dtype.type(rate))
        else:
            self.shared[region] -= rate * direction

    def _room(self, samples: int) -> tuple[Array, ...]:
        "Memory for this many samples; the numbers that are shared stay."
        fixed = self.plan.sizes[SHARED]
        need = fixed + self.plan.sizes[LANES] * samples
        if need > len(self.memory):
            self.memory = np.concatenate([self.shared, np.zeros(need - fixed, self.dtype)])
            self.grads, self.room = np.zeros(need, self.dtype), {}
            self.shared, self.d_shared = self.memory[:fixed], self.grads[:fixed]
        blocks = np.zeros(self.blocks * samples, self.dtype)
        self.room[samples] = self.memory, self.grads, blocks, self.empty
        return self.room[samples]
