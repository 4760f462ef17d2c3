"""What NumPy does to arrays of numbers, done to arrays whose numbers are Values: elementwise, reduced, multiplied.

An array of Values has NumPy's type `object`. A number in it, as the zeros around an image, is a constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..engine import Value, constant

Array = Any


def has_values(*arrays: Array) -> bool:
    return any(isinstance(a, np.ndarray) and a.dtype.kind == "O" for a in arrays)


def value(x: Any) -> Value:
    return x if isinstance(x, Value) else constant(x, "a constant")


def of_values(f: Callable[..., Any]) -> Callable[..., Array]:
    "A function of Values, for each item of arrays that fit together; numbers become constants."
    return elementwise(lambda *xs: f(*map(value, xs)))


def elementwise(f: Callable[..., Any]) -> Callable[..., Array]:
    "A function of numbers, for each item of arrays that fit together."

    def on_arrays(*xs: Any) -> Array:
        return np.asarray(np.frompyfunc(f, len(xs), 1)(*xs), dtype=object)

    return on_arrays


def numbers(xs: Array) -> Array:
    "What an array holds as plain numbers: its derivative is 0, or it decides something."
    return elementwise(lambda x: x.data if isinstance(x, Value) else x)(xs).astype(float) if has_values(xs) else xs


def reduced(f: Callable[..., Any], xs: Array, axes: Iterable[int] | None, keepdims: bool = True) -> Array:
    "A function of several Values, for each of the lists that lie along these axes (all of them, if None)."
    axes = tuple(sorted(a % xs.ndim for a in (range(xs.ndim) if axes is None else axes)))
    kept = [a for a in range(xs.ndim) if a not in axes]
    rows = xs.transpose(*kept, *axes).reshape(*[xs.shape[a] for a in kept], -1)
    out: Array = np.empty(rows.shape[:-1], dtype=object)
    for place in np.ndindex(out.shape):
        out[place] = f(*[value(x) for x in rows[place] if x is not None])
    return np.expand_dims(out, axes) if keepdims else out


def along(f: Callable[..., list[Any]], xs: Array, axis: int) -> Array:
    "A function of several Values that returns as many, for each of the lists that lie along an axis."
    rows = np.moveaxis(xs, axis, -1)
    out: Array = np.empty(rows.shape, dtype=object)
    for place in np.ndindex(out.shape[:-1]):
        out[place] = f(*map(value, rows[place]))
    return np.moveaxis(out, -1, axis)


def _dot(xs: Array, ws: Array, bias: Any) -> Any:
    "b + w₁x₁ + w₂x₂ + ..., as a neuron has it; what is times the number 0, as the frame of an image, is left out."
    pairs = [(w, x) for w, x in zip(ws, xs) if all(isinstance(v, Value) or v for v in (w, x))]
    terms = [bias] if isinstance(bias, Value) or bias else []
    terms += [w * x for w, x in pairs]
    return Value.sum(*terms) if len(terms) > 1 else terms[0] if terms else 0.0


dots = np.vectorize(_dot, otypes=[object], signature="(n),(n),()->()")


def product(a: Array, b: Array, bias: Any = 0.0) -> Array:
    "a @ b + bias, whose items are single sums."
    a, b = (np.asarray(x, dtype=object) for x in (a, b))
    left, right = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    bias = np.asarray(bias, dtype=object)
    out = dots(left[..., :, None, :], np.swapaxes(right, -1, -2)[..., None, :, :], bias)
    out = out[..., 0] if b.ndim == 1 else out
    return out[..., 0, :] if a.ndim == 1 and b.ndim > 1 else out[..., 0] if a.ndim == 1 else out


def windows(xs: Array, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Array:
    "What lies under a kernel at each of its places on images: samples, channels, places, kernel."
    n = len(kernel)
    span = [d * (k - 1) + 1 for k, d in zip(kernel, dilations)]
    seen = np.lib.stride_tricks.sliding_window_view(xs, span, axis=tuple(range(2, 2 + n)))
    return seen[(slice(None), slice(None), *[slice(None, None, s) for s in (*strides, *dilations)])]


def padded(xs: Array, before: Sequence[int], after: Sequence[int], number: Any) -> Array:
    "Images with so much of a number, or of nothing, around them."
    return np.pad(xs, [(0, 0), (0, 0), *zip(before, after)], constant_values=number)
