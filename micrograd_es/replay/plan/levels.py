"""What stands on one level and is alike: each such set of nodes becomes one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ...engine import Value
from .stacks import neutral
from .sums import Combination, fuse

SHARED, LANES = 0, 1  # is a number the same for all samples of a batch, or has each sample its own?
FEW, SMALL = 8, 1000  # nodes to a statement; statements


class Levels:
    """The nodes that are left when sums are `fused`, the `lane` of each, and those that are `alike`, level by level.

    A node's level is one above the highest of what it reads. Sums, and rows of as many inputs as one likes, are alike
    however many inputs they have.
    """

    def __init__(self, order: list[Value], roots: Sequence[Value], inputs: Sequence[Value]):
        self.order, self.roots, self.inputs = order, list(roots), list(inputs)
        ops = [v.op for v in order if v.parents]
        used = [op.row() for op in set(ops)]  # TypeError if an operation has none
        alike: dict[Any, Any] = {}
        self.same = {op: alike.setdefault((op.forward, op.constants), op) for op in used}
        self.of_many = {op for op in used if op.arity is None and neutral(op) is not None}
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
                found[at, _kind_of_sum(terms, lanes) if terms else self._kind_of_row(v, lanes)].append(v)
        return [found[kind] for kind in sorted(found, key=itemgetter(0))]

    def _kind_of_row(self, v: Value, lanes: list[int]) -> Any:
        if v.op in self.of_many and len(set(lanes)) == 1:
            return self.same[v.op], "any", lanes[0]
        return self.same[v.op], *lanes


def _kind_of_sum(terms: Combination, lanes: list[int]) -> Any:
    """As many terms of each sort, a sign and a lane or two.

    But of products, if all are of one sort, there may be any number, and so of other terms where there are no products.
    """
    count = len(terms.linear)
    linear = sorted((sign, lane) for (sign, _), lane in zip(terms.linear, lanes))
    products: list[Any] = []
    for (sign, _, _), a, b in zip(terms.products, lanes[count::2], lanes[count + 1 :: 2]):
        products.append((sign, a, b) if a <= b else (sign, b, a))
    if not products and linear[0] == linear[-1]:
        return linear[0]
    if products and all(sort == products[0] for sort in products):
        return tuple(linear), products[0]
    return tuple(linear), tuple(sorted(products))
