"""What stands on one level and is alike: each such set of nodes becomes one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ...engine import Value
from .sums import Combination, fuse

SHARED, LANES = 0, 1  # is a number the same for all samples of a batch, or has each sample its own?
FEW, SMALL = 8, 1000  # nodes to a statement; statements


class Levels:
    """The nodes that are left when sums are `fused`, the `lane` of each, and those that are `alike`, level by level.

    A node's level is one above the highest of what it reads.
    """

    def __init__(self, order: list[Value], roots: Sequence[Value], inputs: Sequence[Value]):
        self.order, self.roots, self.inputs = order, list(roots), list(inputs)
        ops = [v.op for v in order if v.parents]
        for op in set(ops):
            op.row()  # TypeError if this operation has none
        self.scalars = len(ops)
        self.fused = fuse(order, set(roots))
        self.lane: dict[Value, int] = dict.fromkeys(inputs, LANES)
        self.alike = self._alike()

    @property
    def thin(self) -> bool:
        "Are there so few nodes to a statement that they are quicker one by one? (What is small is quick either way.)"
        return len(self.alike) > SMALL and self.scalars < FEW * len(self.alike)

    def _alike(self) -> list[list[Value]]:
        level: dict[Value, int] = {}
        found: defaultdict[Any, list[Value]] = defaultdict(list)
        level_of, lane_of = level.get, self.lane.get
        for v, terms in self.fused.items():
            reads = terms.reads() if terms else v.parents
            if reads:
                lanes = [lane_of(x, SHARED) for x in reads]
                self.lane[v] = max(lanes)
                level[v] = at = max([level_of(x, 0) for x in reads]) + 1
                kind = _kind(terms, lanes) if terms else (v.op.forward, v.op.constants, *lanes)
                found[at, kind].append(v)
        return [found[kind] for kind in sorted(found, key=itemgetter(0))]


def _kind(terms: Combination, lanes: list[int]) -> Any:
    "Sums of one kind have as many terms in each lane, and products in each pair of lanes."
    count = len(terms.linear)
    sides = [(a, b) if a <= b else (b, a) for a, b in zip(lanes[count::2], lanes[count + 1 :: 2])]
    return tuple(lanes[:count]), tuple(sorted(sides))
