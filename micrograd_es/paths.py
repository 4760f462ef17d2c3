"""Every route that a gradient takes, as a product of local gradients; and why a gradient is what it is.

>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2
>>> print(paths(loss, w))
1 path from out to w
    out ← v₁ ← ŷ ← w:  (2 · v₁) · 1 · x = -2 · 1 · 1 = -2
    their sum is ∂out/∂w = -2
    factored: ∂out/∂w = (2 · v₁) · x
>>> print(why(loss, w))
∂out/∂w = -2: its only path is out ← v₁ ← ŷ ← w, with -2 · 1 · 1 = -2
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from .engine import Value, topological
from .explain import nonfinite_note
from .formulas import Formulas
from .names import names
from .routes import Edge, between, local_grads, upstream, uses
from .text.letters import number_text
from .text.symbols import ATOM, plain

LIMIT = 1000  # paths
LONGEST, WIDEST = 2000, 10_000  # nodes on them, and the inputs of these
MANY = 10**400
TINY, HUGE = 1e-3, 1e3


class Path(NamedTuple):
    "One route from the root down to a leaf: its edges, and the product of their local gradients."

    edges: list[Edge]
    product: float


class Paths:
    "All routes from `root` to `leaf`, the strongest first; printed, with their sum and the factored form."

    def __init__(self, root: Value, leaf: Value, limit: int = LIMIT):
        self.root, self.leaf, self.names = root, leaf, names(root)
        if leaf not in self.names:
            raise ValueError(f"{self.names[root]} does not use {leaf.label or leaf!r}: there is no path")
        self.nodes = between(root, [leaf])
        self.count = _ways(self.nodes, leaf)
        ends = f"{self.names[root]} has {_count(self.count)} to {self.names[leaf]}"
        if self.count > limit:
            raise ValueError(f"{ends}, more than {limit:,}: explain(root, wrt=leaf) adds them up node by node")
        inputs = sum(len(v.parents) for v in self.nodes)
        if len(self.nodes) > LONGEST or inputs > WIDEST:
            over = f"{len(self.nodes):,} nodes" + f" with {inputs:,} inputs" * (inputs > WIDEST)
            raise ValueError(f"{ends}, over {over}: nobody can read that; take a smaller graph")
        self.uses = uses(self.nodes)
        self.paths = sorted(self._walk(), key=lambda path: -abs(path.product))

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)

    def __len__(self) -> int:
        return self.count

    @property
    def total(self) -> float:
        "The sum of all paths: the gradient."
        return math.fsum(path.product for path in self.paths)

    def _walk(self) -> Iterator[Path]:
        "From the leaf up to the root, every way there is."
        stack: list[tuple[Value, list[Edge]]] = [(self.leaf, [])]
        while stack:
            v, edges = stack.pop()
            if v is self.root:
                yield Path(edges[::-1], math.prod(e.local for e in reversed(edges)))
            for edge in self.uses.get(v, []):
                stack.append((edge.child, [*edges, edge]))

    def route(self, path: Path) -> str:
        return " ← ".join([self.names[self.root], *[self.names[e.child.parents[e.place]] for e in path.edges]])

    def factored(self) -> str:
        """The gradient with what the paths share written once: δ₆ · (w₄₆ · w₁₄ + w₅₆ · w₁₅).

        Raises no more than the paths themselves: a graph with few paths has a short factored form.
        """
        f = Formulas(self.root, self.names, plain)
        factors: dict[Value, list[str]] = {self.root: []}
        for v in reversed(self.nodes):
            if v is not self.root:
                products = [
                    factors[e.child] + [text] * (text != "1")
                    for e in self.uses[v]
                    for text in [f.local(e)._within(ATOM)]
                ]
                factors[v] = _shared(products)
        return " · ".join(factors[self.leaf]) or "1"

    def deltas(self) -> list[tuple[str, float]]:
        "The gradient that arrives at every node on the way (δ in the lectures), from the root down."
        grads = upstream(self.root)
        return [(self.names[v], grads[v]) for v in reversed(self.nodes)]

    def __str__(self) -> str:
        f = Formulas(self.root, self.names, plain)
        lines = [f"{_count(self.count)} from {self.names[self.root]} to {self.names[self.leaf]}"]
        for path in self.paths:
            symbols = " · ".join(f.local(e)._within(ATOM) for e in path.edges)
            sides = dict.fromkeys([symbols, " · ".join(_factors(path.edges)), number_text(path.product)])
            lines.append(f"    {self.route(path)}:  {' = '.join(sides)}")
        d = f.d(self.root, self.leaf)
        lines.append(f"    their sum is {d} = {number_text(self.total)}")
        lines.append(f"    factored: {d} = {self.factored()}")
        return "\n".join(lines)

    __repr__ = __str__


def paths(root: Value, leaf: Value, limit: int = LIMIT) -> Paths:
    "Every route from root to leaf; ValueError if there are more than `limit`, or none."
    return Paths(root, leaf, limit)


def count_paths(root: Value, leaf: Value) -> int:
    "How many routes there are, without walking them: a node has as many as its parents together. (As far as 10^400.)"
    return _ways(between(root, [leaf]), leaf)


def _ways(nodes: list[Value], leaf: Value) -> int:
    "How many routes lead from the last of the nodes between to leaf."
    ways = {leaf: 1}
    for v in nodes:
        if v is not leaf:
            ways[v] = min(sum([ways[x] for x in v.parents if x in ways]), MANY)
    return ways[nodes[-1]]


def why(root: Value, leaf: Value) -> str:
    "Why the gradient of root by leaf is zero, tiny, huge or not a number: names the edge that makes it so."
    order, called = topological(root), names(root)
    name = called.get(leaf, leaf.label or repr(leaf))
    d = f"∂{called[root]}/∂{name}"
    if leaf not in called:
        return f"{d} = 0: {called[root]} was not made from {name}"
    nodes, slope, f = between(root, [leaf], order), upstream(root, order)[leaf], Formulas(root, called, plain)
    here = f"{d} = {number_text(slope)}"

    def edge_text(e: Edge) -> str:
        x = e.child.parents[e.place]
        made = " = ".join(f.made(e.child)[:2])
        return f"{f.d(e.child, x)} = {number_text(e.local)} in {made}, at {called[x]} = {number_text(x.data)}"

    if not math.isfinite(slope):
        edges = uses(nodes)
        born = [e for v in nodes for e in edges.get(v, []) if not math.isfinite(e.local)]
        cause = nonfinite_note(root, called) or (edge_text(born[-1]) if born else "products overflow on the way")
        return f"{here}: {cause}"
    best = _strongest(root, leaf, nodes)
    if slope == 0 and not best:
        blocked = _blocking(root, nodes)
        return f"{here}: blocked by " + " and by ".join(map(edge_text, blocked))
    count = _ways(nodes, leaf)
    if slope == 0:
        cancel = f"its {_count(count)} cancel, or " if count > 1 else ""
        return f"{here}: {cancel}the products on the way are too small for a float"
    route = " ← ".join(_ends([called[root], *[called[e.child.parents[e.place]] for e in best]]))
    if abs(slope) < TINY or abs(slope) > HUGE:
        size, word, pick = ("tiny", "smallest", min) if abs(slope) < TINY else ("huge", "largest", max)
        edge = pick(best, key=lambda e: abs(e.local))
        return f"{here}, {size}: along {route}, the {word} factor is {edge_text(edge)}"
    if leaf is root:
        return f"{here}: it is the root itself"
    product = math.prod(e.local for e in best)
    numbers = " = ".join(dict.fromkeys([" · ".join(_ends(_factors(best))), number_text(product)]))
    which = "its only path" if count == 1 else f"the strongest of its {count:,} paths"
    return f"{here}: {which} is {route}, with {numbers}"


def _strongest(root: Value, leaf: Value, nodes: list[Value]) -> list[Edge]:
    "The edges of the route with the largest product, from the root down; none if every route has a 0 on it."
    strength, best = {root: 0.0}, dict[Value, Edge]()
    for child in reversed(nodes):
        if child in strength:
            for place, (v, local) in enumerate(zip(child.parents, local_grads(child))):
                through = strength[child] + math.log(abs(local)) if local else -math.inf
                if through > strength.get(v, -math.inf):
                    strength[v], best[v] = through, Edge(child, place, local)
    route, v = [], leaf
    while v in best:
        route.append(best[v])
        v = best[v].child
    return route[::-1]


def _blocking(root: Value, nodes: list[Value]) -> list[Edge]:
    "The edges with local gradient 0 that the gradient meets first, coming from the root."
    reached, edges = {root}, uses(nodes)
    blocked = []
    for v in reversed(nodes):
        for e in edges.get(v, []):
            if e.child in reached:
                if e.local:
                    reached.add(v)
                else:
                    blocked.append(e)
    return blocked


def _shared(products: list[list[str]]) -> list[str]:
    "a·b·c + a·b·d as a·b·(c + d)."
    if len(products) == 1:
        return products[0]
    same = 0
    while all(len(p) > same and p[same] == products[0][same] for p in products):
        same += 1
    rest = " + ".join(" · ".join(p[same:]) or "1" for p in products)
    return [*products[0][:same], f"({rest})"]


def _factors(edges: list[Edge]) -> list[str]:
    "The local gradients, to be joined as -2 · 1 · (-3)."
    numbers = [number_text(e.local) for e in edges]
    return [n if i == 0 or not n.startswith("-") else f"({n})" for i, n in enumerate(numbers)]


def _ends(parts: list[str]) -> list[str]:
    "The beginning and the end of what would be too long to read."
    return parts if len(parts) <= 9 else [*parts[:4], f"({len(parts) - 8} more)", *parts[-4:]]


def _count(n: int) -> str:
    return f"{n:,} path" + "s" * (n != 1) if n < 10**15 else f"some 10^{math.log10(n):.0f} paths"
