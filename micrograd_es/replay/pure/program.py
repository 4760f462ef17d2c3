"""A plan as a pure function of arrays: loss(parameters, batch), which any array engine can run and differentiate.

The program that a replay runs itself writes into buffers. This one only makes new arrays: `parameters` is one flat
array, `batch` has a row for each sample, every group is one statement and gives an array with a column for each of its
members. The same text runs where np is numpy, jax.numpy or torch. The functions in it are the table's rows, each with
its local gradients beside it, so that an engine which differentiates by itself has the table's derivative at kinks too.

>>> from micrograd_es import Value
>>> from micrograd_es.replay import replay
>>> x, w, y = Value(1.0), Value(1.0), Value(2.0)
>>> print(Pure(replay((x * w - y) ** 2, inputs=[x, y], parameters=[w]).plan).loss)
def loss(parameters, batch):
    # 1 x sums of products
    y0 = parameters * batch[:, 0:1] - batch[:, 1:2]
    # 1 x **2
    y1 = y0 ** 2.0
    return y1.mean()
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...engine import Value
from ..plan.groups import Plan
from ..plan.levels import LANES, SHARED
from ..plan.statements import Group, Linear, Product, Read
from ..plan.titles import Titles
from .functions import Functions, arrays

Array = Any
HEADER = """\
# np is numpy, or jax.numpy, or another library with the same names. row(f, d_f) gives a function its local gradients,
# for an engine that differentiates by itself; NumPy does not, and needs only f.
"""


class Pure:
    """The program of a plan: `text`, in which `loss` and `predict` are functions, and the `arrays` that it names.

    `predict` returns the outputs of the replay (its loss, if it has none) for each sample. Leaves that are
    neither inputs nor parameters are the numbers that they are now.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self.arrays: dict[str, Array] = {}
        self.known: dict[Any, str] = {}
        self.functions = Functions()
        self.titles = Titles(plan)
        self._find_places()
        self.loss = self._function("loss", plan.roots[:1])
        self.predict = self._function("predict", plan.roots[1:] or plan.roots[:1])

    @property
    def text(self) -> str:
        shapes = ", ".join(f"{name} {' x '.join(map(str, a.shape))}" for name, a in self.arrays.items())
        note = textwrap.fill(f"Arrays it is given: {shapes}.", 118, initial_indent="# ", subsequent_indent="# ")
        return (
            "\n\n\n".join(
                [HEADER + (note if shapes else ""), *self.functions.texts(), self.loss, self.predict]
            ).lstrip()
            + "\n"
        )

    def run(self, np: Any, row: Callable[..., Any] = lambda f, d_f: f, array: Any = np.asarray) -> dict[str, Any]:
        "The program's functions by name, where np, row and array (of an array of NumPy) are those of an engine."
        scope: dict[str, Any] = {"np": np, "row": row} | {name: array(a) for name, a in self.arrays.items()}
        exec(compile(self.text, "<array program>", "exec"), scope)  # our own text, written here from the plan
        return scope

    # -- where every number is to be found: in which array, and in which column of it

    def _find_places(self) -> None:
        plan, ours = self.plan, set(self.plan.parameters)
        fixed = {plan.slot[v]: v.data for v in plan.slot if not v.parents and v not in plan.lane and v not in ours}
        fixed |= plan.constants
        self.numbers = np.array(list(fixed.values()))
        self.names = ["parameters", "constants", "batch", *(f"y{i}" for i in range(len(plan.groups)))]
        self.sizes = [len(plan.parameters), len(fixed), len(plan.inputs), *(len(g.nodes) for g in plan.groups)]
        self.source, self.column = ([np.zeros(size, int) for size in plan.sizes] for _ in range(2))
        places: list[tuple[int, Any]] = [
            (SHARED, [plan.slot[v] for v in plan.parameters]),
            (SHARED, list(fixed)),
            (LANES, [plan.slot[v] for v in plan.inputs]),
        ]
        places += [(g.buffer, g.block) for g in plan.groups]
        for i, ((buffer, slots), size) in enumerate(zip(places, self.sizes)):
            self.source[buffer][slots], self.column[buffer][slots] = i, np.arange(size)

    # -- the functions

    def _function(self, name: str, roots: Sequence[Value]) -> str:
        "The statements that these roots need, and no others."
        self.number, self.weights = len(self.plan.groups), dict[str, str]()
        plan = self.plan
        result = self._columns(roots) if name == "predict" else f"{self._only(roots[0])}.mean()"
        used = {s for v in roots for s in self.source[plan.lane.get(v, SHARED)][[plan.slot[v]]]}
        end = [*self._weights(), f"return {result}"]
        blocks: list[list[str]] = []
        for i, g in reversed(list(enumerate(plan.groups, 3))):
            if i in used:
                blocks.append(self._statement(g, i - 3))
                used |= {s for read in g.all_reads() for s in np.unique(self.source[read.buffer][read.index])}
        lines = [line for block in reversed(blocks) for line in block]
        return "\n    ".join([f"def {name}(parameters, batch):", *lines, *end])

    def _columns(self, roots: Sequence[Value]) -> str:
        "A column for each root, a row for each sample."
        slots = np.array([self.plan.slot[v] for v in roots])
        lanes = {v for v in roots if self.plan.lane.get(v) == LANES}
        if lanes.issuperset(roots):
            return self._read(Read(LANES, slots))
        spread = [self._only(v) + ("" if v in lanes else " + np.zeros_like(batch[:, 0:1])") for v in roots]
        return f"np.concatenate([{', '.join(spread)}], -1)"

    def _only(self, v: Value) -> str:
        return self._read(Read(self.plan.lane.get(v, SHARED), np.array([self.plan.slot[v]])))

    def _statement(self, g: Group, number: int) -> list[str]:
        self.number, self.weights = number, dict[str, str]()
        terms = [self._product(p) for p in g.products] + [self._sum(part) for part in g.linear]
        text = self._row(g) if g.op else " + ".join(terms).replace(" + -", " - ")
        lines = [f"# {self.titles.of(g)}", *self._weights(), f"y{number} = {text}"]
        if g.fill is not None:
            there = self._array("c", np.array([v is not None for v in g.nodes]))
            lines.append(f"y{number} = np.where({there}, y{number}, {arrays(g.fill)})  # where there are gaps")
        return lines

    def _weights(self) -> list[str]:
        "The parts of the parameters that a statement reads, each with a name."
        return [f"{name} = {part}" for part, name in self.weights.items()]

    # -- a row of the table

    def _row(self, g: Group) -> str:
        assert g.op
        if g.stacked:
            (read,) = g.reads
            turned = ".swapaxes(0, 1)" if read.buffer == LANES else ""
            return f"{self.functions.named(g.op, 0)}({self._read(read)}{turned})"
        function = self.functions.named(g.op, len(g.reads))
        operands = [self._operand(read) for read in g.reads]
        if all(wide is False for _, wide in operands):  # somebody must have a column for each member
            operands[0] = self._read(g.reads[0]), True
        names = [arrays(x) for x, _ in operands]
        return f"{function}({', '.join(map(str, names))})" if function else str(arrays.formula(g.op, *names))

    def _operand(self, read: Read) -> tuple[Any, bool]:
        "What a row reads, and whether it is as wide as the group: a number or one column will do for all its members."
        sources, columns = self.source[read.buffer][read.index], self.column[read.buffer][read.index]
        if (sources == 1).all() and (numbers := np.unique(self.numbers[columns])).size == 1:
            return float(numbers[0]), False
        if len(read.index) > 1 and (read.index == read.index[0]).all():
            return self._read(Read(read.buffer, read.index[:1])), False
        return self._read(read), True

    # -- sums and matrix products

    def _product(self, p: Product) -> str:
        (c, i, j, k), minus = p.size, "-" if p.sign < 0 else ""
        samples = "" if LANES not in (p.left.buffer, p.right.buffer) else "-1, "
        if k == 1:
            (left, _), (right, wide) = map(self._operand, p.met)
            return f"{minus}{left} * {right if wide else self._read(p.met[1])}"
        if p.left.buffer == SHARED and c == j == 1 and p.right.buffer == LANES:
            return f"{minus}{self._flat(p.right)} @ {self._read(p.left, (i, k))}.T"
        if i == j == 1:
            left, right = (self._flat(x) if c == 1 else self._read(x, (c, k)) for x in (p.left, p.right))
            return f"{minus}({left} * {right}).sum(-1{', keepdims=True' if c == 1 else ''})"
        left = self._read(p.left, (i, k) if c == 1 else None)
        right = self._read(Read(p.right.buffer, p.right.index.transpose(0, 2, 1)), (k, j) if c == 1 else None)
        return f"{minus}({left} @ {right}).reshape({samples}{c * i * j})"

    def _sum(self, part: Linear) -> str:
        terms, members = part.read.index.shape
        one, minus = terms == 1 or members == 1, "-" if part.sign < 0 else ""
        text = self._flat(part.read) if one else self._read(part.read)
        if terms == 1:
            return minus + text
        return minus + text + (".sum(-1, keepdims=True)" if one else ".sum(-2)")

    def _flat(self, read: Read) -> str:
        return self._read(read, (read.index.size,))

    def _array(self, letter: str, numbers: Array) -> str:
        key = letter, numbers.shape, numbers.tobytes()
        if key not in self.known:
            self.known[key] = f"{letter}{len(self.arrays)}"
            self.arrays[self.known[key]] = numbers
        return self.known[key]

    # -- reading

    def _read(self, read: Read, shape: tuple[int, ...] | None = None) -> str:
        "The array that a statement reads: part of an earlier one, or of several side by side."
        index = read.index.reshape(shape or read.index.shape)
        sources, columns = self.source[read.buffer][index], self.column[read.buffer][index]
        lane = ":, " if read.buffer == LANES else ""
        found = list(dict.fromkeys(sources.ravel().tolist()))
        if found == [1]:
            return self._array("c", self.numbers[columns])
        if found == [0]:
            text = self._part(self.names[0], self.sizes[0], columns, lane)
            return self._weight(text, "w" if columns.ndim > 1 else "b") if "[" in text else text
        if len(found) == 1:
            return self._part(self.names[found[0]], self.sizes[found[0]], columns, lane)
        parts, place, width = [], np.zeros(columns.shape, int), 0
        for s in found:
            mine = sources == s
            first, last = columns[mine].min(), columns[mine].max() + 1
            flat = np.arange(first, last)
            parts.append(self._read_all(s, flat, lane))
            place[mine] = columns[mine] - first + width
            width += last - first
        return self._part(f"np.concatenate([{', '.join(parts)}], -1)", width, place, lane)

    def _weight(self, text: str, letter: str) -> str:
        "A name for a part of the parameters."
        name = f"{letter}{self.number}"
        others = sum(w.split("_")[0] == name for w in self.weights.values())
        return self.weights.setdefault(text, f"{name}_{others}" if others else name)

    def _read_all(self, source: int, columns: Array, lane: str) -> str:
        if source == 1:
            return self._array("c", self.numbers[columns])
        return self._part(self.names[source], self.sizes[source], columns, lane)

    def _part(self, name: str, size: int, columns: Array, lane: str) -> str:
        "Some columns of an array: a slice, or a block of regular rows, where they are that; else they are gathered."
        flat = columns.ravel()
        samples = "-1, " if lane else ""
        shape = f".reshape({samples}{', '.join(map(str, columns.shape))})" if columns.ndim > 1 else ""
        gaps = np.diff(flat)
        if bool((gaps == 1).all()):
            return name + shape if len(flat) == size else f"{name}[{lane}{flat[0]}:{flat[-1] + 1}]{shape}"
        if columns.ndim == 1 and gaps[0] > 1 and (gaps == gaps[0]).all():
            return f"{name}[{lane}{flat[0]}:{flat[-1] + 1}:{gaps[0]}]"
        if columns.ndim == 2 and (block := _block(columns, size)):
            start, stop, rows, stride, width = block
            return f"{name}[{lane}{start}:{stop}].reshape({samples}{rows}, {stride})[{lane}:, 0:{width}]"
        return f"{name}[{lane}{self._array('i', columns)}]"


def _block(columns: Array, size: int) -> tuple[int, int, int, int, int] | None:
    "Rows at regular distances, as a layer's weights between its biases: (start, stop, rows, stride, width)."
    rows, width = columns.shape
    start, stride = int(columns[0, 0]), int(columns[1, 0] - columns[0, 0]) if rows > 1 else 0
    stop = start + rows * stride
    regular = columns == start + stride * np.arange(rows)[:, None] + np.arange(width)
    return (start, stop, rows, stride, width) if width < stride and stop <= size and regular.all() else None
