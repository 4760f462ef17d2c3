"""The method of a row: straight on from the numbers of its inputs to a new Value, in Python that the row itself wrote.

>>> from inspect import getsource
>>> from ..engine import Value
>>> y = Value(1.0).sin()
>>> print(getsource(Value.sin))
def sin(self):
    out = new(Value)
    out.op, out.grad = op, 0
    out.a, out.b = self, None
    try:
        x = self.data
        out.data = y = math.sin(x)
        out.da = math.cos(x)
    except DOUBTFUL:
        return made(op, self)
    return out
<BLANKLINE>

A row is run on text for this, as it is for the formula on an edge: the engine has no other code for an operation.
"""

from __future__ import annotations

import builtins
import linecache
import math
from collections.abc import Callable
from inspect import Parameter, Signature
from itertools import count
from keyword import iskeyword
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Protocol, cast

from ..core.floats import choices, is_number
from .steps import written
from .symbols import Python, plain

if TYPE_CHECKING:
    from ..engine import Value


class Method(Protocol):
    "What makes a Value: of one row, or of a family of them."

    op: Any
    __name__: str

    def __call__(self, *xs: Any) -> Value: ...


MANY = """def {name}(*xs):
    if not xs:
        raise TypeError(op.symbol + " of nothing: it takes at least one Value")
    return few[len(xs)](*xs) if len(xs) <= FEW else made(op, *xs)
"""
LINE = """def {name}({given}):{other}
    out = new(Value)
    out.op, out.grad = {op}, 0
    {made_of}
    try:
        {lines}
    except DOUBTFUL:
        return made({op}, {parents})
    return out
"""
OPERATOR = """
    if type(other) is not Value:
        other = operand(other)
        if other is None:
            return NotImplemented"""
VALUES = """
    if not ({} is Value):
        return made(op, {})"""
POWER = """
    if type(n) is not int and type(n) is not float:
        return made(op[float(n)], self) if is_number(n) else self._to_power(n)"""

# What the methods know by name. The engine adds its Value, and what makes a Value of a number, or carefully of an Op.
KNOWN: dict[str, Any] = {
    "math": math,
    "is_number": is_number,
    "new": object.__new__,
    "DOUBTFUL": (ArithmeticError, AttributeError, TypeError, ValueError),  # of a number, or of what is no Value
    "FEW": 32,  # inputs, up to which a row is written out for their number
    **choices,
}
LANGUAGE = Python({"abs": "abs({})", "maximum": "maximum({})", "minimum": "minimum({})"})
COUNT = count(1)


class Family(dict[float, Any]):
    "What `make` makes of each number that has come by: the Op of an exponent, say. Not of more than a thousand."

    def __init__(self, make: Callable[[float], Any]):
        self.make = make

    def __missing__(self, n: float) -> Any:
        if len(self) >= 1000:
            self.clear()
        return self.setdefault(n, self.make(n))


def method(op: Any, row: Any = None, other: str = "") -> Method:
    """The method that makes a Value by the row `op`; of a family of rows, `op` makes the one and `row` stands for any.

    It is written when it is first called: by then the rows that it may need are all there.
    """
    known: dict[str, Any] = {"op": op, "__name__": __name__, "__package__": __package__, "__builtins__": builtins}

    def written_out() -> Method:
        known.update(KNOWN)
        function.__code__ = compiled(source(row or op, function.__name__, other), function.__name__)
        return found

    def for_inputs(n: float) -> Any:
        return FunctionType(compiled(source(op, function.__name__, inputs=int(n)), function.__name__), known)

    known |= {"written_out": written_out, "few": Family(for_inputs)}
    name = (row or op).symbol
    function = FunctionType(_first.__code__, known, name if name.isidentifier() and not iskeyword(name) else "operator")
    function.__qualname__ = function.__name__
    function.__doc__, function.__signature__ = sentence(row or op), signature(row or op)  # type: ignore[attr-defined]
    found = cast(Method, function)
    found.op = op
    return found


