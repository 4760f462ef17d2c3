"""A plan as instructions for the kernel."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..plan.groups import Plan
from ..plan.levels import LANES, SHARED
from ..plan.results import only_for_answers
from ..plan.statements import Group, Product, Read
from . import group_kernel as k
from .compiling import Rows

Array = Any
SMALL = 64  # numbers in a matrix, below which plain loops are faster than a call of BLAS


class Instructions:
    "Instructions, their operands, the lists of slots and numbers that these point into, and the rows that they use."

    def __init__(self, inputs: int, sizes: Sequence[int]):
        self.inputs, self.sizes = inputs, sizes
        self.rows = Rows(k.TABLE)
        self.instructions, self.operands = array("q"), array("q")
        self.slots, self.numbers = array("q"), array("d")
        self.blocks = 0
        self.early = 0  # instructions before those that only serve the results
        self.spread: set[int] = set()  # inputs that are wanted one by one
        self.empty = np.ones(sizes[SHARED], bool)  # shared slots whose gradient is not simply overwritten

    def operand(
        self, index: Sequence[int], buffer: int, wanted: bool, first: bool = False, mode: int = k.IN_PLACE
    ) -> int:
        "Write one down; returns its number."
        self.operands.extend((len(self.slots), buffer, wanted, first, mode))
        self.slots.extend(index)
        return len(self.operands) // 5 - 1

    def arrays(self, dtype: Any) -> tuple[Array, ...]:
        "What the kernel reads, but for the memory."
        instructions = np.array(self.instructions, np.int64).reshape(-1, 10)
        instructions[:, k.KIND] = self.rows.numbered(instructions[:, k.KIND])
        return (
            instructions,
            np.array(self.operands, np.int64).reshape(-1, 5),
            np.array(self.slots, np.uint64),
            np.array(self.numbers, dtype),
            np.array(sorted(self.spread), np.uint64),
        )


def of_groups(plan: Plan) -> Instructions:
    "The instructions of a plan."
    made = Instructions(len(plan.inputs), plan.sizes)
    late = only_for_answers(plan)
    order = sorted(range(len(plan.groups)), key=late.__contains__)  # last what no gradient needs
    statements = [_statements(made, plan, plan.groups[i]) for i in order]
    made.early = sum(len(few) for few in statements[: len(order) - len(late)])
    todo = [item for few in statements for item in few]
    touched = np.zeros(plan.sizes[SHARED], bool)
    fresh = []
    for g, kind, reads, _ in reversed(todo):
        used = plan.differentiates(g)
        first = False
        for i, read in enumerate(reads):
            if used and read.buffer == SHARED and plan.needed[SHARED][read.index].any():
                if kind == k.MATRIX and i == 0 and _side_by_side(read) and not touched[read.index].any():
                    first, made.empty[read.index] = True, False
                touched[read.index] = True
        fresh.append(first)
    for (g, kind, reads, shape), first in zip(todo, reversed(fresh)):
        _instruct(made, plan, g, kind, reads, first, **shape)
    return made


Statement = tuple[Group, int, list[Read], dict[str, Any]]


def _statements(made: Instructions, plan: Plan, g: Group) -> list[Statement]:
    "What is to be done for a group, one after the other."
    statements: list[Statement] = []
    if g.op:
        inputs = 0 if g.stacked else len(g.reads)
        statements.append((g, made.rows.kind(g.op, inputs), g.reads, {"terms": len(g.reads[0].index)}))
    for p in sorted(g.products, key=lambda p: not _is_matrix(g, p)):
        _, rows, columns, terms = p.size
        shape = {"terms": terms, "rows": rows, "columns": columns, "number": float(p.sign)}
        kind = k.MATRIX if not statements and _is_matrix(g, p) else k.PRODUCTS
        statements.append((g, kind, [p.left, p.right], shape))
    if not g.op and (not statements or statements[0][1] != k.MATRIX):  # that one writes where the others add
        statements.insert(0, (g, k.CLEAR, [], {}))
    for part in g.linear:
        statements.append((g, k.LINEAR, [part.read], {"terms": len(part.read.index), "number": float(part.sign)}))
    if g.fill is not None:
        gaps = Read(g.buffer, g.gaps)
        statements.append((g, k.FILL, [gaps], {"terms": len(gaps.index), "number": g.fill}))
    return statements


def _is_matrix(g: Group, p: Product) -> bool:
    "Is it a product for BLAS: of weights, not too few?"
    weights = p.left.buffer == SHARED and p.right.buffer == g.buffer and p.sign == 1
    return weights and p.size[0] == 1 and p.left.index.size >= SMALL


def _instruct(
    made: Instructions, plan: Plan, g: Group, kind: int, reads: list[Read], first: bool,
    terms: int = 1, rows: int = 1, columns: int = 1, number: float = 0.0,
) -> None:  # fmt: skip
    used, block, operand = plan.differentiates(g), -1, len(made.operands) // 5
    for i, read in enumerate(reads):
        mode, raw = k.IN_PLACE, (read.buffer == LANES) & (read.index < made.inputs)
        if kind == k.MATRIX and i == 0 and not _side_by_side(read):
            mode = k.GATHERED
        if kind == k.MATRIX and i == 1:
            beside = _side_by_side(Read(read.buffer, read.index.transpose(0, 2, 1)))
            mode = k.IN_PLACE if beside else k.GATHERED
            if beside and columns == 1 and raw.all():
                mode = k.SAMPLES
            if mode != k.IN_PLACE:
                block, made.blocks = made.blocks, made.blocks + read.index.size
        if mode != k.SAMPLES:
            made.spread.update(read.index[raw].tolist())
        wanted = used and bool(plan.needed[read.buffer][read.index].any())
        made.operand(read.index.ravel().tolist(), read.buffer, wanted, first and i == 0, mode)
    made.instructions.extend((kind, len(g.nodes), g.start, g.buffer, operand, terms, rows, columns))
    made.instructions.extend((len(made.numbers), block))
    made.numbers.append(number)


def _side_by_side(read: Read) -> bool:
    return bool((np.diff(read.index.ravel()) == 1).all())
