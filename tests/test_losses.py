"""Losses against their definitions at 60 digits: the number, every gradient, the edges, and the errors that teach.

The gradients of the truth are differences at high precision, so they cannot be wrong in the same way as ours.
"""

import math
import random

import mpmath
import pytest

from micrograd_es import check, gradient, softmax
from micrograd_es.engine import Value, topological
from micrograd_es.losses import (
    bce,
    bce_with_logits,
    categorical_cross_entropy,
    cross_entropy,
    cross_entropy_with_logits,
    entropy,
    half_squared,
    hinge,
    kl_divergence,
    l1,
    l2,
    mae,
    max_margin,
    mse,
    nll,
    quadratic,
    squared,
)

mp = mpmath.mp.clone()
mp.dps = 60
P, Q, Y, SCORES = [0.2, 0.3, 0.5], [0.5, 0.1, 0.4], [0.1, 0.7, 0.2], [3.2, 5.1, -1.7]


def ulps(x, truth):
    "How far x is from the truth, in units of the truth's last place."
    return float(abs(mp.mpf(x) - truth) / mp.mpf(math.ulp(float(truth))))


def log(x, base=math.e):
    return mp.log(x) / (mp.log(base) if base != math.e else 1)


def sigma(z):
    return 1 / (1 + mp.exp(-z))


def cross(p, q, base=math.e):
    return -mp.fsum(a * log(b, base) for a, b in zip(p, q))


def divergence(p, q, base=math.e):
    return mp.fsum(a * log(a / b, base) for a, b in zip(p, q))


def ce(z, label):
    return cross(label, [mp.exp(s) / mp.fsum(map(mp.exp, z)) for s in z])


# ---- Every loss: the number and its gradients -----------------------------------------------------------------------

