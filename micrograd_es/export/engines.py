"""What the ways out share: a replay, and a function of one Value, as an array program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..calculus import CONSTANT
from ..engine import Value, topological
from ..replay import Replay
from ..replay.plan.groups import Plan
from ..replay.plan.levels import Levels
from ..replay.pure.program import Pure


def program(x: Any, what: str) -> Pure:
    "The array program of a replay; TypeError for anything else."
    if not isinstance(x, Replay):
        raise TypeError(f"{what} takes a replay, as replay(loss, inputs, parameters) returns, not {type(x).__name__}")
    return Pure(x.plan)


def elementwise(function: Callable[[Value], Value], name: str) -> Pure:
    """A function of one Value, such as an activation, as an array program on a column of numbers.

    TypeError if it holds Values of its own, or does another thing for one number than for another: a graph cannot.
    """
    tries = []
    for number in (-1.7, 0.4, 1.3):
        z = Value(number)
        tries.append((z, function(z)))
    shapes = set()
    for z, y in tries:
        order = topological(y)
        place = {v: i for i, v in enumerate(order)}
        if any(not v.parents and v is not z and v.op is not CONSTANT for v in order):
            raise TypeError(f"the activation {name} has a Value of its own: export a replay of the whole loss instead")
        shapes.add(tuple((v.op, tuple(place[x] for x in v.parents), None if v is z else _fixed(v)) for v in order))
    if len(shapes) > 1:
        raise TypeError(f"the activation {name} is not the same graph for every number (an `if` on it?)")
    z, y = tries[0]
    return Pure(Plan(Levels(topological(y), [y], [z]), []))


def _fixed(v: Value) -> float | None:
    return v.data if not v.parents else None
