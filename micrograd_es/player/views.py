"""Which pictures of a graph the page has: what lies open in each of them, and what is closed."""

from __future__ import annotations

from typing import NamedTuple

from ..engine import Value
from ..graph.modules import Cluster

OPEN = 24  # nodes up to which all lies open at first
SMALL = 80  # nodes up to which all can be opened at once, and layers are open at first
NEURONS = 40  # boxes up to which all neurons can be seen at once


class View(NamedTuple):
    "The clusters that have a frame, and those that are boxes."

    opened: list[Cluster]
    closed: list[Cluster]


class Others(Cluster):
    "The other neurons of a layer, put aside in one box where one of them is looked at."

    @property
    def parameters(self) -> list[Value]:
        return list(dict.fromkeys(p for part in self.parts for p in part.parameters))


def views(forest: list[Cluster], order: list[Value]) -> list[View]:
    """First the view to begin with. Each cluster can be opened, with what is around it; all can be closed.

    In a small graph all can be opened too, and a layer's neurons stay where they are when one of them is opened.
    """
    every = [c for outer in forest for c in outer.walk()]
    around = {part: c for c in every for part in c.parts}
    layers = [c for c in every if c.parts]
    count, boxes = len(order), len(order) - sum(len(c.nodes) - 1 for c in every if not c.parts)
    small = count <= SMALL
    wide = [layers] if small or boxes <= NEURONS else []
    found = [every, *wide, []] if count <= OPEN else [*wide, every, []] if small else [[], *wide]
    for cluster in every:
        way, outer = [cluster], cluster
        while outer in around:
            way.insert(0, outer := around[outer])
        found.append([*layers, cluster] if small and not cluster.parts else way)
    different = {frozenset(opened): opened for opened in reversed(found)}
    kept = [opened for opened in found if different[frozenset(opened)] is opened]
    return [View(opened, closed(forest, opened, order, small)) for opened in kept]


def closed(forest: list[Cluster], opened: list[Cluster], order: list[Value], small: bool) -> list[Cluster]:
    "What is a box when these are open."
    boxes = [c for c in forest if c not in opened]
    for layer in opened:
        within = [c for c in layer.parts if c not in opened]
        aside = not small and 1 < len(within) < len(layer.parts)
        boxes += [others(layer, within, order)] if aside else within
    return boxes


def others(layer: Cluster, clusters: list[Cluster], order: list[Value]) -> Others:
    inside = {v for c in clusters for v in c.nodes}
    outs, nodes = [out for c in clusters for out in c.outs], [v for v in order if v in inside]
    title = f"the other {len(clusters)} of {layer.title}"
    return Others(layer.module, sorted(outs, key=nodes.index), nodes, clusters, title)
