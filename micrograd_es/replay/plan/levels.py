"""What stands on one level and is alike: each such set of nodes becomes one statement."""

from __future__ import annotations

from collections.abc import Sequence
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
        self.scalars = sum(1 for v in order if v.parents)
        self.fused = fuse(order, set(roots))
        self.lane: dict[Value, int] = dict.fromkeys(inputs, LANES)
        self.alike = [nodes for kinds in self._levels() for nodes in kinds.values()]

    @property
    def thin(self) -> bool:
        "Are there so few nodes to a statement that they are quicker one by one? (What is small is quick either way.)"
        return len(self.alike) > SMALL and self.scalars < FEW * len(self.alike)

    def _levels(self) -> list[dict[Any, list[Value]]]:
        level: dict[Value, int] = {}
        levels: list[dict[Any, list[Value]]] = []
        for v, terms in self.fused.items():
            reads = terms.reads() if terms else v.parents
            if reads:
                lanes = [self.lane.get(x, SHARED) for x in reads]
                self.lane[v] = max(lanes)
                level[v] = at = max([level.get(x, 0) for x in reads]) + 1
                if at > len(levels):
                    levels.append({})
                kind = _kind(terms, lanes) if terms else (v.op.forward, v.op.constants, *lanes)
                levels[at - 1].setdefault(kind, []).append(v)
        return levels


def _kind(terms: Combination, lanes: list[int]) -> Any:
    "Sums of one kind have as many terms in each lane, and products in each pair of lanes."
    count = len(terms.linear)
    sides = [(a, b) if a <= b else (b, a) for a, b in zip(lanes[count::2], lanes[count + 1 :: 2])]
    return tuple(lanes[:count]), tuple(sorted(sides))
