"Functions built from rows: against their definitions, in value and slope, and at the edges of the lectures."

import math
import random

import pytest

from micrograd_es import check, dot, gelu, leaky_relu, logsumexp, mean, paths, softmax, swish
from micrograd_es.engine import Value, topological
from micrograd_es.nn.functional import erf, sigmoid
from tests.support.truth import mp


def logistic(x):
    return 1 / (1 + math.exp(-x))


@pytest.mark.parametrize("x", [-3.0, -0.5, 0.7, 4.0])
@pytest.mark.parametrize(
    "f, truth",
    [
        (sigmoid, logistic),
        (lambda v: sigmoid(v, 2.0), lambda x: logistic(2 * x)),
        (swish, lambda x: x * logistic(x)),
        (lambda v: swish(v, 1.5), lambda x: x * logistic(1.5 * x)),
        (leaky_relu, lambda x: max(x, 0.01 * x)),
        (lambda v: leaky_relu(v, 0.2), lambda x: max(x, 0.2 * x)),
        (gelu, lambda x: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))),
    ],
)
def test_activations(f, truth, x):
    "The value by the formula, the gradient by differences."
    assert f(Value(x)).data == pytest.approx(truth(x), rel=1e-14)
    assert check(f(Value(x))).ok


def test_slopes_on_the_slides():
    "Lesson4: f(x) = 1/(1+e^(-λx)) at λ = 2, x = 0.5. Yale: swish dips to its minimum near -1.278."
    x = Value(0.5)
    y = sigmoid(x, 2.0)
    y.backward()
    assert (y.data, x.grad) == pytest.approx((0.731058578630005, 0.393223866482964), rel=1e-14)
    x = Value(-1.278464542761074)
    swish(x).backward()
    assert abs(x.grad) < 1e-12


def test_leaky_relu_at_its_kink():
    "At 0 the mean of both slopes."
    x = Value(0.0)
    leaky_relu(x, 0.1).backward()
    assert x.grad == pytest.approx(0.55)


def test_softmax_of_the_lecture():
    "Cat, car and frog: 0.13, 0.87, 0.00, and they add up to 1."
    scores = [Value(3.2), Value(5.1), Value(-1.7)]
    p = softmax(scores)
    assert [q.data for q in p] == pytest.approx([0.129982539017173, 0.869049535208266, 0.000967925774561044], rel=1e-13)
    loss = -p[0].log()
    loss.backward()
    assert loss.data == pytest.approx(2.04035515280017, rel=1e-14)
    assert [s.grad for s in scores] == pytest.approx([-0.870017460982827, 0.869049535208266, 0.000967925774561044])


def within(found, truth, ulps):
    return abs(mp.mpf(found) - truth) <= ulps * mp.mpf(2) ** -52 * abs(truth) + mp.mpf(2) ** -1074


@pytest.mark.parametrize("seed", range(40))
def test_softmax_keeps_its_digits(seed):
    "A few ulp at any size, but for what x - max itself rounds away: one for each unit of it. The shares add up to 1."
    rng = random.Random(seed)
    for size in (1e-3, 1, 10, 100, 700, 1e6, 1e150, 8e307):
        xs = [rng.choice([rng.uniform(-size, size), size, -size]) for _ in range(rng.randint(2, 10))]
        shares = [p.data for p in softmax([Value(x) for x in xs])]
        top = max(map(mp.mpf, xs))
        powers = [mp.exp(mp.mpf(x) - top) for x in xs]
        for x, p, power in zip(xs, shares, powers):
            assert within(p, power / mp.fsum(powers), 4 + float(min(top - mp.mpf(x), 800))), xs
        assert abs(sum(shares) - 1) <= 4e-16


def test_softmax_of_the_huge():
    "What was [1, 1], and what was wrong in the twelfth digit."
    assert [p.data for p in softmax([Value(1e308), Value(1e308)])] == [0.5, 0.5]
    small, large = softmax([Value(0.0), Value(1.0)])
    assert [p.data for p in softmax([Value(1e6), Value(1e6 + 1)])] == [small.data, large.data]


