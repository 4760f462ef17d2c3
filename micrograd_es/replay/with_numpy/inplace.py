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
    **{ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.MatMult: "matmul"},
    **{ast.USub: "negative"},
}


def in_place(text: str) -> str:
    "The program with every y[:] = f(a) as np.f(a, out=y), and y[:] += a as np.add(y, a, out=y)."
    return re.sub(r"^( *)(\w.*?\[:\] \S.*?)(  # .*)?$", lambda m: m[1] + _statement(m[2]), text, flags=re.M)


@patterned
def _statement(text: str) -> str:
    return ast.unparse(_InPlace().visit(ast.parse(text)))


class _InPlace(ast.NodeTransformer):
    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        y = _whole(node.targets[0])
        made = y and _into(y, node.value)
        return ast.Expr(made) if made else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        y = _whole(node.target)
        return ast.Expr(_call(UFUNCS[type(node.op)], [y, node.value], y)) if y else node


def _into(y: ast.expr, value: ast.expr) -> ast.Call | None:
    "The call that writes a value into y; none if no function makes it there."
    if isinstance(value, ast.BinOp) and type(value.op) in UFUNCS:
        return _call(UFUNCS[type(value.op)], [value.left, value.right], y)
    if isinstance(value, ast.UnaryOp) and type(value.op) in UFUNCS:
        return _call(UFUNCS[type(value.op)], [_into(y, value.operand) or value.operand], y)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.keywords:
        name = value.func.attr
        if ast.unparse(value.func.value) == "np" and (
            name == "einsum" or isinstance(getattr(np, name, None), np.ufunc)
        ):
            return _call(name, value.args, y)
    return None


def _whole(target: ast.expr) -> ast.expr | None:
    "The y of y[:]."
    if isinstance(target, ast.Subscript) and ast.unparse(target.slice) == ":":
        return target.value
    return None


def _call(function: str, args: list[ast.expr], out: ast.expr) -> ast.Call:
    of_numpy = ast.Attribute(ast.Name("np", ast.Load()), function, ast.Load())
    return ast.Call(of_numpy, args, [ast.keyword("out", out)])
