"""From a graph to groups: what stands on the same level and does the same becomes one array statement.

Every number gets a slot: in `shared`, if it is the same for all samples of a batch (parameters, constants, and what
depends on nothing else), or in `lanes`, if every sample has its own (a row for each slot, a column for each sample).
Slots are numbered so that what a statement reads and writes lies side by side wherever it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...calculus import Op
from ...engine import Value, topological
from .levels import LANES, SHARED, Levels
from .sums import Combination

Array = Any


@dataclass
class Read:
    "Some slots of one buffer, in the order in which a statement reads them; `index` may have two axes."

    buffer: int
    index: Array


@dataclass
class Linear:
    "Σ over k of sign[k, i] · read[k, i], for the i-th member, or sign[i] · read[i]; signs None for all +."

    read: Read
    signs: Array | None


@dataclass
class Product:
    """Σ over k of left[i, k] · right[j, k]: a full grid of sums of products, which is a matrix product.

    With `grid` False there is no grid, and left and right are read member by member.
    """

    left: Read
    right: Read
    grid: bool
    signs: Array | None


@dataclass
class Group:
    "One statement: the nodes it makes, and what of: a row of the table on reads, or a linear part and products."

    nodes: list[Value]
    buffer: int
    start: int = 0
    op: Op | None = None
    reads: list[Read] = field(default_factory=list)
    linear: list[Linear] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)

    @property
    def block(self) -> slice:
        return slice(self.start, self.start + len(self.nodes))

    def all_reads(self) -> list[Read]:
        return [
            *self.reads,
            *(part.read for part in self.linear),
            *(r for p in self.products for r in (p.left, p.right)),
        ]


class Plan:
    "The groups of a graph in order, and where everything has its slot."

    def __init__(self, levels: Levels, parameters: Sequence[Value]):
        self.scalars, self.fused, self.lane = levels.scalars, levels.fused, levels.lane
        self.roots, self.inputs, self.parameters = levels.roots, levels.inputs, list(parameters)
        self.slot: dict[Value, int] = {}
        self.sizes = [0, 0]
        for v in self.inputs:
            self._place(v)
        self.groups = [self._sums(nodes) if self.fused[nodes[0]] else self._rows(nodes) for nodes in levels.alike]
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
            if any(self.needed[read.buffer][read.index].any() for read in g.all_reads()):
                self.needed[g.buffer][g.block] = True
        self.useful[self.lane.get(self.roots[0], SHARED)][self.slot[self.roots[0]]] = True
        for g in reversed(self.groups):
            if self.useful[g.buffer][g.block].any():
                for read in g.all_reads():
                    self.useful[read.buffer][read.index] = True

    def reads(self, v: Value) -> list[Value]:
        terms = self.fused[v]
        return terms.reads() if terms else list(v.parents)

    def _place(self, v: Value) -> int:
        buffer = self.lane.get(v, SHARED)
        self.slot[v] = self.sizes[buffer]
        self.sizes[buffer] += 1
        return self.slot[v]

    # -- a row of the table

    def _rows(self, nodes: list[Value]) -> Group:
        if all(x in self.slot for x in (v.parents[0] for v in nodes)):
            nodes = sorted(nodes, key=lambda v: self.slot[v.parents[0]])
        group = Group(nodes, self.lane[nodes[0]], op=nodes[0].op)
        group.reads = [self._read(column) for column in zip(*(v.parents for v in nodes))]
        return self._write(group)

    def _read(self, values: Sequence[Value]) -> Read:
        "Where these are; a leaf that is read for the first time gets its slot now, beside its neighbours."
        index = [self.slot[v] if v in self.slot else self._place(v) for v in values]
        return Read(self.lane.get(values[0], SHARED), np.array(index))

    def _write(self, group: Group) -> Group:
        group.start = self.sizes[group.buffer]
        for v in group.nodes:
            self._place(v)
        return group

    # -- sums of products

    def _sums(self, nodes: list[Value]) -> Group:
        rows = [self._sorted_terms(v) for v in nodes]
        parts = rows[0][1].keys()
        if len(parts) == 1:
            (part,) = parts
            order = self._grid_order([row[1][part] for row in rows])
            nodes, rows = [nodes[i] for i in order], [rows[i] for i in order]
        group = Group(nodes, self.lane[nodes[0]])
        for part in parts:
            group.products.append(self._product([row[1][part] for row in rows]))
        columns = list(zip(*(row[0] for row in rows)))
        for buffer in (SHARED, LANES):
            few = [column for column in columns if self.lane.get(column[0][1], SHARED) == buffer]
            if few:
                index = np.stack([self._read([x for _, x in column]).index for column in few])
                signs = _signs([[sign for sign, _ in column] for column in few])
                if len(few) == 1:
                    index, signs = index[0], None if signs is None else signs[0]
                group.linear.append(Linear(Read(buffer, index), signs))
        return self._write(group)

    def _sorted_terms(self, v: Value) -> tuple[list[tuple[int, Value]], dict[tuple[int, int], list[Any]]]:
        terms = self.fused[v]
        assert isinstance(terms, Combination)
        parts: dict[tuple[int, int], list[Any]] = {}
        for sign, a, b in terms.products:
            sides = (self.lane.get(a, SHARED), self.lane.get(b, SHARED))
            if sides == (LANES, SHARED):
                a, b, sides = b, a, (SHARED, LANES)
            parts.setdefault(sides, []).append((sign, a, b))
        return terms.linear, parts

    def _grid_order(self, rows: list[list[Any]]) -> list[int]:
        "The members of a grid, right factor by right factor."
        left = _ranks([tuple(a for _, a, _ in row) for row in rows])
        right = _ranks([tuple(b for _, _, b in row) for row in rows])
        return sorted(range(len(rows)), key=lambda i: (right[i], left[i]))

    def _product(self, rows: list[list[Any]]) -> Product:
        lefts, rights = ([tuple(term[side] for term in row) for row in rows] for side in (1, 2))
        left, right = list(dict.fromkeys(lefts)), list(dict.fromkeys(rights))
        signs = _signs([[term[0] for term in row] for row in rows])
        grid = (
            len(left) * len(right) == len(rows)
            and [(b, a) for b in right for a in left] == list(zip(rights, lefts))
            and (signs is None or (signs == signs[0]).all())
        )
        if not grid:
            left, right = lefts, rights
        elif signs is not None:
            signs = signs[0]
        return Product(self._matrix(left), self._matrix(right), grid, signs)

    def _matrix(self, rows: list[tuple[Value, ...]]) -> Read:
        flat = self._read([v for row in rows for v in row])
        return Read(flat.buffer, flat.index.reshape(len(rows), -1))


def topological_of(roots: Sequence[Value]) -> list[Value]:
    "Everything under several roots, parents before children."
    return topological(Value(0.0, roots))[:-1]


def _signs(rows: list[list[int]]) -> Array | None:
    signs = np.array(rows, dtype=float)
    return None if (signs == 1).all() else signs


def _ranks(rows: list[tuple[Value, ...]]) -> list[int]:
    seen: dict[tuple[Value, ...], int] = {}
    return [seen.setdefault(row, len(seen)) for row in rows]
