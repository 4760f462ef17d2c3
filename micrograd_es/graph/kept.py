"""What the Values keep of an earlier moment: leaves that changed since, gradients of another backward()."""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose
from typing import TYPE_CHECKING

from ..engine import Value
from ..text.letters import in_brackets, listed, number_text
from .routes import is_constant

if TYPE_CHECKING:
    from . import Graph

NAMED = 4  # nodes that a note names


class Kept:
    """The `.grad` that is not the gradient of this root at this moment: several `times` it, or `left` by another.

    `foreign`: all of it is of another root.
    """

    def __init__(self, graph: Graph):
        self.times: dict[Value, int] = {}
        self.left: list[Value] = []
        held = [v for v in graph.order if has_grad(v)]
        self.foreign = bool(graph.root.parents) and has_grad(graph.root) and graph.root.grad != 1
        by_hand = any(v.own_backward or graph.moment.local_grads[v] is None for v in graph.order)
        if self.foreign or not held or by_hand:  # what a student's own _backward leaves is nobody else's to judge
            return
        grads = graph.gradients
        size = max(abs(g) for g in grads.values())
        for v in held:
            if not (v.grad == grads[v] or isclose(v.grad, grads[v], rel_tol=1e-9, abs_tol=1e-12 * size)):
                times = v.grad / grads[v] if grads[v] and not v.parents else 0.0
                if times > 1.5 and isclose(times, round(times), rel_tol=1e-9):
                    self.times[v] = round(times)
                elif v.grad == v.grad or grads[v] == grads[v]:
                    self.left.append(v)
        if self.left:
            self.left, self.times = [*self.left, *self.times], {}

    def text(self, graph: Graph, v: Value) -> str:
        'What v.grad holds, or "–": while no backward() has come by, and where a gradient leads nowhere.'
        if not has_grad(v):
            return "–"
        if v in self.times:
            return f"{number_text(v.grad)} = {self.times[v]} · {in_brackets(number_text(graph.gradients[v]))}"
        here = f" (here {number_text(graph.gradients[v])})" if v in self.left else ""
        return number_text(v.grad) + here

    def notes(self, graph: Graph) -> list[str]:
        found, called = [], graph.names
        if self.times:
            v, times = next(iter(self.times.items()))
            found.append(
                f"backward() ran {times} times without zero_grad(): {called[v]}.grad is {self.text(graph, v)}"
                + (f", and so on for {some(called[x] for x in [*self.times][1:])}" if len(self.times) > 1 else "")
            )
        if self.left and has_grad(graph.root):  # else backward() was another graph's, and this one's boxes say enough
            v = next((x for x in self.left if not x.parents), self.left[0])
            found.append(
                f"grad is of an earlier backward(), as {number_text(v.grad)} at {called[v]}, whose gradient here is "
                f"{number_text(graph.gradients[v])}: zero_grad() and backward() set it right"
            )
        if self.foreign:
            root = graph.root
            found.append(
                f"grad is of another root's backward(): at {called[root]} it is {number_text(root.grad)}, not 1"
            )
        return found


def has_grad(v: Value) -> bool:
    "Has a backward() come by? (Before, the gradient is the integer 0.)"
    return not (v.op.flat or is_constant(v) or type(v.grad) is int and v.grad == 0)


def notes(graph: Graph) -> list[str]:
    "Sentences on what is of an earlier moment, and what to call."
    found, called = [], graph.names
    if graph.moment.stale:
        changed, by_hand = graph.moment.suspects()
        if changed:
            who = some(" or ".join(called[x] for x in group) for group in changed)
            found.append(
                f"{who} changed after {called[graph.root]} was computed: the numbers here are those of now, and "
                f"forward() puts them into the graph"
            )
        if by_hand:
            who = some(f"{called[v]} = {number_text(v.data)}" for v in by_hand)
            found.append(f"set by hand: {who}. The numbers here are what they were made from")
    return found + graph.kept.notes(graph)


def some(names: Iterable[str]) -> str:
    "A few of these names, and how many more there are."
    known = list(names)
    more = [f"{len(known) - NAMED} more"] if len(known) > NAMED + 1 else []
    return listed(known[:NAMED] + more if more else known)
