"""The truth about a graph, from mpmath: value, gradient and second derivatives to 50 digits; and the graph's own noise.

It trusts nothing but TRUTH, what each row means. Slopes of a row are differences at 200 digits, the chain rule is
written once more, and the nodes are ordered by another function than the engine's.

The noise of a number is how far floats may take it from the truth though every single step is right to the last place:
the sum, over all roundings, of the rounding times its effect on the number, in first order.
"""

import math
from typing import Any, NamedTuple

import mpmath

from micrograd_es.engine import Value, gradient

from .graphs import order, table

mp = mpmath.mp.clone()
mp.dps = 200
STEP = mp.mpf(2) ** -100  # a power of two: of a straight line the second difference is 0
UNIT = mp.mpf(2) ** -53  # the relative error of one rounding
TINY = mp.mpf(2) ** -1074  # and the absolute one, of numbers next to 0
FLOOR = mp.mpf(10) ** -50  # below it, differences over 2**-100 see nothing

TRUTH = {  # what a row means
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "raised": lambda x, n=3: x ** mp.mpf(n),
    "neg": lambda x: -x,
    "abs": abs,
    "exp": mp.exp,
    "log": mp.log,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "sqrt": mp.sqrt,
    "sin": mp.sin,
    "cos": mp.cos,
    "relu": lambda x: max(x, mp.mpf(0)),
    "tanh": mp.tanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "sum": lambda *xs: mp.fsum(xs),
    "maximum": lambda *xs: max(xs),
    "minimum": lambda *xs: min(xs),
    "logsumexp": lambda *xs: mp.log(mp.fsum(map(mp.exp, xs))),
}
MEANING = {op.forward: TRUTH[name] for name, op in table().items()}


class Unchecked(Exception):
    "On a kink, or where noise decides: there the first order says nothing. (engine/test_edges.py has the kinks.)"


class Node(NamedTuple):
    "A Value in the truth: its number, and its slopes and their slopes by each of its parents."

    parents: list[Value]  # each of them once
    f: Any
    y: Any
    slopes: list[Any]
    curves: list[list[Any]]
    terms: Any  # what is rounded on the way to y, beside y
    locals: list[Any]  # and on the way to each slope: a parent that stands twice, as in a / a, counts twice


def shifted(xs, *moves):
    xs = list(xs)
    for i, h in moves:
        xs[i] += h
    return xs


def differences(f, xs):
    "y, its first derivatives and its second ones, by central differences."
    n = range(len(xs))
    h = [mp.ldexp(STEP, max(-70, min(0, mp.frexp(x)[1]))) for x in xs]
    y = f(*xs)
    up, down = ([f(*shifted(xs, (i, s * h[i]))) for i in n] for s in (1, -1))
    slopes = [(up[i] - down[i]) / (2 * h[i]) for i in n]
    curves = [[(up[i] - 2 * y + down[i]) / h[i] ** 2 for i in n] for _ in n]
    for i in n:
        for j in range(i):
            corners = [s * r * f(*shifted(xs, (i, s * h[i]), (j, r * h[j]))) for s in (1, -1) for r in (1, -1)]
            curves[i][j] = curves[j][i] = mp.fsum(corners) / (4 * h[i] * h[j])
    return y, slopes, curves


