"""Gradient descent and its relatives: w ← w - α ∂loss/∂w, with memory.

Every optimiser has the parameters, a learning rate `lr` (a number, or a schedule: a function of the step, counted from
0), `step()` and `zero_grad()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..core.caller import called
from ..core.floats import as_float
from ..core.node import number
from ..core.pythonic import only_values
from ..engine import Value

Schedule = Callable[[int], float]


class Optimizer:
    "What they share: the parameters, the learning rate of this step, and the count of steps."

    def __init__(self, parameters: Iterable[Value], lr: float | Schedule):
        self.parameters = list(only_values(type(self).__name__, parameters))
        if not self.parameters:
            raise ValueError("an optimiser needs parameters: module.parameters() gave none")
        made = next((w for w in self.parameters if w.parents), None)
        if made is not None:
            raise ValueError(
                f"{called(made)} is made of others, and would be computed again: an optimiser moves leaves"
            )
        rate = lr if callable(lr) else as_float(lr, f"{type(self).__name__}: lr")
        self.schedule: Schedule = rate if callable(rate) else lambda step: rate
        self.steps = 0

    @property
    def lr(self) -> float:
        "α, for the step to come."
        return as_float(self.schedule(self.steps), f"{type(self).__name__}: lr")

    @lr.setter
    def lr(self, lr: float) -> None:
        self.schedule = lambda step: lr

    def step(self) -> None:
        "Move every parameter against its gradient."
        lr = self.lr
        try:
            for i, w in enumerate(self.parameters):
                w.data -= lr * self.direction(i, w.grad, w.data)
        except TypeError:
            for w in self.parameters:
                number(w), number(w, "grad")
            raise
        self.steps += 1

    def direction(self, i: int, gradient: Any, w: Any) -> Any:
        "Where parameter i goes, before α and the minus sign. Plain arithmetic: a replay sends all as one array."
        return gradient

    @property
    def straight(self) -> bool:
        "Is its direction the gradient itself?"
        return type(self).direction is Optimizer.direction

    def zero_grad(self) -> None:
        for w in self.parameters:
            w.grad = 0


class SGD(Optimizer):
    """w ← w - α v, where v ← μ v + ∂loss/∂w; without momentum (μ = 0) the slide's w ← w - α ∂loss/∂w.

    `weight_decay` adds λ w to the gradient.
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float | Schedule = 0.01, momentum: float = 0.0, weight_decay: float = 0.0
    ):
        super().__init__(parameters, lr)
        self.momentum, self.weight_decay = momentum, weight_decay
        self.velocity = [0.0] * len(self.parameters)

    @property
    def straight(self) -> bool:
        return type(self).direction is SGD.direction and not (self.momentum or self.weight_decay)

    def direction(self, i: int, gradient: Any, w: Any) -> Any:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * w
        if not self.momentum:
            return gradient
        self.velocity[i] = self.momentum * self.velocity[i] + gradient
        return self.velocity[i]


class Adam(Optimizer):
    """w ← w - α m̂ / (√v̂ + ε), with m and v running means of the gradient and of its square (Kingma & Ba 2015).

    m̂ and v̂ are m and v freed from their start at 0. `weight_decay` adds λ w to the gradient.
    """

    decoupled = False

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.m, self.v = [0.0] * len(self.parameters), [0.0] * len(self.parameters)

    def direction(self, i: int, gradient: Any, w: Any) -> Any:
        (b1, b2), t, decay = self.betas, self.steps + 1, self.weight_decay * w
        gradient = gradient if self.decoupled else gradient + decay
        self.m[i] = b1 * self.m[i] + (1 - b1) * gradient
        self.v[i] = b2 * self.v[i] + (1 - b2) * gradient * gradient
        m, v = self.m[i] / (1 - b1**t), self.v[i] / (1 - b2**t)
        return m / (v**0.5 + self.eps) + (decay if self.decoupled else 0.0)


class AdamW(Adam):
    "Adam whose weight decay does not go through the running means: w ← w - α (m̂ / (√v̂ + ε) + λ w)."

    decoupled = True

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float | Schedule = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay)
