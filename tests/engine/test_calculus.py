"""Every row of the table against mpmath: its number, its local gradients, its second derivatives; on floats and arrays.

What a row means, and where it is tested, stands in tests/support/truth.py: a row needs an entry in TRUTH there.
"""

import math

import pytest

from micrograd_es.calculus import TABLE, function, unary
from micrograd_es.core.floats import floats
from micrograd_es.engine import Value, gradient
from tests.support.graphs import method, table
from tests.support.rows import MILD, POINTS, POSITIVE, REAL, mild, on_arrays, one, second, slope, worst
from tests.support.sample import sampled
from tests.support.truth import TRUTH, mp

VALUE_ULPS, LOCAL_ULPS = 3, 6
ROWS = sorted(TRUTH)

# ---- The rows -------------------------------------------------------------------------------------------------------


def test_every_row_has_its_truth():
    "A row that nobody tests must not exist, nor a test for a row that is gone."
    assert set(table()) == set(TRUTH)


@pytest.mark.parametrize("name", ROWS)
def test_row_is_right_to_a_few_ulp_everywhere(name):
    "Saturated or tiny, of both signs: the region that finite differences and s * (1 - s) cannot see."
    value, local = worst(name, table()[name], points=sampled(POINTS[name], 3))
    assert value <= VALUE_ULPS and local <= LOCAL_ULPS


@pytest.mark.parametrize("n", [2, 3, 4, 10, 1, 0, 0.5, -0.5, 1.5, -1, -2, -2.5])
def test_constant_powers(n):
    "An exponent that is a number has an Op of its own; whole exponents take negative bases too."
    points = one(REAL if n == int(n) else POSITIVE)
    value, local = worst("raised", (Value(1.0) ** n).op, lambda x: x ** mp.mpf(n), points)
    assert value <= VALUE_ULPS and local <= LOCAL_ULPS


@pytest.mark.parametrize("row, x, truth", [
    ("tanh", 20.0, 1.6993417021166355e-17),
    ("tanh", -20.0, 1.6993417021166355e-17),
    ("sigmoid", 20.0, 2.0611536139418e-9),
    ("sigmoid", 40.0, 4.248354255291589e-18),
    ("softplus", -40.0, 4.248354255291589e-18),
])  # fmt: skip
def test_no_digit_is_lost_in_saturation(row, x, truth):
    "Where PyTorch returns 0: the numbers a student can look up."
    x = Value(x)
    getattr(x, row)().backward()
    assert math.isclose(x.grad, truth, rel_tol=1e-13)


@pytest.mark.parametrize("name", ROWS)
def test_second_derivative(name):
    "The same row run on Values: gradient(gradient) is right, relative to the size of what it is made from."
    f, points = TRUTH[name], POINTS[name]
    for xs in sampled(mild(name) + [p for p in points if all(1e-9 < abs(x) < 41 for x in p)][::7], 3):
        leaves = [Value(x) for x in xs]
        y = method(name)(*leaves, *[3] * (name == "raised"))
        for i, dy in enumerate(gradient(y, *leaves)):
            for j, found in enumerate(gradient(dy, *leaves)):
                truth = second(f, xs, i, j)
                scale = abs(truth) + abs(slope(f, xs, i)) / max(1, abs(xs[j]))
                assert abs(found.data - truth) <= 1e-14 * scale * max(1, *map(abs, xs)), (xs, i, j)


def test_power_at_exponent_zero():
    "a**b at b = 0 is flat in a, but its slope b * a**(b-1) changes with b, by 1/a; and 0**0 stays finite."
    a, b = Value(4.0), Value(0.0)
    da, db = gradient(a**b, a, b)
    assert (da.data, [curve.data for curve in gradient(da, a, b)]) == (0.0, [0.0, 0.25])
    assert gradient(db, a)[0].data == 0.25
    assert TABLE["**"].evaluate(0.0, 0.0) == (1.0, (0.0, 0.0))


