"""From groups to a short array program in readable Python: forward, and backward through the same statements.

The operations inside it are the table's own rows, run on the names of arrays.
"""

from __future__ import annotations

import ast
from collections import Counter
from itertools import compress
from typing import Any

import numpy as np

from ..plan.groups import Group, Linear, Plan, Product, Read
from ..plan.levels import LANES, SHARED
from ..plan.results import only_for_answers
from ..plan.titles import Titles
from .patterns import filled, patterned, row_backward, row_forward
from .product import Writing, is_plain

BUFFERS = {SHARED: "shared", LANES: "lanes"}


class Source:
    """The program of a plan: `text`, and the index arrays that it needs by name (`constants`).

    Run where shared, lanes, d_shared and d_lanes are arrays, it names their parts and defines forward(inputs), for
    samples one under the other, backward(), and answers() if there is something that no gradient needs.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self.numbers = {id(g): i for i, g in enumerate(plan.groups)}
        self.constants: dict[str, Any] = {}
        self.views: dict[
            str, str
        ] = {}  # the parts of the buffers, by name: y of what is made, w, x and v of what is read
        self.given: dict[str, str] = {}  # those of the inputs, which are others for every batch
        self.names: dict[str, str] = {}
        self.letters: Counter[str] = Counter()
        self.blocks = {(g.buffer, f"{g.block.start}:{g.block.stop}"): g for g in plan.groups}
        self.spread = np.zeros(len(plan.inputs), bool)  # inputs that are wanted among the lanes
        self.needed = plan.needed
        self.titles = Titles(plan)
        self.touched = [np.zeros(size, bool) for size in plan.sizes]
        self.zero = [np.zeros(size, bool) for size in plan.sizes]
        late = only_for_answers(plan)
        self.forward = [line for i, g in enumerate(plan.groups) if i not in late for line in self._forward(g)]
        self.answers = [line for i, g in enumerate(plan.groups) if i in late for line in self._forward(g)]
        if self.spread.any():
            index = self._index(np.flatnonzero(self.spread))
            self.forward.insert(0, f"lanes[{index}] = inputs.T[{index}]")
        self.backward = self._seed()
        for g in reversed(plan.groups):
            lines = self._backward(g)
            if lines:
                self.backward += [f"# {self.titles.of(g)}", *lines]

    @property
    def text(self) -> str:
        zero = [
            f"d_{BUFFERS[b]}[{self._index(np.flatnonzero(mask))}] = 0.0"
            for b, mask in enumerate(self.zero)
            if mask.any()
        ]
        views = [f"{name} = {view}" for name, view in self.views.items()]
        given = [f"global {', '.join(self.given)}"] if self.given else []
        given += [f"{name} = {view}" for name, view in self.given.items()]
        blocks = [*views, "", "", "def forward(inputs):", *_written(given + self.forward)]
        blocks += ["", "", "def backward():", *_written(zero + self.backward)]
        if self.answers:
            blocks += ["", "", "def answers():  # what no gradient needs", *_written(self.answers)]
        return "\n".join(blocks) + "\n"

    # -- names

    def _name(self, g: Group) -> str:
        return f"y{self.numbers[id(g)]}"

    def _block(self, g: Group, d: str = "") -> str:
        name = d + self._name(g)
        self.views[name] = f"{d and 'd_'}{BUFFERS[g.buffer]}[{g.block.start}:{g.block.stop}]"
        return name

    def _index(self, index: Any) -> str:
        "A slice where the slots lie side by side, or all equally far apart; else the name of an index array."
        flat = index.ravel()
        gaps = np.diff(flat)
        if (gaps == 1).all():
            return f"{flat[0]}:{flat[-1] + 1}"
        if index.ndim == 1 and gaps[0] > 1 and (gaps == gaps[0]).all():
            return f"{flat[0]}:{flat[-1] + 1}:{gaps[0]}"
        name = f"i{len(self.constants)}"
        self.constants[name] = index
        return name

    def _rows(self, read: Read) -> str:
        "The slice that is cut into rows, where the rows of a matrix lie equally far apart; else nothing."
        index = read.index
        if index.ndim == 1 or len(index) == 1 or not (np.diff(index) == 1).all():
            return ""
        rows, width = len(index), index[1, 0] - index[0, 0]
        start, stop = index[0, 0], index[0, 0] + rows * width
        regular = width >= index.shape[1] and (np.diff(index[:, 0]) == width).all()
        return f"{start}:{stop}" if regular and stop <= self.plan.sizes[read.buffer] else ""

    def _read(self, read: Read, d: str = "") -> str:
        "The array that a statement reads (or, with d, its gradient where it is a view): a name, or a gathering."
        index = self._rows(read) or self._index(read.index)
        buffer, letter = BUFFERS[read.buffer], "w" if read.buffer == SHARED else "v"
        raw = np.flatnonzero(read.index.ravel() < len(self.spread)) if read.buffer == LANES else ()
        if len(raw) == read.index.size and ":" in index:
            buffer, letter = "inputs.T", "x"
        elif len(raw):
            self.spread[read.index.ravel()[raw]] = True
        if ":" not in index:
            return f"{d and 'd_'}{buffer}[{index}]"
        if read.index.ndim == 1 and (read.buffer, index) in self.blocks:
            return self._block(self.blocks[read.buffer, index], d)
        shape = ""
        if read.index.ndim > 1:
            (rows, columns), lanes = read.index.shape, ", -1" if read.buffer == LANES else ""
            width = read.index[1, 0] - read.index[0, 0] if rows > 1 else columns  # of a row, with what is not read
            shape = f".reshape({rows}, {width}{lanes})" + (f"[:, 0:{columns}]" if width > columns else "")
        view = f"{buffer}[{index}]{shape}"
        if view not in self.names:
            self.letters[letter] += 1
            self.names[view] = f"{letter}{self.letters[letter] - 1}"
        name = f"{d}{self.names[view]}"
        (self.given if letter == "x" else self.views)[name] = f"{d and 'd_'}{view}"
        return name

    # -- forward

    def _forward(self, g: Group) -> list[str]:
        lines = [f"# {self.titles.of(g)}"]
        y = self._block(g)
        if g.op:
            xs, names = self._operands(g)
            named, (row,) = row_forward(g.op.forward, g.op.constants, xs)
            return [*lines, *(filled(line, names) for line in named), f"{y}[:] = {filled(row, names)}"]
        products = sorted((self._written(p) for p in g.products), key=lambda w: not w.plain)
        if products and products[0].plain:  # straight into its place
            w = products.pop(0)
            lines.append(f"np.matmul({w.left}, {w.right}, out={y})")
        terms = [w.forward() + ("[:, None]" if g.buffer == LANES and not w.lanes else "") for w in products]
        terms += [self._linear(g, part) for part in g.linear]
        if terms:
            lines.append(f"{y}[:] {'+=' if len(lines) > 1 else '='} {' + '.join(terms)}")
        return lines

    def _operands(self, g: Group) -> tuple[tuple[str, ...], dict[str, str]]:
        "What a row calls its inputs, and what these names stand for."
        found: dict[str, str] = {}
        xs = tuple([found.setdefault(self._columns(g, read), f"x{len(found)}") for read in g.reads])
        return xs, {x: text for text, x in found.items()}

    def _columns(self, g: Group, read: Read) -> str:
        "A read as an operand of this group: numbers that the batch shares stand in one column."
        text = self._read(read)
        return f"{text}[..., None]" if read.buffer == SHARED and g.buffer == LANES else text

    def _linear(self, g: Group, part: Linear) -> str:
        text = self._columns(g, part.read)
        if part.signs is not None:
            text = f"{self._signs(part.signs, part.read.buffer if g.buffer == SHARED else LANES)} * {text}"
        return f"({text}).sum(0)" if part.read.index.ndim > 1 else text

    def _signs(self, signs: Any, buffer: int) -> str:
        name = f"i{len(self.constants)}"
        self.constants[name] = signs[..., None] if buffer == LANES else signs
        return name

    def _written(self, p: Product) -> Writing:
        "The product, its signs (if any) in the left factor."
        left = self._read(p.left)
        if p.signs is not None:
            left = f"({self._signs(p.signs, p.left.buffer)} * {left})"
        return Writing(p, left, self._read(_column(p)))

    # -- backward

    def _seed(self) -> list[str]:
        lines = []
        for root in self.plan.roots[:1]:
            buffer, slot = self.plan.lane.get(root, SHARED), self.plan.slot[root]
            mean = "1.0 / lanes.shape[1]" if buffer == LANES else "1.0"
            self.touched[buffer][slot] = True
            lines.append(f"d_{BUFFERS[buffer]}[{slot}] = {mean}")
        return lines

    def _backward(self, g: Group) -> list[str]:
        if not self.plan.differentiates(g):
            return []
        self.zero[g.buffer][g.block] |= ~self.touched[g.buffer][g.block]
        dy = self._block(g, "d")
        lines: list[str] = []
        if g.op:
            xs, names = self._operands(g)
            names |= {"y": self._block(g), "dy": dy}
            wanted = tuple([bool(self.needed[read.buffer][read.index].any()) for read in g.reads])
            named, downs = row_backward(g.op.partials, g.op.constants, xs, wanted)
            lines = [filled(line, names) for line in named]
            for read, down in zip(compress(g.reads, wanted), downs):
                lines += self._add(g, read, filled(down, names))
        for p in g.products:
            lines += self._add_product(g, p, dy)
        for part in g.linear:
            if self.needed[part.read.buffer][part.read.index].any():
                down = dy if part.signs is None else f"{self._signs(part.signs, g.buffer)} * {dy}"
                lines += self._add(g, part.read, down)
        return lines

    def _add_product(self, g: Group, p: Product, dy: str) -> list[str]:
        w = self._written(p)
        if g.buffer == LANES and not w.lanes:  # a part that the batch shares
            dy = f"{dy}.sum(-1)"
        lines = []
        if self.needed[p.left.buffer][p.left.index].any():
            if p.signs is None:
                lines += self._accumulate(p.left, w.to_left(dy), (dy, f"{w.right}.T") if w.plain else None)
            else:
                lines += self._accumulate(p.left, f"{self._signs(p.signs, p.left.buffer)} * ({w.to_left(dy)})")
        if self.needed[p.right.buffer][p.right.index].any():
            lines += self._accumulate(_column(p), w.to_right(dy), (f"{w.left}.T", dy) if w.plain else None)
        return lines

    def _add(self, g: Group, read: Read, down: str) -> list[str]:
        "Hand a gradient of the group's shape down to what was read; summed over the samples for what they share."
        if read.buffer == SHARED and g.buffer == LANES:
            down = f"({down}).sum(-1)"
        return self._accumulate(read, down)

    def _accumulate(self, read: Read, down: str, product: tuple[str, str] | None = None) -> list[str]:
        "One statement that adds `down` (which is the matrix product of `product`, if given) to a gradient."
        flat = read.index.ravel()
        touched, zero = self.touched[read.buffer], self.zero[read.buffer]
        first = not touched[flat].any()
        index = self._rows(read) or self._index(read.index)
        view = ":" in index
        if not (first and view):  # what nobody has written yet must start from zero
            zero[flat[~touched[flat]]] = True
        touched[flat] = True
        if view:
            name = self._read(read, "d")
            if first and product:
                return [f"np.matmul({', '.join(product)}, out={name})"]
            return [f"{name}[:] {'' if first else '+'}= {down}"]
        buffer = f"d_{BUFFERS[read.buffer]}"
        if len(np.unique(flat)) == len(flat):
            return [f"{buffer}[{index}] += {down}"]
        self.constants[index] = Scatter(read.index)
        return [f"{index}.add({buffer}, {down})"]


class Scatter:
    "An index in which a slot may stand several times: what is added to it there, it gains every time."

    def __init__(self, index: Any):
        self.shape = index.shape
        self.order = np.argsort(index.ravel(), kind="stable")
        self.slots, self.starts = np.unique(index.ravel()[self.order], return_index=True)

    def add(self, target: Any, values: Any) -> None:
        "target[index] += values. (numpy.add.at of 2.4 reads beyond its values where it has to broadcast them.)"
        values = np.broadcast_to(values, self.shape + target.shape[1:]).reshape(-1, *target.shape[1:])
        target[self.slots] += np.add.reduceat(values[self.order], self.starts, axis=0)


def _column(p: Product) -> Read:
    "The right factor; without its first axis if it is one column for each sample."
    return Read(p.right.buffer, p.right.index[0]) if is_plain(p) else p.right


def _written(lines: list[str]) -> list[str]:
    "The body of a function."
    return ["    " + (line if line[0] == "#" else _tidy(line)) for line in lines or ["pass"]]


@patterned
def _tidy(statement: str) -> str:
    "Without a bracket too many."
    return ast.unparse(ast.parse(statement))
