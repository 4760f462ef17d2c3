"""Every row of the table against mpmath: its number, its local gradients, its second derivatives; on floats and arrays.

A row needs one entry in TRUTH: what it means for mpmath, and points from its whole domain. The derivatives of the truth
are differences at 1200 digits, so they are not written down, and cannot be wrong in the same way as the row.
"""

import itertools
import math
import sys

import mpmath
import pytest

from micrograd_es.engine import Value, function, gradient
from micrograd_es.floats import Maths, floats

mp = mpmath.mp.clone()
mp.dps = 1200
VALUE_ULPS, LOCAL_ULPS = 3, 6

# ---- The truth ------------------------------------------------------------------------------------------------------

SIZES = [1e-300, 1e-200, 1e-100, 1e-30, 1e-17, 1e-9, 1e-8, 1e-3, 0.1, 0.3, 0.5, 0.999, 1.0, 1.001, 1.5, 2.0, 3.0, 5.0]
LARGE = [7.7, 10.0, 19.0, 20.0, 22.5, 36.0, 37.5, 40.0, 100.0, 300.0, 350.0, 370.0, 700.0, 709.5, 745.0, 1e3, 1e9, 1e17]
HUGE = [1e30, 1e100, 1e200, 1e300]
POSITIVE = SIZES + LARGE + HUGE
REAL = [sign * x for x in POSITIVE for sign in (1, -1)]
PAIRS = [(a, b) for a, b in itertools.product(REAL[::5], REAL[::7]) if abs(a) != abs(b)]
POWERS = [
    (a, b) for a in (1e-3, 0.2, 0.9, 1.1, 3.0, 50.0, 1e3) for b in (-30.0, -2.5, -1.0, -0.3, 0.1, 0.5, 2.0, 3.0, 31.5)
]
TRIPLES = [(a, b, c) for a, b, c in itertools.product(REAL[::13], REAL[::11], REAL[::17]) if len({a, b, c}) == 3]
NEAR = [(a, b, c) for a in (-5.0, 0.3, 40.0) for b in (-2.5, 0.1, 7.7) for c in (-1e3, 1e-9, 3.0, 700.0)]


def one(x):
    return [(v,) for v in x]


TRUTH = {  # a row: what it means, where it is tested
    "__add__": (lambda a, b: a + b, PAIRS),
    "__sub__": (lambda a, b: a - b, PAIRS),
    "__mul__": (lambda a, b: a * b, PAIRS),
    "__truediv__": (lambda a, b: a / b, PAIRS),
    "to_power": (lambda a, b: a**b, POWERS),
    "raised": (lambda x: x**3, one(REAL)),
    "__neg__": (lambda x: -x, one(REAL)),
    "__abs__": (abs, one(REAL)),
    "exp": (mp.exp, one(REAL)),
    "log": (mp.log, one(POSITIVE)),
    "log2": (lambda x: mp.log(x) / mp.log(2), one(POSITIVE)),
    "sqrt": (mp.sqrt, one(POSITIVE)),
    "sin": (mp.sin, one(REAL)),
    "cos": (mp.cos, one(REAL)),
    "relu": (lambda x: max(x, 0), one(REAL)),
    "tanh": (mp.tanh, one(REAL)),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), one(REAL)),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), one(REAL)),
    "sum": (lambda *xs: mp.fsum(xs), TRIPLES),
    "maximum": (max, TRIPLES),
    "minimum": (min, TRIPLES),
    "logsumexp": (lambda *xs: mp.log(mp.fsum(map(mp.exp, xs))), NEAR),
}
ROWS = sorted(TRUTH)


def slack(name, truth, xs):
    """How much error the numbers xs themselves excuse, in units of the truth's last place: none, but for two rows.

    A running sum rounds at the size of its largest term. logsumexp rounds at the size of its largest input, and its
    local gradients exp(x - y) have as their *relative* error the absolute rounding of x - y.
    """
    if name == "sum":
        return math.ulp(max(map(abs, xs))) / math.ulp(float(truth))
    if name == "logsumexp":
        return max(map(abs, xs)) * max(1, 1 / abs(float(truth) or 1))
    return 0


def ulps(found, truth):
    "The error of found, in units of the last place of the truth; 0 where both are beyond the largest float."
    if abs(truth) > sys.float_info.max:
        return 0 if found == math.copysign(math.inf, truth) else math.inf
    error = abs(mp.mpf(found) - truth) / mp.mpf(math.ulp(float(truth)))
    return float(error) if error == error else math.inf


