"""Which nodes of a graph make up which neuron, which neurons which layer: the tree of modules, as the graph has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..calculus import CONSTANT
from ..engine import Value


class Cluster:
    """One call of a module: its outputs, and the nodes between them and what it was given, in order.

    `parts` are the calls within it, whose nodes are among its own. The weights that several calls share are in none.
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

    def named(self) -> dict[Value, str]:
        "What the modules that made its output call their parameters and the nodes within."
        return {v: name for call in self.out.calls for v, name in call.module.name_nodes(self.out).items()}

    def walk(self) -> Iterator[Cluster]:
        "Itself and every cluster in it."
        stack = [self]
        while stack:
            yield (cluster := stack.pop())
            stack += cluster.parts[::-1]


class Shared(Cluster):
    "The weights of a module that is called several times: they belong to each of its calls alike."

    def __init__(self, module: Any, weights: list[Value]):
        super().__init__(module, weights, weights, [], f"{module.caption()}, shared weights")

    @property
    def parameters(self) -> list[Value]:
        return self.outs

    def named(self) -> dict[Value, str]:
        return {}


def clusters(order: list[Value]) -> list[Cluster]:
    "The innermost ones, in the order of the tree: a neuron for each of its outputs in the graph, or a convolution."
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
        self.share(Counter(call.module for call in outs))
        last = {call: vs[-1] for call, vs in outs.items()}
        for call in sorted(outs, key=lambda call: (self.place[last[call]], last[call].calls.index(call))):
            self.gather(call, outs[call])
        self.forest = list(self.roots)

    def share(self, called: Counter[Any]) -> None:
        "The weights of what is called several times, as clusters of their own: one for the outermost such module."
        again = [module for module, times in called.items() if times > 1]
        for module in again:
            if not any(self.is_part(module, outer) for outer in again):
                weights = sorted(self.place.keys() & set(module.parameters()), key=self.place.__getitem__)
                if weights:
                    self.roots[shared := Shared(module, weights)] = None
                    self.top |= dict.fromkeys(weights, shared)

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
                makers = [c.module for c in calls] or [inner.module]  # shared weights come from no call
                part = call in calls or all(self.is_part(maker, module) for maker in makers)
                if part and v in inner.outs:
                    parts[inner] = None
                    nodes |= dict.fromkeys(inner.nodes)
                    stack += inner.given
            elif v in made or v.parents or v in own or (v.op is CONSTANT and self.uses[v] == 1):
                nodes[v] = None
                stack += v.parents
        self.add(call, outs, sorted(nodes, key=self.place.__getitem__), parts)

    def is_part(self, module: Any, whole: Any) -> bool:
        return module is not whole and module in self.modules(whole)

    def add(self, call: Any, outs: list[Value], nodes: list[Value], parts: Iterable[Cluster]) -> None:
        module = call.module
        children = {id(part): name for name, part in module.named_children()}
        within = sorted(parts, key=lambda part: self.place[part.out])
        if {*children} >= {id(part.module) for part in within} and len(children) == len(within):  # its own order
            within.sort(key=lambda part: [*children].index(id(part.module)))
        for part in within:
            del self.roots[part]
        if len(within) == 1 and within[0].nodes == nodes:  # a layer of one neuron is that neuron
            found = within[0]
        else:
            found = Cluster(module, outs, nodes, within, module.caption(outs[-1]))
            for part in within:
                if part.title == type(part.module).__name__ and id(part.module) in children:
                    part.title = children[id(part.module)]
        if call.step:  # h₂ is told by when it is called
            found.title = module.caption(outs[-1])
            for part in found.parts:
                part.title = f"{found.title}, {part.title}"
        self.roots[found] = None
        self.top |= dict.fromkeys(nodes, found)
