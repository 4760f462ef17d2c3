"""What many numbers are made into one by, on arrays of Values: sums, norms, matrices, convolutions, pools, losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from ..engine import Value
from ..nn import functional
from .arrays import along, dots, has_values, of_values, padded, product, reduced, windows

Array = Any


def mean(*xs: Value) -> Value:
    return functional.mean(xs)


REDUCED: dict[str, Callable[..., Any]] = {
    "ReduceSum": Value.sum,
    "ReduceMean": mean,
    "ReduceMax": Value.maximum,
    "ReduceMin": Value.minimum,
    "ReduceProd": lambda *xs: reduce(mul, xs),
    "ReduceL1": lambda *xs: Value.sum(*map(abs, xs)),
    "ReduceL2": lambda *xs: Value.sum(*[x**2 for x in xs]).sqrt(),
    "ReduceSumSquare": lambda *xs: Value.sum(*[x**2 for x in xs]),
    "ReduceLogSum": lambda *xs: Value.sum(*xs).log(),
    "ReduceLogSumExp": Value.logsumexp,
}


def reducing(f: Callable[..., Any]) -> Callable[..., Array]:
    def operator(x: Array, axes: Any = None, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Array:
        axes = None if axes is None or not len(axes) else [int(a) for a in axes]
        return x if axes is None and noop_with_empty_axes else reduced(f, x, axes, bool(keepdims))

    return operator


def normalised(x: Array, axes: Iterable[int], epsilon: float) -> Array:
    "Along these axes with the mean 0 and the variance 1."
    axes = list(axes)
    centred = x - reduced(mean, x, axes)
    return centred / of_values(Value.sqrt)(reduced(mean, centred**2, axes) + epsilon)


def for_channels(numbers: Array, x: Array) -> Array:
    "One for each channel, or each group of them, as it stands beside images."
    return np.repeat(numbers, x.shape[1] // len(numbers)).reshape(-1, *[1] * (x.ndim - 2))


def layer_norm(
    x: Array, scale: Array, bias: Any = None, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1
) -> Array:
    y = normalised(x, range(axis % x.ndim, x.ndim), epsilon) * scale
    return y if bias is None else y + bias


def instance_norm(x: Array, scale: Array, bias: Array, epsilon: float) -> Array:
    return normalised(x, range(2, x.ndim), epsilon) * for_channels(scale, x) + for_channels(bias, x)


def group_norm(x: Array, scale: Array, bias: Array, epsilon: float, num_groups: int, stash_type: int = 1) -> Array:
    y = normalised(x.reshape(len(x), num_groups, -1), [2], epsilon).reshape(x.shape)
    return y * for_channels(scale, x) + for_channels(bias, x)


def batch_norm(
    x: Array, scale: Array, bias: Array, mean: Array, variance: Array, epsilon: float, momentum: float,
    training_mode: int = 0,
) -> Array:  # fmt: skip
    if training_mode:
        raise ValueError("a batch norm in training: export the model in eval()")
    scale, bias, mean, variance = (for_channels(v, x) for v in (scale, bias, mean, variance))
    deviation = of_values(Value.sqrt)(variance + epsilon) if has_values(variance) else np.sqrt(variance + epsilon)
    return scale * ((x - mean) / deviation) + bias


def over_places(f: Callable[..., Any]) -> Callable[[Array], Array]:
    "Global pooling."
    return lambda x: reduced(f, x, range(2, x.ndim))


def softmax(x: Array, axis: int) -> Array:
    return along(lambda *xs: functional.softmax(xs), x, axis)


def log_softmax(x: Array, axis: int) -> Array:
    return along(lambda *xs: [v - total for total in [Value.logsumexp(*xs)] for v in xs], x, axis)


def picked_loss(
    log_p: Array, labels: Array, weights: Any = None, ignore_index: Any = None, reduction: str = "mean"
) -> Array:
    "NegativeLogLikelihoodLoss: of every sample the logarithm of its class, times -1 and the weight of that class."
    found: Array = np.full(labels.shape, 0.0, dtype=object)
    share: Array = np.zeros(labels.shape, dtype=object)
    for place in np.ndindex(labels.shape):
        if labels[place] != ignore_index:
            share[place] = 1.0 if weights is None else weights[labels[place]]
            found[place] = -share[place] * np.moveaxis(log_p, 1, -1)[place][labels[place]]
    if reduction == "none":
        return found
    total = Value.sum(*found.ravel())
    return total / share.sum() if reduction == "mean" else total


def cross_entropy_loss(scores: Array, labels: Array, weights: Any = None, **options: Any) -> Array:
    return picked_loss(log_softmax(scores, 1), labels, weights, **options)


def gemm(
    a: Array, b: Array, c: Any = None, alpha: float = 1, beta: float = 1, transA: int = 0, transB: int = 0
) -> Array:
    a, b = (a.T if transA else a), (b.T if transB else b)
    bias = 0.0 if c is None or not beta else c if beta == 1 else c * beta
    return product(a, b, bias) if alpha == 1 else product(a, b) * alpha + bias


# ---- Windows that slide over an image --------------------------------------------------------------------------------


def framed(
    x: Array, number: Any, kernel: Any, auto_pad: str, pads: Any, strides: Any, dilations: Any
) -> tuple[Any, ...]:
    "The image with its frame, then strides and dilations: as many as the kernel has sides."
    n = len(kernel)
    strides, dilations = strides or [1] * n, dilations or [1] * n
    before, after = list(pads or [0] * 2 * n)[:n], list(pads or [0] * 2 * n)[n:]
    if auto_pad.startswith("SAME"):
        sides = zip(x.shape[2:], kernel, strides, dilations)
        whole = [max(0, (math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size) for size, k, s, d in sides]
        before = [(w + (auto_pad == "SAME_LOWER")) // 2 for w in whole]
        after = [w - b for w, b in zip(whole, before)]
    return padded(x, before, after, number), strides, dilations


def conv(
    x: Array, w: Array, bias: Any = None, auto_pad: str = "NOTSET", dilations: Any = None, group: int = 1,
    kernel_shape: Any = None, pads: Any = None, strides: Any = None,
) -> Array:  # fmt: skip
    kernel = w.shape[2:]
    image, strides, dilations = framed(x, 0.0, kernel, auto_pad, pads, strides, dilations)
    seen = windows(image, kernel, strides, dilations)  # samples, channels, places, kernel
    samples, channels, *sides = seen.shape
    spots = sides[: len(kernel)]
    seen = seen.reshape(samples, group, 1, channels // group, *sides)
    seen = np.moveaxis(seen, 3, 3 + len(kernel)).reshape(samples, group, 1, *spots, -1)
    filters = w.reshape(group, -1, *[1] * len(kernel), w[0].size)
    b = 0.0 if bias is None else bias.reshape(group, -1, *[1] * len(kernel))
    return dots(seen, filters, b).reshape(samples, len(w), *spots)


def pooling(f: Callable[..., Any], number: Any) -> Callable[..., Array]:
    "The pool of what lies under a kernel; of the frame, if it is not to count, nothing does."

    def pool(
        x: Array, auto_pad: str, kernel_shape: Any, pads: Any, strides: Any, ceil_mode: int = 0, dilations: Any = None,
        count_include_pad: int = 0, storage_order: int = 0,
    ) -> Array:  # fmt: skip
        n = len(kernel_shape)
        frame = number if count_include_pad else None
        image, strides, dilations = framed(x, frame, kernel_shape, auto_pad, pads, strides, dilations)
        image = padded(image, [0] * n, [s - 1 if ceil_mode else 0 for s in strides], None)
        seen = windows(image, kernel_shape, strides, dilations)
        return reduced(f, seen, range(2 + n, 2 + 2 * n), keepdims=False)

    return pool
