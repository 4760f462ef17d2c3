"""What a plan is made of: statements, what they read, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...calculus import Op
from ...engine import Value

Array = Any


@dataclass
class Read:
    "Some slots of one buffer, in the order in which a statement reads them; `index` may have more than one axis."

    buffer: int
    index: Array


@dataclass
class Linear:
    "± Σ over k of read[k, i], for the i-th member."

    sign: int
    read: Read


@dataclass
class Product:
    """± Σ over k of left[c, i, k] · right[c, j, k], for all c, i, j: for every c a matrix product.

    What has no row in common with others is a matrix product of one by one.
    """

    sign: int
    left: Read
    right: Read

    @property
    def size(self) -> tuple[int, int, int, int]:
        "How many c, i, j, and k."
        (c, i, k), j = self.left.index.shape, self.right.index.shape[1]
        return c, i, j, k

    @property
    def met(self) -> tuple[Read, Read]:
        "The factors of products of one term each, member by member."
        c, i, j, _ = self.size
        left = np.broadcast_to(self.left.index[:, :, None, 0], (c, i, j))
        right = np.broadcast_to(self.right.index[:, None, :, 0], (c, i, j))
        return Read(self.left.buffer, left.ravel()), Read(self.right.buffer, right.ravel())


@dataclass
class Group:
    """One statement: the nodes it makes, and what of: a row of the table on reads, or a linear part and products.

    Where a grid has no node it has a gap, None: a number that nobody asks for, or `fill`, if there is one. A row of
    many inputs may have them all in one read: then that has an axis more, the first.
    """

    nodes: Sequence[Value | None]
    buffer: int
    start: int = 0
    shape: tuple[int, ...] = ()  # the axes of a grid
    op: Op | None = None
    reads: list[Read] = field(default_factory=list)
    linear: list[Linear] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    like: Group | None = None  # whose gaps these are too
    fill: float | None = None

    @property
    def block(self) -> slice:
        return slice(self.start, self.start + len(self.nodes))

    @property
    def members(self) -> list[Value]:
        return [v for v in self.nodes if v is not None]

    @property
    def gaps(self) -> Array:
        "The slots of its gaps."
        return self.start + np.array([i for i, v in enumerate(self.nodes) if v is None], dtype=int)

    @property
    def stacked(self) -> bool:
        return self.op is not None and self.reads[0].index.ndim > 1

    def all_reads(self) -> list[Read]:
        return [
            *self.reads,
            *(part.read for part in self.linear),
            *(r for p in self.products for r in (p.left, p.right)),
        ]
