"""A graph that is long rather than wide, run node by node in machine code."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ...engine import Value
from ..plan.groups import UNROLLED
from ..plan.levels import Levels
from ..with_numpy.nodes import OneByOne
from . import group_kernel as kernel
from . import node_kernel as tape_kernel
from .compiling import Rows, compiled, tape_rows

Array = Any


class Tape(OneByOne):
    "Layout and runner in one: every number has a slot, and the nodes are done in their order."

    def __init__(self, levels: Levels, parameters: Sequence[Value], dtype: Any):
        super().__init__(levels, parameters, dtype)
        self.rows = Rows(tape_kernel.TABLE)
        kinds, reads = array("I"), array("I")
        for v in self.nodes:
            slots = [self.slot[x] for x in v.parents]
            if len(slots) > UNROLLED and v.op in levels.of_many:
                kinds.append(self.rows.kind(v.op, 0))
                reads.extend((len(slots), *slots, len(slots)))
            else:
                kinds.append(self.rows.kind(v.op, len(slots)))
                reads.extend(slots)
        self.kinds, self.reads = self.rows.numbered(np.array(kinds)), np.array(reads)
        self.places = np.array([self.slot[v] for v in levels.roots], np.uint32)
        self.shared, self.d_shared = np.zeros(len(self.slot), dtype), np.zeros(len(self.slot), dtype)

    @cached_property
    def kernel(self) -> Any:
        return compiled(tape_kernel, *tape_rows(self.rows))

    def run(self, batch: Array, back: bool = False, answers: bool = True, seed: float = 1.0) -> None:
        if len(batch) != len(self.answers):
            self.answers = np.zeros((len(batch), len(self.roots)), self.dtype)
        self.kernel.run(
            self.kinds,
            self.reads,
            batch,
            self.shared,
            self.d_shared,
            self.places,
            self.answers,
            self.places[0],
            back,
            seed,
        )

    def move(self, region: Any, direction: Array, rate: float) -> None:
        "Weights -= rate · direction."
        kernel.move(self.shared[region], direction, rate)
