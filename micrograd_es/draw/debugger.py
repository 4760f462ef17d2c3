"""The graph for a debugger: what VS Code's Debug Visualizer draws of a Value that a program has stopped at.

>>> import json
>>> x, w = Value(3.0, label="x"), Value(-2.0, label="w")
>>> loss = x * w
>>> loss.backward()
>>> graph = json.loads(debug_view(loss))
>>> graph["kind"], [node["label"] for node in graph["nodes"]]
({'graph': True}, ['x\\ndata 3\\ngrad -2', 'w\\ndata -2\\ngrad 3', 'out = x · w\\ndata -6\\ngrad 1'])
>>> graph["edges"][0]["label"]
'∂out/∂x\\n= w = -2'
"""

from __future__ import annotations

import json
from typing import Any

from ..engine import Value
from ..graph import Graph
from . import chosen
from .nodes import Surface
from .notebook import plain_label


def debug_view(root: Value | Graph) -> str:
    """The graph as the JSON text that the Debug Visualizer of VS Code draws: {"kind": {"graph": true}, ...}.

    Stopped at a breakpoint, open its view (Debug Visualizer: New View) and type `micrograd_es.debug_view(loss)`: the
    picture follows as you step. Boxes and edges are those of `draw`, folded as there: names, data, gradients, and the
    local gradient on every edge. ValueError above 500 boxes: look at close_up(loss, w).
    """
    chosen(Graph.of(root)).draw_on(found := DebugGraph())
    return json.dumps({"kind": {"graph": True}, "nodes": found.nodes, "edges": found.lines}, ensure_ascii=False)


class DebugGraph(Surface):
    "What a `Drawing` draws on, to become nodes and edges of the visualizer: columns and frames are left to it."

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []

    def node(self, name: str, label: str, fillcolor: str = "", style: str = "", **_: Any) -> None:
        if style != "invis":
            shape = "ellipse" if "rounded" in style else "box"
            self.nodes.append({"id": name, "label": plain_label(label), "color": fillcolor, "shape": shape})

    def edge(self, tail: str, head: str, label: str = "", style: str = "", **_: Any) -> None:
        if style != "invis":
            line = {"from": tail, "to": head, "label": plain_label(label), "dashes": style == "dashed"}
            self.lines.append(line)
