"""Where every number of a plan has its slot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...calculus import CONSTANT
from ...engine import Value
from .gaps import Gaps, continued, stretched
from .grids import Row
from .levels import LANES, SHARED
from .statements import Group, Linear, Read

Array = Any


class Slots:
    "The slots of a plan, and the groups that fill them, as they grow."

    def __init__(self, lane: dict[Value, int], parameters: Sequence[Value]):
        self.lane, self.parameters = lane, list(parameters)
        self.order = {v: i for i, v in enumerate(self.parameters)}
        self.slot: dict[Value, int] = {}
        self.sizes = [0, 0]
        self.groups: list[Group] = []
        self.constants: dict[int, float] = {}  # the numbers that stand in formulas, by their slot: equal ones share one
        self.numbers: dict[tuple[int, str], int] = {}  # and their slots
        self.gaps = Gaps(self)

    def _place(self, v: Value) -> int:
        buffer = self.lane.get(v, SHARED)
        if v.op is CONSTANT and buffer == SHARED and v not in self.order:
            self.slot[v] = self._number(v.data)
        else:
            self.slot[v] = self.sizes[buffer]
            self.sizes[buffer] += 1
        return self.slot[v]

    def _number(self, x: float, buffer: int = SHARED) -> int:
        "The slot of a number that stays what it is; for the samples a statement has to spread it."
        key = buffer, x.hex()
        if key not in self.numbers:
            if buffer == LANES:
                read = Read(SHARED, np.array([[self._number(x)]]))
                group = self._write(Group([None], LANES, shape=(1,), linear=[Linear(1, read)]))
                self.numbers[key] = group.start
            else:
                self.numbers[key] = self.sizes[SHARED]
                self.sizes[SHARED] += 1
                self.constants[self.numbers[key]] = x
        return self.numbers[key]

    def _slots(self, values: Iterable[Value | None]) -> Array:
        "Where these are, -1 for none; a leaf that is read for the first time gets its slot now, beside its neighbours."
        known = self.slot.get
        return np.array([-1 if v is None else self._place(v) if (slot := known(v)) is None else slot for v in values])

    def _filled(self, values: Sequence[Value | None], shape: tuple[int, ...]) -> Array:
        "Where these are; at a gap in this grid, something that lies near."
        index = self._slots(values)
        if (index >= 0).all():
            return index
        fitted = continued(index, shape)
        return stretched(index) if fitted is None else fitted

    def _buffer(self, v: Value) -> int:
        return self.lane.get(v, SHARED)

    def _write(self, group: Group) -> Group:
        group.start = self.sizes[group.buffer]
        for i, v in enumerate(group.nodes):
            if v is not None:
                self.slot[v] = group.start + i
        self.sizes[group.buffer] += len(group.nodes)
        self.groups.append(group)
        self.gaps.note(group)
        return group

    def _rank(self, row: Row) -> int:
        "Where a row of factors stands among others: as its first one does, in memory or in the list of parameters."
        v = next(x for x in row if x is not None)
        return self.slot[v] if v in self.slot else self.order.get(v, len(self.order))
