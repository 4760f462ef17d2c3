"""Convolutions on lists of Values: the same weight nodes at every position, so that their gradients add up.

A signal is a list of channels, each a list of Values; an image is a list of channels, each a list of rows. As in every
deep-learning library the kernel is not flipped (cross-correlation).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..engine import Value
from ..text.letters import SUBSCRIPT
from . import init as inits
from .module import Module, counted
from .perceptron import Activation, activation, as_values, check_inputs

Signal = Sequence[Sequence[Any]]
Image = Sequence[Sequence[Sequence[Any]]]


class Conv1d(Module):
    """out[o][t] = act(b[o] + Σ over channels c and taps k of w[o][c][k] · x[c][t·stride + k - padding]).

    Called on a signal of `cin` channels; it returns `cout` channels of (n + 2·padding - kernel) // stride + 1
    values. What lies outside is 0 and makes no nodes. ValueError if the signal is shorter than the kernel.
    """

    def __init__(
        self,
        cin: int,
        cout: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
        act: Activation = "linear",
        init: inits.Init = inits.xavier_uniform,
    ):
        counted(self, channels=cin, maps=cout, kernel=kernel, stride=stride)
        self.w = [[[Value(init(cin * kernel, cout * kernel)) for _ in range(kernel)] for _ in range(cin)]
                  for _ in range(cout)]  # fmt: skip
        self.b = [Value(0) for _ in range(cout)]
        self.kernel, self.stride, self.padding = kernel, stride, padding
        self._function = activation(act)

    def __call__(self, signal: Signal) -> list[list[Value]]:
        check_inputs(self, len(self.w[0]), signal)
        for channel in signal:
            check_inputs(self, len(signal[0]), channel)
        signal = [as_values(channel) for channel in signal]
        positions = places(len(signal[0]), self.kernel, self.stride, self.padding)
        return [[self._at(o, signal, start) for start in positions] for o in range(len(self.w))]

    def _at(self, o: int, signal: Signal, start: int) -> Value:
        products = [
            w * channel[start + k]
            for ws, channel in zip(self.w[o], signal)
            for k, w in enumerate(ws)
            if 0 <= start + k < len(channel)
        ]
        return self._function(Value.sum(self.b[o], *products))

    def __repr__(self) -> str:
        return f"Conv1d({len(self.w[0])}, {len(self.w)}, {self.kernel})"

    @cached_property
    def names(self) -> dict[Value, str]:
        return named(self)

    def name_nodes(self, out: Value) -> dict[Value, str]:
        return self.names


class Conv2d(Module):
    """The same in two dimensions: a square kernel, the Σ of w[o][c][k][l] · x[c][i·stride + k][j·stride + l].

    Called on an image of `cin` channels; ValueError if it is smaller than the kernel.
    """

    def __init__(
        self,
        cin: int,
        cout: int,
        kernel: int,
        stride: int = 1,
        padding: int = 0,
        act: Activation = "linear",
        init: inits.Init = inits.xavier_uniform,
    ):
        counted(self, channels=cin, maps=cout, kernel=kernel, stride=stride)
        area = kernel * kernel
        self.w = [[[[Value(init(cin * area, cout * area)) for _ in range(kernel)] for _ in range(kernel)]
                   for _ in range(cin)] for _ in range(cout)]  # fmt: skip
        self.b = [Value(0) for _ in range(cout)]
        self.kernel, self.stride, self.padding = kernel, stride, padding
        self._function = activation(act)

    def __call__(self, image: Image) -> list[list[list[Value]]]:
        check_inputs(self, len(self.w[0]), image)
        for channel in image:
            check_inputs(self, len(image[0]), channel)
            for row in channel:
                check_inputs(self, len(image[0][0]), row)
        image = [[as_values(row) for row in channel] for channel in image]
        rows = places(len(image[0]), self.kernel, self.stride, self.padding)
        columns = places(len(image[0][0]), self.kernel, self.stride, self.padding)
        return [[[self._at(o, image, i, j) for j in columns] for i in rows] for o in range(len(self.w))]

    def _at(self, o: int, image: Image, i: int, j: int) -> Value:
        products = [
            w * channel[i + k][j + m]
            for kernel, channel in zip(self.w[o], image)
            for k, ws in enumerate(kernel)
            if 0 <= i + k < len(channel)
            for m, w in enumerate(ws)
            if 0 <= j + m < len(channel[0])
        ]
        return self._function(Value.sum(self.b[o], *products))

    def __repr__(self) -> str:
        return f"Conv2d({len(self.w[0])}, {len(self.w)}, {self.kernel})"

    @cached_property
    def names(self) -> dict[Value, str]:
        return named(self)

    def name_nodes(self, out: Value) -> dict[Value, str]:
        return self.names


def named(conv: Conv1d | Conv2d) -> dict[Value, str]:
    "w₁₂₃ is to channel 1, from channel 2, at tap 3 (of an image two taps); an index that can only be 1 is left out."
    names, sizes = {}, (len(conv.w), len(conv.w[0]))
    for way, w in conv.named_parameters():
        letter, *places = way.split(".")
        indices = [int(i) + 1 for n, i in enumerate(places) if n >= len(sizes) or sizes[n] > 1]
        names[w] = (letter + ("," if max(indices, default=0) > 9 else "").join(map(str, indices))).translate(SUBSCRIPT)
    return names


def places(length: int, kernel: int, stride: int, padding: int) -> range:
    "Where a window of that length starts, from -padding on; ValueError if it fits nowhere."
    starts = range(-padding, length + padding - kernel + 1, stride)
    if not starts:
        raise ValueError(f"a window of {kernel} does not fit into {length} values with padding {padding}")
    return starts


def pool1d(signal: Signal, size: int, kind: str = "max") -> list[list[Value]]:
    'The "max" or the "mean" of every `size` neighbours of each channel; what is left over at the end is dropped.'
    return [[_pooled(c[t : t + size], kind) for t in places(len(c), size, size, 0)] for c in signal]


def pool2d(image: Image, size: int, kind: str = "max") -> list[list[list[Value]]]:
    'The "max" or the "mean" of every size × size square of each channel.'
    found = []
    for channel in image:
        rows, columns = places(len(channel), size, size, 0), places(len(channel[0]), size, size, 0)
        squares = [[[v for row in channel[i : i + size] for v in row[j : j + size]] for j in columns] for i in rows]
        found.append([[_pooled(square, kind) for square in line] for line in squares])
    return found


def _pooled(values: Sequence[Any], kind: str) -> Value:
    if kind not in ("max", "mean"):
        raise ValueError(f'pooling by {kind!r}: it is "max" or "mean"')
    return Value.maximum(*values) if kind == "max" else Value.sum(*values) / len(values)


def upsample1d(signal: Signal, times: int) -> list[list[Any]]:
    "Every value `times` over: the very same node, so that its gradients add up."
    return [[v for v in channel for _ in range(times)] for channel in signal]


def upsample2d(image: Image, times: int) -> list[list[list[Any]]]:
    "Every value as a times × times square of the very same node."
    return [[row for row in upsample1d(channel, times) for _ in range(times)] for channel in image]
