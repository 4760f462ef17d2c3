"What a group is called in a comment: the layer it belongs to, how many it makes, and of what."

from __future__ import annotations

from ...engine import Value
from ...graph.names import clean
from .groups import Plan
from .statements import Group


class Titles:
    "The titles of a plan's groups; in one line, whatever a module or a student's own row is called."

    def __init__(self, plan: Plan):
        self.reader: dict[Value, Value] = {}  # one of those who read it
        if any(v.calls for v in plan.fused):  # without modules there is no owner to look for
            self.reader = {x: v for v in plan.fused if v.parents for x in plan.reads(v)}

    def of(self, g: Group) -> str:
        members = g.members
        if not members:
            return "what changes nothing, where there is nothing"
        what = g.op.symbol if g.op else "sums of products" if g.products else "sums"
        owners = {self.owner(v) for v in (members[0], members[-1])}
        owner = owners.pop() if len(owners) == 1 else ""
        return clean((f"{owner}: " if owner else "") + f"{len(members)} x {what}")

    def owner(self, v: Value) -> str:
        "The layer whose output v is, or on the way to whose output it stands: what it is called in pictures."
        for _ in range(3):
            if v.calls:
                modules = [call.module for call in v.calls]
                return str(([m for m in modules if m.number] or modules)[-1].caption())
            v = self.reader.get(v, v)
        return ""


def products_of(g: Group) -> list[str]:
    "Its matrix products in words: those of more than one row."
    found = []
    for p in g.products:
        c, i, j, k = p.size
        if k > 1 and (c == 1 or i * j > 1):
            many = "a matrix product" if c == 1 else f"{c} matrix products"
            for_all = " for every sample" if i == 1 or j == 1 else ""
            gaps = f", {len(g.gaps)} of their {len(g.nodes)} numbers masked" if len(g.gaps) else ""
            found.append(f"{many} ({i} x {k}) @ ({k} x {j}){for_all}{gaps}")
    return found
