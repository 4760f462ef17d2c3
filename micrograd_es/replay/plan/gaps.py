"""What stands in the gaps of a grid: a number that changes nothing, as the -inf of a masked softmax.

Rows of the table are done on whole blocks, gaps and all: nobody asks for what comes out there, until all that stands in
a line is joined. Then the gaps must hold what changes nothing: 0 in a sum, -inf where the largest is sought. A number
put into them early is carried on by the rows: after exp, -inf is the 0 that the sum needs, and after the division the 0
that a sum of products needs. Their own gradient is 0: so, by the chain rule, they hand down none, as long as nothing
that it is multiplied by is infinite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine import Value
from .levels import SHARED

if TYPE_CHECKING:
    from .slots import Slots
    from .statements import Group, Read

Array = Any
ANY = (0.3, -0.7, 2.5, -4.0, 1e3, -1e3)  # what a number may be that is not known


class Gaps:
    "The groups of a plan that have gaps, and what is known of them."

    def __init__(self, plan: Slots):
        self.plan = plan
        self.groups: list[Group] = []
        self.maker: dict[Value, Group] = {}

    def note(self, group: Group) -> None:
        if None in group.nodes and group.shape != (1,):
            self.groups.append(group)
            self.maker.update(dict.fromkeys(group.members, group))

    def of(self, values: Sequence[Value]) -> Group | None:
        "The group with gaps that makes exactly these, each read once."
        group = self.maker.get(values[0])
        if group is None or len(values) != len(group.members) or set(values) != set(group.members):
            return None
        return group

    def hold(self, group: Group, number: float) -> bool:
        "See to it that its gaps hold this number; False if they must hold another one."
        return (
            self.number(group) == number
            or self._filled(_origin(group), lambda: self.number(group) == number)  # as early as may be
            or (self.number(group) is None and self._filled(group, lambda: self.number(group) == number, number))
        )

    def tame(self, group: Group) -> bool:
        "See to it that nothing wild comes of a row on what stands in the gaps; False if that cannot be."
        return self._is_tame(group) or self._filled(_origin(group), lambda: self._is_tame(group))

    def _filled(self, group: Group, fits: Callable[[], bool], *numbers: float) -> bool:
        "Fill the gaps of a group, if nobody has, so that it fits and everything stays tame."
        if group.fill is not None:
            return False
        for group.fill in numbers or (-inf, 0.0, inf, 1.0):
            if fits() and all(map(self._is_tame, self.groups)):
                return True
        group.fill = None
        return False

    def _is_tame(self, group: Group) -> bool:
        "Are its derivatives in the gaps finite? A gradient of 0 times an infinite one would be nan."
        if group.op is None:
            return True
        inputs = [self._known(read, group.gaps - group.start) for read in group.reads]
        fixed = [self._constant(read, group.gaps - group.start) is not None for read in group.reads]
        return all(
            free or isfinite(local) for xs in product(*inputs) for local, free in zip(group.op.evaluate(*xs)[1], fixed)
        )

    def number(self, group: Group) -> float | None:
        "What its gaps hold, if that is always the same."
        if group.fill is not None or group.op is None:
            return group.fill
        inputs = [self._known(read, group.gaps - group.start) for read in group.reads]
        found = {group.op.evaluate(*xs)[0] for xs in product(*inputs)}
        return found.pop() if len(found) == 1 and not isnan(*found) else None

    def _constant(self, read: Read, at: Array) -> float | None:
        numbers = {self.plan.constants.get(slot) if read.buffer == SHARED else None for slot in read.index[at].tolist()}
        return numbers.pop() if len(numbers) == 1 else None

    def _known(self, read: Read, at: Array) -> tuple[float, ...]:
        "What is read at the gaps: a number that is known, or any."
        x = self._constant(read, at)
        if x is None:
            for group in self.groups:
                if group.buffer == read.buffer and np.isin(read.index[at], group.gaps).all():
                    x = self.number(group)
        return ANY if x is None else (x,)


def _origin(group: Group) -> Group:
    "The grid that its gaps come from."
    return _origin(group.like) if group.like else group


def continued(index: Array, shape: tuple[int, ...]) -> Array | None:
    """An index with gaps (-1), filled in as its other numbers go on along every axis; None if they are not regular.

    >>> continued(np.array([4, -1, 6, 7]), (2, 2)).tolist()
    [4, 5, 6, 7]
    """
    grid = index.reshape(shape)
    known = grid >= 0
    fitted = np.zeros(shape, dtype=int)
    for axis, size in enumerate(shape):
        along, seen = np.moveaxis(grid, axis, 0), np.moveaxis(known, axis, 0)
        steps = np.unique((along[1:] - along[:-1])[seen[1:] & seen[:-1]])
        if len(steps) > 1:
            return None
        stride = int(steps[0]) if len(steps) else 0
        fitted += np.arange(size).reshape([-1 if a == axis else 1 for a in range(len(shape))]) * stride
    first = np.argwhere(known)[0]
    fitted += grid[tuple(first)] - fitted[tuple(first)]
    inside = fitted.min() >= 0 and (fitted == grid)[known].all()
    return fitted.reshape(index.shape) if inside else None


def stretched(index: Array) -> Array:
    "An index with gaps (-1), each filled with the number before it."
    flat = index.ravel()
    known = np.flatnonzero(flat >= 0)
    at = np.searchsorted(known, np.arange(len(flat)), side="right") - 1
    return flat[known[at.clip(0)]].reshape(index.shape)


def lines(group: Group, rows: Sequence[Sequence[int]]) -> Array | None:
    """Rows of slots as whole lines of a block, along one of its axes, with their gaps: an index (rows, line).

    None if they are no lines, or leave out some of what stands there.
    """
    real = np.array([v is not None for v in group.nodes]).reshape(group.shape)
    slots = np.arange(group.start, group.block.stop).reshape(group.shape)
    for axis in reversed(range(len(group.shape))):
        lying = np.moveaxis(slots, axis, -1).reshape(-1, group.shape[axis])
        there = np.moveaxis(real, axis, -1).reshape(lying.shape)
        line_of = np.zeros(len(group.nodes), dtype=int)
        line_of[lying - group.start] = np.arange(len(lying))[:, None]
        found = []
        for row in rows:
            at = line_of[row[0] - group.start]
            if len(row) != there[at].sum() or set(row) != set(lying[at][there[at]].tolist()):
                break
            found.append(at)
        else:
            return lying[found]
    return None
