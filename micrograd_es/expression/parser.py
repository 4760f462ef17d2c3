"""'(x*w - y)**2' -> Values: by a reader that knows arithmetic and nothing else, never by eval.

>>> loss, names = parse("(x*w - y)**2", x=1, w=1, y=2)
>>> loss.backward()
>>> loss, names["w"].grad
(Value(data=1.0, grad=1.0, label='loss'), -2.0)

Several statements may follow each other, each on its line or after a semicolon; the last one is the root.

>>> parse("s = x*w - y; E = s**2 / 2", x=1, w=1, y=2).names["s"]
Value(data=-1.0, grad=0, label='s')
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NamedTuple, NoReturn
from unicodedata import normalize

from ..engine import Value
from ..system.quotes import short
from ..text.letters import counted
from .complaints import SPELLINGS, allowed, complaints, functions

LONGEST = 10_000  # characters of text: far more than a slide holds, far less than hurts


class ExpressionError(ValueError):
    "What is wrong with a text, in one line."


class Expression(NamedTuple):
    "The root of the graph, and every name in the text with its Value."

    root: Value
    names: dict[str, Value]


def parse(text: str, /, **values: Any) -> Expression:
    "The Values of a formula or of some statements; `values` are the numbers (or Values) of the names it uses."
    return _Reader(text).read(values)


OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: lambda x: x,
}


def computed(f: Callable[..., Any], *xs: Value | float) -> Any:
    "f of xs. Of numbers alone it is a number, as in Python, but by the table: 10**10**10 is inf, and at once."
    if any(isinstance(x, Value) for x in xs):
        return f(*xs)
    return f(Value(xs[0]), *xs[1:]).data


class _Reader:
    "Walks over the syntax tree of one text. What it does not know, it refuses."

    def __init__(self, text: str):
        if len(text) > LONGEST:
            raise ExpressionError(f"the text has {len(text):,} characters; at most {LONGEST:,} are read")
        self.lines = re.sub(r"[^\S\n]", " ", normalize("NFC", text)).split("\n")
        self.source = [line.strip() for line in self.lines]  # indentation means nothing here
        for row, line in enumerate(self.source):
            for column, message in complaints(line):
                self.refuse(row, column, message)
        self.names: dict[str, Value] = {}
        self.used: set[str] = set()

    def read(self, values: dict[str, Any]) -> Expression:
        "The whole text, with the given values."
        for name, x in values.items():
            self.give(normalize("NFC", name), x)
        try:
            self.tree = ast.parse("\n".join(self.source))
            for statement in self.tree.body:
                root = self.statement(statement)
        except SyntaxError as error:
            self.refuse_syntax(error)
        except (RecursionError, MemoryError):
            raise ExpressionError("nested too deeply: name the parts, or write sum(a, b, ...)") from None
        if not self.tree.body:
            raise ExpressionError("there is nothing to compute: the text is empty")
        for name in self.names:
            if name not in self.used and self.names[name] is not root:
                raise ExpressionError(f"{short(name)} is never used: leave it out")
        return Expression(root, self.names)

    def give(self, name: str, x: Any) -> None:
        "A name and its number, from outside."
        if not name.isidentifier() or any(complaints(name)):
            raise ExpressionError(f"{short(name)!r} is not a name: letters, digits and _, as in x, w1, ŷ")
        try:
            value = x if isinstance(x, Value) else Value(x)
        except (TypeError, ValueError, OverflowError) as error:
            raise ExpressionError(f"{short(name)}: {short(str(error))}") from None
        if not math.isfinite(value.data):
            raise ExpressionError(f"{short(name)}={value.data}: give it a finite number")
        self.name(name, value)

    def name(self, name: str, value: Value | float) -> Value:
        "The Value, known by this name from now on. (An alias, as in a = b, leaves the first name on it.)"
        value = value if isinstance(value, Value) else Value(value)
        value.label = value.label or name
        self.names[name] = value
        return value

    def statement(self, node: ast.stmt) -> Value:
        "One statement: name = formula; or, at the end, a formula alone."
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=formula):
                if name in self.names:
                    self.refuse_node(node, f"{short(name)} has a value already: one name, one node; take a new name")
                return self.name(name, self.value(formula))
            case ast.Expr(value=formula) if node is not self.tree.body[-1]:
                self.refuse_node(node, f"give it a name, as in s = {self.text(formula)}: only the last may go without")
            case ast.Expr(value=ast.Name() as name_node):
                return self.known(name_node)
            case ast.Expr(value=formula):
                if "loss" in self.names:
                    self.refuse_node(node, "loss is a name already: name the last formula too, as in total = ...")
                return self.name("loss", self.value(formula))
        self.refuse_node(node, f"{self.text(node)} is not allowed; {allowed()}")

    def value(self, node: ast.expr) -> Any:
        "A formula: a Value, or the float that numbers alone come to."
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name():
                return self.known(node)
            case ast.UnaryOp(op=sign, operand=x) if type(sign) in OPERATORS:
                return computed(OPERATORS[type(sign)], self.value(x))
            case ast.BinOp(left=a, op=sign, right=b) if type(sign) in OPERATORS:
                return computed(OPERATORS[type(sign)], self.value(a), self.value(b))
            case ast.Call(func=ast.Name(id=name), args=xs, keywords=[]):
                return computed(self.function(node, name, xs), *map(self.value, xs))
            case ast.Call(func=ast.Attribute(value=x, attr=name), args=xs) if name in functions():
                library = isinstance(x, ast.Name) and x.id not in self.names  # the math of math.exp(x)
                self.refuse_node(node, f"write {name}({', '.join(map(self.text, xs if library else [x, *xs]))})")
            case ast.BinOp(op=ast.FloorDiv()):
                self.refuse_node(node, f"{self.text(node)}: write / for division")
        self.refuse_node(node, f"{self.text(node)} is not allowed; {allowed()}")

    def function(self, node: ast.AST, name: str, xs: list[ast.expr]) -> Callable[..., Value]:
        "The row called by this name, if it takes this number of inputs."
        row = functions().get(name)
        if row is None:
            near = get_close_matches(name, functions(), 1)
            hint = f"write {SPELLINGS[name]}" if name in SPELLINGS else f"write {near[0]}?" if near else allowed()
            if name in self.names:
                hint = f"write {short(name)}*(...) to multiply"
            self.refuse_node(node, f"{short(name)} is not a function here: {hint}")
        arity = row.op.arity
        if not xs if arity is None else len(xs) != arity:
            wanted = "at least 1 input" if arity is None else counted(arity, "input")
            self.refuse_node(node, f"{name} takes {wanted}, not {len(xs)}")
        return row

    def known(self, node: ast.Name) -> Value:
        "The Value of a name; if it has none, all the names that have none are named at once."
        if node.id in self.names:
            self.used.add(node.id)
            return self.names[node.id]
        if node.id in functions():
            self.refuse_node(node, f"{node.id} is a function: write {node.id}(...)")
        nodes = [n for n in ast.walk(self.tree) if isinstance(n, ast.Name)]
        have = self.names.keys() | functions().keys() | {n.id for n in nodes if isinstance(n.ctx, ast.Store)}
        nodes.sort(key=lambda n: (n.lineno, n.col_offset))
        missing = list(dict.fromkeys(n.id for n in nodes if n.id not in have)) or [node.id]
        self.refuse_node(node, f"no value for {short(', '.join(missing))}: give it one, as in {short(missing[0])}=1")

    def refuse(self, row: int, column: int, message: str) -> NoReturn:
        indent = len(self.lines[row]) - len(self.lines[row].lstrip())
        where = f"line {row + 1}, " if len(self.lines) > 1 else ""
        raise ExpressionError(f"{where}column {indent + column + 1}: {message}")

    def refuse_node(self, node: Any, message: str) -> NoReturn:
        row = node.lineno - 1
        column = len(self.source[row].encode()[: node.col_offset].decode())  # ast counts bytes, people do not
        self.refuse(row, column, message)

    def refuse_syntax(self, error: SyntaxError) -> NoReturn:
        "Python's own complaint, without its advice about Python."
        row = min(error.lineno or 1, len(self.lines)) - 1
        column = max(error.offset or 1, 1) - 1
        found = self.source[row][column : column + 1]
        message = re.split(r"[.;(] ?[A-Z]|;", error.msg)[0]
        message = f"{message} at {found}" if found and message == "invalid syntax" else message
        self.refuse(row, column, message if found else "something is missing here")

    def text(self, node: ast.AST) -> str:
        return short(ast.get_source_segment("\n".join(self.source), node) or "")