LOSSES = {  # what it is called: the loss of a list of Values, the same by its definition, and where
    "entropy": (entropy, lambda *p: cross(p, p, 2), P),
    "entropy, nats": (lambda p: entropy(p, math.e), lambda *p: cross(p, p), P),
    "entropy, base 10": (lambda p: entropy(p, 10), lambda *p: cross(p, p, 10), P),
    "cross-entropy": (lambda v: cross_entropy(v[:3], v[3:]), lambda *v: cross(v[:3], v[3:], 2), P + Q),
    "cross-entropy, nats": (lambda v: cross_entropy(v[:3], v[3:], math.e), lambda *v: cross(v[:3], v[3:]), P + Q),
    "cross-entropy, base 10": (lambda v: cross_entropy(v[:3], v[3:], 10), lambda *v: cross(v[:3], v[3:], 10), P + Q),
    "KL": (lambda v: kl_divergence(v[:3], v[3:]), lambda *v: divergence(v[:3], v[3:], 2), P + Q),
    "KL, nats": (lambda v: kl_divergence(v[:3], v[3:], math.e), lambda *v: divergence(v[:3], v[3:]), P + Q),
    "KL, base 10": (lambda v: kl_divergence(v[:3], v[3:], 10), lambda *v: divergence(v[:3], v[3:], 10), P + Q),
    "squared": (lambda v: squared(*v), lambda a, y: (a - y) ** 2, [0.82, 0.3]),
    "half squared": (lambda v: half_squared(*v), lambda a, y: (a - y) ** 2 / 2, [0.82, 0.3]),
    "mse": (lambda v: mse(v, Y), lambda *v: mp.fsum((a - y) ** 2 for a, y in zip(v, Y)) / 3, P),
    "mae": (lambda v: mae(v, Y), lambda *v: mp.fsum(abs(a - y) for a, y in zip(v, Y)) / 3, P),
    "quadratic": (lambda v: quadratic(v, Y), lambda *v: mp.fsum((a - y) ** 2 for a, y in zip(v, Y)) / 2, P),
    "bce of 1": (lambda v: bce(v[0], 1), lambda p: -log(p), [0.3]),
    "bce of 0": (lambda v: bce(v[0], 0), lambda p: -log(1 - p), [0.3]),
    "bce, soft": (lambda v: bce(*v), lambda p, y: -y * log(p) - (1 - y) * log(1 - p), [0.3, 0.9]),
    "bce with logits of 1": (lambda v: bce_with_logits(v[0], 1), lambda z: -log(sigma(z)), [0.7]),
    "bce with logits of 0": (lambda v: bce_with_logits(v[0], 0), lambda z: -log(1 - sigma(z)), [-1.3]),
    "bce with logits, soft": (
        lambda v: bce_with_logits(*v),
        lambda z, y: -y * log(sigma(z)) - (1 - y) * log(1 - sigma(z)),
        [2.0, 0.1],
    ),
    "categorical": (lambda v: categorical_cross_entropy(v, 1), lambda *q: -log(q[1]), P),
    "categorical, one-hot": (lambda v: categorical_cross_entropy(v, [0, 1, 0]), lambda *q: -log(q[1]), P),
    "categorical, soft": (lambda v: categorical_cross_entropy(v, Y), lambda *q: cross(Y, q), P),
    "nll": (lambda v: nll(v, 2), lambda *q: -log(q[2]), P),
    "cross-entropy with logits": (lambda v: cross_entropy_with_logits(v, 1), lambda *z: ce(z, [0, 1, 0]), SCORES),
    "the same, two classes": (lambda v: cross_entropy_with_logits(v, 0), lambda *z: ce(z, [1, 0]), [0.1, 0.4]),
    "the same, one-hot": (lambda v: cross_entropy_with_logits(v, [1, 0, 0]), lambda *z: ce(z, [1, 0, 0]), SCORES),
    "the same, soft": (lambda v: cross_entropy_with_logits(v, Y), lambda *z: ce(z, Y), SCORES),
    "the same, softness too": (
        lambda v: cross_entropy_with_logits(v[:3], v[3:]),
        lambda *v: ce(v[:3], v[3:]),
        SCORES + Y,
    ),
    "hinge": (lambda v: hinge(v, 2), lambda a, b, c: max(0, a - c + 1) + max(0, b - c + 1), [2.2, 2.5, -3.1]),
    "hinge, Δ = 5": (lambda v: hinge(v, 1, 5), lambda a, b, c: max(0, a - b + 5) + max(0, c - b + 5), SCORES),
    "max-margin of 1": (lambda v: max_margin(v[0], 1), lambda s: max(0, 1 - s), [0.3]),
    "max-margin of -1": (lambda v: max_margin(v[0], -1), lambda s: max(0, 1 + s), [0.3]),
    "l2": (lambda v: l2(v, 0.3), lambda *w: mp.mpf(0.3) * mp.fsum(x * x for x in w), [0.5, -2.0, 0.1]),
    "l1": (lambda v: l1(v, 0.3), lambda *w: mp.mpf(0.3) * mp.fsum(map(abs, w)), [0.5, -2.0, 0.1]),
}


@pytest.mark.parametrize("name", LOSSES)
def test_number_and_gradients(name):
    "Within 1e-15 of the definition, up to the size of what is added up: 12 units in the last place at most."
    loss, definition, at = LOSSES[name]
    values = [Value(x) for x in at]
    out = loss(values)
    out.backward()
    exact = [mp.mpf(x) for x in at]
    assert ulps(out.data, definition(*exact)) <= 12
    for i, v in enumerate(values):
        truth = mp.diff(definition, tuple(exact), tuple(int(i == j) for j in range(len(at))))
        assert abs(v.grad - truth) <= 4e-15 * max(1, abs(truth)), (i, v.grad, truth)
    assert check(loss([Value(x) for x in at])).ok


