"""Which nodes of a graph make up which neuron, which neurons which layer: the tree of modules, as the graph has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..calculus import CONSTANT
from ..engine import Value


class Cluster:
    """One call of a module: its outputs, and the nodes between them and what it was given, in order.

    `parts` are the calls within it, whose nodes are among its own. A shared weight is in the first call alone.
    """

    def __init__(self, module: Any, outs: list[Value], nodes: list[Value], parts: list[Cluster], title: str):
        self.module, self.outs, self.nodes, self.parts, self.title = module, outs, nodes, parts, title

    @property
    def out(self) -> Value:
        "The output that is computed last; it stands for the whole cluster."
        return self.outs[-1]

    @property
    def given(self) -> list[Value]:
        "What its nodes read from outside."
        inside = set(self.nodes)
        return list(dict.fromkeys(x for v in self.nodes for x in v.parents if x not in inside))

    @property
    def parameters(self) -> list[Value]:
        return list(self.module.parameters())

    def walk(self) -> Iterator[Cluster]:
        "Itself and every cluster in it."
        stack = [self]
        while stack:
            yield (cluster := stack.pop())
            stack += cluster.parts[::-1]


def clusters(order: list[Value]) -> list[Cluster]:
    "The innermost ones: a neuron for each of its outputs in the graph, or a convolution, in topological order."
    return [c for outer in outermost(order) for c in outer.walk() if not c.parts]


def outermost(order: list[Value]) -> list[Cluster]:
    "The tree of clusters from its top: layers, say. A network that has them all in it is left out."
    forest = Gathering(order).forest
    while len(forest) == 1 and forest[0].parts:
        forest = forest[0].parts
    again = Counter(c.title for c in forest)
    for title in [title for title, times in again.items() if times > 1]:
        for i, c in enumerate([c for c in forest if c.title == title], 1):
            c.title = f"{title}, call {i}"
    return forest


class Gathering:
    "The clusters of a graph, found from the inside out: `forest` has those that are in no other."

    def __init__(self, order: list[Value]):
        self.place = {v: i for i, v in enumerate(order)}
        self.uses = Counter(x for v in order for x in v.parents)  # a number that several neurons read is none's own
        self.within: dict[Any, set[Any]] = {}  # module: all modules in it, itself too
        self.top: dict[Value, Cluster] = {}  # node: the largest cluster so far that has it
        self.roots: dict[Cluster, None] = {}
        outs: dict[Any, list[Value]] = {}
        for v in order:
            for call in self.calls(v):
                outs.setdefault(call, []).append(v)
        last = {call: vs[-1] for call, vs in outs.items()}
        for call in sorted(outs, key=lambda call: (self.place[last[call]], last[call].calls.index(call))):
            self.gather(call, outs[call])
        self.forest = list(self.roots)

    def modules(self, module: Any) -> set[Any]:
        if module not in self.within:
            self.within[module] = set(module.modules())
        return self.within[module]

    def calls(self, v: Value) -> list[Any]:
        "The calls that made v: not that of a dropout, say, which only passed it on."
        made: list[Any] = []
        for call in v.calls:
            if all(inner.module in self.modules(call.module) for inner in made):
                made.append(call)
        return made

    def gather(self, call: Any, outs: list[Value]) -> None:
        "From the outputs back to what was given: other calls' outputs, and leaves that are no parameters of its own."
        module, own = call.module, set(call.module.parameters())
        nodes: dict[Value, None] = {}
        parts: dict[Cluster, None] = {}
        made, stack = set(outs), list(outs)
        while stack:
            v = stack.pop()
            inner = self.top.get(v)
            if v in nodes:
                continue
            if inner:
                calls = self.calls(v)
                if v in inner.outs and (call in calls or all(self.is_part(c.module, module) for c in calls)):
                    parts[inner] = None
                    nodes |= dict.fromkeys(inner.nodes)
                    stack += inner.given
            elif v in made or v.parents or v in own or (v.op is CONSTANT and self.uses[v] == 1):
                nodes[v] = None
                stack += v.parents
        self.add(module, outs, sorted(nodes, key=self.place.__getitem__), parts)

    def is_part(self, module: Any, whole: Any) -> bool:
        return module is not whole and module in self.modules(whole)

    def add(self, module: Any, outs: list[Value], nodes: list[Value], parts: Iterable[Cluster]) -> None:
        within = sorted(parts, key=lambda part: self.place[part.out])
        for part in within:
            del self.roots[part]
        if len(within) == 1 and within[0].nodes == nodes:  # a layer of one neuron is that neuron
            found = within[0]
        else:
            found = Cluster(module, outs, nodes, within, module.caption())
            called = {id(part): name for name, part in module.named_children()}
            for part in within:
                if part.title == type(part.module).__name__:
                    part.title = called.get(id(part.module), part.title)
        self.roots[found] = None
        self.top |= dict.fromkeys(nodes, found)
