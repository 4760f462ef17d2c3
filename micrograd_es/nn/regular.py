"""Batch normalisation and dropout: layers that do one thing in training and another in use."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from ..engine import Value
from ..text.letters import SUBSCRIPT
from .functional import mean
from .module import Module, counted
from .perceptron import check_inputs


class BatchNorm(Module):
    """γ · (x - μ) / √(variance + ε) + β, for each feature over the examples of a batch (CSE471; Ioffe & Szegedy 2015).

    Called on a batch, a list of examples, each a list of `features` Values; returns one of the same shape. In training
    μ and the (biased) variance are the batch's own, and gradients flow through them; running means of both are kept
    (running ← (1 - momentum) · running + momentum · batch) and used in eval(). ValueError for a batch of one example.
    """

    def __init__(self, features: int, eps: float = 1e-5, momentum: float = 0.1):
        counted(self, features=features)
        self.gamma = [Value(1) for _ in range(features)]
        self.beta = [Value(0) for _ in range(features)]
        self.eps, self.momentum = eps, momentum
        self.running_mean, self.running_variance = [0.0] * features, [1.0] * features

    def __call__(self, batch: Sequence[Sequence[Any]]) -> list[list[Value]]:
        for row in batch:
            check_inputs(self, len(self.gamma), row)
        if self.training and len(batch) < 2:
            raise ValueError(f"BatchNorm in training needs at least two examples, and was given {len(batch)}")
        columns = [self._feature(i, list(column)) for i, column in enumerate(zip(*batch))]
        return [list(row) for row in zip(*columns)]

    def _feature(self, i: int, xs: list[Any]) -> list[Value]:
        gamma, beta = self.gamma[i], self.beta[i]
        if not self.training:
            s = math.sqrt(self.running_variance[i] + self.eps)
            return [gamma * ((x - self.running_mean[i]) / s) + beta for x in xs]
        mu = mean(xs)
        variance = mean([(x - mu) ** 2 for x in xs])
        deviation = (variance + self.eps).sqrt()
        self._gather(i, mu.data, variance.data)
        return [gamma * ((x - mu) / deviation) + beta for x in xs]

    def _gather(self, i: int, mu: float, variance: float) -> None:
        keep = 1 - self.momentum
        self.running_mean[i] = keep * self.running_mean[i] + self.momentum * mu
        self.running_variance[i] = keep * self.running_variance[i] + self.momentum * variance

    def named_buffers(self) -> Iterator[tuple[str, list[float]]]:
        "The statistics it has gathered: to be saved with the parameters."
        yield "running_mean", self.running_mean
        yield "running_variance", self.running_variance

    def __repr__(self) -> str:
        return f"BatchNorm({len(self.gamma)})"

    def name_nodes(self, out: Value) -> dict[Value, str]:
        letters = {"γ": self.gamma, "β": self.beta}
        return {v: f"{letter}{i}".translate(SUBSCRIPT) for letter, vs in letters.items() for i, v in enumerate(vs, 1)}


class Dropout(Module):
    """In training each value becomes 0 with probability p, else h / (1 - p), so that its mean stays h (CSE471).

    Called on a list of Values. In eval() nothing happens, except with `monte_carlo=True`: then it goes on dropping, and
    the spread of several results is a measure of the network's doubt. `rng` draws the masks (default: `random`).
    ValueError unless 0 <= p < 1.
    """

    def __init__(self, p: float, rng: Any = random, monte_carlo: bool = False):
        if not 0 <= p < 1:
            raise ValueError(f"dropout with p = {p}: it must be at least 0 and less than 1, or nothing is left")
        self.p, self.rng, self.monte_carlo = p, rng, monte_carlo

    def __call__(self, hs: Sequence[Any]) -> list[Any]:
        if not (self.training or self.monte_carlo):
            return list(hs)
        return [h * (0.0 if self.rng.random() < self.p else 1 / (1 - self.p)) for h in hs]

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