def shifted(xs, i, h):
    return [x + h * (j == i) for j, x in enumerate(xs)]


def slope(f, xs, i, digits=200):
    "df/dx_i by a central difference at 1200 digits: hundreds of them are right."
    xs = [mp.mpf(x) for x in xs]
    h = mp.mpf(10) ** -digits * min(1, abs(xs[i]) or 1)
    return (f(*shifted(xs, i, h)) - f(*shifted(xs, i, -h))) / (2 * h)


def second(f, xs, i, j):
    return slope(lambda *zs: slope(f, zs, i, 100), xs, j, 100)


# ---- The rows -------------------------------------------------------------------------------------------------------


def table():
    "Every row found in the class Value: its name there, and its Op. (`raised` has an Op for each exponent: here **3.)"
    rows = {name: method.op for name, method in vars(Value).items() if callable(method) and hasattr(method, "op")}
    return rows | {"raised": Value(1.0).raised(3).op}


def test_every_row_has_its_truth():
    "A row that nobody tests must not exist, nor a test for a row that is gone."
    assert set(table()) == set(TRUTH)


def worst(name, op, f, points):
    "The largest errors of a row over its points, beyond what the inputs excuse: of its value, of its local gradients."
    value = local = 0.0
    for xs in points:
        y, locals_ = op.evaluate(*xs)
        truth = f(*map(mp.mpf, xs))
        value = max(value, ulps(y, truth) - slack(name, truth, xs))
        assert len(locals_) == len(xs)
        for i, found in enumerate(locals_):
            truth = slope(f, xs, i)
            excuse = slack(name, 1, xs) if name == "logsumexp" else 0
            local = max(local, ulps(found, truth) - excuse)
    return value, local


@pytest.mark.parametrize("name", ROWS)
def test_row_is_right_to_a_few_ulp_everywhere(name):
    "Saturated or tiny, of both signs: the region that finite differences and s * (1 - s) cannot see."
    value, local = worst(name, table()[name], *TRUTH[name])
    assert value <= VALUE_ULPS and local <= LOCAL_ULPS


@pytest.mark.parametrize("n", [2, 3, 4, 10, 1, 0, 0.5, -0.5, 1.5, -1, -2, -2.5])
def test_constant_powers(n):
    "An exponent that is a number has an Op of its own; whole exponents take negative bases too."
    points = one(REAL if n == int(n) else POSITIVE)
    value, local = worst("raised", Value(1.0).raised(n).op, lambda x: x ** mp.mpf(n), points)
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


MILD = [0.1, 0.3, 1.1, 1.5, 2.0, 2.9]


def mild(name):
    "Points of a row where nothing saturates and nothing cancels."
    return list(itertools.permutations(MILD, len(TRUTH[name][1][0])))[:12]


@pytest.mark.parametrize("name", ROWS)
def test_second_derivative(name):
    "The same row run on Values: gradient(gradient) is right, relative to the size of what it is made from."
    f, points = TRUTH[name]
    for xs in mild(name) + [p for p in points if all(1e-9 < abs(x) < 41 for x in p)][::7]:
        leaves = [Value(x) for x in xs]
        y = leaves[0].raised(3) if name == "raised" else getattr(Value, name)(*leaves)
        for i, dy in enumerate(gradient(y, *leaves)):
            for j, found in enumerate(gradient(dy, *leaves)):
                truth = second(f, xs, i, j)
                scale = abs(truth) + abs(slope(f, xs, i)) / max(1, abs(xs[j]))
                assert abs(found.data - truth) <= 1e-14 * scale * max(1, *map(abs, xs)), (xs, i, j)


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


def on_arrays(op, points):
    "The row, run once on numpy's arrays: (y, local gradients) for each point."
    numpy = pytest.importorskip("numpy")
    m = Maths(vars(numpy))
    columns = [numpy.array(column) for column in zip(*points, strict=True)]
    y = op.forward(m, *columns, *op.constants)
    locals_ = [numpy.broadcast_to(local, y.shape) for local in op.partials(m, y, *columns, *op.constants)]
    return [(float(y[k]), [float(local[k]) for local in locals_]) for k in range(len(points))]


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
        y = leaves[0].raised(3) if name == "raised" else getattr(Value, name)(*leaves)
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
    row = function("atan", lambda m, x: m.atan(x), lambda m, y, x: (1 / (1 + x**2),))
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
