"""A graph as the page has it: nodes with Python's numbers, and the rows of the table as JavaScript."""

from __future__ import annotations

import math
from typing import Any

from ..calculus import Op
from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster
from ..graph.routes import is_constant
from .rows import on_numbers, on_text

Row = tuple[Op, int]


class Model:
    "The nodes in order, the rows they use, and what the page calls them."

    def __init__(self, graph: Graph):
        self.graph, self.order, self.number = graph, graph.order, graph.place
        self.rows: dict[Row, int] = {}
        for v in graph.order:
            if v.parents:
                self.rows.setdefault((v.op, len(v.parents)), len(self.rows))

    def nodes(self) -> list[dict[str, Any]]:
        return [self.node(v) for v in self.order]

    def node(self, v: Value) -> dict[str, Any]:
        "Names and numbers of one node; a number that JSON has no word for is a string."
        told: dict[str, Any] = {"name": self.graph.names[v], "data": plain_json(self.graph.numbers[v])}
        if v.parents:
            told["row"] = self.rows[v.op, len(v.parents)]
            told["parents"] = [self.number[x] for x in v.parents]
            told["locals"] = [plain_json(local) for local in self.graph.local_grads(v)]
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

    def functions(self) -> str:
        "The rows as JavaScript: on numbers they recompute the graph in the page, on text they write its formulas."
        rows = [(on_numbers(op, n), on_text(op, n)) for op, n in self.rows]
        numbers, texts = ("".join(f"    {row[i]},\n" for row in rows) for i in (0, 1))
        return f"const ROWS = [\n{numbers}];\nconst FORMULAS = [\n{texts}];\n"


def plain_json(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)
