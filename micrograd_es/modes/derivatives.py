"""Jacobians, Hessians, and their products with a direction, all of it Values: to be drawn, explained, derived again.

A tangent is how fast a value moves while the inputs move in a direction: one more number, ẏ beside y, that flows
through the rows of the table from the inputs on, ẏ = ∂y/∂a · ȧ + ∂y/∂b · ḃ. A value with its tangent is a dual number.
A gradient flows through the same local gradients the other way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ..core.floats import is_number
from ..core.pythonic import listed
from ..engine import Value
from ..engine import gradient as reverse
from ..graph import Graph
from ..graph.routes import carried, depending
from .asked import Direction, Inputs, Outputs, asked_now, speeds, together
from .costs import Bill
from .matrix import Matrix

MODES = "auto", "forward", "reverse"


def derivative(f: Callable[..., Any], x: Any, direction: Direction = 1.0) -> Any:
    """How fast f(x) moves while x does, by forward mode: of a function of one number, its derivative.

    >>> derivative(lambda x: x**3, 2.0).data
    12.0
    >>> derivative(lambda x, w: x * w, [2.0, 3.0], direction=[1.0, 0.0]).data
    3.0

    Of several numbers, `x` is a list of them, f is called as f(*x), and `direction` says how fast each moves. What f
    returns may be a list: then so is the derivative.
    """
    several = not (isinstance(x, Value) or is_number(x))
    xs = [v if isinstance(v, Value) else Value(v) for v in (listed("derivative: x", x) if several else [x])]
    found = f(*xs)
    alone = isinstance(found, Value) or is_number(found)
    ys = [found] if alone else listed("derivative: what f returns", found)
    ys = [y if isinstance(y, Value) else Value(y) for y in ys]
    moved = _moved(ys, xs, speeds("derivative", direction, xs), together(ys).order)
    return moved[0] if alone else moved


def jvp(outputs: Outputs, inputs: Inputs, direction: Direction) -> list[Value]:
    """How fast each of the outputs moves while the inputs move in this direction: the Jacobian times the direction.

    >>> x, w = Value(2.0), Value(3.0)
    >>> [y.data for y in jvp([x * w, x + w], [x, w], [1.0, 0.0])]
    [3.0, 1.0]

    One pass of forward mode, however many outputs there are.
    """
    graph, ys, xs = asked_now("jvp", outputs, inputs)
    return _moved(ys, xs, speeds("jvp", direction, xs), graph.order)


def vjp(outputs: Outputs, inputs: Inputs, direction: Direction) -> list[Value]:
    """The gradient, by each of the inputs, of the outputs weighted by this direction: the direction times the Jacobian.

    >>> x, w = Value(2.0), Value(3.0)
    >>> [dx.data for dx in vjp([x * w, x + w], [x, w], [1.0, 10.0])]
    [13.0, 12.0]

    One pass of reverse mode, however many inputs there are; backward() is that of one output, weighted by 1.
    """
    _, ys, xs = asked_now("vjp", outputs, inputs)
    weights = speeds("vjp", direction, ys, "output")
    return reverse(Value.sum(*[y * weight for y, weight in zip(ys, weights)]), *xs)


def jacobian(outputs: Outputs, inputs: Inputs, mode: str = "auto") -> Matrix:
    """The derivatives of every output by every input: a row for each output.

    >>> x, w = Value(2.0, label="x"), Value(3.0, label="w")
    >>> J = jacobian([x * w, x + w], [x, w])
    >>> J[0][1].data, J.numbers
    (2.0, [[3.0, 2.0], [1.0, 1.0]])

    mode: "forward", a pass for each input; "reverse", a pass for each output; "auto", whichever `bill` says is cheaper.
    """
    if mode not in MODES:
        raise ValueError(f"mode={mode!r}: it is one of {', '.join(map(repr, MODES))}")
    graph, ys, xs = asked_now("jacobian", outputs, inputs)
    chosen = Bill(graph, ys, xs).cheaper if mode == "auto" else mode
    return Matrix(_jacobian(ys, xs, chosen, graph.order), [graph.names[y] for y in ys], [graph.names[x] for x in xs])


def hessian(y: Value | Graph, xs: Inputs) -> Matrix:
    """The second derivatives of y: the Jacobian of its gradient, forward over reverse.

    >>> x, w = Value(2.0, label="x"), Value(3.0, label="w")
    >>> print(hessian(x**2 * w, [x, w]))
       x  w
    x  6  4
    w  4  0
    """
    graph, (root,), inputs = asked_now("hessian", Graph.of(y), xs)
    slopes, names = reverse(root, *inputs), [graph.names[x] for x in inputs]
    return Matrix(_jacobian(slopes, inputs, "forward", together(slopes).order), names, names)


def hvp(y: Value | Graph, xs: Inputs, direction: Direction) -> list[Value]:
    """The Hessian times a direction, without the Hessian: how fast the gradient moves while xs move so.

    >>> x, w = Value(2.0), Value(3.0)
    >>> [d.data for d in hvp(x**2 * w, [x, w], [1.0, 0.0])]
    [6.0, 4.0]
    """
    _, (root,), inputs = asked_now("hvp", Graph.of(y), xs)
    slopes = reverse(root, *inputs)
    return _moved(slopes, inputs, speeds("hvp", direction, inputs), together(slopes).order)


# ---- What all of them do ---------------------------------------------------------------------------------------------


def _jacobian(ys: list[Value], xs: list[Value], mode: str, order: list[Value]) -> list[list[Value]]:
    if mode == "reverse":
        return [reverse(y, *xs) for y in ys]
    local = cache(local_gradients)  # each of them is found once, for all columns
    columns = [_moved(ys, xs, [float(i == j) for i in range(len(xs))], order, local) for j in range(len(xs))]
    return [list(row) for row in zip(*columns)]


def _moved(
    ys: list[Value], xs: list[Value], speeds: list[Any], order: list[Value], local: Callable[[Value], Any] | None = None
) -> list[Value]:
    "The tangents of ys, where those of xs are their speeds. What stands still has none, and makes no nodes."
    local = local or local_gradients
    moving: dict[Value, Any] = {}
    for x, speed in zip(xs, speeds):
        if isinstance(speed, Value) or speed != 0:
            moving[x] = moving.get(x, 0) + speed
    nodes = depending(order, moving)
    tangents = dict.fromkeys(nodes, 0) | moving

    def edges(v: Value) -> list[tuple[Value, Any]]:
        if tangents.keys().isdisjoint(v.parents):
            return []
        return [(x, slope) for x, slope in zip(v.parents, local(v)) if x in tangents]

    carried(nodes, edges, tangents)
    return [t if isinstance(t, Value) else Value(t) for t in (tangents.get(y, 0.0) for y in ys)]


def local_gradients(v: Value) -> Any:
    "dy/dx of a node for each of its parents, as Values."
    return v.op.row().partials(Value, v, *v.parents, *v.op.constants)
