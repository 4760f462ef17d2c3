"""A row of the table as JavaScript, on numbers and on text: the page runs it on either, as Python does.

>>> from ..engine import Value
>>> print(on_numbers(Value.tanh.op, 1))
{symbol: "tanh", forward: (a) => Math.tanh(a), locals: ..., slides: (y, a) => [1.0 - Math.pow(y, 2.0)]}
>>> print(on_text(Value.tanh.op, 1))
{formula: (m, a) => m.call("tanh", "tanh(", ")", a), locals: (m, y, a) => [m.sub(1.0, m.pow(y, 2.0))]}
"""

from __future__ import annotations

from typing import Any

from ..calculus import Op
from ..text.symbols import Plain, javascript, plain
from .shared import script_json


def inputs(count: int) -> list[str]:
    return list("abc"[:count]) if count <= 3 else [f"x{i}" for i in range(1, count + 1)]


# ---- On numbers ------------------------------------------------------------------------------------------------------


def on_numbers(op: Op, count: int) -> str:
    "y, the local gradients, and the lecture's form of them where the row computes another."
    if not op.forward:
        return "null"
    xs, y = inputs(count), javascript("y")
    given, named = ", ".join(xs), [javascript(x) for x in xs]
    parts = {
        "symbol": script_json(op.symbol),
        "forward": f"({given}) => {javascript.formula(op, *xs)}",
        "locals": f"(y, {given}) => [{', '.join(str(x) for x in javascript.local_gradients(op, y, *named))}]",
    }
    if op.slide is not op.partials:
        slides = [javascript(x) for x in op.slide(javascript, y, *named, *op.constants)]
        parts["slides"] = f"(y, {given}) => [{', '.join(map(str, slides))}]"
    return together(parts)


def together(parts: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {text}" for key, text in parts.items()) + "}"


# ---- On text ---------------------------------------------------------------------------------------------------------


class Call:
    "What the row does to text, as a call of the page's language m, which does the same: m.mul(a, b)."

    def __init__(self, text: str):
        self.text = text

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        "In a sentence, which is then a template of JavaScript's: `${m.mul(a, b)} but for its sign`."
        return f"${{textOf({self.text})}}"

    def __abs__(self) -> Any:
        return recorded.abs(self)

    def __bool__(self) -> bool:
        raise TypeError(f"whether {self.text} depends on the numbers: a row says m.where(condition, a, b), not if")


def written(x: Any) -> str:
    return str(x) if isinstance(x, Call) else javascript.number(x)


def call(name: str, *xs: Any) -> Call:
    return Call(f"m.{name}({', '.join(map(written, xs))})")


def _operator(name: str, *, swapped: bool = False) -> Any:
    return lambda *xs: call(name, *(xs[::-1] if swapped else xs))


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(Call, f"__{_name}__", _operator(_name))
    setattr(Call, f"__r{_name}__", _operator(_name, swapped=True))
for _name in ("gt", "lt", "ge", "le", "ne", "or", "neg"):
    setattr(Call, f"__{_name}__", _operator(_name))


class Recorded(Plain):
    "`plain`, which does not write a formula but the JavaScript that will."

    def __call__(self, x: Any, digits: int = 0) -> Any:
        return x if isinstance(x, Call) else call("number", x)

    def __getattr__(self, name: str) -> Any:
        before, after = map(script_json, self.spelling(name).split("{}"))
        return lambda *xs: Call(f"m.call({', '.join([script_json(name), before, after, *map(written, xs)])})")

    def pow(self, a: Any, n: Any) -> Any:
        return call("pow", a, n)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, bool):
            return self(a if condition else b)
        return call("where", condition, a, b)

    def formula(self, op: Op, *xs: Any) -> Any:
        if op.forward or op.symbol.isalpha():
            return super().formula(op, *xs)
        symbol = script_json(op.symbol), script_json(f"{op.symbol}("), '")"'  # made by hand
        return Call(f"m.call({', '.join([*symbol, *map(written, xs)])})")


recorded = Recorded(plain.spellings)


def on_text(op: Op, count: int) -> str:
    "The formula, and the local gradients as a lecture writes them: none of what was made by hand."
    xs = inputs(count)
    y, *named = [Call(x) for x in ("y", *xs)]
    slides = recorded.local_gradients(op, y, *named) if op.partials else []
    given = ", ".join(xs)
    return together(
        {
            "formula": f"(m, {given}) => {recorded.formula(op, *named)!s}",
            "locals": f"(m, y, {given}) => [{', '.join(map(str, slides))}]",
        }
    )
