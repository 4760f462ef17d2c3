"What is asked of these functions: outputs, inputs among what they are made of, a number for each."

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..core.floats import as_float, is_number
from ..core.pythonic import listed, only_values
from ..engine import Value
from ..graph import Graph
from ..text.letters import counted
from ..text.letters import listed as in_words

Outputs = Value | Graph | Iterable[Value]
Inputs = Value | str | Iterable[Value | str]
Direction = float | Value | Iterable[float | Value]


def together(outputs: list[Value]) -> Graph:
    "The graph of several outputs: under a sum of them, where they are not one."
    return Graph(outputs[0] if len(outputs) == 1 else Value.sum(*outputs))


def asked(where: str, outputs: Outputs, inputs: Inputs) -> tuple[Graph, list[Value], list[Value]]:
    """The graph of these outputs, and the outputs and inputs as lists of Values.

    ValueError for an input that no output uses, or if there are none.
    """
    if isinstance(outputs, Graph):
        graph, ys = outputs, [outputs.root]
    else:
        ys = [outputs] if isinstance(outputs, Value) else list(only_values(f"{where}: the outputs", outputs))
        if not ys:
            raise ValueError(f"{where}: there are no outputs; give a Value, or a list of them")
        graph = together(ys)
    xs = graph.nodes(inputs)
    if not xs:
        raise ValueError(f"{where}: there are no inputs; give a Value or its name, or a list of them")
    for x in xs:
        if x not in graph.place:
            names = in_words([graph.names[y] for y in ys])
            uses = "does not use" if len(ys) == 1 else "do not use"
            raise ValueError(f"{where}: {names} {uses} {x.label or x!r}: every derivative by it is 0; leave it out")
    return graph, ys, xs


def asked_now(where: str, outputs: Outputs, inputs: Inputs) -> tuple[Graph, list[Value], list[Value]]:
    "The same, with the numbers of now: if a leaf was changed since, the graph is computed again first, by forward()."
    graph, ys, xs = asked(where, outputs, inputs)
    if graph.moment.stale:
        graph.root.forward()
    return graph, ys, xs


def speeds(where: str, direction: Direction, nodes: list[Value], what: str = "input") -> list[float | Value]:
    "The direction as a list: a number or a Value for each of the nodes. ValueError if it has more, or fewer."
    alone = isinstance(direction, Value) or is_number(direction)
    found: list[Any] = [direction] if alone else listed(f"{where}: the direction", direction)
    if len(found) != len(nodes):
        numbers, wanted = counted(len(found), "number"), counted(len(nodes), what)
        raise ValueError(f"{where}: the direction has {numbers} for {wanted}: it takes one for each")
    return [x if isinstance(x, Value) else as_float(x, f"{where}: the direction") for x in found]
