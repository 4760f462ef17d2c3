"""Functions built from rows of the table: activations with parameters, softmax, means and dot products of lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from ..calculus import flat, function, sign, unary
from ..engine import Value
from .lists import of_a_list, pairs, some


def sigmoid(x: Value, lam: float = 1.0) -> Value:
    "1 / (1 + e^(-λx)), Lesson4's activation of slope λ."
    return x.sigmoid() if lam == 1 else (lam * x).sigmoid()


def swish(x: Value, beta: float = 1.0) -> Value:
    "x · σ(βx), as in the Yale deck; it dips below 0 and has its minimum near x = -1.278 (β = 1)."
    return x * sigmoid(x, beta)


def leaky_relu(x: Value, slope: float = 0.01) -> Value:
    "x where it is positive, slope · x elsewhere; 0 < slope < 1. The derivative at 0 is the mean of the two slopes."
    return x.maximum(slope * x)


def gelu(x: Value, exact: bool = False) -> Value:
    """x/2 · (1 + tanh u) with u = √(2/π) · (x + 0.044715 x³), the usual approximation of x · Φ(x).

    With `exact` it is x · Φ(x) itself.

    It is computed as x · σ(2u): the same, and it keeps its digits where x is negative and 1 + tanh u next to nothing.
    """
    if exact:
        return x * (1 + erf(x / math.sqrt(2))) / 2
    return x * (math.sqrt(8 / math.pi) * (x + 0.044715 * x**3)).sigmoid()


# A choice, by a c of 1 or 0, between two that are computed both: what was not chosen gets a gradient too, of 0.
where = function("where", lambda m, c, a, b: m.where(c > 0.5, a, b), lambda m, y, c, a, b: (0.0, c, 1 - c))


def error_function(m: Any, x: Any) -> Any:
    "2/π · (x/4 + Σ e^(-n²/16) sin(nx/2) / n), Strand's series of 1965; beyond 6 it is 1 to the last digit."
    waves = [math.exp(-n * n / 16) / n * m.sin(x * (n / 2)) for n in range(1, 26)]
    return m.where(abs(x) > 6, sign(m, x), 2 / math.pi * reduce(add, waves, x / 4))


# A row more: the normal distribution's. No language but Python's has it: it is written out.
erf = unary("erf", error_function, lambda m, y, x: 2 / math.sqrt(math.pi) * m.exp(-x * x))


@of_a_list
def softmax(xs: Sequence[Value]) -> list[Value]:
    """e^xᵢ / Σ e^xⱼ, never overflowing: every x is first made smaller by the largest one, which changes no share.

    >>> [round(p.data, 2) for p in softmax([Value(3.2), Value(5.1), Value(-1.7)])]
    [0.13, 0.87, 0.0]
    """
    shift = largest(*xs)
    es = [(x - shift).exp() for x in xs]
    total = Value.sum(*es)
    return [e / total for e in es]


# One row more: the largest of all, for a formula that is the same whatever is put in its place. So its derivative is 0.
largest = function("max", lambda m, *xs: reduce(m.maximum, xs), flat)


@of_a_list
def logsumexp(xs: Sequence[Any]) -> Value:
    "log Σ e^xᵢ."
    return Value.logsumexp(*xs)


@of_a_list
def mean(xs: Sequence[Any]) -> Value:
    "The arithmetic mean of Values."
    return Value.sum(*xs) / len(xs)


@of_a_list
def argmax(xs: Sequence[Any]) -> int:
    """Which is the largest: the class that a network decides for. The first one, if several are.

    >>> argmax([Value(0.1), Value(0.7), Value(0.2)])
    1
    """
    return max(range(len(xs)), key=lambda i: xs[i])


def dot(ws: Sequence[Any], xs: Sequence[Any]) -> Value:
    "Σ wᵢxᵢ; ValueError if there are not as many of one as of the other."
    return Value.sum(*[w * x for w, x in pairs("dot", some("dot", ws), xs)])
