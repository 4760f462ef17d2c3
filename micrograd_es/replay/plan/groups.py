"""From a graph to groups: what stands on the same level and does the same becomes one array statement.

Every number gets a slot: in `shared`, if it is the same for all samples of a batch (parameters, constants, and what
depends on nothing else), or in `lanes`, if every sample has its own (a row for each slot, a column for each sample).
Slots are numbered so that what a statement reads and writes lies side by side wherever it can.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...calculus import CONSTANT
from ...engine import Value, topological
from .gaps import Gaps, continued, lines, stretched
from .grids import Grid, Row, aligned, batches, grids, related
from .levels import LANES, SHARED, Levels
from .statements import Group, Linear, Product, Read
from .stacks import neutral
from .sums import Combination

Array = Any
UNROLLED = 4  # inputs of a row up to which each has a name of its own, where all members have as many
Pairs = list[tuple[Value, Value]]  # a sum of products: left and right
Sort = tuple[int, int, int]  # of products: their sign, and in which buffers left and right are


class Plan:
    "The groups of a graph in order, and where everything has its slot."

    def __init__(self, levels: Levels, parameters: Sequence[Value]):
        self.scalars, self.fused, self.lane = levels.scalars, levels.fused, levels.lane
        self.roots, self.inputs, self.parameters = levels.roots, levels.inputs, list(parameters)
        self.order = {v: i for i, v in enumerate(self.parameters)}
        self.slot: dict[Value, int] = {}
        self.sizes = [0, 0]
        self.groups: list[Group] = []
        self.gaps = Gaps(self)
        self.constants: dict[int, float] = {}  # the numbers that stand in formulas, by their slot: equal ones share one
        self.numbers: dict[tuple[int, str], int] = {}  # and their slots
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

    # -- slots

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
        return np.array([-1 if v is None else self.slot[v] if v in self.slot else self._place(v) for v in values])

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

    # -- a row of the table

    def _rows(self, nodes: Sequence[Value]) -> None:
        "A statement for these: done on whole blocks, where what they read has gaps."
        columns: list[Sequence[Value | None]] = list(zip(*(v.parents for v in nodes)))
        like = next((made for column in columns if (made := self.gaps.of(column))), None)
        made: Sequence[Value | None] = nodes
        if like:
            by = next(column for column in columns if self.gaps.of(column) is like)
            at: dict[Value | None, Value] = dict(zip(by, nodes))
            made = [at.get(x) for x in like.nodes]
        elif all(x in self.slot for x in columns[0]):
            made = sorted(nodes, key=lambda v: self.slot[v.parents[0]])
        group = Group(made, self.lane[nodes[0]], op=nodes[0].op, like=like, shape=like.shape if like else ())
        for i in range(len(columns)):
            index = self._filled([None if v is None else v.parents[i] for v in made], group.shape)
            group.reads.append(Read(self._buffer(nodes[0].parents[i]), index))
        self._write(group)

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
                order = np.argsort(found[:, 0], kind="stable")
                return [([nodes[i] for i in order], found[order].T)]
        if len(counts) == 1:
            order = range(len(nodes))
            if all(row[0] in self.slot for row in rows):
                order = sorted(order, key=lambda i: self.slot[rows[i][0]])  # type: ignore[assignment]
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
        return [stack for some in few.values() for stack in self._stacks(*map(list, zip(*some)), nothing)]

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
            self._batches(*zip(*some), nodes, sort, linears)
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
            if maker and fitted is not None and np.isin(fitted[index < 0], maker.gaps).all() and self.gaps.hold(maker, 0.0):
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
