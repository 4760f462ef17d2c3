"Functions built from rows: against their definitions, in value and slope, and at the edges of the lectures."

import math

import pytest

from micrograd_es import check, dot, gelu, leaky_relu, logsumexp, mean, softmax, swish
from micrograd_es.engine import Value, topological
from micrograd_es.functions import sigmoid


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
