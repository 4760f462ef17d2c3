"why() names the edge that matters, and says in one line what a gradient is, and for what reason."

import pytest

from micrograd_es import softmax, why
from micrograd_es.engine import Value
from micrograd_es.nn.functional import where


def reason(f, *numbers):
    "Why d f / d a, at a, b, ... = numbers."
    leaves = [Value(x, label=name) for name, x in zip("abc", numbers)]
    root = f(*leaves)
    root.label = "out"
    return why(root, leaves[0])


@pytest.mark.parametrize(
    "f, numbers, expected",
    [
        (lambda a, b: b * 2, (1, 2), "∂out/∂a = 0: out was not made from a"),
        (lambda a: a.relu(), (-1,), "∂out/∂a = 0: blocked by ∂out/∂a = 0 in out = ReLU(a), at a = -1"),
        (lambda a, b: a * b, (1, 0), "∂out/∂a = 0: blocked by ∂out/∂a = 0 in out = a · b, at a = 1"),
        (
            lambda a, b: a.sigmoid() * b,
            (20, 1),
            "∂out/∂a = 2.061e-09, tiny: along out ← v₁ ← a, the smallest factor is ∂v₁/∂a = 2.061e-09 in v₁ = σ(a), at a = 20",
        ),
        (
            lambda a, b: 5000 * a * b,
            (1, 2),
            "∂out/∂a = 10000, huge: along out ← v₁ ← a, the largest factor is ∂v₁/∂a = 5000 in v₁ = 5000 · a, at a = 1",
        ),
        (lambda a: a.log(), (0,), "∂out/∂a = ∞: not finite from here on: out = log(a) = log(0) = -∞, at a = 0"),
        (lambda a: a.sqrt(), (0,), "∂out/∂a = ∞: ∂out/∂a = ∞ in out = √(a), at a = 0"),
        (lambda a: a.log() * a, (-1,), "∂out/∂a = nan: not finite from here on: v₁ = log(a) = log(-1) = nan, at"),
        (lambda a: a - a, (3,), "∂out/∂a = 0: its 2 paths cancel, or the products on the way are too small for a float"),
        (lambda a, b: a * b, (2, 3), "∂out/∂a = 3: its only path is out ← a, with 3"),
        (lambda a, b: a * b + a * a, (2, 3), "∂out/∂a = 7: the strongest of its 3 paths is out ← v₁ ← a, with 1 ·"),
        (lambda a: a, (2,), "∂out/∂out = 1: it is the root itself"),
    ],
)  # fmt: skip
def test_why(f, numbers, expected):
    "Each kind of answer: unused, switched off, saturated, huge, inf, nan, cancelled, healthy."
    assert reason(f, *numbers).startswith(expected)


def test_why_not_a_number():
    "0 · inf: the node where the nan or the inf was born is named."
    assert "∂out/∂a = nan: not finite from here on: v₁ = exp(a) = exp(1000) = ∞" in reason(lambda a: a.exp() * 0, 1000)


def test_why_blocked_in_two_places():
    "Both gates that shut are named, and none behind them."
    text = reason(lambda a: (a * 2).relu() + (a * 3).relu(), -1)
    assert text.count("ReLU") == 2 and text.count("∂") == 6 and " and by " in text


def test_why_too_small():
    "A product below the smallest float is 0 without any factor being 0."
    text = reason(lambda a: (a * 1e-200) * 1e-200, 1)
    assert text == "∂out/∂a = 0: the products on the way are too small for a float"


def test_why_leaves_no_trace():
    "It reads the graph, and nothing else."
    a = Value(2.0)
    root = a.exp()
    why(root, a)
    assert type(a.grad) is int and type(root.grad) is int


def test_a_nan_that_no_number_has():
    "√ at 0 behind a choice: all numbers are finite, and the gradient is 0 · ∞ (pytorch 68425, 187297)."
    text = reason(lambda a: where(Value(0.0, label="c"), a.sqrt(), 0), 0)
    assert text == (
        "∂out/∂a = nan: 0 · ∞, as ∂v₁/∂a = ∞ in v₁ = √(a), at a = 0, while ∂out/∂v₁ = 0 in out = (v₁ if c else 0), at v₁ = 0"
    )
    behind = reason(lambda a: 2 * where(Value(0.0, label="c"), a.sqrt(), 0), 0)
    assert behind.endswith("while ∂out/∂v₁ = 0, blocked by ∂v₂/∂v₁ = 0 in v₂ = (v₁ if c else 0), at v₁ = 0")


def test_the_log_of_a_vanished_softmax():
    "Where the infinity was born, and where it meets the 0 (deeplearning4j 785)."
    assert reason(lambda a, b: -softmax([a, b])[0].log(), 0, 800) == (
        "∂out/∂a = nan: not finite from here on: v₈ = log(v₇) = log(0) = -∞, at v₇ = 0; and backward, 0 · ∞, as "
        "∂v₇/∂v₆ = 0 in v₇ = v₃ / v₆, at v₆ = 1, while ∂out/∂v₇ = -∞, by ∂v₈/∂v₇ = ∞ in v₈ = log(v₇), at v₇ = 0"
    )