class Truth:
    """Of root by its leaves: `value`, `gradient`, `hessian`, and the noise in value and gradient.

    `known` is the truth about the graph that this one was made from, as a gradient is: only the leaves of that one are
    exact, while other numbers (the ln 2 in the derivative of log2) are rounded.
    """

    def __init__(self, root, leaves, known=None):
        self.order = order(root)
        self.exact = known.exact if known else {v for v in self.order if not v.parents}
        self.nodes = dict(known.nodes) if known else {}
        try:
            for v in self.order:
                if v not in self.nodes:
                    self.nodes[v] = self._node(v)
        except (ZeroDivisionError, ValueError):
            raise Unchecked("at the edge of a domain") from None
        self.rounding = self._roundings()
        self.up = self._backward(root)
        self.value = self.nodes[root].y
        self.noise = mp.fsum(abs(self.up[v]) * self.rounding[v] for v in self.order)
        self.gradient = [self.up.get(x, mp.zero) for x in leaves]
        self.hessian, self.gradient_noise = zip(*[self._along(x, leaves) for x in leaves])

    def _node(self, v):
        if not v.parents:
            return Node([], None, mp.mpf(v.data), [], [], mp.zero, [])
        parents, meaning = list(dict.fromkeys(v.parents)), MEANING[v.op.forward]
        places = [parents.index(x) for x in v.parents]

        def f(*xs):
            return meaning(*[xs[i] for i in places], *v.op.constants)

        y, slopes, curves = differences(f, [self.nodes[x].y for x in parents])
        if not all(mp.isfinite(slope) and not mp.im(slope) for slope in slopes):
            raise Unchecked("at the edge of a domain")
        apart, bends, xs = slopes, curves, [self.nodes[x].y for x in v.parents]
        if len(parents) < len(xs):
            _, apart, bends = differences(lambda *xs: meaning(*xs, *v.op.constants), xs)
        terms, sizes = mp.zero, [abs(slope) for slope in apart]
        if not v.op.arity:  # a row of many inputs takes them up one by one, and rounds each time
            # logsumexp adds the log of a number above 1, and finds its slopes as exp(x - y)
            loose = 1 + abs(y) if meaning is TRUTH["logsumexp"] else mp.zero
            terms = loose + mp.fsum(size * abs(x) for size, x in zip(sizes, xs))
            steps = [mp.fsum(abs(c * x) for c, x in zip(row, xs) if not kink(c)) for row in bends]
            sizes = [size + loose * size + step for size, step in zip(sizes, steps)]
        local = [mp.fsum(size for size, i in zip(sizes, places) if i == place) for place in range(len(parents))]
        return Node(parents, f, y, slopes, curves, terms, local)

    def _roundings(self):
        "Of each node its own; on the way, whether what has come together is small enough for a first order."
        rounding, spread = {}, {}
        for v in self.order:
            node = self.nodes[v]
            xs, noise = [self.nodes[x].y for x in node.parents], [spread[x] for x in node.parents]
            rounding[v] = mp.zero if v in self.exact else TINY + UNIT * (abs(node.y) + node.terms)
            spread[v] = rounding[v] + mp.fsum(size * e for size, e in zip(node.locals, noise))
            for i, e in enumerate(noise):
                for move in (10 * e, -10 * e) if e else ():
                    if not abs(node.f(*shifted(xs, (i, move))) - node.y - node.slopes[i] * move) <= spread[v]:
                        raise Unchecked("noise decides")
        return rounding

    def _backward(self, root):
        up = dict.fromkeys(self.order, mp.zero)
        up[root] = mp.one
        for v in reversed(self.order):
            for x, slope in zip(self.nodes[v].parents, self.nodes[v].slopes):
                up[x] += up[v] * slope
        return up

    def _along(self, leaf, leaves):
        "How everything moves with one leaf: a row of second derivatives, and the noise in the first."
        move = {}  # forward: dv/dleaf
        for v in self.order:
            node = self.nodes[v]
            move[v] = mp.mpf(v is leaf) + mp.fsum(s * move[x] for x, s in zip(node.parents, node.slopes))
        bent = dict.fromkeys(self.order, mp.zero)  # backward: d(up)/dleaf
        noise = mp.zero
        for v in reversed(self.order):
            node = self.nodes[v]
            noise += abs(bent[v]) * self.rounding[v]
            for x, slope, size, curve in zip(node.parents, node.slopes, node.locals, node.curves):
                change = mp.fsum(c * move[z] for c, z in zip(curve, node.parents))
                if kink(change):
                    raise Unchecked("a kink")
                bent[x] += bent[v] * slope + self.up[v] * change
                noise += abs(self.up[v] * move[x]) * UNIT * size
        return [bent.get(x, mp.zero) for x in leaves], noise


def kink(curve):
    "Has the slope jumped within a step?"
    return abs(curve) * STEP > 1e-10


def units(found, truth, noise):
    "The error of found, in units of noise; a nan is infinitely wrong."
    error = float(abs(mp.mpf(found) - truth) / (noise + FLOOR))
    return error if error >= 0 else math.inf


def errors(graph):
    """How wrong the engine is on a graph: (what, how many units of the graph's own noise).

    The second derivative is the backward() of the graph that gradient() made, and has that graph's noise.
    """
    root, leaves = graph
    truth = Truth(root, leaves)
    yield "value", units(root.data, truth.value, truth.noise)
    root.zero_grad()
    root.backward()
    for x, slope, noise in zip(leaves, truth.gradient, truth.gradient_noise):
        yield "gradient", units(x.grad, slope, noise)
    for slope, exact, first, curves in zip(
        gradient(root, *leaves), truth.gradient, truth.gradient_noise, truth.hessian
    ):
        if not math.isfinite(slope.data):
            yield "gradient()", math.inf
            continue
        try:
            known = Truth(slope, leaves, truth)
        except Unchecked:
            continue
        yield "gradient()", units(slope.data, exact, first + known.noise)
        for x in leaves:
            x.grad = 0
        slope.backward()
        for x, curve, noise in zip(leaves, curves, known.gradient_noise):
            yield "second derivative", units(x.grad, curve, noise)
