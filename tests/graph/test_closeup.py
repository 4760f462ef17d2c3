"""The part of a graph that concerns one leaf: the rest is numbers, and the gradient stays."""

import random

import pytest

from micrograd_es import Value, check, close_up, diagnose, draw, explain, gradient, mermaid, paths, topological, why
from micrograd_es.graph import Graph
from tests.support.networks import random_graph


@pytest.mark.parametrize("seed", range(60))
def test_close_up_of_any_graph(seed):
    "All rows of the table: the gradient through the close-up is the whole one, with respect to every leaf."
    _, parameters, loss = random_graph(random.Random(seed))
    used = [p for p in parameters if p in topological(loss)]
    loss.backward()
    for w, slope in zip(used, gradient(loss, *used)):
        near = close_up(loss, w)
        assert near.data == loss.data and len(topological(near)) <= len(topological(loss))
        assert Graph(near).gradients[w] == pytest.approx(slope.data, rel=1e-9, abs=1e-12)
        assert near.forward().data == pytest.approx(loss.data, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "view",
    [
        lambda y, x: explain(y),
        lambda y, x: explain(y).latex(),
        lambda y, x: paths(y, x),
        lambda y, x: why(y, x),
        lambda y, x: diagnose(y, x, 5),
        lambda y, x: draw(y).source,
        lambda y, x: mermaid(y),
    ],
)
def test_a_node_made_by_hand(view):
    "Of a student's own operation the copy has the local gradients as numbers, and no row to write them as formulas."
    x = Value(3.0, label="x")
    own = Value(9.0, (x,), "my square")
    own._backward = lambda: setattr(x, "grad", x.grad + 6.0 * own.grad)
    near = close_up(own * 2, x)
    assert near.data == 18.0 and "6" in str(view(near, x))
    with pytest.raises(TypeError, match="'my square' is no row of the table"):
        check(near)


def test_a_tie_is_not_folded_away():
    "Three that tie for the largest share its gradient: as max(w, rest) it would be a half instead of a seventh."
    w, others = Value(2.0), [Value(1.0) * 2 for _ in range(6)]
    y = Value.maximum(w, *others)
    assert Graph(close_up(y, w)).gradients[w] == 1 / 7
    y = Value.maximum(w, *[x - 1 for x in others])  # no tie: one number is enough
    assert Graph(close_up(y, w)).gradients[w] == 1.0 and len(topological(close_up(y, w))) == 3
