"""Hints, from vague to explicit: where to look; the rule in symbols; the rule with its numbers, all but the last."""

from __future__ import annotations

from ...engine import Value
from ...text.letters import listed
from ...text.symbols import plain
from .exercises import Exercise
from .sheets import Sheet

LEVELS = 3


def hint(sheet: Sheet, number: int, level: int) -> str:
    "A hint for this question: 1 says where to look, 2 has the formula, 3 has all but the number."
    if level not in range(1, LEVELS + 1):
        raise ValueError(f"hints are of level 1 (vague), 2 or 3 (explicit), and not {level}")
    exercise, q = sheet.find(number)
    v = exercise.nodes[number]
    return (of_value if q.kind == "data" else of_gradient)(exercise, v)[level - 1]


def of_value(e: Exercise, v: Value) -> list[str]:
    called = listed(list(dict.fromkeys(e.names[x] for x in v.parents)))
    name, formula = e.graph.formulas().named(v)
    inputs = [e.texts.get(x) or x.data for x in v.parents]
    return [
        f"Forward: follow the arrows into {name}. They come from {called}.",
        f"{name} = {formula}",
        f"{name} = {formula} = {plain.formula(v.op, *inputs).text} = ?",
    ]


def of_gradient(e: Exercise, v: Value) -> list[str]:
    edges = e.graph.uses[v]
    children = list(dict.fromkeys(edge.child for edge in edges))
    f = e.graph.formulas()
    chain = f.chain(v, edges, e.grads)[:-1]
    rule = " = ".join(chain[:2]) + ", where " if children != [e.root] else "it is a local gradient: "
    locals = ", ".join(f"{f.d(child, v)} = {f.along(child, edges, f.local)}" for child in children)
    where = listed([e.names[child] for child in children])
    return [
        f"Backward: follow the arrows out of {e.names[v]}, to {where}{': a sum' if len(edges) > 1 else ''}.",
        f"{rule}{locals}",
        f"{' = '.join(chain)} = ?",
    ]
