"""A plan at work: batches in, losses, gradients and training steps out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from math import nan
from typing import Any

import numpy as np

from ..engine import Value, collector_paused
from ..optim import Optimizer
from .fitting import fit
from .plan.groups import Plan, topological_of
from .plan.levels import Levels
from .plan.titles import products_of
from .with_numpy.groups import Arrays
from .with_numpy.nodes import Walk
from .with_numpy.program import Source

Array = Any


class Replay:
    "A graph made ready to run on batches: see `replay`."

    @collector_paused()
    def __init__(
        self,
        loss: Value,
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        outputs: Sequence[Value],
        dtype: Any,
        runner: str,
    ):
        _check_leaves(inputs, parameters)
        self.loss, self.inputs, self.parameters, self.outputs = loss, list(inputs), list(parameters), list(outputs)
        self.dtype = np.dtype(dtype)
        self.layout, self.runner = self._made(runner)
        self.places: Any = np.array([self.layout.slot[p] for p in self.parameters], dtype=int)
        self.region: Any = self.places  # the parameters in memory: side by side, if they can be
        if len(self.places) and np.ptp(self.places) == len(self.places) - 1:
            self.region = slice(self.places.min(), self.places.max() + 1)
            if (np.diff(self.places) == 1).all():
                self.places = self.region
        self.seed = 1.0  # what the gradients are multiplied by
        self.read()

    @cached_property
    def levels(self) -> Levels:
        "The nodes that are alike."
        roots = [self.loss, *self.outputs]
        return Levels(topological_of(roots), roots, self.inputs)

    @cached_property
    def plan(self) -> Plan:
        "The groups that were found."
        return Plan(self.levels, self.parameters)

    @cached_property
    def program(self) -> Source:
        "The groups as statements on arrays."
        return Source(self.plan)

    @property
    def source(self) -> str:
        "The program on arrays, in readable Python: forward, and backward."
        return self.program.text

    def read(self) -> None:
        "Take the numbers of all leaves from the graph."
        shared = self.runner.shared
        for v, slot in self.layout.slot.items():
            if not v.parents and v not in self.layout.lane:
                shared[slot] = v.data
        for slot, number in self.layout.constants.items():
            shared[slot] = number

    def write(self) -> None:
        "Put the parameters' numbers, and their last gradients, back into the graph."
        for p, x, g in zip(self.parameters, self.weights, self.gradients):
            p.data, p.grad = float(x), float(g)

    @property
    def weights(self) -> Array:
        "The parameters' numbers, in their order."
        return self.runner.shared[self.places].copy()

    @weights.setter
    def weights(self, numbers: Any) -> None:
        self.runner.shared[self.places] = numbers

    @property
    def gradients(self) -> Array:
        "The parameters' last gradients, in their order."
        return self.runner.d_shared[self.places] / self.seed

    def loss_and_gradients(self, batch: Any) -> tuple[float, Array]:
        """The mean loss of a batch, and its gradient with respect to every parameter.

        A batch is an array of the shape (samples, inputs).
        """
        self.seed = 1.0
        self.runner.run(self._checked(batch), back=True)
        return self._number(self.loss), self.gradients

    def step(self, batch: Any, optimizer: Optimizer, loss: bool = True) -> float:
        """One step of training on a batch, by the very rule that moves single Values; returns the loss before it.

        With loss=False it returns nan, and what only the loss needs is not computed.
        """
        runner, rate = self.runner, optimizer.lr
        self.seed = rate if optimizer.straight and rate else 1.0  # α ∂loss/∂w is computed as such, where that will do
        runner.run(self._checked(batch), back=True, answers=loss, seed=self.seed)
        direction = optimizer.direction(0, runner.d_shared[self.region], runner.shared[self.region])
        runner.move(self.region, direction, rate / self.seed)
        optimizer.steps += 1
        return self._number(self.loss) if loss else nan

    fit = fit

    def predict(self, batch: Any) -> Array:
        "The numbers of `outputs` (of the loss, if there are none): an array of the shape (samples, outputs)."
        self.runner.run(self._checked(batch))
        columns = np.empty((len(batch), len(self.outputs) or 1), self.dtype)
        for i, v in enumerate(self.outputs or [self.loss]):
            columns[:, i] = self.runner.numbers(v)
        return columns

    def check(self, build: Callable[[list[Value]], Value], batch: Any, tolerance: float = 1e-9) -> None:
        """See whether these samples are treated as Python would treat them: ValueError, naming the first that is not.

        `build(inputs)` makes the loss anew, for new Values as inputs. What it decides by a number (an `if`, max(),
        sorted()) a replay cannot decide again: it keeps what was decided for the sample that it was made with.
        """
        self.write()
        for i, sample in enumerate(self._checked(batch)):
            loss, (value, gradients) = build([Value(x) for x in sample]), self.loss_and_gradients([sample])
            loss.zero_grad()
            loss.backward()
            found, wanted = [value, *gradients], [loss.data, *[p.grad for p in self.parameters]]
            if not np.allclose(found, wanted, rtol=tolerance, atol=tolerance * np.abs(wanted).max(), equal_nan=True):
                raise ValueError(
                    f"sample {i}: its loss is {loss.data:.6g} where the graph is made anew, {value:.6g} in the replay, "
                    f"or a gradient differs. Does a number decide something (if, max, sorted) when the graph is made? "
                    f"That holds for all samples then: say it with an operation, such as relu, abs or maximum"
                )

    def explain(self) -> str:
        "How many scalars became how many statements, and where matrix products were found."
        if self.layout is self.runner:
            return str(self.runner.explain())
        plan = self.plan
        nodes = sum(1 for v in plan.slot if not v.parents) + sum(len(g.members) for g in plan.groups)
        lines = [f"{nodes:,} numbers, {plan.scalars:,} scalar operations -> {len(plan.groups)} array statements"]
        lines += [f"    {line}" for g in plan.groups for line in products_of(g)]
        return "\n".join(lines)

    # -- inside

    def _made(self, runner: str) -> tuple[Any, Any]:
        "Where the numbers stand (slot, lane), and who runs the program: groups, or, one after the other, the nodes."
        thin = self.levels.thin
        if runner == "numba":
            from .with_numba.groups import Machine
            from .with_numba.instructions import of_groups
            from .with_numba.nodes import Tape

            if thin:
                tape = Tape(self.levels, self.parameters, self.dtype)
                if not tape.rows.too_many:
                    return tape, tape
            else:
                instructions = of_groups(self.plan)
                if not instructions.rows.too_many:
                    return self.plan, Machine(self.plan, instructions, self.dtype)
        if thin:
            walk = Walk(self.levels, self.parameters, self.dtype)
            return walk, walk
        return self.plan, Arrays(self.plan, self.dtype, self.program)

    def _checked(self, batch: Any) -> Array:
        batch = np.ascontiguousarray(batch, self.dtype)
        if batch.ndim != 2 or batch.shape[1] != len(self.inputs) or not len(batch):
            raise ValueError(
                f"a batch of shape {batch.shape}: it must be (samples, {len(self.inputs)}), a number for each input"
            )
        return batch

    def _number(self, v: Value) -> float:
        numbers = self.runner.numbers(v)
        return float(numbers.sum() / numbers.size)


def _check_leaves(inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
    seen: set[Value] = set()
    for what, leaves in (("input", inputs), ("parameter", parameters)):
        for v in leaves:
            if v.parents:
                raise ValueError(f"{v.label or v!r} is no leaf, so it cannot be an {what}: it is made of others")
            if v in seen:
                raise ValueError(f"{v.label or v!r} is named twice among inputs and parameters")
            seen.add(v)
