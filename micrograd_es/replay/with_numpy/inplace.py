"""The readable program, as it is run: what ends in y[:] is written there at once, without an array in between.

>>> print(in_place("y[:] = a * np.exp(b)\\ny[:] += a"))
np.multiply(a, np.exp(b), out=y)
np.add(y, a, out=y)
"""

from __future__ import annotations

import ast
import re

import numpy as np

from .patterns import patterned

UFUNCS: dict[type[ast.AST], str] = {
    **{ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"},
    **{ast.USub: "negative"},
}


def in_place(text: str) -> str:
    "The program with every y[:] = f(a) as np.f(a, out=y), and y[:] += a as np.add(y, a, out=y)."
    return re.sub(r"^( *)(\w\S*(?:\([^)]*\))?\[:\] [^#\n]*)", lambda m: m[1] + _statement(m[2]), text, flags=re.M)


@patterned
def _statement(text: str) -> str:
    return ast.unparse(_InPlace().visit(ast.parse(text)))


class _InPlace(ast.NodeTransformer):
    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        y, value = _whole(node.targets[0]), node.value
        if y and isinstance(value, ast.BinOp) and type(value.op) in UFUNCS:
            return _call(UFUNCS[type(value.op)], [value.left, value.right], y)
        if y and isinstance(value, ast.UnaryOp) and type(value.op) in UFUNCS:
            return _call(UFUNCS[type(value.op)], [value.operand], y)
        if y and isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.keywords:
            if ast.unparse(value.func.value) == "np" and isinstance(getattr(np, value.func.attr, None), np.ufunc):
                return _call(value.func.attr, value.args, y)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        y = _whole(node.target)
        return _call(UFUNCS[type(node.op)], [y, node.value], y) if y else node


def _whole(target: ast.expr) -> ast.Name | None:
    "The y of y[:]."
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and ast.unparse(target.slice) == ":":
        return ast.Name(target.value.id, ast.Load())
    return None


def _call(ufunc: str, args: list[ast.expr], out: ast.Name) -> ast.Expr:
    np_ufunc = ast.Attribute(ast.Name("np", ast.Load()), ufunc, ast.Load())
    return ast.Expr(ast.Call(np_ufunc, args, [ast.keyword("out", out)]))
