"""The rows of the calculus table as loops for numba: written out of the table, for the rows that a graph uses.

Compiling takes some seconds, so what is written lies in the cache as a module; beside it numba keeps its machine code.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ...calculus import Op
from ...graph.names import clean
from ...system.files import cache_folder, write_whole
from ...text.steps import Steps
from ...text.symbols import Language, NumPy
from ...text.symbols import numpy as arrays

scalars = NumPy(arrays.spellings, either=Language.either, choice=Language.choice)  # NumPy's functions, on one number
MANY = 64  # operations that differ, or inputs of one: with more, compiling takes too long


class Rows:
    "The operations that a graph uses, each on a number of inputs, and the kinds of instruction that they become."

    def __init__(self, first: int):
        self.first = first
        self.kinds: dict[tuple[Op, int], int] = {}
        self.rows: dict[tuple[Any, ...], tuple[Op, int]] = {}

    def kind(self, op: Op, inputs: int) -> int:
        "The number of an operation on this many inputs."
        if (op, inputs) not in self.kinds:
            key = (op.forward, op.constants, inputs)
            self.rows.setdefault(key, (op, inputs))
            self.kinds[op, inputs] = self.first + list(self.rows).index(key)
        return self.kinds[op, inputs]

    def numbered(self, kinds: Any) -> Any:
        "Kinds in an order that is the same for every graph that uses these rows: so that they share one kernel."
        fixed = np.arange(self.first)
        return np.concatenate([fixed, self.first + np.argsort(self._order())]).astype(kinds.dtype)[kinds]

    def _order(self) -> list[int]:
        rows = [(op.symbol, inputs, op.constants) for op, inputs in self.rows.values()]
        return sorted(range(len(rows)), key=rows.__getitem__)

    @property
    def too_many(self) -> bool:
        return len(self.rows) > MANY or any(inputs > MANY for _, inputs in self.rows.values())

    def branches(self, place: str, write: Any) -> tuple[str, str]:
        "The line of the kernel that stands for the rows, and the lines that come there."
        rows = list(self.rows.values())
        lines = [line for i, n in enumerate(self._order()) for line in write(self.first + i, *rows[n])]
        indent = " " * (len(place) - len(place.lstrip()))
        return place + "\n", "".join(f"{indent}{line}\n" for line in lines)


def compiled(kernel: ModuleType, *branches: tuple[str, str]) -> Any:
    "A copy of the kernel with these rows in its loop, as a module."
    text = Path(str(kernel.__file__)).read_text("utf-8")
    for place, lines in branches:
        before, after = text.split(place)
        text = before + lines + after
    sign = hashlib.sha256(text.encode()).hexdigest()[:16]
    name = f"micrograd_es_kernel_{sign}"
    if name not in sys.modules:
        try:
            file = _written(cache_folder("kernels"), name, text)
        except OSError:  # no home, or one that is read-only: compile for this process alone
            file = _written(Path(tempfile.mkdtemp(prefix="micrograd_es-")), name, text)
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec and spec.loader
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        sys.modules[name] = made  # where numba looks for it
    return sys.modules[name]


def _written(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.py"
    if not file.is_file() or file.read_text("utf-8") != text:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())
    return file


# ---- What an operation does, as lines of Python ---------------------------------------------------------------------


def _forward(op: Op, inputs: int) -> tuple[list[str], str]:
    "The statements from x0, x1, ... to the value, and the value."
    steps = Steps(scalars)
    value = steps(op.forward(steps, *[steps(f"x{j}") for j in range(inputs)], *op.constants))
    return steps.lines, str(value)


def _partials(op: Op, inputs: int) -> tuple[list[str], list[str]]:
    "The statements from x0, x1, ... and y to the local gradients, and these."
    steps = Steps(scalars)
    found = op.partials(steps, steps("y"), *[steps(f"x{j}") for j in range(inputs)], *op.constants)
    return steps.lines, [str(steps(local)) for local in found]


def group_rows(rows: Rows) -> tuple[str, str]:
    "For `kernel`: a row on all members of a group."
    return rows.branches("        # here follow the rows of the calculus table", _group_row)


def _group_row(kind: int, op: Op, inputs: int) -> list[str]:
    xs, spot = range(inputs), "first + i * width + b"
    (ahead, value), (behind, locals_) = _forward(op, inputs), _partials(op, inputs)
    return [
        f"elif kind == {kind}:  # {clean(op.symbol)}",
        *(f"    slots{j}, lane{j} = operands[o + {j}, SLOTS], operands[o + {j}, OF_LANES]" for j in xs),
        *(f"    wanted{j} = operands[o + {j}, WANTED]" for j in xs),
        "    for i in range(n):",
        *(f"        a{j} = place(slots[slots{j} + i], lane{j}, shared, samples)" for j in xs),
        "        for b in range(width):",
        *(f"            x{j} = memory[a{j} + b * lane{j}]" for j in xs),
        "            if behind:",
        f"                y, dy = memory[{spot}], grads[{spot}]",
        *(f"                {line}" for line in behind),
        *(
            f"                {line}"
            for j in xs
            for line in (f"if wanted{j}:", f"    grads[a{j} + b * lane{j}] += dy * {locals_[j]}")
        ),
        "            else:",
        *(f"                {line}" for line in ahead),
        f"                memory[{spot}] = {value}",
    ]


def tape_rows(rows: Rows) -> list[tuple[str, str]]:
    "For `tape_kernel`: a row on one node, forward and backward."
    forward = rows.branches("            # here follow the rows, forward", _tape_forward)
    return [forward, rows.branches("            # here follow the rows, backward", _tape_backward)]


def _tape_forward(kind: int, op: Op, inputs: int) -> list[str]:
    lines, value = _forward(op, inputs)
    return [
        f"elif kind == {kind}:  # {clean(op.symbol)}",
        *(f"    x{j} = memory[reads[p + {j}]]" for j in range(inputs)),
        *(f"    {line}" for line in lines),
        f"    memory[at] = {value}",
        f"    p += {inputs}",
    ]


def _tape_backward(kind: int, op: Op, inputs: int) -> list[str]:
    lines, locals_ = _partials(op, inputs)
    return [
        f"elif kind == {kind}:  # {clean(op.symbol)}",
        f"    p -= {inputs}",
        *(f"    x{j} = memory[reads[p + {j}]]" for j in range(inputs)),
        "    y = memory[at]",
        *(f"    {line}" for line in lines),
        *(f"    grads[reads[p + {j}]] += dy * {local}" for j, local in enumerate(locals_)),
    ]
