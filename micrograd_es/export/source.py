"""A graph as straight-line Python: forward, then backward. This is what backpropagation is.

>>> from micrograd_es import Value
>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2
>>> loss.label = "loss"
>>> print(source(loss))
import math
<BLANKLINE>
# leaves
x = 1.0
w = 1.0
y = 2.0
<BLANKLINE>
# forward: every operation once, its inputs first
v1 = x * w
v2 = v1 - y
loss = math.pow(v2, 2.0)
<BLANKLINE>
# backward: the same lines from the last to the first; upstream * local gradient goes to each input, and adds up
d_loss = 1.0
<BLANKLINE>
# loss = math.pow(v2, 2.0)
d_v2 = d_loss * (2.0 * math.pow(v2, 1.0))
<BLANKLINE>
# v2 = v1 - y
d_v1 = d_v2
d_y = -d_v2
<BLANKLINE>
# v1 = x * w
d_x = d_v1 * w
d_w = d_v1 * x
<BLANKLINE>
# what the graph says
assert math.isclose(loss, 1.0, rel_tol=1e-12, abs_tol=1e-12)
assert math.isclose(d_x, -2.0, rel_tol=1e-12, abs_tol=2e-12)
assert math.isclose(d_w, -2.0, rel_tol=1e-12, abs_tol=2e-12)
assert math.isclose(d_y, 2.0, rel_tol=1e-12, abs_tol=2e-12)
<BLANKLINE>
"""

from __future__ import annotations

import keyword
import math
import unicodedata

from ..calculus import CONSTANT
from ..engine import Value
from ..graph import Graph
from ..graph.routes import passed_on
from ..text.symbols import Symbol, python

TAKEN = {"math", "max", "min", "abs", "float"}  # names that the program needs itself


def source(root: Value | Graph) -> str:
    """The forward and the backward pass of the graph under root, as a Python program of one line for each operation.

    It needs nothing but Python, and at its end compares itself with the numbers of the graph. Labels that are Python
    names are kept. ValueError if a number in the graph is not finite: Python's own arithmetic would stop there.
    """
    graph = Graph.of(root)
    root, order, leaves = graph.root, graph.order, graph.leaves
    numbers, gradients = _numbers(graph)
    names, varying = _names(order), set(graph.between(leaves))
    steps = {v: f"{names[v]} = {python.formula(v.op, *[names[x] for x in v.parents])}" for v in order if v.parents}
    lines = ["import math", "", "# leaves", *(f"{names[v]} = {python(v.data)}" for v in leaves), ""]
    lines += ["# forward: every operation once, its inputs first", *steps.values(), ""]
    lines += [
        "# backward: the same lines from the last to the first; "
        "upstream * local gradient goes to each input, and adds up",
        f"d_{names[root]} = 1.0",
    ]
    met = {root}
    for v in reversed(order):
        if v.parents and v in varying:
            lines += ["", f"# {steps[v]}"]
            locals_ = python.local_gradients(v.op, names[v], *[names[x] for x in v.parents])
            for x, local in zip(v.parents, locals_):
                if x in varying:
                    lines.append(
                        f"d_{names[x]} {'+' if x in met else ''}= {_times(python('d_' + str(names[v])), local)}"
                    )
                    met.add(x)
    lines += ["", "# what the graph says", _same(names[root], numbers[root], abs(numbers[root]))]
    size = max((abs(gradients[v]) for v in leaves), default=0.0)
    lines += [_same(f"d_{names[v]}", gradients[v], size) for v in leaves if v is not root]
    return "\n".join(lines) + "\n"


def _numbers(graph: Graph) -> tuple[dict[Value, float], dict[Value, float]]:
    "What forward() and backward() would find, without touching the graph; ValueError where a number is not finite."
    numbers, local_grads = graph.numbers, {}
    for v in graph.order:
        if v.parents:
            _, local_grads[v] = v.op.evaluate(*[numbers[x] for x in v.parents])
        if not all(map(math.isfinite, (numbers[v], *local_grads.get(v, ())))):
            what = f"{v.label or v!r} ({v.op.symbol or 'a leaf'})"
            raise ValueError(f"{what} is {numbers[v]}, its local gradients {local_grads.get(v)}: not all are finite")
    return numbers, passed_on(reversed(graph.order), lambda v: zip(v.parents, local_grads.get(v, ())), graph.seed())


def _names(order: list[Value]) -> dict[Value, Symbol]:
    "The label of each node, where it is a name of its own in Python; else v1, v2, ...; a constant is its number."
    names: dict[Value, Symbol] = {}
    used, count = set(TAKEN), 0
    labels = {v.label for v in order}
    for v in order:
        if v.op is CONSTANT:
            names[v] = python(v.data)
            continue
        name = unicodedata.normalize("NFKC", v.label)  # as Python reads it
        if not name.isidentifier() or keyword.iskeyword(name) or name in used or name.startswith("d_"):
            count += 1
            while f"v{count}" in labels:
                count += 1
            name = f"v{count}"
        used.add(name)
        names[v] = python(name)
    return names


def _times(upstream: Symbol, local: Symbol) -> Symbol:
    if local.text in ("1.0", "-1.0"):
        return -upstream if local.text[0] == "-" else upstream
    return upstream * local


def _same(name: object, number: float, size: float) -> str:
    tolerance = f"rel_tol=1e-12, abs_tol={1e-12 * (size or 1.0):.0e}".replace("e-0", "e-")
    return f"assert math.isclose({name}, {python(number)}, {tolerance})"
