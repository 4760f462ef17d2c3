"""The table's rows as functions of arrays, in Python text: each with its local gradients beside it."""

from __future__ import annotations

import builtins
from inspect import CO_VARARGS
from typing import Any

from ..engine import Value
from ..op import Op
from ..symbols import ATOM, MINUS, POWER, NumPy, Symbol


class Functions:
    "The functions that a program calls, each written once."

    def __init__(self) -> None:
        self.functions: dict[Any, tuple[str, str]] = {}

    def texts(self) -> list[str]:
        return [text for _, text in self.functions.values() if text]

    def named(self, op: Op, count: int) -> str:
        "The name of the function for a row on so many inputs, written once; none if it is plain arithmetic."
        key = op.forward, op.constants, count
        if key not in self.functions:
            xs = ["x"] if count == 1 else [f"x{i}" for i in range(1, count + 1)]
            forward, backward = ArrayText(), ArrayText()
            y = forward.formula(op, *xs)
            local = ", ".join(map(str, backward.local_gradients(op, "y", *xs)))
            texts = [*forward.lines, str(y), *backward.lines, local]
            if not any("np." in text for text in texts):
                self.functions[key] = "", ""
            else:
                name = self._free_name(op, count)
                lines = [f"def {name}({', '.join(xs)}):", *forward.lines, f"return {y}"]
                slopes = [f"def d_{name}(y, {', '.join(xs)}):", *backward.lines, f"return {local},"]
                both = "\n    ".join(lines) + "\n\n\n" + "\n    ".join(slopes)
                self.functions[key] = name, f"{both}\n\n\n{name} = row({name}, d_{name})"
        return self.functions[key][0]

    def _free_name(self, op: Op, count: int) -> str:
        table = {row.op: name.strip("_") for name, row in vars(Value).items() if hasattr(row, "op")}
        name = table.get(op, op.symbol if op.symbol.isidentifier() else "row")
        name += f"_{count}" if op.forward.__code__.co_flags & CO_VARARGS else ""
        taken = {name for name, _ in self.functions.values()} | set(vars(builtins))
        return name if name not in taken else f"{name}_{len(self.functions)}"


class ArrayText(NumPy):
    """Python on arrays, in which powers are written a ** b and what is long gets a name.

    `lines` are the statements that give these names.
    """

    LONG = 30

    def __init__(self) -> None:
        super().__init__({"abs": "abs({})"})
        self.lines: list[str] = []
        self.known: dict[str, str] = {}

    def pow(self, a: Any, n: Any) -> Symbol:
        n = self(n)  # a ** -0.5 needs no brackets
        return Symbol(f"{self(a)._within(ATOM)} ** {n if n.rank == MINUS else n._within(ATOM)}", POWER, self)

    def __getattr__(self, name: str) -> Any:
        function = super().__getattr__(name)
        return lambda *xs: self._short(function(*xs))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return self._short(super().where(condition, a, b))

    def _short(self, symbol: Any) -> Any:
        if len(symbol.text) <= self.LONG:
            return symbol
        if symbol.text not in self.known:
            self.known[symbol.text] = f"t{len(self.known)}"
            self.lines.append(f"{self.known[symbol.text]} = {symbol.text}")
        return Symbol(self.known[symbol.text], ATOM, self)