def test_natural_is_base_2_times_ln_2():
    "One quantity in three units: bits, nats and hartleys."
    bits, nats, hartleys = (kl_divergence(P, Q, base).data for base in (2, math.e, 10))
    assert bits * math.log(2) == pytest.approx(nats, rel=1e-14) == pytest.approx(hartleys * math.log(10), rel=1e-14)
    assert all(cross_entropy([1, 0], [2.0**-n, 0]).data == n for n in range(1075))  # log x / log 2 misses some of them


# ---- Saturation: all digits -----------------------------------------------------------------------------------------


def test_bce_with_logits_keeps_all_digits():
    "From -700 to 700, either label: 2 and 4 units in the last place at most; the slide's form has none left past 37."
    rng = random.Random(3)
    worst = [0.0, 0.0]
    for _ in range(400):
        x, y = rng.choice([1, 30, 700]) * rng.uniform(-1, 1), rng.randint(0, 1)
        sign = 1 - 2 * y
        z = Value(x)
        loss = bce_with_logits(z, y)
        loss.backward()
        truth = mp.log1p(mp.exp(sign * mp.mpf(x))), sign * sigma(sign * mp.mpf(x))
        worst = [max(w, ulps(a, t)) for w, a, t in zip(worst, (loss.data, z.grad), truth)]
    assert worst[0] <= 2 and worst[1] <= 4
    z = Value(40.0)
    bce(z.sigmoid(), 1).backward()
    assert z.grad == pytest.approx(-4.248354255291589e-18, rel=1e-14)  # from the probability too: σ(40) = 1.0, but σ'


@pytest.mark.parametrize("label, nodes", [(0, 2), (1, 3), (0.25, 9)])
def test_bce_with_logits_of_a_number(label, nodes):
    "A hard label leaves one softplus and no factor; a soft one weighs both."
    z = Value(0.7)
    loss = bce_with_logits(z, label)
    right = label * math.log1p(math.exp(-0.7)) + (1 - label) * math.log1p(math.exp(0.7))
    assert loss.data == pytest.approx(right, rel=1e-14) and len(topological(loss)) == nodes


@pytest.mark.parametrize("label", [0.0, 0.5, 1.0])
def test_a_label_that_is_a_value_keeps_its_gradient(label):
    "Even where its number is 0 or 1 now: d/dy is -z from logits, and ln(1 - p) - ln p from probabilities."
    z, y = Value(0.7), Value(label)
    bce_with_logits(z, y).backward()
    assert y.grad == pytest.approx(-0.7, rel=1e-14)
    p, y = Value(0.3), Value(label)
    bce(p, y).backward()
    assert y.grad == pytest.approx(math.log(0.7) - math.log(0.3), rel=1e-14)
    assert bce(Value(0.0), Value(0.0)).data == bce(Value(1.0), Value(1.0)).data == 0  # but 0 * log 0 is 0


def test_bce_of_the_homework():
    "CSE471: 23 in, label 0. From the probability seven digits are lost, from the logit none; δ is right either way."
    z, w = Value(23.0), Value(23.0)
    fused, by_hand = bce_with_logits(z, 0), bce(w.sigmoid(), 0)
    assert fused.data == 23.00000000010262
    assert by_hand.data == pytest.approx(22.99999994126316, rel=1e-12)
    fused.backward()
    by_hand.backward()
    assert z.grad == pytest.approx(0.999999999897381, rel=1e-15) and w.grad == pytest.approx(z.grad, rel=1e-7)


@pytest.mark.parametrize("scale", [1, 30, 230])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_cross_entropy_with_logits_keeps_all_digits(scale, k):
    """A few units in the last place, and one or two more for each unit of difference: z - z' itself is rounded.

    So it is down to probabilities of 1e-200, and for the true class, where a - 1 is nothing but noise.
    """
    rng = random.Random(10 * scale + k)
    for _ in range(150):
        scores = [rng.uniform(-scale, scale) for _ in range(3)]
        limit = 4 + 3 * (max(scores) - min(scores))
        values = [Value(z) for z in scores]
        loss = cross_entropy_with_logits(values, k)
        loss.backward()
        exps = [mp.exp(mp.mpf(z)) for z in scores]
        others = mp.fsum(e for i, e in enumerate(exps) if i != k)
        assert ulps(loss.data, mp.log1p(others / exps[k])) <= limit
        for i, v in enumerate(values):
            assert ulps(v.grad, (exps[i] if i != k else -others) / mp.fsum(exps)) <= limit


