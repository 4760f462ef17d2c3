"""A number that remembers how it was made, and the chain rule through everything that it was made from.

There is no magic: what an operation does, and its derivative, is one line of the table in calculus.py. Here those lines
become a graph, and gradients travel back through it. Throughout this file

    y           is the output of an operation; a, b, x are its inputs, which are y's parents
    local       is a local gradient: dy/dx of one operation, a number fixed when the operation is done
    upstream    is the gradient of the root that has arrived at y; upstream * local goes downstream, to x
    leaf        is a Value that no operation made: an input, a weight, a constant

Any y has y.parents and y.local_grads. Most have two parents, and keep them as y.a and y.b, with dy/da and dy/db in y.da
and y.db (core/node.py); where y.a is None there are none or more than two, all in y.b.
"""

from __future__ import annotations

import math
from typing import Any

from .calculus import CONSTANT, LEAF, Calculus, Op
from .calculus import function as function
from .core.collector import collector_paused as collector_paused
from .core.floats import as_float, is_number
from .core.node import Node, evaluated, number
from .core.pythonic import Pythonic, made_by_hand, only_values
from .text.methods import KNOWN


class Value(Calculus, Node, Pythonic):
    """A number that remembers how it was made. Its operations are the rows of the table in calculus.py.

    >>> x, w, b = Value(2.0), Value(-3.0), Value(5.5)
    >>> y = (x * w + b).tanh()
    >>> y.backward()
    >>> print(f"y = {y:.4f},  dy/dw = {w.grad:.4f}")
    y = -0.4621,  dy/dw = 1.5729
    """

    __slots__ = ()
    op: Op
    label: str = ""  # what it is called
    calls: Any = ()  # of the neuron, the layer, the network whose output it is, from the inside out

    def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str = ""):
        self.data = data if type(data) is float else as_float(data, "Value")
        self.grad = 0  # the integer: no backward() has come by yet
        self.op, self.a, self.b = LEAF, None, ()
        if _children or _op:
            self.op, self.b, self.db = Op(_op), made_by_hand(_children, _op), ()
        if label:
            self.label = label

    def backward(self) -> None:
        "The chain rule, once through the graph. Inner gradients start from zero; leaves add up until zero_grad()."
        made = [y for y in topological(self) if y.a is not None or y.b]
        for y in made:
            y.grad = 0.0
        self.grad += 1.0
        for y in reversed(made):
            upstream = y.grad
            if y.a is not None:
                y.a.grad += upstream * y.da
                if y.b is not None:
                    y.b.grad += upstream * y.db
            elif y.db:
                for x, local in zip(y.b, y.db):
                    x.grad += upstream * local
            else:
                y._backward()  # a student's own

    def chain_rule(self) -> None:
        "The chain rule at one node, whatever the number of its parents: to each goes upstream * local."
        for x, local in zip(self.parents, self.local_grads):
            x.grad += self.grad * local

    def zero_grad(self) -> None:
        "Forget the gradients of the whole graph."
        for v in topological(self):
            v.grad = 0

    def forward(self) -> Value:
        "Compute the graph again, from the numbers that its leaves have now."
        for y in topological(self):
            if y.parents:
                y.data, local_grads = y.op.evaluate(*[x.data for x in y.parents])
                y.local_grads = y.local_grads and local_grads  # none, where a student's own _backward has the word
            else:
                y.data = number(y)
        return self


def topological(root: Value) -> list[Value]:
    "Everything that root was made from, then root: parents always before their children."
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [root]
    while stack:
        v = stack.pop()
        if v is None:  # all that the next one was made of is in
            order.append(stack.pop())
        elif v not in seen:
            seen.add(v)
            if v.a is None and not v.b:  # a leaf
                order.append(v)
            elif v.a is None:
                stack += v, None
                stack += v.b[::-1]
            elif v.b is None:
                stack += v, None, v.a
            else:
                stack += v, None, v.b, v.a
    return order


@collector_paused()
def gradient(y: Value, *xs: Value) -> list[Value]:
    """dy/dx for each x, as Values: to be differentiated again, drawn, explained. It is 0 for an x that y does not use.

    >>> x = Value(2.0)
    >>> dy, = gradient(x**3, x)
    >>> dy.data, gradient(dy, x)[0].data
    (12.0, 12.0)
    """
    order, used = topological(*only_values("gradient", [y])), set(only_values("gradient", xs))
    for v in order:
        if not used.isdisjoint(v.parents):
            used.add(v)
    grads: dict[Value, Any] = {y: 1.0}
    for v in reversed(order):
        if v.parents and v in used:
            for x, local in zip(v.parents, v.op.row().partials(Value, v, *v.parents, *v.op.constants)):
                if x in used:
                    downstream = times(grads[v], local)
                    grads[x] = grads[x] + downstream if x in grads else downstream
    found = [grads.get(x, 0.0) for x in xs]
    return [dx if isinstance(dx, Value) else Value(dx) for dx in found]


def first_nonfinite(root: Value) -> Value | None:
    "The node where the first inf or nan under root was born: it is not finite, and all its inputs are."
    return next((v for v in topological(root) if not math.isfinite(v.data)), None)


def made(op: Op, *xs: Any) -> Value:
    "The Value that op makes of Values and numbers; whatever these are, it has an answer or says why not."
    y, parents = new(Value), tuple([x if isinstance(x, Value) else constant(x, op.symbol) for x in xs])
    y.grad, y.op, y.parents = 0, op, parents
    y.data, y.local_grads = evaluated(op, parents)
    return y


def operand(x: Any) -> Value | None:
    "What stands beside a Value in a formula: a Value, or a number, whose leaf is made here; None for what is neither."
    if type(x) is int:
        x = float(x)
    elif type(x) is not float:
        if isinstance(x, Value):
            return x
        if not is_number(x):
            return None
        x = float(x)
    leaf = new(Value)
    leaf.data, leaf.grad, leaf.op = x, 0, CONSTANT
    leaf.a, leaf.b = None, ()
    return leaf


def times(a: Any, b: Any) -> Any:
    "a * b; no node is made for 1 * b."
    return b if a == 1.0 else a if b == 1.0 else a * b


def constant(x: Any, where: str) -> Value:
    "The leaf for a number that stands in a formula, as the 2 of 2 * x."
    return operand(as_float(x, where))  # type: ignore[return-value]


new = object.__new__
KNOWN.update(Value=Value, made=made, operand=operand)
