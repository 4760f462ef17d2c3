"""A graph as the page has it: nodes with Python's numbers, and the rows of the table as templates and as JavaScript."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from ..calculus import Op
from ..engine import Value
from ..graph.modules import Cluster
from ..graph.routes import is_constant, local_grads
from ..text.symbols import javascript
from .templates import MATH, TEXT, formula, local, mathml

Row = tuple[Op, int]


class Model:
    "The nodes in order, the rows they use, and what the page calls them."

    def __init__(self, order: Sequence[Value], called: dict[Value, str]):
        self.order, self.names = order, called
        self.number = {v: i for i, v in enumerate(order)}
        self.rows: dict[Row, int] = {}
        for v in order:
            if v.parents:
                self.rows.setdefault((v.op, len(v.parents)), len(self.rows))

    def nodes(self) -> list[dict[str, Any]]:
        return [self.node(v) for v in self.order]

    def node(self, v: Value) -> dict[str, Any]:
        "Names and numbers of one node; a number that JSON has no word for is a string."
        told: dict[str, Any] = {"name": self.names[v], "data": plain_json(v.data)}
        if v.parents:
            told["row"] = self.rows[v.op, len(v.parents)]
            told["parents"] = [self.number[x] for x in v.parents]
            told["locals"] = [plain_json(local) for local in local_grads(v)]
            if v.op.flat:
                told["flat"] = True
        elif is_constant(v):
            told["constant"] = True
        return told

    def clusters(self, number: dict[Cluster, int]) -> list[dict[str, Any]]:
        "The neurons and layers, by number: the nodes of each are its own and those of its parts."
        told = []
        for cluster in number:
            inner = {v for part in cluster.parts for v in part.nodes}
            told.append(
                {
                    "title": cluster.title,
                    "outs": [self.number[v] for v in cluster.outs],
                    "own": [self.number[v] for v in cluster.nodes if v not in inner],
                    "parts": [number[part] for part in cluster.parts],
                }
            )
        return told

    def templates(self) -> list[dict[str, Any]]:
        "For every row: its formula and its local gradients as text, and which of them are factors only in brackets."
        return [
            {
                "formula": formula(TEXT, op, n),
                "mathFormula": ["", formula(MATH, op, n)[1]],
                "locals": [local(TEXT, op, n, i) for i in places(op, n)],
                "mathLocals": [["", local(MATH, op, n, i)[1]] for i in places(op, n)],
            }
            for op, n in self.rows
        ]

    def mathml(self) -> dict[str, str]:
        "The same as MathML, by the id under which the page finds it."
        found = {}
        for (op, n), row in self.rows.items():
            found[f"row-{row}"] = formula(MATH, op, n)
            found |= {f"row-{row}-{i}": local(MATH, op, n, i) for i in places(op, n)}
        return {id: mathml(text) for id, (text, _) in found.items()}

    def functions(self) -> str:
        "The rows as JavaScript: this is what recomputes the graph in the page."
        return "const ROWS = [\n" + "".join(f"    {row_functions(op, n)},\n" for op, n in self.rows) + "];\n"


def places(op: Op, count: int) -> range:
    "Which local gradients can be written out: none of an operation that is no row of the table."
    return range(count if op.partials else 0)


def row_functions(op: Op, count: int) -> str:
    "One row: y, the local gradients, and the lecture's form of them where the row computes another."
    xs = list("abc"[:count]) if count <= 3 else [f"x{i}" for i in range(1, count + 1)]
    if not op.forward:
        return "null"
    inputs, y = ", ".join(xs), javascript("y")
    named = [javascript(x) for x in xs]
    parts = {
        "symbol": script_json(op.symbol),
        "forward": f"({inputs}) => {javascript.formula(op, *xs)}",
        "locals": f"(y, {inputs}) => [{', '.join(str(x) for x in javascript.local_gradients(op, y, *named))}]",
    }
    if op.slide is not op.partials:
        slides = [javascript(x) for x in op.slide(javascript, y, *named, *op.constants)]
        parts["slides"] = f"(y, {inputs}) => [{', '.join(map(str, slides))}]"
    return "{" + ", ".join(f"{key}: {text}" for key, text in parts.items()) + "}"


def plain_json(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)


def script_json(x: Any) -> str:
    "JSON that may stand in a <script>: nothing in it can end the script, whatever the labels say."
    text = json.dumps(x, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return "".join(f"\\u{ord(c):04x}" if c in "<>&\u2028\u2029" or "\ufdd0" <= c <= "\ufdd3" else c for c in text)
