"""The table's rows as functions of arrays, in Python text: each with its local gradients beside it."""

from __future__ import annotations

import builtins
from typing import Any

from ...calculus import TABLE, Op
from ...text.steps import written
from ...text.symbols import ATOM, MINUS, POWER, NumPy, Symbol
from ..plan.stacks import Stack


class Functions:
    "The functions that a program calls, each written once."

    def __init__(self) -> None:
        self.functions: dict[Any, tuple[str, str]] = {}

    def texts(self) -> list[str]:
        return [text for _, text in self.functions.values() if text]

    def named(self, op: Op, count: int) -> str:
        """The name of the function for a row on n inputs, written once; none if it is plain arithmetic.

        With n = 0 for one on many, which all come in one array, along its first axis.
        """
        key = op.forward, op.constants, count
        if key not in self.functions:
            xs = ["x"] if count < 2 else [f"x{i}" for i in range(1, count + 1)]
            forward, y, backward, locals_ = written(arrays, op, xs) if count else _joining(op)
            if not any("np." in text for text in (*forward, y, *backward, *locals_)):
                self.functions[key] = "", ""
            else:
                name = self._free_name(op, count)
                lines = [f"def {name}({', '.join(xs)}):", *forward, f"return {y}"]
                slopes = [f"def d_{name}(y, {', '.join(xs)}):", *backward, f"return {', '.join(locals_)},"]
                both = "\n    ".join(lines) + "\n\n\n" + "\n    ".join(slopes)
                self.functions[key] = name, f"{both}\n\n\n{name} = row({name}, d_{name})"
        return self.functions[key][0]

    def _free_name(self, op: Op, count: int) -> str:
        table = {row.op: row.__name__.strip("_") for row in TABLE.methods.values()}
        name = table.get(op, op.symbol if op.symbol.isidentifier() else "row")
        name += f"_{count or 'all'}" if op.arity is None else ""
        taken = {name for name, _ in self.functions.values()} | set(vars(builtins))
        return name if name not in taken else f"{name}_{len(self.functions)}"


def _joining(op: Op) -> tuple[list[str], str, list[str], list[str]]:
    "A row of many inputs: lines and value, lines and local gradient."
    stack = Stack(arrays, op, {"sum": "{}.sum(0)", "max": "np.amax({}, 0)", "min": "np.amin({}, 0)"})
    (forward, (y,)), (backward, (local,)) = stack.forward, stack.backward
    return forward, y, backward, [f"np.zeros_like(x) + {local}"]


class ArrayText(NumPy):
    "Python on the arrays of any engine: powers are written a ** b."

    def pow(self, a: Any, n: Any) -> Symbol:
        n = self(n)  # a ** -0.5 needs no brackets
        return Symbol(f"{self(a).within(ATOM)} ** {n if n.rank == MINUS else n.within(ATOM)}", POWER, self)


arrays = ArrayText({"abs": "abs({})"})
