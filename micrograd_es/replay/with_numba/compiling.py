"""The rows of the calculus table as loops for numba: written out of the table, for the rows that a graph uses.

Compiling takes some seconds, so what is written lies in the cache as a module; beside it numba keeps its machine code.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
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
from ..plan.stacks import Line, Stack

scalars = NumPy(arrays.spellings, either=Language.either, choice=Language.choice)  # NumPy's functions, on one number
MANY = 64  # operations that differ, or inputs of one: with more, compiling takes too long


class Rows:
    "The operations that a graph uses, each on a number of inputs (0: on many), and the kinds that they become."

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


JOINS = {  # where it starts, and how one more is joined
    "sum": ("0.0", "{} + {}"),
    "max": ("-np.inf", "np.maximum({}, {})"),
    "min": ("np.inf", "np.minimum({}, {})"),
}


def _joined(lines: list[Line], loop: list[str], result: str, last: str = "") -> list[str]:
    """The loops that join many inputs, each of which `loop` reads as x; and then `last`, for each of them once more.

    What is done to each input is done again in every loop that needs it.
    """
    done: list[str] = []
    each: dict[str, str] = {}
    for line in lines:
        if line.join:
            start, join = JOINS[line.join]
            done += [f"{line.name} = {start}", *loop, *_indented(_needed(each, line.text))]
            done.append(f"    {line.name} = {join.format(line.name, line.text)}")
        elif line.each:
            each[line.name] = line.text
        else:
            done.append(f"{line.name} = {line.text}")
    return [*done, *loop, *_indented(_needed(each, result)), *_indented([last])] if last else done


def _needed(each: dict[str, str], text: str) -> list[str]:
    "Those of these lines that a text is made of, in their order."
    wanted = set(re.findall(r"\w+", text))
    for name in reversed(each):
        if name in wanted:
            wanted |= set(re.findall(r"\w+", each[name]))
    return [f"{name} = {each[name]}" for name in each if name in wanted]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


PASSED = "behind, n, terms, first, width, o, operands, slots, memory, grads, shared, samples"


def group_rows(rows: Rows) -> list[tuple[str, str]]:
    "For `kernel`: each row on all members of a group, a function of its own (they compile faster so), and its calls."
    functions = rows.branches("# here follow the rows of the calculus table", _group_row)
    return [functions, rows.branches("        # here follow their calls", _group_call)]


def _group_call(kind: int, op: Op, inputs: int) -> list[str]:
    return [f"elif kind == {kind}:", f"    row{kind}({PASSED})"]


def _group_row(kind: int, op: Op, inputs: int) -> list[str]:
    xs, spot = range(inputs or 1), "first + place_of(i) * width + b"
    read: list[str] = []
    if inputs:
        (ahead, value), (behind, locals_) = _forward(op, inputs), _partials(op, inputs)
        read = [f"x{j} = memory[a{j} + b * lane{j}]" for j in xs]
        behind += [
            line for j in xs for line in (f"if wanted{j}:", f"    grads[a{j} + b * lane{j}] += dy * {locals_[j]}")
        ]
    else:
        stack = Stack(scalars, op)
        a = "a = place(slots[slots0 + k * n + i], lane0, shared, samples) + b * lane0"
        loop = ["for k in range(terms):", f"    {a}", "    x = memory[a]"]
        ahead, value = _joined(stack.forward_lines, loop, stack.forward_result), stack.forward_result
        behind = ["if wanted0:"]
        last = f"grads[a] += dy * {stack.backward_result}"
        behind += _indented(_joined(stack.backward_lines, loop, stack.backward_result, last))
    members = [
        "for i in range(n):",
        *(f"    a{j} = place(slots[slots{j} + i], lane{j}, shared, samples)" for j in range(inputs)),
        "    for b in range(width):",
        *(f"        {line}" for line in read),
    ]
    return [
        "@compiled",
        f"def row{kind}({PASSED}):  # {clean(op.symbol)}",
        *(f"    slots{j}, lane{j} = operands[o + {j}, SLOTS], place_of(operands[o + {j}, OF_LANES])" for j in xs),
        *(f"    wanted{j} = operands[o + {j}, WANTED]" for j in xs),
        "    if behind:",
        *(f"        {line}" for line in members),
        f"                y, dy = memory[{spot}], grads[{spot}]",
        *(f"                {line}" for line in behind),
        "    else:",
        *(f"        {line}" for line in members),
        *(f"                {line}" for line in ahead),
        f"                memory[{spot}] = {value}",
        "",
        "",
    ]


def tape_rows(rows: Rows) -> list[tuple[str, str]]:
    "For `tape_kernel`: a row on one node, forward and backward. Before and after many inputs stands how many they are."
    forward = rows.branches("            # here follow the rows, forward", _tape_forward)
    return [forward, rows.branches("            # here follow the rows, backward", _tape_backward)]


MANY_READS = ["for j in range(p + 1, p + 1 + reads[p]):", "    x = memory[reads[j]]"]


def _tape_forward(kind: int, op: Op, inputs: int) -> list[str]:
    if inputs:
        lines, value = _forward(op, inputs)
        lines = [*(f"x{j} = memory[reads[p + {j}]]" for j in range(inputs)), *lines]
    else:
        stack = Stack(scalars, op)
        lines, value = _joined(stack.forward_lines, MANY_READS, stack.forward_result), stack.forward_result
    return [
        f"elif kind == {kind}:  # {clean(op.symbol)}",
        *_indented(lines),
        f"    memory[at] = {value}",
        f"    p += {inputs or 'reads[p] + 2'}",
    ]


def _tape_backward(kind: int, op: Op, inputs: int) -> list[str]:
    if inputs:
        lines, locals_ = _partials(op, inputs)
        lines = [*(f"x{j} = memory[reads[p + {j}]]" for j in range(inputs)), "y = memory[at]", *lines]
        lines += [f"grads[reads[p + {j}]] += dy * {local}" for j, local in enumerate(locals_)]
    else:
        stack = Stack(scalars, op)
        last = f"grads[reads[j]] += dy * {stack.backward_result}"
        lines = ["y = memory[at]", *_joined(stack.backward_lines, MANY_READS, stack.backward_result, last)]
    return [
        f"elif kind == {kind}:  # {clean(op.symbol)}",
        f"    p -= {inputs or 'reads[p - 1] + 2'}",
        *_indented(lines),
    ]
