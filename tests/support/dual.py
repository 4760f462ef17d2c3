"""Forward mode: dual numbers a + bε with ε² = 0, which flow through the very rows of the table, and what that gives.

Only what a number can do is written here, with its slope; of the rows nothing is known.
"""

import operator

from micrograd_es.core.floats import Float, Maths, choices, ieee

from .graphs import order


class Dual:
    "A number and its derivative."

    def __init__(self, a, b=0.0):
        self.a, self.b = Float(a), Float(b)

    # fmt: off
    def __add__(self, other): return Dual(self.a + dual(other).a, self.b + dual(other).b)
    def __sub__(self, other): return self + -dual(other)
    def __mul__(self, other): return Dual(self.a * dual(other).a, self.b * dual(other).a + self.a * dual(other).b)
    def __truediv__(self, other):
        other = dual(other)
        return Dual(self.a / other.a, (self.b - self.a / other.a * other.b) / other.a)
    def __neg__(self): return Dual(-self.a, -self.b)
    def __abs__(self): return self if self.a > 0 else -self if self.a < 0 else Dual(0.0)
    def __radd__(self, other): return dual(other) + self
    def __rsub__(self, other): return dual(other) - self
    def __rmul__(self, other): return dual(other) * self
    def __rtruediv__(self, other): return dual(other) / self
    # fmt: on


def compared(compare):
    return lambda self, other: compare(self.a, dual(other).a)


for name in ("__lt__", "__le__", "__gt__", "__ge__"):
    setattr(Dual, name, compared(getattr(operator, name)))


def dual(x):
    return x if isinstance(x, Dual) else Dual(x)


def lifted(f, slope):
    "A function of floats, for duals."
    return lambda x: Dual(f(dual(x).a), slope(dual(x).a) * dual(x).b)


def power(a, n):
    a, n = dual(a), dual(n)
    y = ieee.pow(a.a, n.a)
    along_a = n.a * ieee.pow(a.a, n.a - 1) * a.b if a.b else 0.0
    along_n = y * ieee.log(a.a) * n.b if n.b else 0.0
    return Dual(y, along_a + along_n)


DUALS = Maths(choices, {
    "exp": lifted(ieee.exp, ieee.exp),
    "log": lifted(ieee.log, lambda x: 1 / x),
    "log2": lifted(ieee.log2, lambda x: 1 / (x * ieee.log(2.0))),
    "log1p": lifted(ieee.log1p, lambda x: 1 / (1 + x)),
    "sqrt": lifted(ieee.sqrt, lambda x: 0.5 / ieee.sqrt(x)),
    "sin": lifted(ieee.sin, ieee.cos),
    "cos": lifted(ieee.cos, lambda x: -ieee.sin(x)),
    "tanh": lifted(ieee.tanh, lambda x: 1 / ieee.cosh(x) / ieee.cosh(x)),
    "pow": power,
})  # fmt: skip


def forward(root, leaf):
    "Every node of the graph as a dual number, whose ε is the leaf's."
    duals = {}
    for v in order(root):
        xs = [duals[x] for x in v.parents]
        duals[v] = dual(v.op.forward(DUALS, *xs, *v.op.constants)) if xs else Dual(v.data, v is leaf)
    return duals


def backward(root, leaf):
    "Reverse mode on dual numbers: every node's gradient, and how that gradient changes with the leaf."
    duals = forward(root, leaf)
    up = {v: Dual(v is root) for v in duals}
    for v in reversed(duals):
        if v.parents:
            xs = [duals[x] for x in v.parents]
            for x, local in zip(v.parents, v.op.partials(DUALS, duals[v], *xs, *v.op.constants)):
                up[x] = up[x] + up[v] * local
    return up
