"""The numbers of one moment: those that the leaves have now, and what the operations make of them.

After `w.data -= 0.1 * w.grad` the nodes made of w still hold what the old w gave, until forward() computes them again.
A view that showed both would state false arithmetic; so it shows what is read here, and no Value is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isclose

from ..core.floats import as_float
from ..engine import Value
from .routes import is_constant

CLOSE = 1e-9  # of its size: what a replay computed in another order is no change


class Moment:
    """`numbers` and `local_grads` of every node: its own, while they are what the row makes of its parents' numbers.

    `stale` are the nodes where they are not, so that something was changed since; a local gradient that nobody can
    tell, of a node made by hand that has no _backward, is None.
    """

    def __init__(self, order: Iterable[Value], name: Callable[[Value], str]):
        self.numbers: dict[Value, float] = {}
        self.local_grads: dict[Value, tuple[float, ...] | None] = {}
        self.stale: list[Value] = []
        self.moved: set[Value] = set()  # nodes whose number is no more what they hold
        for v in order:
            data, parents = v.data if type(v.data) is float else as_float(v.data, name(v)), v.parents
            if not parents:
                self.numbers[v], self.local_grads[v] = data, ()
            elif v.op.forward:
                self.read(v, parents, data)
            else:
                self.numbers[v] = data
                self.local_grads[v] = v.local_grads or told(v, data, [self.numbers[x] for x in parents])

    def read(self, v: Value, parents: tuple[Value, ...], data: float) -> None:
        "A node made by a row of the table."
        known, local = v.local_grads, None
        held = self.held(parents)
        y, found = v.op.evaluate(*held)
        fresh = y == data and found == known or same(held, y, found, data, known)
        if not fresh:
            self.stale.append(v)
        if not self.moved.isdisjoint(parents):
            y, found = v.op.evaluate(*[self.numbers[x] for x in parents])
        elif fresh:
            y, found = data, known
        if not known:
            local = told(v, y, [self.numbers[x] for x in parents])
        self.numbers[v], self.local_grads[v] = y, local or found
        if y != data and (y == y or data == data):
            self.moved.add(v)

    def held(self, parents: tuple[Value, ...]) -> list[float]:
        "The numbers that the parents hold, from which a node was computed if nothing was changed since."
        return [x.data if x in self.moved else self.numbers[x] for x in parents]

    def suspects(self) -> tuple[list[list[Value]], list[Value]]:
        """What was changed: leaves, one of each list at least; and inner nodes whose own number was set by hand.

        A local gradient that still is what it was tells that what it depends on is, too; and one that is not, and
        depends on one input alone, tells which. (A sum has the same local gradients whatever it adds up.)
        """
        stale = set(self.stale)
        kept = {x for v in self.numbers if v not in stale for x in v.parents}
        changed: dict[Value, None] = {}
        open_questions, by_hand = [], []
        for v in self.stale:
            sure, innocent = self.evidence(v)
            changed |= dict.fromkeys(x for x in sure if not x.parents)
            maybe = [x for x in dict.fromkeys(v.parents) if not (x.parents or is_constant(x))]
            maybe = [x for x in maybe if x not in kept and x not in innocent]
            if not sure and maybe:
                open_questions.append(maybe)
            elif not sure and stale.isdisjoint(v.parents):
                by_hand.append(v)
        found = [[x] for x in changed]
        for maybe in open_questions:
            if changed.keys().isdisjoint(maybe) and maybe not in found:
                found.append(maybe)
        return found, by_hand

    def evidence(self, v: Value) -> tuple[set[Value], set[Value]]:
        "Parents that the local gradients of v prove to be changed, and those that they prove not to be."
        held = self.held(v.parents)
        before, after = v.local_grads, v.op.evaluate(*held)[1]
        depends: list[set[Value]] = [set() for _ in before]
        for x in set(v.parents):
            other = [1 + 1.5 * n if p is x else n for p, n in zip(v.parents, held)]
            for inputs, a, b in zip(depends, after, v.op.evaluate(*other)[1]):
                inputs |= {x} if a != b else set()
        differ = [a != b and not isclose(a, b, rel_tol=CLOSE) for a, b in zip(before, after)]
        sure = {x for inputs, yes in zip(depends, differ) for x in inputs if yes and len(inputs) == 1}
        return sure, {x for inputs, yes in zip(depends, differ) for x in inputs if not yes} - sure


def same(xs: Sequence[float], y: float, local: tuple[float, ...], data: float, known: tuple[float, ...]) -> bool:
    "Is this what the node holds, but for rounding? (Its own _backward alone may know its local gradients.)"
    size = max([abs(y), *[abs(x * slope) for x, slope in zip(xs, local)]])
    slopes = not known or all(a == b or isclose(a, b, rel_tol=CLOSE) or a != a and b != b for a, b in zip(local, known))
    return slopes and (y == data or abs(y - data) <= CLOSE * size or y != y and data != data)


def told(v: Value, y: float, xs: Sequence[float]) -> tuple[float, ...] | None:
    """dy/dx for each parent at these numbers, asked of the node's own _backward; None if it has none.

    A parent that stands twice gets half of what is asked each time.
    """
    if not v.own_backward:
        return None
    nodes = (v, *v.parents)
    before = [(x, x.data, x.grad) for x in nodes]
    try:
        for x, number in zip(nodes, (y, *xs)):
            x.data, x.grad = number, 0.0
        v.grad = 1.0
        v._backward()
        return tuple([x.grad / v.parents.count(x) for x in v.parents])
    finally:
        for x, number, grad in before:
            x.data, x.grad = number, grad
