"""The names of the arrays in a program: the blocks that its statements make, and what they see of them.

y is what a statement makes, x is seen of the inputs, w of what the samples share, v of what each has its own; and a d
before a name is for the gradient of what it names.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..plan.groups import Plan
from ..plan.levels import LANES, SHARED
from ..plan.statements import Group, Read
from .views import View, axes, view, written

Array = Any
Shape = tuple[int, ...]
BUFFERS = {SHARED: "shared", LANES: "lanes"}


class Names:
    "The views of a program, by name, and the index arrays and signs that it needs (`constants`)."

    def __init__(self, plan: Plan):
        self.plan = plan
        self.constants: dict[str, Any] = {}
        self.views: dict[str, str] = {}
        self.given: dict[str, str] = {}  # those of the inputs, which are others for every batch
        self.copies: dict[str, str] = {}  # what is copied in every run, so that columns lie side by side
        self.spread = np.zeros(len(plan.inputs), bool)  # inputs that are wanted among the lanes
        self.names: dict[str, str] = {}
        self.letters: Counter[str] = Counter()
        self.numbers = {id(g): i for i, g in enumerate(plan.groups)}
        self.makers = {(g.buffer, g.start, len(g.nodes)): g for g in plan.groups}
        self.shapes: dict[int, Shape] = {}
        for g in plan.groups:
            self.shapes[id(g)] = g.shape or self._shape(g)

    def shape(self, g: Group) -> Shape:
        "The axes of a group's block."
        return self.shapes[id(g)]

    def _shape(self, g: Group) -> Shape:
        "That of a block that is read as a whole, if all that is read is regular along its axes; else of the fewest."
        rows = [(read.buffer, row) for read in g.all_reads() for row in np.atleast_2d(read.index)]
        indices = [row for _, row in rows]
        for shape in (*map(self._line_shape, g.all_reads()), *[self._shape_at(buffer, row) for buffer, row in rows]):
            if shape and all(view(row, shape) for row in indices):
                return shape
        return axes(indices)

    def _shape_at(self, buffer: int, index: Array) -> Shape:
        "The shape of the block that begins where this index does, and is as long; none if there is no such block."
        return self.shapes.get(id(self.makers.get((buffer, int(index.min()), index.size))), ())

    def _line_shape(self, read: Read) -> Shape:
        "The shape of a block without one axis, if its lines along that one are what is joined."
        shape = self._shape_at(read.buffer, read.index) if read.index.ndim > 1 else ()
        for axis in range(len(shape) if len(shape) > 1 else 0):
            rest = shape[:axis] + shape[axis + 1 :]
            if shape[axis] == len(read.index) and view(read.index, (len(read.index), *rest)):
                return rest
        return ()

    # -- names

    def block(self, g: Group, d: str = "") -> str:
        "What a group makes, or its gradient."
        name = f"y{self.numbers[id(g)]}"
        self.views[d + name] = d + self._called(f"{BUFFERS[g.buffer]}[{g.block.start}:{g.block.stop}]", g, name, d)
        return d + name

    def _called(self, text: str, g: Group, name: str, d: str) -> str:
        shape = self.shape(g)
        if len(shape) > 1:
            text += f".reshape({', '.join(map(str, shape))}{', -1' if g.buffer == LANES else ''})"
        self.names[text] = name
        return ("_" if d else "") + text

    def name(self, text: str, buffer: str, d: str = "") -> str:
        "The name of a view, its own if it has none yet."
        if text not in self.names:
            letter = {"shared": "w", "lanes": "v", "inputs.T": "x"}[buffer]
            self.names[text] = f"{letter}{self.letters[letter]}"
            self.letters[letter] += 1
        name = d + self.names[text]
        (self.given if buffer == "inputs.T" else self.views)[name] = (f"{d}_" if d else "") + text
        return name

    def copied(self, text: str, shape: str) -> str:
        "The name of a copy of what is seen, in another shape."
        if text in self.given:
            return self.name(self.given[text] + shape, "inputs.T")
        name = f"v{self.letters['v']}"
        self.letters["v"] += 1
        self.copies[name] = text + shape
        return name

    def constant(self, numbers: Any) -> str:
        "The name of an array that the program is given."
        name = f"i{len(self.constants)}"
        self.constants[name] = numbers
        return name

    def index(self, slots: Array) -> str:
        "A slice where the slots lie side by side, or all equally far apart; else the name of an index array."
        flat = slots.ravel()
        gaps = np.diff(flat)
        if (gaps == 1).all():
            return f"{flat[0]}:{flat[-1] + 1}"
        if slots.ndim == 1 and gaps[0] > 1 and (gaps == gaps[0]).all():
            return f"{flat[0]}:{flat[-1] + 1}:{gaps[0]}"
        return self.constant(slots)

    # -- what is read

    def matrix(self, read: Read, full: Shape, d: str = "") -> str:
        "A view of what is read, with all these axes, even those of one; nothing if it is not regular."
        shape = tuple(n for n in full if n > 1) or (1,)
        found = view(read.index, shape)
        sizes = () if shape == full else (*full, *[-1] * (read.buffer == LANES))
        seen = self._seen(found, read, shape, d, True, sizes) if found else None
        return seen[0] if seen and len(seen[1]) == sum(n > 1 for n in full) else ""

    def seen(self, read: Read, shape: Shape, d: str = "", turned: bool = False) -> tuple[str, Shape] | None:
        """A view of what is read, as an array of this shape without the axes along which it stands still.

        And its axes: in their order, if `turned`, else as they lie in memory. None if it is not regular.
        """
        found = view(read.index, shape)
        return self._seen(found, read, shape, d, turned) if found else None

    def _seen(
        self, found: View, read: Read, shape: Shape, d: str, turned: bool, sizes: Shape = ()
    ) -> tuple[str, Shape] | None:
        buffer, lanes = BUFFERS[read.buffer], read.buffer == LANES
        raw = read.index < len(self.spread) if lanes else np.zeros(1, bool)
        if raw.all():
            buffer = "inputs.T"
        limit = len(self.plan.inputs) if raw.all() else self.plan.sizes[read.buffer]
        text = written(buffer, limit, found, shape, lanes)
        if text is None:
            return None
        if raw.any() and not raw.all():
            self.spread[read.index[raw]] = True
        expression, order = text
        if turned and list(order) != sorted(order):
            places = [*np.argsort(order).tolist(), *([len(order)] if lanes else [])]
            expression, order = f"{expression}.transpose({', '.join(map(str, places))})", tuple(sorted(order))
        if sizes:
            expression += f".reshape({', '.join(map(str, sizes))})"
        return self.name(expression, buffer, d), order

    def gathered(self, read: Read, shape: Shape, d: str = "") -> str:
        "What is read, one by one: where it is not regular."
        if read.buffer == LANES:
            self.spread[read.index[read.index < len(self.spread)]] = True
        index = self.index(read.index.reshape(shape))
        if ":" in index and len(shape) > 1:
            index = self.constant(read.index.reshape(shape))
        return f"{d and 'd_'}{BUFFERS[read.buffer]}[{index}]"
