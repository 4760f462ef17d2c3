"""The picture of a larger network: one box for every neuron."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clusters import Cluster, clusters
from .drawing import COLORS, Drawing, grad_text, refuse
from .engine import Value
from .routes import local_grads
from .symbols import number_text

if TYPE_CHECKING:
    from .picture import Picture


class Folded(Drawing):
    "A box is a neuron's output; its edges carry the derivative of the output by each of its inputs."

    def __init__(self, root: Value, order: list[Value], rankdir: str, format: str):
        self.boxes: dict[Value, Cluster] = {c.out: c for c in clusters(order)}
        self.home = {v: c.out for c in self.boxes.values() for v in c.nodes}
        kept = [v for v in order if self.home.get(v, v) is v]
        refuse(len(kept), len(order))
        super().__init__(root, kept, "numbers", set(), rankdir, format)

    def fill(self, dot: Picture) -> None:
        for v in self.order:
            if v in self.boxes:
                self.box(dot, self.boxes[v])
                slopes = self.slopes(self.boxes[v])
            else:
                self.node(dot, v)
                slopes = list(zip(v.parents, local_grads(v)))
            for place, (x, slope) in enumerate(slopes):
                self.edge(dot, self.home.get(x, x), v, place, slope)  # from a hidden weight: from its neuron

    def box(self, dot: Picture, cluster: Cluster) -> None:
        v = cluster.out
        fields = [f"{self.names[v]}, {cluster.module.title}", f"data {number_text(v.data)}", f"grad {grad_text(v)}",
                  f"{len(cluster.module.parameters())} parameters"]  # fmt: skip
        dot.node(self.ids[v], self.record(fields), id=self.ids[v], **{"class": "folded"}, fillcolor=COLORS["folded"])

    @staticmethod
    def slopes(cluster: Cluster) -> list[tuple[Value, float]]:
        "d(output)/d(input), by the chain rule inside the box."
        grads = dict.fromkeys(cluster.nodes, 0.0) | {cluster.out: 1.0}
        given: dict[Value, float] = {}
        for v in reversed(cluster.nodes):
            for x, local in zip(v.parents, local_grads(v)):
                found = grads if x in grads else given
                found[x] = found.get(x, 0.0) + grads[v] * local
        return list(given.items())
