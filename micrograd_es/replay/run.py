"""A plan at work: batches in, losses, gradients and training steps out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..engine import Value
from ..optim import Optimizer
from .plan import LANES, SHARED, Plan
from .source import Source, add_at

Array = Any


class Replay:
    "A graph made ready to run on batches: see `replay`."

    def __init__(
        self, loss: Value, inputs: Sequence[Value], parameters: Sequence[Value], outputs: Sequence[Value], dtype: Any
    ):
        _check_leaves(inputs, parameters)
        self.loss, self.inputs, self.parameters, self.outputs = loss, list(inputs), list(parameters), list(outputs)
        self.plan = Plan([loss, *outputs], self.inputs, self.parameters)
        program = Source(self.plan, set(self.parameters))
        self.source = program.text
        self.shared = np.zeros(self.plan.sizes[SHARED], dtype)
        self.d_shared = np.zeros_like(self.shared)
        self.places = np.array([self.plan.slot[p] for p in self.parameters], dtype=int)
        self.region: Any = self.places  # the parameters in the buffer: side by side, if they can be
        if sorted(self.places) == list(range(self.places.min(), self.places.max() + 1)):
            self.region = slice(self.places.min(), self.places.max() + 1)
        self._code = compile(self.source, "<replay>", "exec")  # our own text, written by Source from the plan
        self._constants = {"np": np, "add_at": add_at, **program.constants}
        self._ready: dict[int, tuple[Array, Callable[[], None], Callable[[], None]]] = {}
        self.read()

    def read(self) -> None:
        "Take the numbers of all leaves from the graph."
        for v, slot in self.plan.slot.items():
            if not v.parents and v not in self.plan.lane:
                self.shared[slot] = v.data

    def write(self) -> None:
        "Put the parameters' numbers, and their last gradients, back into the graph."
        for p, x, g in zip(self.parameters, self.shared[self.places], self.d_shared[self.places]):
            p.data, p.grad = float(x), float(g)

    @property
    def weights(self) -> Array:
        "The parameters' numbers, in their order."
        return self.shared[self.places]

    @weights.setter
    def weights(self, numbers: Any) -> None:
        self.shared[self.places] = numbers

    def loss_and_gradients(self, batch: Any) -> tuple[float, Array]:
        """The mean loss of a batch, and its gradient with respect to every parameter.

        A batch has a row for every sample, a column for every input.
        """
        lanes, backward = self._forward(batch)
        with np.errstate(all="ignore"):
            backward()
        return self._number(self.loss, lanes), self.d_shared[self.places]

    def step(self, batch: Any, optimizer: Optimizer) -> float:
        "One step of training on a batch, by the very rule that moves single Values; answers the loss before it."
        lanes, backward = self._forward(batch)
        loss = self._number(self.loss, lanes)
        with np.errstate(all="ignore"):
            backward()
        weights, gradients = self.shared[self.region], self.d_shared[self.region]
        self.shared[self.region] = weights - optimizer.lr * optimizer.direction(0, gradients, weights)
        optimizer.steps += 1
        return loss

    def predict(self, batch: Any) -> Array:
        "The numbers of `outputs` (of the loss, if there are none): a row for every sample."
        lanes, _ = self._forward(batch)
        rows = [self._row(v, lanes) for v in self.outputs or [self.loss]]
        return np.array(rows).T

    def explain(self) -> str:
        "How many scalars became how many statements, and where matrix products were found."
        plan = self.plan
        nodes = sum(1 for v in plan.slot if not v.parents) + sum(len(g.nodes) for g in plan.groups)
        products = [(g, p) for g in plan.groups for p in g.products if p.grid and p.left.index.shape[1] > 1]
        lines = [f"{nodes:,} numbers, {plan.scalars:,} scalar operations -> {len(plan.groups)} array statements"]
        for _, p in products:
            (i, k), j = p.left.index.shape, p.right.index.shape[0]
            lines.append(f"    a matrix product ({i} x {k}) @ ({k} x {j})" + (" for every sample" if j == 1 else ""))
        return "\n".join(lines)

    # -- inside

    def _forward(self, batch: Any) -> tuple[Array, Callable[[], None]]:
        batch = np.asarray(batch, self.shared.dtype)
        if batch.ndim != 2 or batch.shape[1] != len(self.inputs) or not len(batch):
            raise ValueError(
                f"a batch of shape {batch.shape}: it needs a row for each sample, with the {len(self.inputs)} inputs"
            )
        if len(batch) not in self._ready:
            lanes = np.zeros((self.plan.sizes[LANES], len(batch)), self.shared.dtype)
            arrays = {"shared": self.shared, "lanes": lanes, "d_shared": self.d_shared, "d_lanes": np.zeros_like(lanes)}
            scope: dict[str, Any] = self._constants | arrays
            exec(self._code, scope)
            ready = lanes, scope["forward"], scope["backward"]
            self._ready = {len(batch): ready} | dict(list(self._ready.items())[:3])
        lanes, forward, backward = self._ready[len(batch)]
        lanes[: len(self.inputs)] = batch.T
        with np.errstate(all="ignore"):
            forward()
        return lanes, backward

    def _row(self, v: Value, lanes: Array) -> Array:
        slot = self.plan.slot[v]
        return lanes[slot] if self.plan.lane.get(v, SHARED) == LANES else np.full(lanes.shape[1], self.shared[slot])

    def _number(self, v: Value, lanes: Array) -> float:
        return float(self._row(v, lanes).mean())


def _check_leaves(inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
    seen: set[Value] = set()
    for what, leaves in (("input", inputs), ("parameter", parameters)):
        for v in leaves:
            if v.parents:
                raise ValueError(f"{v.label or v!r} is no leaf, so it cannot be an {what}: it is made of others")
            if v in seen:
                raise ValueError(f"{v.label or v!r} is named twice among inputs and parameters")
            seen.add(v)