@pytest.mark.parametrize("k, number, gradients", [
    (0, 0.0, [0.0, 0.0, 0.0]),
    (1, 1000.0, [1.0, -1.0, 0.0]),
    (2, 2000.0, [1.0, 0.0, -1.0]),
])  # fmt: skip
def test_logits_of_a_thousand(k, number, gradients):
    "exp(1000) is never computed; from the probabilities the same is inf and nan."
    scores = [Value(1000.0), Value(0.0), Value(-1000.0)]
    loss = cross_entropy_with_logits(scores, k)
    loss.backward()
    assert loss.data == number and [z.grad for z in scores] == gradients
    for z, y, value, slope in ((1000, 0, 1000, 1), (1000, 1, 0, 0), (-1000, 0, 0, 0), (-1000, 1, 1000, -1)):
        logit = Value(z)
        loss = bce_with_logits(logit, y)
        loss.backward()
        assert (loss.data, logit.grad) == (value, slope)


def test_confident_and_right():
    "At (0, -40, -50) the loss is 4e-18, not 0, and so is the gradient of the true class: it goes on learning."
    scores = [Value(0.0), Value(-40.0), Value(-50.0)]
    loss = cross_entropy_with_logits(scores, 0)
    loss.backward()
    others = mp.exp(-40) + mp.exp(-50)
    assert ulps(loss.data, mp.log1p(others)) <= 2 and ulps(scores[0].grad, -others / (1 + others)) <= 2
    scores = [Value(0.0), Value(-746.0)]
    loss = cross_entropy_with_logits(scores, 1)
    loss.backward()
    assert loss.data == 746 and [z.grad for z in scores] == [1, -1]  # -log softmax by hand: inf, nan


def test_gradient_is_softmax_less_label():
    "a - y, for hard and soft labels and for one; and its own derivative is diag(a) - a aᵀ, symmetric."
    scores = [Value(z) for z in SCORES]
    a = [p.data for p in softmax(scores)]
    for label in ([0, 1, 0], Y):
        for z in scores:
            z.grad = 0
        cross_entropy_with_logits(scores, label).backward()
        assert [z.grad for z in scores] == pytest.approx([p - y for p, y in zip(a, label)], rel=1e-13)
    loss = cross_entropy_with_logits(scores, 0)
    for i, row in enumerate(gradient(loss, *scores)):
        hessian = [d.data for d in gradient(row, *scores)]
        assert hessian == pytest.approx([a[i] * ((i == j) - a[j]) for j in range(3)], rel=1e-12, abs=1e-16)


# ---- Edges ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p, y, number, slope", [
    (0.0, 1, math.inf, -math.inf),
    (1.0, 0, math.inf, math.inf),
    (0.0, 0, 0.0, 1.0),
    (1.0, 1, 0.0, -1.0),
])  # fmt: skip
def test_bce_at_the_ends(p, y, number, slope):
    "No hidden clamp: as on the slide, infinite where it is wrong and sure, and right where it is right."
    v = Value(p)
    loss = bce(v, y)
    loss.backward()
    assert (loss.data, v.grad) == (number, slope)


