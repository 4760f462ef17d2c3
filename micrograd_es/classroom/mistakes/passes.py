"""Ways to take the chain rule through a graph: the right one, and those that lose or repeat something on the way.

Each is given the graph and, for every node, its parents with the local gradients; it returns the gradients of all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from ...engine import Value
from ...graph import Graph
from ...graph.routes import Grads, passed_on

Edges = Callable[[Value], list[tuple[Value, float]]]
Pass = Callable[[Graph, Edges], Grads]
PATIENCE = 20_000  # visits, before a pass that goes everywhere again and again is given up


def chain_rule(graph: Graph, edges: Edges) -> Grads:
    "The truth: nobody passes anything on before all has arrived."
    return passed_on(reversed(graph.order), edges, graph.seed())


def naive(graph: Graph, edges: Edges) -> Grads:
    "def back(v): v._backward(); for x in v.parents: back(x). (With a stack; OverflowError after PATIENCE visits.)"
    grads, stack, visits = graph.seed(), [graph.root], 0
    while stack:
        v = stack.pop()
        passed_on([v], edges, grads)
        stack += v.parents[::-1]
        visits += 1
        if visits > PATIENCE:
            raise OverflowError(f"naive recursion: more than {PATIENCE:,} visits")
    return grads


def leaves_first(graph: Graph, edges: Edges) -> Grads:
    return passed_on(graph.order, edges, graph.seed())


def as_met(deep: bool, graph: Graph, edges: Edges) -> Grads:
    "Every node once, in the order in which a search from the root meets it: first deep down, or first all around."
    met: dict[Value, None] = {}
    waiting = deque([graph.root])
    while waiting:
        v = waiting.pop() if deep else waiting.popleft()
        if v not in met:
            met[v] = None
            waiting += v.parents[::-1] if deep else v.parents
    return passed_on(met, edges, graph.seed())


def assigned(last: bool, graph: Graph, edges: Edges) -> Grads:
    "grad = upstream * local: of several uses only the last one counts, or only the first."
    grads, done = graph.seed(), set()
    for v in reversed(graph.order):
        for parent, local in edges(v):
            if last or parent not in done:
                grads[parent] = grads[v] * local
                done.add(parent)
    return grads


def twice(keep: Callable[[Value], bool], graph: Graph, edges: Edges) -> Grads:
    "A second backward pass on top of what the first one left at the nodes to keep."
    first = chain_rule(graph, edges)
    begin = {v: grad if keep(v) else 0.0 for v, grad in first.items()} | {graph.root: 1.0}
    return passed_on(reversed(graph.order), edges, begin)


def last_factor(graph: Graph, edges: Edges) -> Grads:
    "The local gradients alone, as if 1 had arrived at every node."
    grads = graph.seed()
    for v in graph.order:
        for parent, local in edges(v):
            grads[parent] += local
    return grads


def added(graph: Graph, edges: Edges) -> Grads:
    "upstream + local"
    grads = graph.seed()
    for v in reversed(graph.order):
        for parent, local in edges(v):
            grads[parent] += local if v is graph.root else grads[v] + local
    return grads


def turned(graph: Graph, edges: Edges) -> Grads:
    return {v: -grad for v, grad in chain_rule(graph, edges).items()}


def values(graph: Graph, edges: Edges) -> Grads:
    return dict(graph.numbers)


PASSES: list[tuple[str, Pass, str]] = [
    ("= for +=", partial(assigned, True),
     "a node that is used several times keeps only the last contribution: = where += belongs"),
    ("first use only", partial(assigned, False),
     "a node that is used several times keeps only the first contribution: the other routes are forgotten"),
    ("naive recursion", naive,
     "a node passes its gradient on before all of it has arrived, and again each time it is reached"),
    ("wrong order, leaves first", leaves_first,
     "the nodes pass their gradients on from the leaves up, before anything has arrived: the list was not reversed"),
    ("wrong order, depth first", partial(as_met, True),
     "each node passes its gradient on when it is first met, going deep first, and not after all its children"),
    ("wrong order, breadth first", partial(as_met, False),
     "each node passes its gradient on when it is first met, level by level, and not after all its children"),
    ("no zero_grad", partial(twice, lambda v: not v.parents),
     "a second backward() is added to the gradients of the first: zero_grad() is missing"),
    ("no zero_grad, inner nodes", partial(twice, lambda v: bool(v.parents)),
     "a second backward() starts from zeroed leaves, but on the old gradients of the nodes in between"),
    ("no zero_grad anywhere", partial(twice, lambda v: True),
     "a second backward() runs on all the old gradients, those of the nodes in between too"),
]  # fmt: skip
