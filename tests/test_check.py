"The referee: it agrees where the gradient is right, says so where it is wrong, and touches nothing."

import math
import sys

import pytest
from hypothesis import given, settings

from micrograd_es import check, topological
from micrograd_es.calculus import TABLE
from micrograd_es.check import slope
from micrograd_es.engine import Value
from tests.support.strategies import BINARY, UNARY, graphs


def snapshot(root):
    return [(v, v.data, v.grad, v.local_grads) for v in topological(root)]


@settings(deadline=None)
@given(graphs(UNARY + BINARY))
def test_agrees(graph):
    "On any smooth graph the chain rule and the difference agree; and all is left as it was."
    leaves, root = graph
    root.backward()
    before = snapshot(root)
    found = check(root)
    assert found.ok, found
    assert snapshot(root) == before
    assert [row.gradient for row in found] == [v.grad for v in topological(root) if v.label]


def test_every_row_of_the_table():
    "At an ordinary point no row is wrong."
    for name, method in TABLE.methods.items():
        for n in [method.op.arity] if method.op.arity else (1, 2, 3):
            assert check(method(*[Value(x) for x in (0.4, 0.9, 1.7)[:n]])).ok, name


def test_slide():
    "The table of (x*w - y)²: the slide's forward difference is off by its h, the central one is not."
    x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    (row,) = check((x * w - y) ** 2, w)
    assert (row.name, row.gradient) == ("w", -2.0)
    assert row.forward == pytest.approx(-1.9999, abs=1e-9) and row.central == pytest.approx(-2, abs=1e-9)
    assert [row.name for row in check((x * w - y) ** 2)] == ["x", "w", "y"]


def test_wrong_gradient():
    "A local gradient that is wrong is reported, at the leaves it spoils and at no other."
    x, w, b = Value(3.0, label="x"), Value(2.0, label="w"), Value(1.0, label="b")
    product = x * w
    root = product + b

    def _backward():
        x.grad += w.data * product.grad
        w.grad += w.data * product.grad  # d(xw)/dw is x

    product._backward = _backward
    found = check(root)
    assert [row.ok for row in found] == [True, False, True] and not found.ok
    assert [line.split()[-1] for line in str(found).splitlines()[1:]] == ["ok", "WRONG", "ok"]


@pytest.mark.parametrize("f", [Value.relu, abs, lambda v: v.maximum(0.0), lambda v: v.minimum(-v)])
def test_kinks(f):
    "Where the slopes to the left and to the right differ no difference can judge: it says kink."
    x = Value(0.0, label="x")
    (row,) = check(f(x))
    assert row.kink and row.ok and str(check(f(x))).endswith("kink")
    (row,) = check(f(Value(0.5)))
    assert not row.kink and row.ok


def test_chain_rule_at_a_tie():
    "max(b, min(a, b)) is b, but each tie shares the gradient: the chain rule says 0.75, the referee that it is wrong."
    a, b = Value(0.0, label="a"), Value(0.0, label="b")
    found = {row.name: (row.gradient, row.ok) for row in check(b.maximum(a.minimum(b)))}
    assert found == {"a": (0.25, False), "b": (0.75, False)}


def test_wrong_at_a_kink():
    "At a kink any slope between the two sides will do, and no other."
    x = Value(0.0)
    root = x.relu()
    for local, right in ((0.0, True), (0.5, True), (1.0, True), (1.1, False), (-0.1, False)):
        root._backward = lambda local=local: setattr(x, "grad", x.grad + local * root.grad)
        assert check(root).ok is right
    assert str(check(root)).endswith("WRONG")


def test_curvature_that_jumps():
    "relu(x)² is smooth enough at 0: the small jump of its slope is no mistake."
    (row,) = check(100 * Value(0.0).relu() ** 2)
    assert row.ok


def test_not_finite():
    "What cannot be measured does not agree."
    assert not check(Value(0.0).log()).ok
    assert check(Value(-1.0).sqrt())[0].error == math.inf


def test_left_as_it_was_when_it_raises():
    "An operation that cannot be run again is refused, and the graph is whole."
    x = Value(2.0)
    own = Value(8.0, (x,), "cube")
    own._backward = lambda: setattr(x, "grad", x.grad + 12.0 * own.grad)
    root = own * x
    root.backward()
    before = snapshot(root)
    with pytest.raises(TypeError, match="'cube' is no row of the table"):
        check(root)
    assert snapshot(root) == before


def test_unused_leaf():
    "A leaf that the root does not use has slope 0, and keeps its number."
    x, other = Value(2.0), Value(0.1)
    (row,) = check(x * x, other)
    assert (row.gradient, row.central, row.ok, other.data) == (0.0, 0.0, True, 0.1)


def test_large_and_small_numbers():
    "The step grows with the leaf, and the error is relative."
    assert check(Value(1e6) ** 2).ok and check(Value(1e-6) ** 2).ok and check(1e6 * Value(1.0).exp()).ok


def test_slope():
    "The central difference alone, for a function of one number."
    assert slope(math.sin, 1.0) == pytest.approx(math.cos(1.0), abs=1e-9)


def test_too_many_leaves(monkeypatch):
    "All leaves of a large graph are refused, the most that is allowed is not, and named ones never are."
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    y = x * w + x
    monkeypatch.setattr(sys.modules["micrograd_es.check"], "LONGEST", 8)  # two leaves times four nodes
    assert check(y).ok
    monkeypatch.setattr(sys.modules["micrograd_es.check"], "LONGEST", 7)
    assert check(y, w, x).ok
    with pytest.raises(ValueError, match="2 leaves, and a graph of 4 nodes .* name some of them"):
        check(y)


def test_head():
    "The formulas above the columns name the one leaf that is checked; of several they say w."
    x, w = Value(1.0, label="x"), Value(2.0, label="weight")
    assert "(f(x+h) - f(x)) / h" in str(check(x * w, x)) and "(f(w+h) - f(w)) / h" in str(check(x * w))