@pytest.mark.parametrize("call, message", [
    (lambda: bce(Value(23.0), 0), "bce: p = 23.0 is not a probability; put .sigmoid() before it"),
    (lambda: bce(Value(-0.1, label="ŷ"), 0), "bce: ŷ = -0.1 is not a probability; put .sigmoid() before it"),
    (lambda: bce(math.nan, 0), "bce: p = nan is not a probability; put .sigmoid() before it"),
    (lambda: bce(0.5, -1), "bce: y = -1.0 is not a probability; labels are 0 to 1"),
    (lambda: bce_with_logits(0.5, 2), "bce_with_logits: y = 2.0 is not a probability; labels are 0 to 1"),
    (lambda: nll([3.2, 5.1], 1), "nll: a = 3.2 is not a probability; put softmax before it"),
    (lambda: cross_entropy(P, SCORES), "cross_entropy: q = 3.2 is not a probability; put softmax before it"),
    (lambda: kl_divergence(SCORES, P), "kl_divergence: p = 3.2 is not a probability; put softmax before it"),
    (lambda: cross_entropy_with_logits(SCORES, [0, 0, 2]), "cross_entropy_with_logits: y = 2.0 is not a probability; labels are 0 to 1"),
    (lambda: cross_entropy(P, [1.0]), "cross_entropy: 3 numbers against 1"),
    (lambda: kl_divergence(P, []), "kl_divergence: 3 numbers against 0"),
    (lambda: categorical_cross_entropy(P, [1, 0]), "cross_entropy: 2 numbers against 3"),
    (lambda: cross_entropy_with_logits(SCORES, [1, 0]), "cross_entropy_with_logits: 3 numbers against 2"),
    (lambda: mse(P, [1.0]), "mse: 3 numbers against 1"),
    (lambda: mae([1.0], P), "mae: 1 numbers against 3"),
    (lambda: quadratic(P, P + P), "quadratic: 3 numbers against 6"),
    (lambda: mse([], []), "mse: 0 numbers against 0"),
    (lambda: hinge(SCORES, 3), "hinge: there is no class 3 among 3 scores (they count from 0)"),
    (lambda: hinge(SCORES, -1), "hinge: there is no class -1 among 3 scores (they count from 0)"),
    (lambda: nll(P, 3), "nll: there is no class 3 among 3 scores (they count from 0)"),
    (lambda: categorical_cross_entropy(P, 7), "nll: there is no class 7 among 3 scores (they count from 0)"),
    (lambda: cross_entropy_with_logits(SCORES, 3), "cross_entropy_with_logits: there is no class 3 among 3 scores (they count from 0)"),
    (lambda: hinge([1.0], 0), "hinge: one class alone leaves nothing to choose"),
    (lambda: nll([1.0], 0), "nll: one class alone leaves nothing to choose"),
    (lambda: cross_entropy_with_logits([1.0], 0), "cross_entropy_with_logits: one class alone leaves nothing to choose"),
    (lambda: cross_entropy_with_logits([1.0], [1.0]), "cross_entropy_with_logits: one class alone leaves nothing to choose"),
])  # fmt: skip
def test_errors(call, message):
    "What was wrong, with both numbers, and what to do."
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value) == message


def test_zero_times_log_zero():
    "Counts as 0, in number and gradient, and a class that P excludes costs nothing even if Q excludes it too."
    q = [Value(0.0), Value(1.0), Value(0.0)]
    loss = cross_entropy([0, 1, 0], q)
    loss.backward()
    assert loss.data == 0 and [v.grad for v in q] == pytest.approx([0, -1 / math.log(2), 0])
    assert entropy([1.0, 0.0]).data == 0 and entropy([0.5, 0, 0.5, 0]).data == 1
    assert kl_divergence([0, 1], [0, 1]).data == 0 and kl_divergence([0.5, 0.5], [1, 0]).data == math.inf
    assert categorical_cross_entropy([0.0, 1.0], [0, 1]).data == 0
    assert cross_entropy_with_logits([-1000.0, 1000.0], [0, 1]).data == 0


def test_swapped_arguments_differ():
    "H(P; Q) is not H(Q; P), nor D: the slide's own pair has both 2.625 and cannot tell; this one can."
    p, q = [0.2, 0.8], [0.4, 0.6]
    assert [cross_entropy(p, q).data, cross_entropy(q, p).data] == pytest.approx([0.853958, 1.121928], abs=5e-7)
    assert abs(kl_divergence(p, q).data - kl_divergence(q, p).data) > 0.01
    assert kl_divergence(p, q).data == pytest.approx(cross_entropy(p, q).data - entropy(p).data, rel=1e-13)


