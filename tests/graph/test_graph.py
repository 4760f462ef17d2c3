"One reading of a graph: what it finds, that each view takes it once, and that nothing in the graph is changed by it."

import random

import pytest

from micrograd_es import check, close_up, diagnose, draw, explain, graph, losses, mermaid, nn, paths, play, softmax, why
from micrograd_es.engine import Value, topological
from micrograd_es.export import source
from micrograd_es.graph import Graph


def slide():
    x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    return (x * w - y) ** 2, w


def network():
    random.seed(1)
    net = nn.MLP(2, [3, 1], act="tanh")
    return losses.squared(net([0.5, -1.0]), 1.0), net.layers[0].neurons[0].w[0]


def shares():
    z = [Value(x, label=f"z{x}") for x in (1.0, 2.0, 3.0)]
    return -softmax(z)[0].log(), z[1]


VIEWS = {
    "draw": lambda root, w: draw(root, highlight=w).source,
    "draw, folded": lambda root, w: draw(root, fold="neurons").source,
    "mermaid": lambda root, w: mermaid(root),
    "explain": lambda root, w: explain(root, w).latex(),
    "paths": lambda root, w: str(paths(root, w)),
    "why": lambda root, w: why(root, w),
    "check": lambda root, w: str(check(root, w)),
    "play": lambda root, w: play(root).html,
    "diagnose": lambda root, w: str(diagnose(root, w, 12345.678)),
    "source": lambda root, w: source(root),
    "close_up": lambda root, w: close_up(root, w),
}


@pytest.mark.parametrize("make", [slide, network, shares])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_sorts_once(view, make, monkeypatch):
    "Before there was a Graph, draw sorted 3 times, play 6 and diagnose 92 times. And none at all where it has been read."
    root, w = make()
    sorts = []
    monkeypatch.setattr(graph, "topological", lambda v: [sorts.append(v), topological(v)][1])
    read = Graph(root)
    assert read.names and read.gradients and len(sorts) == 1
    VIEWS[view](read, w)
    assert len(sorts) == 1
    VIEWS[view](root, w)
    assert len(sorts) == 2


@pytest.mark.parametrize("make", [slide, network, shares])
def test_what_it_finds(make):
    "The order is the engine's, gradients are those of backward(), numbers those of forward(): without changing any."
    root, w = make()
    g = Graph(root)
    before = [(v.data, v.grad) for v in g.order]
    assert g.order == topological(root) and g.place[root] == len(g.order) - 1 and w in g.leaves
    found, numbers = dict(g.gradients), g.compute({w: w.data + 0.5})
    assert [(v.data, v.grad) for v in g.order] == before
    assert all(e.child.parents[e.place] is v and not e.child.op.flat for v, es in g.uses.items() for e in es)
    root.backward()
    assert all(found[v] == v.grad for v in g.order if v.parents or v is w)
    w.data += 0.5
    root.forward()
    assert {v: v.data for v in g.order} == numbers
    assert Graph.of(g) is g and g.formulas() is g.formulas()


def test_between():
    "The routes of a gradient; with flat=True also those on which only a number travels."
    root, w = shares()
    g = Graph(root)
    largest = next(v for v in g.order if v.op.flat)
    assert largest not in g.between([w]) and largest in g.between([w], flat=True)
    assert g.between([w])[0] is w and g.between([w])[-1] is root and g.between([Value(1.0)]) == []
