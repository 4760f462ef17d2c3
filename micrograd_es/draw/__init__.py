"""The picture of a graph: every value with its number and its gradient, the local gradient on every edge."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster, clusters, outermost
from .folded import Folded
from .gathered import inputs, steps
from .looks import Look
from .nodes import LIMIT, Drawing, refuse
from .size import text_size

if TYPE_CHECKING:
    from .render import Picture

GOOD, READABLE = 10.0, 8.0  # points of text, where the picture fills a slide
ALONE = 6.0  # the same for a neuron by itself: one draws it to see what is in it
Lit = Collection[tuple[Value, Value]]  # edges that stand out
ON_EDGES = {"none": ["both", "numbers"], "neurons": ["both", "numbers", "none"], "layers": ["both", "numbers"]}


def draw(
    root: Value | Graph,
    *,
    edges: str = "auto",
    highlight: Value | str | Iterable[Value | str] = (),
    fold: str = "auto",
    rankdir: str = "LR",
    format: str = "svg",
    scale: float = 1.0,
    fontsize: float = 12.0,
    theme: str = "light",
    background: str | None = None,
) -> Picture:
    """The graph under root, as a `graphviz.Digraph`.

    Every box has a value's name and formula, its number (`data`) and its gradient (`grad`, "–" before any backward());
    every edge the local gradient.

    edges: "both" (∂y/∂x = formula = number), "numbers", "formulas", "none".
    fold: "neurons" draws each neuron as one box, with its weights on the edges into it; "layers" each layer; "none"
    draws every scalar.
    Both are "auto" at first, and go by the size that the text has where the picture fills a slide of 12.8 x 7.2 cm:
    edges say less before it falls under 10 points, and boxes are folded before it falls under 8.
    highlight: a leaf, for every route to it, or the nodes of one route.
    theme: "light", "dark" or "print", where nothing goes by colour; background: another colour, or "transparent".
    ValueError if more than 500 boxes are left: too many to read, and `dot` takes minutes.
    """
    _choice("edges", edges, ("auto", "both", "numbers", "formulas", "none"))
    _choice("fold", fold, ("auto", "none", "neurons", "layers"))
    _choice("rankdir", rankdir, ("LR", "TB", "RL", "BT"))
    graph = Graph.of(root)
    look = Look(rankdir, fontsize, theme, background, scale)
    return chosen(graph, fold, edges, _edges_of(graph, highlight), look).picture(format)


def chosen(
    graph: Graph, fold: str = "auto", edges: str = "auto", lit: Lit = frozenset(), look: Look | None = None
) -> Drawing:
    "The drawing with most in it among those that can be read; ValueError if there would be too many boxes."
    least = ALONE if len(clusters(graph.order)) == 1 else READABLE
    for drawings in _folds(graph, fold, edges, lit, look or Look()):
        sizes = {drawing: text_size(drawing) for drawing in drawings}
        best = next((d for d, size in sizes.items() if size >= GOOD), max(sizes, key=sizes.__getitem__))
        if sizes[best] >= least:
            break
    return best


def _folds(graph: Graph, fold: str, edges: str, lit: Lit, look: Look) -> Iterator[list[Drawing]]:
    """From the one with most boxes to that with fewest, each from the one with most on its edges to that with least.

    ValueError if the last one has too many boxes.
    """
    folds: dict[str, list[Cluster]] = {"none": [], "neurons": clusters(graph.order), "layers": outermost(graph.order)}
    if fold == "auto":
        folds = {name: closed for name, closed in folds.items() if closed or name == "none"}
    else:
        folds = {fold: folds[fold]}
    boxes = {}
    for name, closed in folds.items():
        if name != "none":
            closed += inputs(graph, closed, name == "layers")
            closed += steps(graph, closed)
        boxes[name] = len(graph.order) - sum(len(c.nodes) - 1 for c in closed)
    fewest = min(boxes.values())
    refuse(fewest, len(graph.order) if fewest < len(graph.order) else 0)
    for name, closed in folds.items():
        if boxes[name] <= LIMIT:
            ways = [edges] if edges != "auto" else ON_EDGES[name]
            if name == "none":
                yield [Drawing(graph, way, lit=lit, look=look) for way in ways]
            else:
                yield [Folded(graph, closed, way, lit=lit, look=look) for way in ways]


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
