"""One weight in a network of any size: the part of the graph that its gradient runs through.

>>> from micrograd_es import gradient, paths
>>> xs, ws = [Value(float(i), label=f"x{i}") for i in range(9)], [Value(0.1, label=f"w{i}") for i in range(9)]
>>> loss = (Value.sum(*[w * x for w, x in zip(ws, xs)]) - 3) ** 2
>>> loss.backward()
>>> print(paths(close_up(loss, ws[4]), ws[4]))
1 path from out to w4
    out ← v₃ ← v₂ ← v₁ ← w4:  (2 · v₃) · 1 · 1 · x4 = 1.2 · 1 · 1 · 4 = 4.8
    their sum is ∂out/∂w4 = 4.8
    factored: ∂out/∂w4 = (2 · v₃) · x4
>>> ws[4].grad == gradient(loss, ws[4])[0].data
True
"""

from __future__ import annotations

from math import isclose

from ..engine import Value, new
from . import Graph
from .names import known_names
from .routes import is_constant

FEW = 4  # operands beside the way that are still shown one by one


def close_up(root: Value | Graph, *leaves: Value | str) -> Value:
    """The routes from root to these leaves, as a graph of its own; what lies beside them becomes a number.

    The leaves are the very same Values, the nodes between are copies with the same numbers, gradients and names. Where
    many operands of one node lie beside, as the other 783 products of a neuron, they become one number, if that
    changes neither the node nor its local gradients. So draw, explain, paths and play show what concerns one weight,
    and the gradient by it is the whole one. ValueError for what is no leaf, or not used by root.
    """
    graph = Graph.of(root)
    root, order, known = graph.root, graph.order, known_names(graph.order, graph.variables)
    chosen = graph.nodes(leaves)
    if not chosen:
        raise ValueError("close_up(root, w): it needs a leaf to look at")
    under = set(order)
    for w in chosen:
        if w.parents or w not in under:
            what = "is no leaf: it is made of others" if w.parents else "is not used: its gradient is 0"
            raise ValueError(f"close_up: {known.get(w, w.label or repr(w))} {what}")
    way = set(graph.between(chosen))
    twins: dict[Value, Value] = {}
    for v in order:
        if v in way and v.parents:
            twins[v] = _twin(graph, v, way, twins, known)
    return twins.get(root, root)


def _twin(graph: Graph, v: Value, way: set[Value], twins: dict[Value, Value], known: dict[Value, str]) -> Value:
    "A copy of the node v, made of the twins of its parents, and perhaps of one number for all those beside the way."
    y, name = new(Value), known.get(v, "")
    y.data, y.grad, y.op, y.parents, y.local_grads = graph.numbers[v], v.grad, v.op, v.parents, graph.local_grads(v)
    beside = [i for i, x in enumerate(v.parents) if x not in way and not is_constant(x)]
    if len(beside) > FEW:
        _gather(graph, y, beside, f"rest of {name}" if name else "the rest")
    for x, local in zip(y.parents, y.local_grads):
        elsewhere = x not in way and not way.issuperset(graph.children.get(x, []))
        if elsewhere:  # it has other gradients too: here is what comes from y
            number = twins.setdefault(x, _number(graph.numbers[x], 0, known.get(x, "")))
            number.grad += y.grad * local if y.grad else 0
        elif x.parents:
            twins.setdefault(x, _number(graph.numbers[x], x.grad, known.get(x, "")))
    y.parents = tuple([twins.get(x, x) for x in y.parents])
    if name:
        y.label = name
    if v.calls:
        y.calls = v.calls
    return y


def _gather(graph: Graph, y: Value, beside: list[int], name: str) -> None:
    "One number in the place of these operands, if neither y nor the local gradients by the others notice."
    numbers = [graph.numbers[x] for x in y.parents]
    kept = [i for i in range(len(y.parents)) if i not in set(beside)]
    try:
        rest, _ = y.op.evaluate(*[numbers[i] for i in beside])
        data, local = y.op.evaluate(*[numbers[i] for i in kept], rest)
    except TypeError:  # no row of the table, or one that takes a fixed number of operands
        return
    size = max(abs(x) for x in (rest, *[numbers[i] for i in kept]))
    same = isclose(data, y.data, rel_tol=1e-9, abs_tol=1e-9 * size)
    if same and all(isclose(a, y.local_grads[i], rel_tol=1e-9) for a, i in zip(local, kept)):
        local_grads = (*[y.local_grads[i] for i in kept], local[-1])
        y.parents = (*[y.parents[i] for i in kept], _number(rest, y.grad * local[-1] if y.grad else y.grad, name))
        y.local_grads = local_grads


def _number(data: float, grad: float, name: str) -> Value:
    leaf = Value(data, label=name)
    leaf.grad = grad
    return leaf
