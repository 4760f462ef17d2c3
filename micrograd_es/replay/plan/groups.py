"""From a graph to groups: what stands on the same level and does the same becomes one array statement.

Every number gets a slot: in `shared`, if it is the same for all samples of a batch (parameters, constants, and what
depends on nothing else), or in `lanes`, if every sample has its own (a row for each slot, a column for each sample).
Slots are numbered so that what a statement reads and writes lies side by side wherever it can.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine import Value, topological
from .gaps import continued, lines
from .grids import Grid, Row, aligned, batches, grids, related
from .levels import LANES, SHARED, Levels
from .slots import Slots
from .stacks import neutral
from .statements import Group, Linear, Product, Read
from .sums import Combination

Array = Any
UNROLLED = 4  # inputs of a row up to which each has a name of its own, where all members have as many
Pairs = list[tuple[Value, Value]]  # a sum of products: left and right
Sort = tuple[int, int, int]  # of products: their sign, and in which buffers left and right are


class Plan(Slots):
    "The groups of a graph in order, and where everything has its slot."

    def __init__(self, levels: Levels, parameters: Sequence[Value]):
        super().__init__(levels.lane, parameters)
        self.scalars, self.fused = levels.scalars, levels.fused
        self.roots, self.inputs = levels.roots, levels.inputs
        for v in self.inputs:
            self._place(v)
        for nodes in levels.alike:
            if self.fused[nodes[0]]:
                self._sums(nodes)
            elif nodes[0].op in levels.of_many:
                self._rows_of_many(nodes)
            else:
                self._rows(nodes)
        for v in [*parameters, *levels.order]:
            if not v.parents and v not in self.slot:
                self._place(v)
        self.needed = [np.zeros(size, bool) for size in self.sizes]  # slots that depend on a parameter
        self.useful = [np.zeros(size, bool) for size in self.sizes]  # slots on which the loss depends
        self._mark_needed()

    def differentiates(self, g: Group) -> bool:
        "Does a gradient pass through this group: is it between a parameter and the loss?"
        return bool((self.needed[g.buffer][g.block] & self.useful[g.buffer][g.block]).any())

    def _mark_needed(self) -> None:
        for v in self.parameters:
            self.needed[self.lane.get(v, SHARED)][self.slot[v]] = True
        for g in self.groups:
            flat = g.op is not None and g.op.flat
            if not flat and any(self.needed[read.buffer][read.index].any() for read in g.all_reads()):
                self.needed[g.buffer][g.block] = True
        self.useful[self.lane.get(self.roots[0], SHARED)][self.slot[self.roots[0]]] = True
        for g in reversed(self.groups):
            if self.useful[g.buffer][g.block].any():
                for read in g.all_reads():
                    self.useful[read.buffer][read.index] = True

    def reads(self, v: Value) -> list[Value]:
        terms = self.fused[v]
        return terms.reads() if terms else list(v.parents)

    # -- a row of the table

    def _rows(self, nodes: Sequence[Value]) -> Group:
        "A statement for these: done on whole blocks, where what they read has gaps."
        columns = list(zip(*[v.parents for v in nodes]))
        for column in columns:
            if like := self.gaps.of(column):
                at: dict[Value | None, int] = {x: i for i, x in enumerate(column)}
                group = self._row(nodes, columns, [at.get(x) for x in like.nodes], like)
                if self.gaps.tame(group):
                    return self._write(group)
        order: list[int | None] = list(range(len(nodes)))
        slots = list(map(self.slot.get, columns[0]))
        if None not in slots:
            order.sort(key=slots.__getitem__)  # type: ignore[arg-type]  # beside each other, as what they read
        return self._write(self._row(nodes, columns, order))

    def _row(
        self, nodes: Sequence[Value], columns: Sequence[Sequence[Value]], order: list[int | None],
        like: Group | None = None,
    ) -> Group:  # fmt: skip
        "A row on these columns, in an order in which None is a gap."
        members = [None if i is None else nodes[i] for i in order]
        group = Group(members, self.lane[nodes[0]], op=nodes[0].op, like=like, shape=like.shape if like else ())
        for column in columns:
            index = self._filled([None if i is None else column[i] for i in order], group.shape)
            group.reads.append(Read(self._buffer(column[0]), index))
        return group

    def _rows_of_many(self, nodes: Sequence[Value]) -> None:
        "Rows of as many inputs as one likes: unrolled, if these are few and the same for all; else as a reduction."
        op = nodes[0].op
        for few, index in self._stacks(nodes, [v.parents for v in nodes], neutral(op)):
            if len(index) <= UNROLLED and all(len(v.parents) == len(index) for v in few):
                self._rows(few)
            else:
                read = Read(self._buffer(few[0].parents[0]), index)
                self._write(Group(few, self.lane[few[0]], op=op, reads=[read]))

    def _stacks(
        self, nodes: Sequence[Value], rows: Sequence[Sequence[Value]], nothing: float | None
    ) -> list[tuple[Sequence[Value], Array]]:
        """What is joined of each node, as an index (k, members): of as many, or with what changes nothing in between.

        Gaps of a block serve for that, if what is joined are its lines; else a slot with that number.
        """
        counts = Counter(map(len, rows))
        maker = self.gaps.maker.get(rows[0][0])
        if maker and all(self.gaps.maker.get(x) is maker for row in rows for x in row):
            found = lines(maker, [[self.slot[x] for x in row] for row in rows])
            if found is not None and nothing is not None and self.gaps.hold(maker, nothing):
                order = np.argsort(found[:, 0], kind="stable").tolist()
                return [([nodes[i] for i in order], found[order].T)]
        if len(counts) == 1:
            order = list(range(len(nodes)))
            if all(row[0] in self.slot for row in rows):
                order.sort(key=lambda i: self.slot[rows[i][0]])
            index = np.stack([self._slots(column) for column in zip(*(rows[i] for i in order))])
            return [([nodes[i] for i in order], index)]
        longest = max(counts)
        if nothing is not None and len(counts) > 2 and 2 * sum(map(len, rows)) >= longest * len(rows):
            buffer = self._buffer(rows[0][0])
            index = self._slots([x for row in rows for x in (*row, *[None] * (longest - len(row)))])
            index[index < 0] = self._number(nothing, buffer)
            return [(nodes, index.reshape(-1, longest).T)]
        few = defaultdict(list)
        for v, row in zip(nodes, rows):
            few[len(row)].append((v, row))
        return [
            stack
            for some in few.values()
            for stack in self._stacks([v for v, _ in some], [row for _, row in some], nothing)
        ]

    # -- sums

    def _sums(self, nodes: Sequence[Value]) -> None:
        "Sums of one sort of terms, of as many as there are; or of several sorts, of as many of each."
        linears, parts = zip(*[self._sorted_terms(v) for v in nodes])
        if not parts[0] and len(linears[0]) == 1:
            ((sign, buffer),) = linears[0]
            for few, index in self._stacks(nodes, [linear[sign, buffer] for linear in linears], 0.0):
                self._write(Group(few, self.lane[few[0]], linear=[Linear(sign, Read(buffer, index))]))
        elif len(parts[0]) == 1:
            (sort,) = parts[0]
            self._products(nodes, sort, [part[sort] for part in parts], linears)
        else:
            group = Group(nodes, self.lane[nodes[0]], shape=(len(nodes),))
            for sort in parts[0]:
                group.products.append(self._product(_alone(*_rows_of([part[sort] for part in parts])), sort))
            group.linear = self._linear(linears, group.shape)
            self._write(group)

    def _sorted_terms(self, v: Value) -> tuple[dict[tuple[int, int], list[Value]], dict[Sort, Pairs]]:
        "The terms of a sum by their sort: those that are no products, and those that are."
        terms = self.fused[v]
        assert isinstance(terms, Combination)
        linear: dict[tuple[int, int], list[Value]] = {}
        for sign, x in terms.linear:
            linear.setdefault((sign, self._buffer(x)), []).append(x)
        parts: dict[Sort, Pairs] = {}
        for sign, a, b in terms.products:
            if (self._buffer(a), self._buffer(b)) == (LANES, SHARED):
                a, b = b, a
            parts.setdefault((sign, self._buffer(a), self._buffer(b)), []).append((a, b))
        return linear, parts

    def _linear(self, rows: Sequence[dict[Any, list[Value]] | None], shape: tuple[int, ...]) -> list[Linear]:
        "The terms that are no products, of each member; None for a gap."
        some = next(row for row in rows if row is not None)
        return [
            Linear(sign, Read(buffer, np.stack([
                self._filled([None if row is None else row[sign, buffer][k] for row in rows], shape)
                for k in range(len(some[sign, buffer]))
            ])))
            for sign, buffer in sorted(some)
        ]  # fmt: skip

    # -- sums of products

    def _products(self, nodes: Sequence[Value], sort: Sort, pairs: Sequence[Pairs], linears: Sequence[Any]) -> None:
        "Statements for sums of products: those of unlike length in one, if they leave out factors of one another."
        alike: defaultdict[int, list[int]] = defaultdict(list)  # by their length
        ragged: defaultdict[int, list[tuple[int, Row, Row]]] = defaultdict(list)
        for numbers in related(pairs) if len(set(map(len, pairs))) > 1 else [range(len(nodes))]:
            few = [pairs[n] for n in numbers]
            rows = aligned(few) if len(set(map(len, few))) > 1 else None
            if rows and 2 * sum(map(len, few)) >= len(few) * len(rows[0][0]):
                ragged[len(rows[0][0])] += zip(numbers, *rows)
            else:
                for n in numbers:
                    alike[len(pairs[n])].append(n)
        for some in ragged.values():
            ours, lefts, rights = zip(*some)
            self._batches(ours, lefts, rights, nodes, sort, linears)
        for numbers in alike.values():
            self._batches(numbers, *_rows_of([pairs[n] for n in numbers]), nodes, sort, linears)

    def _batches(
        self, numbers: Sequence[int], lefts: Sequence[Row], rights: Sequence[Row],
        nodes: Sequence[Value], sort: Sort, linears: Sequence[Any],
    ) -> None:  # fmt: skip
        "Statements for the sums with these numbers, whose rows are lefts and rights."
        for batch in batches(grids(lefts, rights, self._rank)):
            if sort[1] == sort[2] and batch[0].size[0] > batch[0].size[1]:
                batch = [grid.turned() for grid in batch]  # the longer side comes last, where samples follow
            rows, columns = batch[0].size
            places = [grid.member.get((i, j)) for grid in batch for i in range(rows) for j in range(columns)]
            members = [None if at is None else numbers[at] for at in places]
            shape = tuple(n for n in (len(batch), rows, columns) if n > 1) or (1,)
            made = [None if n is None else nodes[n] for n in members]
            group = Group(made, self.lane[nodes[0]], shape=shape, products=[self._product(batch, sort)])
            if linears[0]:
                group.linear = self._linear([None if n is None else linears[n] for n in members], shape)
            self._write(group)

    def _product(self, batch: Sequence[Grid], sort: Sort) -> Product:
        left = [row for grid in batch for row in grid.left]
        right = [row for grid in batch for row in grid.right]
        sign, *buffers = sort
        return Product(sign, *[self._factors(rows, len(batch), buffer) for rows, buffer in zip((left, right), buffers)])

    def _factors(self, rows: list[Row], count: int, buffer: int) -> Read:
        "The slots of the rows of some grids; where a row leaves out a factor, one that holds 0."
        shape = count, len(rows) // count, len(rows[0])
        flat = [v for row in rows for v in row]
        index = self._slots(flat).reshape(shape)
        if (index < 0).any():
            maker = self.gaps.maker.get(next(v for v in flat if v is not None))
            fitted = continued(index, shape) if maker else None
            if (
                maker
                and fitted is not None
                and np.isin(fitted[index < 0], maker.gaps).all()
                and self.gaps.hold(maker, 0.0)
            ):
                index = fitted
            else:
                index[index < 0] = self._number(0.0, buffer)
        return Read(buffer, index)


def topological_of(roots: Sequence[Value]) -> list[Value]:
    "Everything under several roots, parents before children."
    return topological(Value(0.0, roots))[:-1]


def _rows_of(sums: Sequence[Pairs]) -> tuple[list[Row], list[Row]]:
    "The left and the right rows of sums of products."
    return [tuple([a for a, _ in pairs]) for pairs in sums], [tuple([b for _, b in pairs]) for pairs in sums]


def _alone(lefts: Sequence[Row], rights: Sequence[Row]) -> list[Grid]:
    "Each sum as a grid of its own."
    return [Grid([left], [right], {(0, 0): n}) for n, (left, right) in enumerate(zip(lefts, rights))]
