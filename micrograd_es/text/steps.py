"""A row of the table, written step by step: what it uses twice is computed once, and has a name.

>>> from ..engine import Value
>>> from .symbols import numpy
>>> steps = Steps(numpy)
>>> steps.written(Value.log2.op.partials(steps, steps("y"), steps("x")))
([], ['np.where(x < 0.0, y, 1.0 / (x * 0.6931471805599453))'])
>>> steps = Steps(numpy)
>>> steps.written([Value.logsumexp.op.forward(steps, steps("a"), steps("b"))])[0]
['t0 = np.maximum(a, b)', 't1 = np.where(abs(t0) < np.inf, t0, 0.0)']
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..core.floats import Maths
from .symbols import Language


class Step:
    "The result of one step: arithmetic on it makes the next ones."

    def __init__(self, steps: Steps, symbol: Any):
        self.steps, self.symbol = steps, symbol

    def __str__(self) -> str:
        return str(self.symbol)


def _operator(name: str) -> Any:
    return lambda a, *others: a.steps.record(getattr(a.symbol, name)(*map(_symbol, others)))


for _name in ("add", "sub", "mul", "truediv", "pow", "radd", "rsub", "rmul", "rtruediv", "rpow"):
    setattr(Step, f"__{_name}__", _operator(f"__{_name}__"))
for _name in ("gt", "lt", "ge", "le", "ne", "or", "neg", "abs"):
    setattr(Step, f"__{_name}__", _operator(f"__{_name}__"))


class Steps(Maths):
    "The maths of a machine's language, in which each operation is one line, and none is done twice."

    def __init__(self, language: Language):
        super().__init__()
        self.language = language
        self.names: dict[str, Step] = {}  # what has been done -> the name of its result

    def __call__(self, x: Any) -> Step:
        return Step(self, self.language(_symbol(x)))

    def __getattr__(self, name: str) -> Any:
        if name in ("where", "pow") or self.language.spelling(name):
            return lambda *xs: self.record(getattr(self.language, name)(*map(_symbol, xs)))
        return super().__getattr__(name)  # the table's row of that name, step by step

    def record(self, symbol: Any) -> Step:
        if symbol.text.isidentifier():  # a condition that was known has chosen what has a name already
            return self(symbol)
        if symbol.text not in self.names:
            self.names[symbol.text] = self(f"t{len(self.names)}")
        return self.names[symbol.text]

    @property
    def lines(self) -> list[str]:
        "Every step."
        return [f"{step} = {text}" for text, step in self.names.items()]

    def written(self, results: Iterable[Any]) -> tuple[list[str], list[str]]:
        "The lines of what is used more than once, and the expressions of the results, as a person writes them."
        steps = {str(step): ast.parse(text, mode="eval").body for text, step in self.names.items()}
        found = [ast.parse(str(self(r)), mode="eval").body for r in results]
        inline = _Inline(steps, [*steps.values(), *found])
        lines = [f"{short} = {ast.unparse(inline.visit(steps[name]))}" for name, short in inline.named.items()]
        return lines, [ast.unparse(inline.visit(tree)) for tree in found]


def written(language: Language, op: Any, xs: list[str]) -> tuple[list[str], str, list[str], list[str]]:
    "A row on the inputs xs: the lines before its value and the value y, those before its local gradients and these."
    ahead, behind = Steps(language), Steps(language)
    constants = [[steps(n) if isinstance(n, str) else n for n in op.constants] for steps in (ahead, behind)]
    forward, (y,) = ahead.written([op.forward(ahead, *map(ahead, xs), *constants[0])])
    return forward, y, *behind.written(op.partials(behind, behind("y"), *map(behind, xs), *constants[1]))


class _Inline(ast.NodeTransformer):
    "Puts what is used once in the place where it is used."

    def __init__(self, steps: dict[str, ast.expr], trees: list[ast.expr]):
        self.steps = steps
        self.uses = Counter(node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name))
        self.named = {name: f"t{i}" for i, name in enumerate(name for name in steps if self.uses[name] > 1)}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        once = node.id in self.steps and self.uses[node.id] == 1
        return self.visit(self.steps[node.id]) if once else ast.Name(self.named.get(node.id, node.id))


def _symbol(x: Any) -> Any:
    return x.symbol if isinstance(x, Step) else x