def test_gibbs():
    "D(P‖Q) >= 0 on a thousand random pairs, and 0 to the bit only for P = Q."
    rng = random.Random(5)

    def distribution(n):
        weights = [rng.expovariate(1) for _ in range(n)]
        return [w / sum(weights) for w in weights]

    for _ in range(500):
        n = rng.randint(2, 6)
        p, q = distribution(n), distribution(n)
        assert kl_divergence(p, q).data > 0 and kl_divergence(p, p).data == 0
        near = [a * (1 + 1e-3 * (-1) ** i) for i, a in enumerate(p)]
        assert kl_divergence(p, [a / sum(near) for a in near]).data > 0


# ---- The lectures' conventions --------------------------------------------------------------------------------------


def test_half():
    "The ½ is where the name says half, and makes the derivative ŷ - y; Yale's 0.09 has it."
    a = Value(0.8)
    assert squared(a, 0.3).data == 2 * half_squared(a, 0.3).data
    half_squared(a, 0.3).backward()
    assert a.grad == pytest.approx(0.5, rel=1e-15)
    assert quadratic([0.82], [0.4]).data == half_squared(0.82, 0.4).data == pytest.approx(0.0882)


def test_hinge_of_the_lecture():
    "Lesson4's three examples: 2.9, 0 and 12.9 (the slide forgets Δ twice and has 10.9); at the kink the gradient is 0."
    assert [hinge(s, k).data for s, k in (([3.2, 5.1, -1.7], 0), ([1.3, 4.9, 2.0], 1), ([2.2, 2.5, -3.1], 2))] == (
        pytest.approx([2.9, 0, 12.9]))  # fmt: skip
    a, b = Value(1.0), Value(2.0)
    hinge([a, b], 1).backward()
    assert a.grad == b.grad == 0
    assert hinge([1.0, 2.0], 1, delta=3).data == 2


def test_max_margin_is_the_demos():
    "Node for node micrograd's (1 + -yi*scorei).relu()."
    score = Value(0.3)
    ours, theirs = max_margin(score, 1), (1 + -1 * score).relu()
    while ours.parents:
        assert (ours.op.symbol, ours.data) == (theirs.op.symbol, theirs.data)
        ours, theirs = (max(v.parents, key=lambda x: len(x.parents)) for v in (ours, theirs))


def test_regularisation():
    "λ Σ w², λ Σ |w|: each parameter's gradient is 2λw, λ sign w; of no parameters it is 0."
    w = [Value(x) for x in (0.5, -2.0, 0.0)]
    (l2(w, 0.1) + l1(w, 0.01)).backward()
    assert [v.grad for v in w] == pytest.approx([0.11, -0.41, 0.0], rel=1e-15)
    assert l2([], 0.1).data == l1(iter([]), 0.1).data == 0


def test_numbers_of_numpy():
    "Arrays of scores, labels and class numbers, as they come from a data set."
    numpy = pytest.importorskip("numpy")
    k, scores, label = numpy.int64(1), numpy.array(SCORES), numpy.array(Y)
    assert cross_entropy_with_logits(scores, k).data == cross_entropy_with_logits(SCORES, 1).data
    assert cross_entropy_with_logits(scores, label).data == cross_entropy_with_logits(SCORES, Y).data
    assert categorical_cross_entropy(P, k).data == nll(P, k).data == nll(P, 1).data
    assert hinge(scores, k).data == hinge(SCORES, 1).data
    assert mse([Value(x) for x in P], label).data == mse(P, Y).data and type(mae(numpy.array(P), label).data) is float
    assert bce(0.3, numpy.float64(1)).data == bce(0.3, 1).data
    assert bce_with_logits(0.3, numpy.int64(0)).data == bce_with_logits(0.3, 0).data
