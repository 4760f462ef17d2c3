"""Where weights start: a function of the number of inputs and of outputs that draws one number from `random`.

The slides' argument (CSE471): a layer keeps the variance of what flows through it if Var[w] is about 1/n; between the
n_in that forward asks for and the n_out that backward asks for, Xavier takes the mean.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

Init = Callable[[int, int], float]


def uniform(nin: int, nout: int) -> float:
    "Uniform in (-1, 1), as in micrograd."
    return random.uniform(-1, 1)


def normal(nin: int, nout: int) -> float:
    "N(0, 1), as in Nielsen's first networks."
    return random.gauss(0, 1)


def zero(nin: int, nout: int) -> float:
    return 0.0


def scaled(sigma: float) -> Init:
    "N(0, σ²)."
    return lambda nin, nout: random.gauss(0, sigma)


def xavier_sigma(nin: int, nout: int) -> float:
    """σ = √(2 / (n_in + n_out)).

    >>> xavier_sigma(784, 30)
    0.04956815970966097
    """
    return math.sqrt(2 / (nin + nout))


def xavier_bound(nin: int, nout: int) -> float:
    "The uniform distribution with that variance, a²/3 = σ², reaches from -a to a: a = √(6 / (n_in + n_out))."
    return math.sqrt(6 / (nin + nout))


def xavier_normal(nin: int, nout: int) -> float:
    "N(0, σ²) with Xavier's σ (Glorot & Bengio 2010)."
    return random.gauss(0, xavier_sigma(nin, nout))


def xavier_uniform(nin: int, nout: int) -> float:
    "Uniform in (-a, a) with Xavier's a."
    a = xavier_bound(nin, nout)
    return random.uniform(-a, a)


def he_normal(nin: int, nout: int) -> float:
    "N(0, 2/n_in), for ReLU, which halves the variance (He et al. 2015)."
    return random.gauss(0, math.sqrt(2 / nin))
