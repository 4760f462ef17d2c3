"""The part of a graph that concerns one leaf: the rest is numbers, and the gradient stays."""

import random

import pytest

from micrograd_es import Value, close_up, gradient, topological
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


def test_a_tie_is_not_folded_away():
    "Three that tie for the largest share its gradient: as max(w, rest) it would be a half instead of a seventh."
    w, others = Value(2.0), [Value(1.0) * 2 for _ in range(6)]
    y = Value.maximum(w, *others)
    assert Graph(close_up(y, w)).gradients[w] == 1 / 7
    y = Value.maximum(w, *[x - 1 for x in others])  # no tie: one number is enough
    assert Graph(close_up(y, w)).gradients[w] == 1.0 and len(topological(close_up(y, w))) == 3
