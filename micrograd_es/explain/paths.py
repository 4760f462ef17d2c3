"""Every route that a gradient takes, as a product of local gradients.

>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2
>>> print(paths(loss, w))
1 path from out to w
    out ← v₁ ← ŷ ← w:  (2 · v₁) · 1 · x = -2 · 1 · 1 = -2
    their sum is ∂out/∂w = -2
    factored: ∂out/∂w = (2 · v₁) · x
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from ..engine import Value
from ..graph import Graph
from ..graph.formulas import Formulas
from ..graph.routes import Edge
from ..text.letters import counted, number_text
from ..text.symbols import ATOM, Language, latex, plain
from .frames import Equation, aligned, frames

LIMIT = 1000  # paths
LONGEST, WIDEST = 2000, 10_000  # nodes on them, and the inputs of these
MANY = 10**400
SHOWN = 9  # nodes of a route that are named one by one


class Path(NamedTuple):
    "One route from the root down to a leaf: its edges, and the product of their local gradients."

    edges: list[Edge]
    product: float


class Paths:
    "All routes from `root` to `leaf`, the strongest first; printed, with their sum and the factored form."

    def __init__(self, graph: Graph, leaf: Value, limit: int = LIMIT):
        self.graph, self.root, self.leaf, self.names = graph, graph.root, leaf, graph.names
        if leaf not in self.names:
            raise ValueError(f"{self.names[self.root]} does not use {leaf.label or leaf!r}: there is no path")
        self.nodes = graph.between([leaf])
        self.count = ways(self.nodes, leaf)
        ends = f"{self.names[self.root]} has {in_number(self.count)} to {self.names[leaf]}"
        if self.count > limit:
            raise ValueError(f"{ends}, more than {limit:,}: explain(root, wrt=leaf) adds them up node by node")
        inputs = sum(len(v.parents) for v in self.nodes)
        if len(self.nodes) > LONGEST or inputs > WIDEST:
            over = f"{len(self.nodes):,} nodes" + (f" with {inputs:,} inputs" if inputs > WIDEST else "")
            raise ValueError(f"{ends}, over {over}: too long to be read; take a smaller graph")
        self.uses = graph.uses_among(self.nodes)
        self.paths = sorted(self._walk(), key=lambda path: -abs(path.product))

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)

    def __len__(self) -> int:
        return self.count

    @property
    def total(self) -> float:
        "The sum of all paths: the gradient."
        products = [path.product for path in self.paths]
        return math.fsum(products) if all(map(math.isfinite, products)) else sum(products)

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

    def factored(self, language: Language = plain) -> str:
        """The gradient with what the paths share written once: δ₆ · (w₄₆ · w₁₄ + w₅₆ · w₁₅).

        Raises no more than the paths themselves: a graph with few paths has a short factored form.
        """
        f = self.graph.formulas(language)
        factors: dict[Value, list[str]] = {self.root: []}
        for v in reversed(self.nodes):
            if v is not self.root:
                products = [
                    factors[e.child] + [text] * (text != "1")
                    for e in self.uses[v]
                    for text in [f.local(e).within(ATOM)]
                ]
                factors[v] = _shared(products, language)
        return language.times.join(factors[self.leaf]) or "1"

    def deltas(self) -> list[tuple[str, float]]:
        "The gradient that arrives at every node on the way (δ in the lectures), from the root down."
        return [(self.names[v], self.graph.gradients[v]) for v in reversed(self.nodes)]

    def sides(self, path: Path, language: Language) -> list[str]:
        "A path as a product: of formulas, of numbers, and what it comes to."
        f = self.graph.formulas(language).multiplied(path.edges, path.product)
        symbols = language.times.join(f.local(e).within(ATOM) for e in path.edges)
        numbers = language.times.join(factors_text(f, path.edges))
        return [side for side in dict.fromkeys([symbols, numbers, language(path.product).text]) if side]

    def latex(self, lines: float | None = None) -> str:
        r"One align*: every path and its product, then their sum, factored; with `lines`, Beamer frames of so many."
        d = self.graph.formulas(latex).d(self.root, self.leaf).text
        equations = []
        for path in self.paths:
            equations += [Equation("", "", [self.latex_route(path)]), Equation("", r"\quad", self.sides(path, latex))]
        sides = dict.fromkeys([d, self.factored(latex), latex(self.total).text])
        equations.append(Equation("", "", list(sides)))
        if lines is None:
            return "\n".join([r"\begin{align*}", *aligned(equations), r"\end{align*}"])
        title = f"{in_number(self.count)} from ${latex(self.names[self.root])}$ to ${latex(self.names[self.leaf])}$"
        return frames({title: equations}, lines, self.graph.notes)

    def latex_route(self, path: Path) -> str:
        named = [self.root, *[e.child.parents[e.place] for e in path.edges]]
        return r" \leftarrow ".join(latex(self.names[v]).text for v in named)

    def __str__(self) -> str:
        lines = [f"{in_number(self.count)} from {self.names[self.root]} to {self.names[self.leaf]}"]
        lines += [f"    {self.route(path)}:  {' = '.join(self.sides(path, plain))}" for path in self.paths]
        d = self.graph.formulas().d(self.root, self.leaf)
        lines.append(f"    their sum is {d} = {number_text(self.total)}")
        lines.append(f"    factored: {d} = {self.factored()}")
        return "\n".join(lines + self.graph.notes)

    __repr__ = __str__


def paths(root: Value | Graph, leaf: Value | str, limit: int = LIMIT) -> Paths:
    "Every route from root to leaf; ValueError if there are more than `limit`, or none."
    graph = Graph.of(root)
    return Paths(graph, graph.node(leaf), limit)


def count_paths(root: Value | Graph, leaf: Value | str) -> int:
    "How many routes there are, without walking them: a node has as many as its parents together. (As far as 10^400.)"
    graph = Graph.of(root)
    node = graph.node(leaf)
    return ways(graph.between([node]), node)


def ways(nodes: list[Value], leaf: Value) -> int:
    "How many routes lead from the last of the nodes between to leaf."
    ways = {leaf: 1}
    for v in nodes:
        if v is not leaf:
            ways[v] = min(sum([ways[x] for x in v.parents if x in ways]), MANY)
    return ways[nodes[-1]]


def _shared(products: list[list[str]], language: Language) -> list[str]:
    "a·b·c + a·b·d as a·b·(c + d)."
    if len(products) == 1:
        return products[0]
    same = 0
    while all(len(p) > same and p[same] == products[0][same] for p in products):
        same += 1
    rest = " + ".join(language.times.join(p[same:]) or "1" for p in products)
    return [*products[0][:same], language.brackets.format(rest)]


def factors_text(f: Formulas, edges: list[Edge]) -> list[str]:
    "The local gradients, to be joined as -2 · 1 · (-3)."
    numbers = [f.local_number(e) for e in edges]
    return [x.text for x in numbers[:1]] + [x.within(ATOM) for x in numbers[1:]]


def ends(parts: list[str]) -> list[str]:
    "The beginning and the end of what would be too long to read."
    return parts if len(parts) <= SHOWN else [*parts[:4], f"({len(parts) - 8} more)", *parts[-4:]]


def in_number(n: int) -> str:
    return counted(n, "path") if n < 10**15 else f"some 10^{math.log10(n):.0f} paths"
