"""How gradients are added up: what arrives first is written, what comes later is added, and who gets none has 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..plan.levels import LANES, SHARED
from ..plan.statements import Group, Read
from .arrays import BUFFERS, Names, Shape

Array = Any


class Gradients:
    "What backward has written so far, and what it must find at 0."

    def __init__(self, names: Names):
        self.names, sizes = names, names.plan.sizes
        self.touched = [np.zeros(size, bool) for size in sizes]
        self.zero = [np.zeros(size, bool) for size in sizes]

    def seed(self) -> list[str]:
        "The loss with respect to itself: 1, and as the mean over the samples is the loss of a batch, a share of it."
        plan = self.names.plan
        buffer, slot = plan.lane.get(plan.roots[0], SHARED), plan.slot[plan.roots[0]]
        self.touched[buffer][slot] = True
        return [f"d_{BUFFERS[buffer]}[{slot}] = {'seed / lanes.shape[1]' if buffer == LANES else 'seed'}"]

    def read(self, g: Group) -> None:
        "That of a group is read now: what nobody has written is 0."
        self.zero[g.buffer][g.block] |= ~self.touched[g.buffer][g.block]

    def cleared(self) -> list[str]:
        "What must be 0 before anything is added."
        return [
            f"d_{BUFFERS[b]}[{self.names.index(np.flatnonzero(mask))}] = 0.0"
            for b, mask in enumerate(self.zero)
            if mask.any()
        ]

    def add(self, read: Read, target: str, shape: Shape, down: str) -> list[str]:
        "One statement that adds `down` to a gradient: to a view of it, or where an index of this shape says."
        flat = read.index.ravel()
        touched, zero = self.touched[read.buffer], self.zero[read.buffer]
        first = not touched[flat].any()
        if not (first and target):  # what nobody has written yet must start from zero
            zero[flat[~touched[flat]]] = True
        touched[flat] = True
        if target:
            return [f"{target}[:] {'' if first else '+'}= {down}"]
        buffer = f"d_{BUFFERS[read.buffer]}"
        if len(np.unique(flat)) == len(flat):
            return [f"{buffer}[{self.names.constant(read.index.reshape(shape))}] += {down}"]
        scatter = self.names.constant(Scatter(read.index.reshape(shape)))
        return [f"{scatter}.add({buffer}, {down})"]


class Scatter:
    "An index in which a slot may stand several times: what is added to it there, it gains every time."

    def __init__(self, index: Any):
        self.shape = index.shape
        self.order = np.argsort(index.ravel(), kind="stable")
        self.slots, self.starts = np.unique(index.ravel()[self.order], return_index=True)

    def add(self, target: Any, values: Any) -> None:
        "target[index] += values. (numpy.add.at of 2.4 reads beyond its values where it has to broadcast them.)"
        values = np.broadcast_to(values, self.shape + target.shape[1:]).reshape(-1, *target.shape[1:])
        target[self.slots] += np.add.reduceat(values[self.order], self.starts, axis=0)
