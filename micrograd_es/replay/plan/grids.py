"""Where sums of products are matrix products: which factors are the rows of one matrix, which those of the other.

A sum of products is made of two rows, left and right, of as many factors. Sums that have a row in common belong to one
grid: every left row meets every right row in it, or most of them do, and then the rest is a gap. Grids of one size
are one batch of matrix products; a sum that shares nothing with others is a grid of its own, of one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...engine import Value

Row = tuple[Value | None, ...]  # the factors on one side of a sum; None where the other one is 0


@dataclass
class Grid:
    "Left rows, right rows, and the sum where two of them meet: a number, by the numbers of the two."

    left: list[Row]
    right: list[Row]
    member: dict[tuple[int, int], int]

    @property
    def size(self) -> tuple[int, int]:
        return len(self.left), len(self.right)

    @property
    def density(self) -> float:
        return len(self.member) / (len(self.left) * len(self.right))

    def turned(self) -> Grid:
        "Left and right exchanged."
        return Grid(self.right, self.left, {(j, i): n for (i, j), n in self.member.items()})


def grids(lefts: Sequence[Row], rights: Sequence[Row], rank: Callable[[Row], int]) -> list[Grid]:
    "The sums whose rows are these, as grids: every sum belongs to one. The rows of a grid stand by their rank."
    left_of, right_of = numbered(lefts), numbered(rights)
    parts = Parts()
    for a, b in zip(left_of, right_of):
        parts.join((0, a), (1, b))
    members: defaultdict[Hashable, list[int]] = defaultdict(list)
    for n, a in enumerate(left_of):
        members[parts.of((0, a))].append(n)
    found = []
    for numbers in members.values():
        ranked = ({rows[n]: rank(rows[n]) for n in numbers} for rows in (lefts, rights))
        at, beside = ({row: i for i, row in enumerate(sorted(rows, key=rows.__getitem__))} for rows in ranked)
        spots = {(at[lefts[n]], beside[rights[n]]): n for n in reversed(numbers)}
        if len(spots) < len(numbers):  # the same sum, twice
            found += [Grid([lefts[n]], [rights[n]], {(0, 0): n}) for n in numbers]
        else:
            found.append(Grid(list(at), list(beside), spots))
    return sorted(found, key=lambda grid: rank(grid.left[0]))


def batches(found: Iterable[Grid]) -> list[list[Grid]]:
    "Grids that make one statement: of one size. Those that are mostly gaps are taken apart."
    by_size: defaultdict[tuple[int, int], list[Grid]] = defaultdict(list)
    for grid in found:
        if grid.density >= 0.5:
            by_size[grid.size].append(grid)
        else:
            by_size[1, 1] += [Grid([grid.left[i]], [grid.right[j]], {(0, 0): n}) for (i, j), n in grid.member.items()]
    return list(by_size.values())


def aligned(sums: Sequence[Sequence[tuple[Value, Value]]]) -> tuple[list[Row], list[Row]] | None:
    """Sums of unlike length as rows of one length: those that leave out some factors of others, as in a causal mask.

    What is multiplied by one another has one place in its rows. None if that does not work out.
    """
    rows, places = Parts(), Parts()
    for terms in sums:
        for side in (0, 1):
            for term in terms:
                rows.join((side, terms[0][side]), (side, term[side]))
        for a, b in terms:
            places.join((0, a), (1, b))
    known: defaultdict[Hashable, dict[Hashable, Value]] = defaultdict(dict)  # by row, by place: the factor
    width = Parts()  # places in one row belong together
    for terms in sums:
        for side in (0, 1):
            row = known[rows.of((side, terms[0][side]))]
            for term in terms:
                place = places.of((side, term[side]))
                if row.setdefault(place, term[side]) is not term[side]:
                    return None
                width.join(place, places.of((side, terms[0][side])))
    order: defaultdict[Hashable, dict[Hashable, None]] = defaultdict(dict)
    for terms in sums:
        for a, _ in terms:
            place = places.of((0, a))
            order[width.of(place)][place] = None
    longest = max(map(len, order.values()))
    lefts, rights = [], []
    for terms in sums:
        few = order[width.of(places.of((0, terms[0][0])))]
        left, right = (known[rows.of((side, terms[0][side]))] for side in (0, 1))
        if len(left.keys() & right.keys()) != len(terms):
            return None
        nothing = (None,) * (longest - len(few))
        lefts.append((*map(left.get, few), *nothing))
        rights.append((*map(right.get, few), *nothing))
    return lefts, rights


class Parts:
    "Things that belong together, each with all that it was joined to."

    def __init__(self) -> None:
        self.parent: dict[Hashable, Hashable] = {}

    def of(self, x: Hashable) -> Hashable:
        "The one that stands for all that x belongs to."
        parent = self.parent
        root = x
        while (up := parent.setdefault(root, root)) != root:
            root = up
        while parent[x] != root:
            parent[x], x = root, parent[x]
        return root

    def join(self, x: Hashable, y: Hashable) -> None:
        self.parent[self.of(y)] = self.of(x)


def numbered(rows: Iterable[Any]) -> list[int]:
    "Equal ones have equal numbers, in the order in which they come first."
    seen: dict[Any, int] = {}
    return [seen.setdefault(row, len(seen)) for row in rows]


def related(sums: Sequence[Sequence[tuple[Value, Value]]]) -> list[list[int]]:
    "The numbers of those sums that have factors in common, directly or by others."
    parts = Parts()
    for terms in sums:
        for a, b in terms:
            parts.join((0, terms[0][0]), (0, a))
            parts.join((0, a), (1, b))
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for n, terms in enumerate(sums):
        found[parts.of((0, terms[0][0]))].append(n)
    return list(found.values())