def test_softmax_after_a_change():
    "The shift follows the numbers, and no gradient goes through it."
    x, y = Value(0.0), Value(0.0)
    p, q = softmax([x, y])
    x.data = 5000.0
    assert (p + q).forward().data == 1.0 and (p.data, q.data) == (1.0, 0.0)
    assert check(p).ok and len(paths(p, x)) == 2


SIZES = [10.0**n for n in range(-12, 101, 4)] + [0.3, 1.5, 7.7, 20.0, 37.5, 300.0, 740.0]


@pytest.mark.parametrize(
    "f, truth",
    [
        (swish, lambda x: x / (1 + mp.exp(-x))),
        (lambda v: sigmoid(v, 2.0), lambda x: 1 / (1 + mp.exp(-2 * x))),
        (lambda v: swish(v, 1.5), lambda x: x / (1 + mp.exp(mp.mpf(-1.5) * x))),
        (lambda v: leaky_relu(v, 0.01), lambda x: max(x, mp.mpf(0.01) * x)),
        (gelu, lambda x: x / (1 + mp.exp(-mp.sqrt(8 / mp.pi) * (x + mp.mpf(0.044715) * x**3)))),
    ],
)
def test_activations_keep_their_digits(f, truth):
    "Over the whole domain. What goes into an exponential has been rounded: a unit in it costs an ulp."
    with mp.workdps(400):
        for x in [sign * x for x in SIZES for sign in (1, -1)]:
            if abs(truth(mp.mpf(x))) > mp.mpf(10) ** -300:
                v = Value(x)
                y = f(v)
                steep = abs(mp.diff(truth, mp.mpf(x), h=mp.mpf(10) ** -150) * x / truth(mp.mpf(x)))  # its condition
                assert within(y.data, truth(mp.mpf(x)), 4 + 4 * float(steep)), x


def test_softmax_never_overflows():
    "Scores of a thousand are no reason for inf or nan."
    assert [p.data for p in softmax([Value(1000.0), Value(0.0), Value(-1000.0)])] == [1.0, 0.0, 0.0]
    assert logsumexp([Value(1000.0), Value(1000.0)]).data == 1000 + math.log(2)


def test_mean_and_dot():
    "Numbers may stand among the Values."
    a, b = Value(1.0), Value(4.0)
    assert mean([a, b, 1]).data == 2.0 and dot([a, b], [2, 3]).data == 14.0
    dot([a, b], [a, 3]).backward()
    assert (a.grad, b.grad) == (2.0, 3.0)


@pytest.mark.parametrize("f", [mean, softmax, logsumexp, lambda xs: dot(xs, xs)])
def test_of_nothing(f):
    "An empty list has no mean, and the error says so."
    with pytest.raises(ValueError, match="the list is empty"):
        f([])


def test_dot_of_different_lengths():
    "zip would drop the rest in silence."
    with pytest.raises(ValueError, match="dot: 3 numbers against 2"):
        dot([1, 2, 3], [Value(1.0), Value(2.0)])


def test_a_slope_of_one_is_no_node():
    "sigmoid(x) is the slide's one node; only another λ multiplies."
    x = Value(0.5)
    assert sigmoid(x).parents == (x,) and sigmoid(x, 0).data == 0.5 and len(topological(sigmoid(x, 2))) == 4


def test_the_error_function():
    "To a few ulp everywhere, as Python's own; its slope and the exact gelu's by finite differences."
    for x in [i / 16 for i in range(-160, 161)] + [1e-300, 1e300, math.inf, -math.inf]:
        assert math.isclose(erf(Value(x)).data, math.erf(x), rel_tol=2e-15)
    assert math.isnan(erf(Value(math.nan)).data)
    x = Value(-0.7)
    y = gelu(x, exact=True)
    assert math.isclose(y.data, -0.7 * (1 + math.erf(-0.7 / 2**0.5)) / 2, rel_tol=1e-14) and check(y).ok
