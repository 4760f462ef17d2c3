"The views of the lab, each a piece of HTML of a graph, perhaps for one of its nodes; and the files that can be had."

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from ..check import check
from ..draw import draw
from ..explain import explain, paths, why
from ..graph import Graph
from ..mistakes import diagnose
from ..player import Player, play


def graph_view(graph: Graph, wrt: str, theme: str) -> dict[str, Any]:
    "The picture, and what its boxes are called."
    picture = draw(graph, highlight=wrt or (), theme=theme, background="transparent")
    return {
        "html": picture.svg() + notes(graph),
        "nodes": {f"n{i}": graph.names.get(v) for v, i in graph.place.items()},
    }


def worked_view(graph: Graph, wrt: str, _: str) -> dict[str, Any]:
    return {"html": explain(graph, wrt or None).html()}


def play_view(graph: Graph, _: str, __: str) -> dict[str, Any]:
    return {"html": Player(play(graph).html)._repr_html_()}


def paths_view(graph: Graph, wrt: str, _: str) -> dict[str, Any]:
    "To one node; at first to a leaf."
    to = wrt or next((graph.names[v] for v in graph.leaves), "")
    if not to:
        return {"refused": "this graph has no leaf to find paths to"}
    return {"html": f"<p>{html.escape(why(graph, to))}</p><pre>{html.escape(str(paths(graph, to)))}</pre>"}


def check_view(graph: Graph, _: str, __: str) -> dict[str, Any]:
    "Finite differences; and what explains a gradient that the program's own backward() left and that is not right."
    wrong = [v for v in graph.kept.left if v in graph.leaves]
    said = [f"{graph.names[v]}.grad is {graph.grad_text(v)}. {diagnose(graph, v, v.grad)}" for v in wrong]
    lines = [f"<p>{html.escape(line)}</p>" for line in "\n".join(said).splitlines()]
    return {"html": "".join(lines) + f"<pre>{html.escape(str(check(graph)))}</pre>"}


def notes(graph: Graph) -> str:
    return "".join(f"<p>{html.escape(note)}</p>" for note in graph.notes)


VIEWS: dict[str, Callable[[Graph, str, str], dict[str, Any]]] = {
    "graph": graph_view,
    "worked": worked_view,
    "play": play_view,
    "paths": paths_view,
    "check": check_view,
}
FILES: dict[str, Callable[[Graph], str]] = {
    "svg": lambda graph: draw(graph).svg(),
    "tex": lambda graph: explain(graph).latex(),
    "html": lambda graph: play(graph).html,
}
