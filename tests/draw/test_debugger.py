"What the Debug Visualizer of VS Code is given: its own format, and the very boxes and edges of the picture."

import json

import pytest

from micrograd_es import Value, debug_view, draw, nn
from tests.support.equations import boxes
from tests.support.losses import slide

# CommonDataTypes.ts of hediet/vscode-debug-visualizer: GraphNode and GraphEdge.
TEXT = {"type": "string"}
NODE = {"id": TEXT, "label": TEXT, "color": TEXT, "shape": {"enum": ["ellipse", "box"]}}
EDGE = {"from": TEXT, "to": TEXT, "label": TEXT, "id": TEXT, "color": TEXT, "dashes": {"type": "boolean"}}


def items(properties, required):
    one = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "array", "items": one}


SCHEMA = {
    "type": "object",
    "properties": {
        "kind": {"const": {"graph": True}},
        "nodes": items(NODE, ["id"]),
        "edges": items(EDGE, ["from", "to"]),
    },
    "required": ["kind", "nodes", "edges"],
}


def network(nin, nouts):
    return nn.MLP(nin, nouts)([Value(0.5 * i, label=f"x{i}") for i in range(nin)])


@pytest.mark.parametrize("root", [slide(), network(2, [3, 1]), network(20, [30, 10, 1])])
def test_as_the_picture(root):
    "Every box with its name, data and grad, every edge with its local gradient; large graphs folded."
    jsonschema = pytest.importorskip("jsonschema")
    root.backward()
    graph = json.loads(debug_view(root))
    jsonschema.validate(graph, SCHEMA)
    picture = draw(root)
    nodes, edges = boxes(picture)  # those whose text DOT puts into quotes: it does not where that is a number
    assert sorted(node["label"].split("\n") for node in graph["nodes"]) == sorted(nodes.values())
    ids = {node["id"] for node in graph["nodes"]}
    assert len(ids) == len(graph["nodes"]) and all({e["from"], e["to"]} <= ids for e in graph["edges"])
    assert len(graph["edges"]) == sum("->" in line and "label=" in line for line in picture.source.splitlines())
    told = [(e["from"], e["to"], e["label"].replace("\n", " ")) for e in graph["edges"]]
    assert {*edges} <= {*told}
