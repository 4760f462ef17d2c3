"""The steps of forward mode, from one leaf on: each node that is made takes at once what its inputs bring.

The page tells the same, to the letter (player/ahead.js).
"""

from __future__ import annotations

from ..engine import Value
from ..explain.chain import MODES
from ..graph import Graph
from ..graph.formulas import Formulas
from ..graph.routes import Edge
from ..text.printed import added, multiplied
from .story import Step, Story, Words


class Onward(Story):
    "The story of how fast every node moves when one leaf does."

    told = "Forward mode"

    def __init__(self, graph: Graph, leaf: Value):
        self.graph, self.root, self.leaf = graph, graph.root, leaf
        moving = {leaf}
        self.steps = [Step("leaves", graph.root), Step("seed", leaf)]
        for child in graph.order:
            if child.parents:
                self.steps.append(Step("node", child))
            found = [] if child.op.flat else [*enumerate(graph.edges(child))]
            edges = [Edge(child, place, local) for place, (parent, local) in found if parent in moving]
            self.steps += [Step("edge", child, edge) for edge in edges]
            if edges:
                moving.add(child)
        self.steps.append(Step("done", graph.root))

    def sender(self, edge: Edge) -> Value:
        x: Value = edge.child.parents[edge.place]
        return x

    def arrives(self, words: Words) -> str:
        return words.math(words.formulas.by(self.leaf))

    def formula(self, i: int, f: Formulas) -> list[str]:
        "dv₁/dw = ∂v₁/∂ŷ · dŷ/dw = 1 · 1 = 1, as its sides."
        kind, node, edge = self.steps[i]
        if kind == "seed":
            return [f.total(node, node).text, f.language(1.0).text]
        if edge:
            return f.tangent(node, [edge], self.gradients[i], self.leaf, self.flow(i))
        return super().formula(i, f)

    def _seed(self, i: int, words: Words) -> str:
        others = len(self.graph.leaves) - 1
        still = "leaf stands" if others == 1 else f"{others} leaves stand"
        begin = f"Forward mode, from {self.name(self.leaf, words)}: it moves at {words.math('1')}."
        return begin + f" The other {still} still." * (others > 0)

    def _edge(self, i: int, words: Words) -> str:
        f, (_, node, edge) = words.formulas, self.steps[i]
        assert edge
        tangent = self.gradients[i][self.sender(edge)]
        x, y = (self.name(v, words) for v in (self.sender(edge), node))
        how = words.math(" = ".join(dict.fromkeys([f.local(edge).text, f.language(edge.local).text])))
        product = self.joined([tangent, edge.local], multiplied, words.times, words)
        return (
            f"{x} moves at {self.number(tangent, words)}. The local gradient of {y} by {x} is {how}. "
            f"That moves {y} at {product}.{self._added(i, words)}"
        )

    def _added(self, i: int, words: Words) -> str:
        node = self.steps[i].node
        all_ = self.arriving(node)
        if len(all_) == 1:
            return ""
        before = self.gradients[i - 1].get(node)
        if before is None:
            return f" {self.name(node, words)} has {len(all_)} inputs that move; this is the first."
        sum_ = self.joined([before, self.flow(i)], added, "+", words)
        return f" It is added to what the others bring: {sum_} (input {all_.index(self.steps[i]) + 1} of {len(all_)})."

    def _done(self, i: int, words: Words) -> str:
        loss, name, end = self.name(self.root, words), self.name(self.leaf, words), self.gradients[i].get(self.root)
        if end is None:
            return f"{loss} does not move with {name}."
        others = len(self.graph.leaves) - 1
        take = "leaf takes" if others == 1 else f"{others} leaves take"
        all_ = "both" if others == 1 else f"all {others + 1}"
        more = f" The other {take} a pass each; one pass back from {loss} finds {all_}." * (others > 0)
        f = words.formulas
        total = words.math(f"{f.total(self.root, self.leaf)} = {f.language(end)}")
        return f"When {name} moves at {words.math('1')}, {loss} moves at {self.number(end, words)}: {total}.{more}"


def story_of(graph: Graph, leaves: list[Value], mode: str, view: str) -> Story:
    "In reverse mode back to these leaves, or to all; in forward mode from the one that is given, or ValueError."
    name = graph.names[graph.root]
    if not graph.root.parents:
        raise ValueError(f"{view}: {name} is a leaf, made from nothing: there are no steps to show")
    if mode not in MODES:
        raise ValueError(f"mode={mode!r}: it is one of {', '.join(map(repr, MODES))}")
    if mode == "reverse":
        return Story(graph, leaves)
    if len(leaves) != 1 or leaves[0] not in graph.place:
        raise ValueError(f"{view}: forward mode goes on from one leaf of {name}: name it, wrt=w")
    return Onward(graph, leaves[0])
