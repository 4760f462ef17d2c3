"""Every row of the table at points from its whole domain, against mpmath: errors in units of the last place.

The derivatives of the truth are differences at 1200 digits, so they are not written down, and cannot be wrong in the
same way as the row.
"""

import itertools
import math
import sys

import pytest

from micrograd_es.core.floats import Maths

from .graphs import table
from .truth import TRUTH, mp, shifted

DIGITS = 1200
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


POINTS = dict.fromkeys(TRUTH, one(REAL))
POINTS |= dict.fromkeys(("log", "log2", "sqrt"), one(POSITIVE))
POINTS |= dict.fromkeys(("+", "-", "*", "/"), PAIRS)
POINTS |= dict.fromkeys(("sum", "maximum", "minimum"), TRIPLES)
POINTS |= {"**": POWERS, "logsumexp": NEAR}


def random_points(name, rng, count):
    "Points of a row from anywhere in its domain: half of them of a size that a lesson has."

    def number(positive):
        x = 10 ** rng.uniform(*((-300, 300) if rng.random() < 0.5 else (-4, 3)))
        return x if positive else rng.choice((-1, 1)) * x

    if name == "**":
        return [(10 ** rng.uniform(-3, 3), rng.uniform(-40, 40)) for _ in range(count)]
    if name == "logsumexp":
        return [tuple(rng.uniform(-50, 50) for _ in range(3)) for _ in range(count)]
    positive, arity = name in ("log", "log2", "sqrt"), len(POINTS[name][0])
    return [tuple(number(positive) for _ in range(arity)) for _ in range(count)]


MILD = [0.1, 0.3, 1.1, 1.5, 2.0, 2.9]


def mild(name):
    "Points of a row where nothing saturates and nothing cancels."
    return list(itertools.permutations(MILD, len(POINTS[name][0])))[:12]


def slope(f, xs, i, digits=200):
    "df/dx_i by a central difference at 1200 digits: hundreds of them are right."
    with mp.workdps(DIGITS):
        xs = [mp.mpf(x) for x in xs]
        h = mp.mpf(10) ** -digits * min(1, abs(xs[i]) or 1)
        return (f(*shifted(xs, (i, h))) - f(*shifted(xs, (i, -h)))) / (2 * h)


def second(f, xs, i, j):
    return slope(lambda *zs: slope(f, zs, i, 100), xs, j, 100)


def slack(name, truth, xs):
    """How much error the numbers xs themselves excuse, in units of the truth's last place: none, but for two rows.

    A running sum rounds at the size of its largest term, logsumexp at that of its largest input. (Its local gradients
    exp(x - y) have as their *relative* error the absolute roundings of y and of x - y: `worst` allows for these.)
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


def worst(name, op, f=None, points=()):
    "The largest errors of a row over its points, beyond what the inputs excuse: of its value, of its local gradients."
    f, points = f or TRUTH[name], points or POINTS[name]
    value = local = 0.0
    with mp.workdps(DIGITS):
        for xs in points:
            y, locals_ = op.evaluate(*xs)
            truth = f(*map(mp.mpf, xs))
            value = max(value, ulps(y, truth) - slack(name, truth, xs))
            assert len(locals_) == len(xs)
            for i, found in enumerate(locals_):
                excuse = (math.ulp(y) + math.ulp(xs[i] - y)) / 2**-52 if name == "logsumexp" else 0
                local = max(local, ulps(found, slope(f, xs, i)) - excuse)
    return value, local


def errors(rng=None, count=0):
    "(row, worst value, worst local gradient) of every row, at the points of the tests, or at so many random ones."
    return [
        (name, *worst(name, op, points=random_points(name, rng, count) if rng else ())) for name, op in table().items()
    ]


def on_arrays(op, points):
    "The row, run once on numpy's arrays: (y, local gradients) for each point."
    numpy = pytest.importorskip("numpy")
    m = Maths(vars(numpy))
    columns = [numpy.array(column) for column in zip(*points, strict=True)]
    y = op.forward(m, *columns, *op.constants)
    locals_ = [numpy.broadcast_to(local, y.shape) for local in op.partials(m, y, *columns, *op.constants)]
    return [(float(y[k]), [float(local[k]) for local in locals_]) for k in range(len(points))]
