"""From nodes to sums of products: the first thing a replay sees in a graph.

Chains of +, - and n-ary sums become one node, a linear combination whose terms are other nodes or products of two of
them; what only ever served such a chain is gone. Every other node stays what it is: a row of the table, on its inputs.

Here, and nowhere else in the replay, operations are known one by one: a matrix product *is* a sum of products.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...calculus import TABLE, Op
from ...engine import Value

TIMES, TOTAL = TABLE["*"], TABLE["sum"]
SIGNS: dict[Op, tuple[int, ...]] = {TABLE["+"]: (1, 1), TABLE["-"]: (1, -1), TABLE["neg"]: (-1,)}


@dataclass
class Combination:
    "Σ sign · x + Σ sign · a · b, in the order in which the terms stand in the formula."

    linear: list[tuple[int, Value]] = field(default_factory=list)
    products: list[tuple[int, Value, Value]] = field(default_factory=list)

    def reads(self) -> list[Value]:
        return [x for _, x in self.linear] + [x for _, a, b in self.products for x in (a, b)]


def is_sum(v: Value) -> bool:
    return v.op in SIGNS or v.op is TOTAL


def combination(v: Value, absorbed: set[Value]) -> Combination:
    "The terms of v, looking through the nodes that it has absorbed."
    found = Combination()
    stack = [(1, v)]
    while stack:
        sign, x = stack.pop()
        if x is v or x in absorbed:
            if is_sum(x):
                signs = SIGNS.get(x.op) or (1,) * len(x.parents)
                stack += [(sign * s, parent) for s, parent in zip(signs, x.parents)][::-1]
            else:
                a, b = x.parents
                found.products.append((sign, a, b))
        else:
            found.linear.append((sign, x))
    return found


def fuse(order: list[Value], kept: set[Value]) -> dict[Value, Combination | None]:
    """The nodes that are left, in order; sums of as many terms as one likes, or of products, with their combination.

    `kept` are nodes whose own value is asked for. A small difference such as ŷ - y stays a row of the table.
    """
    user: dict[Value, Value | None] = {}  # the one that reads it; None for several
    for v in order:
        for x in v.parents:
            user[x] = None if x in user else v
    sums = {v for v in order if is_sum(v)}
    absorbed = {x for v in sums for x in v.parents if user[x] is v and (x in sums or x.op is TIMES) and x not in kept}
    left: dict[Value, Combination | None] = {}
    for v in order:
        if v not in absorbed:
            looks_through = v.op is TOTAL or v in sums and not absorbed.isdisjoint(v.parents)
            left[v] = combination(v, absorbed) if looks_through else None
    return left
