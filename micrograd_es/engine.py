"""A number that remembers how it was made, and the calculus of everything that can be done to it.

There is no magic: every operation is one line of a table (in the class Value below), and that line is run on floats,
on Values, on text, on arrays or compiled. Throughout this file

    y           is the output of an operation; a, b, x are its inputs
    m           is the maths of whatever numbers flow through, with m.exp, m.where and so on:
                `floats` for floats, the class Value itself for Values, others for text and for arrays
    local       is a local gradient: dy/dx of one operation, a number fixed when the operation is done
    upstream    is the gradient of the root that has arrived at y; upstream * local goes downstream, to x
    leaf        is a Value that no operation made: an input, a weight, a constant
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any

from .floats import Maths, as_float, choices, floats, is_number
from .op import LN2, Op, log_sum_exp, shares, total
from .pythonic import Pythonic, undisturbed


def made(op: Op, *parents: Value) -> Value:
    "The Value that op makes of its parents: its number, and the numbers of its local gradients, fixed now."
    y = new(Value)
    y.grad, y.op, y.parents = 0, op, parents
    y.data, y.local_grads = op.evaluate(*[x.data for x in parents])
    return y


def operator(symbol: str, forward: Any, partials: Any, slide: Any = None) -> tuple[Callable[..., Value], ...]:
    "A row written between its inputs: the method for a * b, and the one for 2 * b."
    op = Op(symbol, forward, partials, slide)

    def method(a, b):
        if not isinstance(b, Value):
            if not is_number(b):
                return NotImplemented
            b = constant(b, symbol)
        y = new(Value)  # from here on it is made(op, a, b), written out for speed: most nodes are made here
        y.grad, y.op, y.parents = 0, op, (a, b)
        try:
            y.data = data = forward(floats, a.data, b.data)
            y.local_grads = partials(floats, data, a.data, b.data)
        except (ArithmeticError, ValueError):
            y.data, y.local_grads = op.evaluate(a.data, b.data)
        return y

    method.op = op
    return method, lambda b, a: method(constant(a, symbol), b) if is_number(a) else NotImplemented


def function(symbol: str, forward: Any, partials: Any, slide: Any = None) -> Callable[..., Value]:
    "A row called by its name, on one input or on many."
    op = Op(symbol, forward, partials, slide)

    def method(*xs):
        if not xs:
            raise TypeError(f"{symbol} of nothing: it takes at least one Value")
        return made(op, *[x if isinstance(x, Value) else constant(x, symbol) for x in xs])

    method.op = op
    return method


def power(forward: Any, partials: Any) -> Callable[..., Value]:
    "The row of x**n: an Op for each constant exponent n."
    op = lru_cache(lambda n: Op(f"**{n:g}", forward, partials, constants=(n,)))
    return lambda x, n: made(op(float(n)), x)


class Value(Pythonic):
    """A number that remembers how it was made.

    >>> x, w, b = Value(2.0), Value(-3.0), Value(5.5)
    >>> y = (x * w + b).tanh()
    >>> y.backward()
    >>> print(f"y = {y:.4f},  dy/dw = {w.grad:.4f}")
    y = -0.4621,  dy/dw = 1.5729
    """

    __slots__ = ("data", "grad", "parents", "op", "local_grads", "__dict__")
    label: str = ""  # what it is called
    calls: Any = ()  # of the neuron, the layer, the network whose output it is, from the inside out

    def __init__(self, data: Any, _children: Any = (), _op: str = "", label: str = ""):
        self.data: float = as_float(data, "Value")
        self.grad: float = 0  # the integer: no backward() has come by yet
        self.parents: tuple[Value, ...] = tuple(_children)
        self.local_grads: tuple[float, ...] = ()
        self.op = Op(_op) if _op or _children else LEAF
        if label:
            self.label = label

    # fmt: off
    #                                         y =                          dy/da, dy/db                   (on slides)
    __add__, added_to         = operator("+", lambda m, a, b: a + b,       lambda m, y, a, b: (1.0, 1.0))
    __sub__, __rsub__         = operator("-", lambda m, a, b: a - b,       lambda m, y, a, b: (1.0, -1.0))
    __mul__, __rmul__         = operator("*", lambda m, a, b: a * b,       lambda m, y, a, b: (b, a))
    __truediv__, __rtruediv__ = operator("/", lambda m, a, b: a / b,       lambda m, y, a, b: (1 / b, -y / b))
    to_power, __rpow__       = operator("**", lambda m, a, b: m.pow(a, b), lambda m, y, a, b: (
        m.where(abs(a) + abs(b) <= 0, 0.0, b * m.pow(a, b - 1)),           # 0**0 is flat in a,
        m.where((a < 0) | (a > 0) | (b < 0), y * m.log(a), 0.0)),          # and 0**b is in b
                                                                           lambda m, y, a, b: (b * m.pow(a, b - 1), y * m.log(a)))
    #                                y =                                   dy/dx
    raised    = power(               lambda m, x, n: m.pow(x, n),          lambda m, y, x, n: (n * m.pow(x, n - 1) if n else 0.0,))
    __neg__   = function("-",        lambda m, x: -x,                      lambda m, y, x: (-1.0,))
    __abs__   = function("abs",      lambda m, x: abs(x),                  lambda m, y, x: (m.where(x > 0, 1.0, m.where(x < 0, -1.0, 0.0)),))
    exp       = function("exp",      lambda m, x: m.exp(x),                lambda m, y, x: (y,))
    log       = function("log",      lambda m, x: m.log(x),                lambda m, y, x: (m.where(x < 0, y, 1 / x),), lambda m, y, x: (1 / x,))
    log2      = function("log2",     lambda m, x: m.log2(x),               lambda m, y, x: (m.where(x < 0, y, 1 / (x * LN2)),), lambda m, y, x: (1 / (x * LN2),))
    sqrt      = function("sqrt",     lambda m, x: m.sqrt(x),               lambda m, y, x: (1 / (2 * y),))
    sin       = function("sin",      lambda m, x: m.sin(x),                lambda m, y, x: (m.cos(x),))
    cos       = function("cos",      lambda m, x: m.cos(x),                lambda m, y, x: (-m.sin(x),))
    relu      = function("ReLU",     lambda m, x: m.maximum(x, 0.0),       lambda m, y, x: (m.where(x > 0, 1.0, 0.0),))
    tanh      = function("tanh",     lambda m, x: m.tanh(x),               lambda m, y, x: (4 * m.sigmoid(2 * x) * m.sigmoid(-2 * x),),
                                                                           lambda m, y, x: (1 - y**2,))
    sigmoid   = function("σ",        lambda m, x: m.where(x > 0, 1.0, m.exp(-abs(x))) / (1 + m.exp(-abs(x))),
                                                                           lambda m, y, x: (y * m.sigmoid(-x),),
                                                                           lambda m, y, x: (y * (1 - y),))
    softplus  = function("softplus", lambda m, x: m.maximum(x, 0.0) + m.log1p(m.exp(-abs(x))),
                                                                           lambda m, y, x: (m.sigmoid(x),))
    #                                y =                                   dy/da, dy/db, dy/dc, ...
    sum       = function("+",        lambda m, *xs: total(xs),             lambda m, y, *xs: (1.0,) * len(xs))
    maximum   = function("max",      lambda m, *xs: reduce(m.maximum, xs), lambda m, y, *xs: shares(m, [x >= y for x in xs]),
                                                                           lambda m, y, *xs: tuple(m.where(x >= y, 1.0, 0.0) for x in xs))
    minimum   = function("min",      lambda m, *xs: reduce(m.minimum, xs), lambda m, y, *xs: shares(m, [x <= y for x in xs]),
                                                                           lambda m, y, *xs: tuple(m.where(x <= y, 1.0, 0.0) for x in xs))
    logsumexp = function("logsumexp", log_sum_exp,                         lambda m, y, *xs: tuple(m.exp(x - y) for x in xs))
    # fmt: on
    where = staticmethod(choices["where"])

    def __radd__(self, other: Any) -> Value:
        return self if type(other) is int and other == 0 else self.added_to(other)  # sum() starts from 0: no node

    def __pow__(self, n: Any) -> Value:
        return self.raised(n) if is_number(n) else self.to_power(n)

    pow = __pow__

    def backward(self) -> None:
        "The chain rule, once through the graph. Inner gradients start from zero; leaves add up until zero_grad()."
        order = topological(self)
        for v in order:
            if v.parents:
                v.grad = 0.0
        self.grad += 1.0
        for v in reversed(order):
            v._backward()

    def _backward(self) -> None:
        "The chain rule at one node. (A student's own closure may be assigned in its place.)"
        for parent, local in zip(self.parents, self.local_grads):
            parent.grad += self.grad * local

    def zero_grad(self) -> None:
        "Forget the gradients of the whole graph."
        for v in topological(self):
            v.grad = 0

    def forward(self) -> Value:
        "Compute the graph again, from the numbers that its leaves have now."
        for v in topological(self):
            if v.parents:
                v.data, v.local_grads = v.op.evaluate(*[x.data for x in v.parents])
            else:
                v.data = as_float(v.data, v.label or "a leaf")
        return self


def topological(root: Value) -> list[Value]:
    "Everything that root was made from, then root: parents always before their children."
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = [root]
    while stack:
        v = stack.pop()
        if v is None:  # all that the next one was made from is in
            order.append(stack.pop())
        elif v not in seen:
            seen.add(v)
            stack += v, None
            stack += v.parents[::-1]
    return order


@undisturbed
def gradient(y: Value, *xs: Value) -> list[Value]:
    """dy/dx for each x, as Values: to be differentiated again, drawn, explained. It is 0 for an x that y does not use.

    >>> x = Value(2.0)
    >>> dy, = gradient(x**3, x)
    >>> dy.data, gradient(dy, x)[0].data
    (12.0, 12.0)
    """
    order, used = topological(y), set(xs)
    for v in order:
        if not used.isdisjoint(v.parents):
            used.add(v)
    grads: dict[Value, Any] = {y: 1.0}
    for v in reversed(order):
        if v.parents and v in used:
            v.op.partials or v.op.evaluate()  # which says why not
            for x, local in zip(v.parents, v.op.partials(Value, v, *v.parents, *v.op.constants)):
                if x in used:
                    upstream = grads[v]
                    downstream = upstream if local == 1.0 else local if upstream == 1.0 else upstream * local
                    grads[x] = grads[x] + downstream if x in grads else downstream
    found = [grads.get(x, 0.0) for x in xs]
    return [dx if isinstance(dx, Value) else Value(dx) for dx in found]


def first_nonfinite(root: Value) -> Value | None:
    "The node where the first inf or nan under root was born: it is not finite, and all its inputs are."
    return next((v for v in topological(root) if not math.isfinite(v.data)), None)


def constant(x: Any, where: str) -> Value:
    "The leaf for a number that stands in a formula, as the 2 of 2 * x."
    leaf = Value(as_float(x, where))
    leaf.op = CONSTANT
    return leaf


new = object.__new__
LEAF, CONSTANT = Op(""), Op("")
Maths.table = Value
