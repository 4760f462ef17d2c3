"""The class of such a script as microgpt's: all of autodiff in forty lines, written for benchmarks/eager.py.

Every operation builds the class itself; -, / and negation are made of *, + and **. It knows nothing of edges: 1/0 and
log(0) raise, and a deep graph needs a high recursion limit. backward() leaves a cycle: `visit` knows itself, and with
itself the order of the whole graph, which only the garbage collector can free then.
"""

import math


class Value:
    __slots__ = ("data", "grad", "children", "local_grads")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0
        self.children = children
        self.local_grads = local_grads

    # fmt: off
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n): return Value(self.data**n, (self,), (n * self.data ** (n - 1),))
    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return other + (-self)
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self * other**-1
    def __rtruediv__(self, other): return other * self**-1

    def exp(self):
        y = math.exp(self.data)
        return Value(y, (self,), (y,))

    def log(self): return Value(math.log(self.data), (self,), (1 / self.data,))
    def relu(self): return Value(max(0, self.data), (self,), (float(self.data > 0),))

    def backward(self):
        order, visited = [], set()

        def visit(v):
            if v not in visited:
                visited.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1
        for v in reversed(order):
            for child, local in zip(v.children, v.local_grads):
                child.grad += local * v.grad

    # What the script does without, in the same style: so that as many rows of our table as can be have their like.
    def __abs__(self): return Value(abs(self.data), (self,), (1 if self.data > 0 else -1,))
    def log2(self): return Value(math.log2(self.data), (self,), (1 / (self.data * math.log(2)),))
    def sin(self): return Value(math.sin(self.data), (self,), (math.cos(self.data),))
    def cos(self): return Value(math.cos(self.data), (self,), (-math.sin(self.data),))

    def sqrt(self):
        y = math.sqrt(self.data)
        return Value(y, (self,), (0.5 / y,))

    def tanh(self):
        y = math.tanh(self.data)
        return Value(y, (self,), (1 - y * y,))

    def sigmoid(self):
        y = 1 / (1 + math.exp(-self.data))
        return Value(y, (self,), (y * (1 - y),))

    def softplus(self):
        e = math.exp(self.data)
        return Value(math.log(1 + e), (self,), (e / (1 + e),))
    # fmt: on
