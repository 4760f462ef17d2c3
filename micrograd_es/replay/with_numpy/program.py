"""From groups to a short array program in readable Python: forward, and backward through the same statements.

The operations inside it are the table's own rows, run on the names of arrays.
"""

from __future__ import annotations

import ast
import re
from itertools import compress
from typing import Any

import numpy as np

from ..plan.groups import Plan
from ..plan.levels import LANES, SHARED
from ..plan.results import only_for_answers
from ..plan.statements import Group, Product, Read
from ..plan.titles import Titles
from .arrays import BUFFERS, Names, Shape
from .gradients import Gradients
from .patterns import filled, patterned, row_backward, row_forward, stack_of
from .product import Einsum, Matrix, is_matrix

Array = Any


class Source:
    """The program of a plan: `text`, and the index arrays that it needs by name (`constants`).

    Run where shared, lanes, d_shared and d_lanes are arrays, it names their parts and defines forward(inputs), for
    samples one under the other, backward(), and answers() if there is something that no gradient needs.
    """

    def __init__(self, plan: Plan):
        self.plan, self.names, self.titles = plan, Names(plan), Titles(plan)
        self.constants = self.names.constants
        self.products: dict[int, Einsum | Matrix] = {}
        self.needed = plan.needed
        self.gradients = Gradients(self.names)
        self.kept: dict[tuple[int, str], str] = {}  # what forward has named and backward needs again
        late = only_for_answers(plan)
        self.late = {id(g) for i, g in enumerate(plan.groups) if i in late}
        self.forward = [line for g in plan.groups if id(g) not in self.late for line in self._forward(g)]
        self.answers = [line for g in plan.groups if id(g) in self.late for line in self._forward(g)]
        self.backward = self.gradients.seed()
        for g in reversed(plan.groups):
            lines = self._backward(g)
            if lines:
                self.backward += [f"# {self.titles.of(g)}", *lines]
        if self.names.spread.any():
            index = self.names.index(np.flatnonzero(self.names.spread))
            self.forward.insert(0, f"lanes[{index}] = inputs.T[{index}]")

    @property
    def text(self) -> str:
        used = set(re.findall(r"\b[a-z]+\d+\b", " ".join([*self.forward, *self.answers, *self.backward])))
        views = [f"{name} = {view}" for name, view in self.names.views.items() if name in used]
        seen = {name: view for name, view in self.names.given.items() if name in used}
        ours = [*seen, *self.names.copies, *self.kept.values()]
        given = [f"global {', '.join(ours)}"] if ours else []
        given += [f"{name} = {view}" for name, view in seen.items()]
        blocks = [*views, "", "", "def forward(inputs):", *_written(given + self.forward)]
        blocks += ["", "", "def backward():", *_written(self.gradients.cleared() + self.backward)]
        if self.answers:
            blocks += ["", "", "def answers():  # what no gradient needs", *_written(self.answers)]
        return "\n".join(blocks) + "\n"

    # -- forward

    def _forward(self, g: Group) -> list[str]:
        lines = [f"# {self.titles.of(g)}"]
        y = self.names.block(g)
        if g.op:
            xs, names = self._operands(g)
            named, (row,) = row_forward(g.op, xs, g.stacked)
            names |= self._to_keep(g, xs, named)
            lines += [*(filled(line, names) for line in named), f"{y}[:] = {filled(row, names)}"]
        else:
            how, terms = "", []
            for p in g.products:
                if p.size[3] == 1:
                    left, right = (self._operand(g, read) for read in p.met)
                    terms.append(f"{'-' * (p.sign < 0)}{left} * {right}")
                else:
                    written = self._product(g, p)
                    lines += self._copy(written)
                    y_rows, text = self._product_text(g, p, written, y)
                    lines.append(f"{y_rows}[:] {how}= {text}")
                    how = "+"
            for part in g.linear:
                one = len(part.read.index) == 1
                text = self._operand(g, Read(part.read.buffer, part.read.index[0]) if one else part.read)
                terms.append("-" * (part.sign < 0) + (text if one else f"{text}.sum(0)"))
            text = " + ".join(terms).replace(" + -", " - ")
            if how and len(terms) == 1 and text[0] == "-":
                how, text = "-", text[1:]
            if terms:
                lines.append(f"{y}[:] {how}= {text}")
        if g.fill is not None:
            lines.append(f"{BUFFERS[g.buffer]}[{self.names.index(g.gaps)}] = {_number(g.fill)}  # in the gaps")
        return lines

    def _to_keep(self, g: Group, xs: tuple[str, ...], named: list[str]) -> dict[str, str]:
        "New names for those of these lines that are the same in backward."
        if id(g) in self.late or not self.plan.differentiates(g):
            return {}
        again = {line.partition(" = ")[2] for line in row_backward(g.op, xs, g.stacked, self._wanted_of(g))[0]}
        found = {}
        for name, _, text in (line.partition(" = ") for line in named):
            if text in again and not re.search(r"\bt\d", text):
                found[name] = self.kept.setdefault((id(g), text), f"e{len(self.kept)}")
        return found

    def _operands(self, g: Group) -> tuple[tuple[str, ...], dict[str, str]]:
        "What a row calls its inputs, and what these names stand for."
        if g.stacked:
            return ("x",), {"x": self._operand(g, g.reads[0])}
        found: dict[str, str] = {}
        xs = tuple([found.setdefault(self._operand(g, read), f"x{len(found)}") for read in g.reads])
        return xs, {x: text for text, x in found.items()}

    def _operand(self, g: Group, read: Read) -> str:
        "What is read, as an array that fits the block of a group; with the axis of what is joined before it."
        number = self._literal(g, read)
        if number:
            return number
        shape = self._read_shape(g, read)
        text, order = self._seen(g, read) or (self.names.gathered(read, shape), tuple(range(len(shape))))
        still = [a for a in range(len(shape)) if a not in order and shape[a] > 1]
        inner = [a for a in still if order and a > min(order)]
        samples = g.buffer == LANES and read.buffer == SHARED
        if not inner and not samples:
            return text
        axes = [":" if a in order else "None" for a in range(min(order, default=len(shape)), len(shape))] or [":"]
        while axes[-1] == ":" and not samples:
            axes.pop()
        if samples and all(axis == ":" for axis in axes):
            return f"{text}[..., None]"
        return f"{text}[{', '.join([*axes, *['None'] * samples])}]"

    def _seen(self, g: Group, read: Read, d: str = "") -> tuple[str, Shape] | None:
        "A view of what is read, and its axes; None if it is not regular, or a number is to be joined with itself."
        shape = self._read_shape(g, read)
        seen = self.names.seen(read, shape, d, turned=True)
        return None if seen and len(shape) > len(self.names.shape(g)) and 0 not in seen[1] else seen

    def _literal(self, g: Group, read: Read) -> str:
        "A number that stands in the formula stands in the program."
        if read.buffer == LANES or len(g.reads) < 2:
            return ""
        numbers = {self.plan.constants.get(slot) for slot in set(read.index.ravel().tolist())}
        x = numbers.pop()
        fits = not numbers and x is not None and 1e-6 < abs(x) < 1e6  # what 1/x or x·x cannot make a 0
        arrays = [r for r in g.reads if r.buffer == LANES or not self.plan.constants.keys() >= {*r.index.tolist()}]
        return repr(x) if fits and arrays else ""

    def _read_shape(self, g: Group, read: Read) -> Shape:
        shape = self.names.shape(g)
        return (len(read.index), *shape) if read.index.ndim > 1 and len(read.index) > 1 else shape

    def _product(self, g: Group, p: Product) -> Einsum | Matrix:
        if id(p) not in self.products:
            self.products[id(p)] = Matrix(self.names, g, p) if is_matrix(p) else Einsum(self.names, p)
        return self.products[id(p)]

    def _copy(self, written: Einsum | Matrix) -> list[str]:
        if isinstance(written, Matrix) and written.v in self.names.copies:
            return [f"{written.v} = {self.names.copies[written.v]}"]
        return []

    def _product_text(self, g: Group, p: Product, written: Einsum | Matrix, y: str) -> tuple[str, str]:
        "Where it is written to, and what."
        samples = "[..., None]" if self._for_all(g, p) else ""
        if isinstance(written, Einsum):
            return f"{y}{written.one}", f"{written.forward()}{samples}"
        text = f"{written.w} @ {written.v}"
        if samples:
            return y, f"{written.sign}({text}){written.block}{samples}"
        return f"{y}{written.rows}", f"-({text})" if written.sign else text

    def _for_all(self, g: Group, p: Product) -> bool:
        "Is it the same for all samples, in a sum that is not?"
        return g.buffer == LANES and p.left.buffer == p.right.buffer == SHARED

    # -- backward

    def _backward(self, g: Group) -> list[str]:
        if not self.plan.differentiates(g):
            return []
        self.gradients.read(g)
        dy = self.names.block(g, "d")
        lines: list[str] = []
        if g.fill is not None:
            lines.append(f"d_{BUFFERS[g.buffer]}[{self.names.index(g.gaps)}] = 0.0  # from the gaps")
        if g.op:
            xs, names = self._operands(g)
            names |= {"y": self.names.block(g), "dy": dy}
            wanted = self._wanted_of(g)
            named, downs = row_backward(g.op, xs, g.stacked, wanted)
            for line in named:
                name, _, text = line.partition(" = ")
                if (id(g), text) in self.kept:
                    names[name] = self.kept[id(g), text]
                else:
                    lines.append(filled(line, names))
            for read, down in zip(compress(g.reads, wanted), downs):
                lines += self._add(g, read, filled(down, names), g.stacked and not stack_of(g.op).each)
        for p in g.products:
            if p.size[3] == 1:
                left, right = p.met
                for read, other in ((left, right), (right, left)):
                    if self._wanted(read):
                        lines += self._add(g, read, f"{'-' * (p.sign < 0)}{dy} * {self._operand(g, other)}")
            else:
                lines += self._add_product(g, p, f"{dy}.sum(-1)" if self._for_all(g, p) else dy)
        for part in g.linear:
            if self._wanted(part.read):
                one = len(part.read.index) == 1
                read = Read(part.read.buffer, part.read.index[0]) if one else part.read
                lines += self._add(g, read, "-" * (part.sign < 0) + dy, not one)
        return lines

    def _wanted_of(self, g: Group) -> tuple[bool, ...]:
        return tuple([self._wanted(read) for read in g.reads])

    def _wanted(self, read: Read) -> bool:
        return bool(self.needed[read.buffer][read.index].any())

    def _add_product(self, g: Group, p: Product, dy: str) -> list[str]:
        written, lines = self._product(g, p), []
        if isinstance(written, Einsum):
            twice = written.left.text == written.right.text  # x · x, whose derivative is 2x
            for factor in (written.left, written.right)[: 2 - twice]:
                if self._wanted(factor.read):
                    target = factor.d if factor.regular else ""
                    down = written.to(factor, f"{'2.0 * ' * twice}{dy}{written.one}")
                    lines += self.gradients.add(factor.read, target, factor.shape, down)
            return lines
        dy = f"{written.sign}{dy}{written.rows}"
        if self._wanted(p.left):
            down = f"{dy} @ {written.v}{written.turn}"
            lines += self.gradients.add(written.left, written.seen_left("d"), written.left_full, down)
        if self._wanted(p.right):
            down, target = f"{written.w}{written.turn} @ {dy}", ""
            if written.apart:
                down = f"({down}).reshape({', '.join(map(str, written.right_full))}, -1)"
            else:
                target = written.seen_right("d")
            lines += self.gradients.add(written.right, target, written.right_full, down)
        return lines

    def _add(self, g: Group, read: Read, down: str, joined: bool = False) -> list[str]:
        """Hand a gradient of the group's shape down to what was read, summed over axes along which that is the same.

        What was `joined` has an axis more, the first, and all that stand along it are handed the same.
        """
        shape = self._read_shape(g, read)
        seen = self._seen(g, read, "d")
        over = [a - joined for a in range(len(shape)) if a not in seen[1] and shape[a] > 1] if seen else []
        if read.buffer == SHARED and g.buffer == LANES:
            over.append(-1)
        if over:
            down = f"({down}).sum({over[0] if len(over) == 1 else tuple(over)})"
        return self.gradients.add(read, seen[0] if seen else "", shape, down)


def _number(x: float) -> str:
    return repr(x) if np.isfinite(x) else f"{'-' * (x < 0)}np.inf"


def _written(lines: list[str]) -> list[str]:
    "The body of a function."
    return ["    " + (line if line[0] == "#" else _tidy(line)) for line in lines or ["pass"]]


@patterned
def _tidy(statement: str) -> str:
    "Without a bracket too many."
    code, note, comment = statement.partition("  # ")
    return ast.unparse(ast.parse(code)) + note + comment