def test_six_derivatives_of_tanh():
    "The demonstration of autodidact: rules that are run on Values give every higher derivative at once."
    for at in (0.3, 0.0):
        x = Value(at)
        y = x.tanh()
        for order in range(1, 7):
            (y,) = gradient(y, x)
            truth = mp.diff(mp.tanh, mp.mpf(at), order)
            assert abs(y.data - truth) < 1e-13 * 10**order, (at, order)


@pytest.mark.parametrize("name", [name for name in ROWS if table()[name].slide is not table()[name].partials])
def test_slide_agrees_with_the_row(name):
    "What is printed on an edge is the row's own derivative, in the lecture's words."
    op = table()[name]
    for xs in mild(name):
        y, locals_ = op.evaluate(*xs)
        assert op.slide(floats, y, *xs) == pytest.approx(locals_, rel=1e-12, abs=0)


def test_there_are_slides():
    "The test above has something to compare."
    assert {"tanh", "sigmoid"} <= {name for name, op in table().items() if op.slide is not op.partials}


@pytest.mark.parametrize("name", ROWS)
def test_row_runs_on_arrays(name):
    "The very row, given numpy's functions: the same numbers as on floats, ties included."
    op, points = table()[name], mild(name)
    points = [*points, (2.0,) * len(points[0])]
    for xs, (y, locals_) in zip(points, on_arrays(op, points), strict=True):
        expected, expected_locals = op.evaluate(*xs)
        assert y == pytest.approx(expected, rel=1e-14, abs=1e-300), xs
        assert locals_ == pytest.approx(expected_locals, rel=1e-13, abs=1e-300), xs


@pytest.mark.parametrize("name", ROWS)
def test_method_and_row_agree(name):
    "Through the class as through the Op: the fast path of the operators has the same bits."
    for xs in mild(name):
        leaves = [Value(x) for x in xs]
        y = method(name)(*leaves, *[3] * (name == "raised"))
        assert (y.data, y.local_grads) == table()[name].evaluate(*xs)
        assert y.op is table()[name] and y.parents == tuple(leaves)


@pytest.mark.parametrize("f, value, slope", [
    (lambda x: 7 + x, 11, 1),
    (lambda x: 7 - x, 3, -1),
    (lambda x: 8 * x, 32, 8),
    (lambda x: 8 / x, 2, -1 / 2),
    (lambda x: 2**x, 16, 16 * math.log(2)),
    (lambda x: 0.5**x, 1 / 16, math.log(0.5) / 16),
    (lambda x: 0**x, 0, 0),
])  # fmt: skip
def test_number_in_front(f, value, slope):
    "7 - x is not x - 7: every operator with the number first, at x = 4."
    x = Value(4.0)
    y = f(x)
    y.backward()
    assert (y.data, x.grad) == (value, slope)


# ---- One row more ---------------------------------------------------------------------------------------------------


def test_a_new_row_is_differentiated_at_once(monkeypatch):
    "One line adds an operation: its number, gradient, second derivative and array form are there."
    row = unary("atan", lambda m, x: m.atan(x), lambda m, y, x: 1 / (1 + x**2))
    monkeypatch.setattr(Value, "atan", row, raising=False)
    x = Value(0.7)
    y = x.atan()
    y.backward()
    (dy,) = gradient(y, x)
    (ddy,) = gradient(dy, x)
    assert y.data == math.atan(0.7) and y._op == "atan"
    assert x.grad == dy.data == pytest.approx(1 / 1.49, rel=1e-15)
    assert ddy.data == pytest.approx(-1.4 / 1.49**2, rel=1e-14)
    assert "atan" in table() and set(table()) != set(TRUTH)


def test_a_wrong_row_is_found(monkeypatch):
    "A derivative wrong by one part in 10**14 does not pass: the test of the test."
    spoiled = function("cube", lambda m, x: x * x * x, lambda m, y, x: (3 * x * x * (1 + 1e-14),))
    value, local = worst("cube", spoiled.op, lambda x: x**3, one(MILD))
    assert value <= VALUE_ULPS and local > LOCAL_ULPS