def sentence(op: Any) -> str:
    """What help() says of a row: the row itself, as people read it.

    >>> from ..engine import Value
    >>> Value.tanh.__doc__
    'y = tanh(x), and ∂y/∂x = 1 - y².'
    """
    xs = {1: ["x"], None: ["a", "b", "c"]}.get(op.arity) or [*"abcdefgh"[: op.arity]]
    try:
        y, slopes = plain.formula(op, *xs), plain.local_gradients(op, "y", *xs)
    except Exception:  # of text it makes nothing: what is wrong it says when it is used
        return f"The operation {op.symbol}."
    if op.arity is None:
        return f"y = {y}, of any number of inputs, and ∂y/∂a = {slopes[0]}."
    return f"y = {y}, and {', '.join(f'∂y/∂{x} = {slope}' for x, slope in zip(xs, slopes))}."


def signature(op: Any) -> Signature:
    "What it is called with: what the method that is written out takes."
    if op.arity is None:
        return Signature([Parameter("xs", Parameter.VAR_POSITIONAL)])
    return Signature([Parameter(x, Parameter.POSITIONAL_OR_KEYWORD) for x in (*parents_of(op.arity), *op.constants)])


def parents_of(n: int) -> list[str]:
    "What n inputs are called in a method."
    return ["self", "other"][:n] if n <= 2 else [f"v{i}" for i in range(1, n + 1)]


def reflected(method: Method) -> Callable[..., Value]:
    "For 2 * b, the method of a * b."

    def swapped(self: Any, other: Any) -> Any:
        other = KNOWN["operand"](other)
        return NotImplemented if other is None else method(other, self)

    swapped.__doc__ = method.__doc__
    return swapped


def _first(*xs: Any) -> Any:
    return written_out()(*xs)  # type: ignore[name-defined]  # noqa: F821


def compiled(text: str, name: str) -> CodeType:
    "The code of the function, and its text where tracebacks and inspect.getsource look for it."
    file = f"<row {name}, written out, {next(COUNT)}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    found: dict[str, Any] = {}
    exec(compile(text, file, "exec"), found)
    return found[name].__code__  # type: ignore[no-any-return]


def source(op: Any, name: str, other: str = "", inputs: int | None = None) -> str:
    """The row as the source of a method; of a row of any number of inputs, for that number.

    A constant that is a name, as the n of x**n, is one of its parameters.
    """
    n = op.arity or inputs
    if n is None:
        return MANY.format(name=name)
    parents = parents_of(n)
    xs = [["x"], ["a", "b"]][n - 1] if n <= 2 else [f"x{i}" for i in range(1, n + 1)]
    forward, y, backward, locals_ = written(LANGUAGE, op, xs)
    if n > 2:
        made_of, partials = f"out.a, out.b = None, ({', '.join(parents)})", f"out.db = {', '.join(locals_)}"
    elif n == 2:
        made_of, partials = "out.a, out.b = self, other", f"out.da, out.db = {', '.join(locals_)}"
    else:
        made_of, partials = "out.a, out.b = self, None", f"out.da = {locals_[0]}"
    if n > 1 and not other:
        other = VALUES.format(" is ".join(f"type({v})" for v in parents), ", ".join(parents))
    numbers = [f"{', '.join(xs)} = {', '.join(f'{v}.data' for v in parents)}"]
    numbers += [f"{', '.join(op.constants)}, = out.op.constants"] if op.constants else []
    return LINE.format(
        name=name,
        given=", ".join([*parents, *op.constants]),
        other=other,
        op=f"op[{', '.join(op.constants)}]" if op.constants else "op",
        made_of=made_of,
        parents=", ".join(parents),
        lines="\n        ".join([*numbers, *forward, f"out.data = y = {y}", *backward, partials]),
    )
