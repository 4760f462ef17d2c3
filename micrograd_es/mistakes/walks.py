"""Ways to walk through a graph backward: the right one, and those that lose or repeat something on the way.

A walk is the edges that a gradient takes, one after the other; along each, upstream * local is added to the parent. So
the classic errors of the loop need no arithmetic of their own: they are edges left out, taken twice, or taken too soon.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

from ..engine import Value
from ..graph import Graph

Step = tuple[Value, int]  # a node that passes on, and to which of its parents
Walk = Callable[[Graph], Iterable[Step]]
PATIENCE = 20_000  # visits, before a walk that goes everywhere again and again is given up


def out_of(nodes: Iterable[Value]) -> list[Step]:
    return [(v, place) for v in nodes for place in range(len(v.parents))]


def backward(graph: Graph) -> list[Step]:
    "The truth: nobody passes anything on before all has arrived."
    return out_of(reversed(graph.order))


def naive(graph: Graph) -> list[Step]:
    "def back(v): v._backward(); for x in v.parents: back(x). (With a stack; OverflowError after PATIENCE visits.)"
    visits, stack = [], [graph.root]
    while stack:
        visits.append(v := stack.pop())
        stack += v.parents[::-1]
        if len(visits) > PATIENCE:
            raise OverflowError(f"naive recursion: more than {PATIENCE:,} visits")
    return out_of(visits)


def leaves_first(graph: Graph) -> list[Step]:
    return out_of(graph.order)


def as_met(deep: bool, graph: Graph) -> list[Step]:
    "Every node once, in the order in which a search from the root meets it: first deep down, or first all around."
    met: dict[Value, None] = {}
    waiting = deque([graph.root])
    while waiting:
        v = waiting.pop() if deep else waiting.popleft()
        if v not in met:
            met[v] = None
            waiting += v.parents[::-1] if deep else v.parents
    return out_of(met)


def last_use(graph: Graph) -> list[Step]:
    "grad = upstream * local: what was there before is lost."
    steps = backward(graph)
    kept = {v.parents[place]: (v, place) for v, place in steps}
    return [(v, place) for v, place in steps if kept[v.parents[place]] == (v, place)]


def first_use(graph: Graph) -> list[Step]:
    kept: dict[Value, Step] = {}
    for v, place in backward(graph):
        kept.setdefault(v.parents[place], (v, place))
    return list(kept.values())


def is_leaf(v: Value) -> bool:
    return not v.parents


def is_inner(v: Value) -> bool:
    return bool(v.parents)


def anything(v: Value) -> bool:
    return True


def twice(first: Callable[[Value], bool], second: Callable[[Value], bool], graph: Graph) -> list[Step]:
    """Two backward passes on top of each other, the edges into these nodes, and then into those.

    Left out is what changes nothing: the way to a node that is zeroed in between, and to one that comes out as before.
    """
    return [(v, place) for into in (first, second) for v, place in backward(graph) if into(v.parents[place])]


WALKS: list[tuple[str, Walk, str]] = [
    ("= for +=", last_use,
     "a node that is used several times keeps only the last contribution: = where += belongs"),
    ("first use only", first_use,
     "a node that is used several times keeps only the first contribution: the other routes are forgotten"),
    ("naive recursion", naive,
     "a node passes its gradient on before all of it has arrived, and again each time it is reached"),
    ("wrong order, leaves first", leaves_first,
     "the nodes pass their gradients on from the leaves up, before anything has arrived: the list was not reversed"),
    ("wrong order, depth first", partial(as_met, True),
     "each node passes its gradient on when it is first met, going deep first, and not after all its children"),
    ("wrong order, breadth first", partial(as_met, False),
     "each node passes its gradient on when it is first met, level by level, and not after all its children"),
    ("no zero_grad", partial(twice, anything, is_leaf),
     "a second backward() is added to the gradients of the first: zero_grad() is missing"),
    ("no zero_grad, inner nodes", partial(twice, is_inner, anything),
     "a second backward() starts from zeroed leaves, but on the old gradients of the nodes in between"),
    ("no zero_grad anywhere", partial(twice, anything, anything),
     "a second backward() runs on all the old gradients, those of the nodes in between too"),
]  # fmt: skip
