"""The picture of a graph: every value with its number and its gradient, the local gradient on every edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..engine import Value
from ..graph import Graph
from ..graph.modules import clusters, outermost
from .folded import Folded
from .nodes import LIMIT, Drawing, refuse

if TYPE_CHECKING:
    from .render import Picture


def draw(
    root: Value | Graph,
    *,
    edges: str = "auto",
    highlight: Value | str | Iterable[Value | str] = (),
    fold: str = "auto",
    rankdir: str = "LR",
    format: str = "svg",
) -> Picture:
    """The graph under root, as a `graphviz.Digraph`.

    Every box has a value's name and formula, its number (`data`) and its gradient (`grad`, "–" before any backward());
    every edge the local gradient.

    edges: "both" (formula = number), "numbers", "formulas", "none", or "auto": both while the graph is small.
    highlight: a leaf, for every route to it, or the nodes of one route.
    fold: "neurons" draws each neuron as one box, "layers" each layer, "none" nothing; "auto", above 500 nodes, neurons.
    ValueError if more than 500 boxes are left: too many to read, and `dot` takes minutes.
    """
    _choice("edges", edges, ("auto", "both", "numbers", "formulas", "none"))
    _choice("fold", fold, ("auto", "neurons", "layers", "none"))
    _choice("rankdir", rankdir, ("LR", "TB", "RL", "BT"))
    graph = Graph.of(root)
    if fold in ("neurons", "layers") or (fold == "auto" and len(graph.order) > LIMIT):
        closed = outermost(graph.order) if fold == "layers" else clusters(graph.order)
        refuse(len(graph.order) - sum(len(c.nodes) - 1 for c in closed), len(graph.order))
        return Folded(graph, closed, rankdir=rankdir).picture(format)
    refuse(len(graph.order))
    return Drawing(graph, edges, lit=_edges_of(graph, highlight), rankdir=rankdir).picture(format)


def draw_dot(root: Value | Graph, format: str = "svg", rankdir: str = "LR") -> Picture:
    "The picture under micrograd's name for it."
    return draw(root, rankdir=rankdir, format=format)


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    "The nodes and the edges (parent, child) under root, as micrograd's notebooks have them."
    nodes = Graph.of(root).order
    return set(nodes), {(parent, v) for v in nodes for parent in v.parents}


def _edges_of(graph: Graph, highlight: Value | str | Iterable[Value | str]) -> set[tuple[Value, Value]]:
    nodes = graph.nodes(highlight)
    if isinstance(highlight, Value | str):
        lit = set(graph.between(nodes))
        return {(x, v) for v in lit for x in v.parents if x in lit}
    return {pair for a, b in zip(nodes, nodes[1:]) for pair in ((a, b), (b, a))}


def _choice(name: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise ValueError(f"{name}={given!r}: it is one of {', '.join(map(repr, allowed))}")
