"""The operators of ONNX that would lose something on arrays of Values, done by the rows of the table.

onnx.reference runs a model in NumPy, and NumPy's arithmetic on an array of objects is that of the objects: so most of
a model becomes a graph by itself. Written here is what would not, or not as one draws it: Relu is a maximum there,
Sigmoid a quotient, a product of matrices a chain of additions. An operator called as a row of the table is that row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial, reduce
from operator import mul
from typing import Any

import numpy as np

from ..calculus import TABLE
from ..engine import Value
from ..nn import functional
from ..system.packages import engine
from .arrays import along, dots, elementwise, has_values, numbers, of_values, padded, product, reduced, windows

reference = engine("onnx.reference", "onnx", "open_onnx")
op_run = engine("onnx.reference.op_run", "onnx", "open_onnx")
defs = engine("onnx.defs", "onnx", "open_onnx")
implementations = engine("onnx.reference.ops", "onnx", "open_onnx")

Array = Any

# ---- One by one ------------------------------------------------------------------------------------------------------

ARITHMETIC = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Pow": np.power}
SELU = 1.6732632423543772, 1.0507009873554805
# What is the same all around has no derivative: it is computed on plain numbers.
FLAT = ["IsNaN", "IsInf", "ArgMax", "ArgMin", "Sign", "Floor", "Ceil", "Round"]
DECIDED = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or", "Xor", "Not"]  # a leaf: 1 or 0
REDUCED: dict[str, Callable[..., Any]] = {
    "ReduceSum": Value.sum,
    "ReduceMean": lambda *xs: functional.mean(xs),
    "ReduceMax": Value.maximum,
    "ReduceMin": Value.minimum,
    "ReduceProd": lambda *xs: reduce(mul, xs),
    "ReduceL1": lambda *xs: Value.sum(*map(abs, xs)),
    "ReduceL2": lambda *xs: Value.sum(*[x**2 for x in xs]).sqrt(),
    "ReduceSumSquare": lambda *xs: Value.sum(*[x**2 for x in xs]),
    "ReduceLogSum": lambda *xs: Value.sum(*xs).log(),
    "ReduceLogSumExp": Value.logsumexp,
}


def on_each(f: Callable[..., Value]) -> Callable[..., Array]:
    return lambda *xs, **attributes: of_values(partial(f, **attributes))(*xs)


def rows() -> Iterator[tuple[str, Callable[..., Array]]]:
    "The operators that are called as a row of one input: Relu, Tanh, Exp."
    for name, method in TABLE.methods.items():
        if method.op.arity == 1 and not method.op.constants:
            yield name.capitalize(), of_values(method)


def leaky_relu(x: Value, alpha: float) -> Value:
    return functional.leaky_relu(x, alpha)


def elu(x: Value, alpha: float) -> Value:
    return x if x > 0 else alpha * (x.exp() - 1)


def celu(x: Value, alpha: float) -> Value:
    return x if x > 0 else alpha * ((x / alpha).exp() - 1)


def selu(x: Value, alpha: float, gamma: float) -> Value:
    return gamma * elu(x, alpha)


def gelu(x: Value, approximate: str) -> Value:
    return functional.gelu(x, exact=approximate == "none")


def hard_sigmoid(x: Value, alpha: float = 1 / 6, beta: float = 0.5) -> Value:
    return (alpha * x + beta).maximum(0).minimum(1)


ONE_BY_ONE: dict[str, Callable[..., Value]] = {
    **{"LeakyRelu": leaky_relu, "Elu": elu, "Celu": celu, "Selu": selu, "Gelu": gelu, "HardSigmoid": hard_sigmoid},
    "HardSwish": lambda x: x * hard_sigmoid(x),
    "Mish": lambda x: x * x.softplus().tanh(),
    "Softsign": lambda x: x / (1 + abs(x)),
    "Erf": functional.erf,
    "Reciprocal": lambda x: 1 / x,
    "PRelu": lambda x, slope: x if x > 0 else slope * x,
    **{"Sum": Value.sum, "Mean": lambda *xs: functional.mean(xs), "Max": Value.maximum, "Min": Value.minimum},
}


def clip(x: Array, low: Any = None, high: Any = None, **older: Any) -> Array:
    for bound, choose in ((low, Value.maximum), (high, Value.minimum)):
        x = x if bound is None else of_values(choose)(x, bound)
    return x


def cast(x: Array, to: int = 0, **_: Any) -> Array:
    "To another kind of number: if that has fractions, it stays what it is."
    kind = engine("onnx.helper", "onnx", "open_onnx").tensor_dtype_to_np_dtype(to)
    return x if kind.kind == "f" else numbers(x).astype(kind)


def cast_like(x: Array, like: Array, **_: Any) -> Array:
    return x if has_values(like) or like.dtype.kind == "f" else numbers(x).astype(like.dtype)


def where(condition: Array, a: Array, b: Array) -> Array:
    "What was decided on the way is a node of the graph, with both ways to it; what the file decides is no more."

    def chosen(c: Any, x: Any, y: Any) -> Any:
        return functional.where(c, x, y) if isinstance(c, Value) else x if c else y

    return elementwise(chosen)(condition, a, b)


# ---- Many into one ---------------------------------------------------------------------------------------------------


def reducing(f: Callable[..., Any]) -> Callable[..., Array]:
    def operator(x: Array, axes: Any = None, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Array:
        axes = None if axes is None or not len(axes) else [int(a) for a in axes]
        return x if axes is None and noop_with_empty_axes else reduced(f, x, axes, bool(keepdims))

    return operator


def layer_norm(
    x: Array, scale: Array, bias: Any = None, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1
) -> Array:
    axes = range(axis % x.ndim, x.ndim)
    centred = x - reduced(REDUCED["ReduceMean"], x, axes)
    variance = reduced(REDUCED["ReduceMean"], centred**2, axes)
    y = centred / of_values(Value.sqrt)(variance + epsilon) * scale
    return y if bias is None else y + bias


def batch_norm(
    x: Array, scale: Array, bias: Array, mean: Array, variance: Array, epsilon: float, momentum: float,
    training_mode: int = 0,
) -> Array:  # fmt: skip
    if training_mode:
        raise ValueError("a batch norm in training: export the model in eval()")
    scale, bias, mean, variance = (v.reshape(-1, *[1] * (x.ndim - 2)) for v in (scale, bias, mean, variance))
    deviation = of_values(Value.sqrt)(variance + epsilon) if has_values(variance) else np.sqrt(variance + epsilon)
    return scale * ((x - mean) / deviation) + bias


def over_places(f: Callable[..., Any]) -> Callable[[Array], Array]:
    "Global pooling."
    return lambda x: reduced(f, x, range(2, x.ndim))


def softmax(x: Array, axis: int) -> Array:
    return along(lambda *xs: functional.softmax(xs), x, axis)


def log_softmax(x: Array, axis: int) -> Array:
    return along(lambda *xs: [v - total for total in [Value.logsumexp(*xs)] for v in xs], x, axis)


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


# ---- By their names -------------------------------------------------------------------------------------------------

BY_NAME: dict[str, Callable[..., Array]] = {
    **ARITHMETIC,
    **{name: on_each(f) for name, f in ONE_BY_ONE.items()},
    **{name: reducing(f) for name, f in REDUCED.items()},
    "BatchNormalization": batch_norm, "LayerNormalization": layer_norm,
    "Clip": clip, "Cast": cast, "CastLike": cast_like, "Where": where,
    "Expand": lambda x, shape: np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(shape))),
    "Gather": lambda x, places, axis=0: np.take(x, places, axis=axis),
    "Einsum": lambda *xs, equation: np.einsum(equation, *xs),
    "Softmax": softmax, "LogSoftmax": log_softmax, "MatMul": product, "Gemm": gemm, "Conv": conv,
    "MaxPool": pooling(Value.maximum, None), "AveragePool": pooling(REDUCED["ReduceMean"], 0.0),
    "GlobalMaxPool": over_places(Value.maximum), "GlobalAveragePool": over_places(REDUCED["ReduceMean"]),
}  # fmt: skip

# How many products are added up in each number that comes out: what a count of the numbers does not see.
TERMS: dict[str, Callable[..., int]] = {
    "MatMul": lambda out, a, b: a.shape[-1],
    "Gemm": lambda out, a, *_: a.size // out.shape[0],
    "Conv": lambda out, x, w, *_: w[0].size,
}

# ---- All of them -----------------------------------------------------------------------------------------------------


def operators(opset: int) -> list[Any]:
    "What `ReferenceEvaluator(new_ops=...)` takes: where there are Values, ours; where there are none, its own."
    wanted = {**dict(rows()), **BY_NAME, **dict.fromkeys([*FLAT, *DECIDED])}
    return [_operator(name, f, opset) for name, f in wanted.items() if defs.has(name, opset, "")]


def exact(x: Any) -> float:
    """An attribute as it was meant: ONNX keeps them in float32, where 0.01 is 0.0099999998.

    >>> exact(0.009999999776482582), exact(0.1666666716337204), exact(1.0507009873554805)
    (0.01, 0.16666666666666666, 1.0507009873554805)
    """
    meant = (float(f"{x:.6g}"), float(Fraction(float(x)).limit_denominator(100)), *SELU)
    return next((m for m in meant if np.float32(m) == np.float32(x)), float(x))


def _operator(name: str, f: Callable[..., Array] | None, opset: int) -> Any:
    "The operator of that name: f on arrays of Values; without an f it is onnx's own, on their numbers."
    try:
        theirs = implementations.load_op("", name, opset, evaluator_cls=reference.ReferenceEvaluator)
    except (NotImplementedError, op_run.RuntimeContextError, op_run.RuntimeImplementationError):
        theirs = op_run.OpRun
    base: Any = theirs if isinstance(theirs, type) else op_run.OpRun

    def _run(self: Any, *xs: Any, **attributes: Any) -> Any:
        if f and has_values(*xs):
            meant = {key: exact(x) if isinstance(x, float | np.floating) else x for key, x in attributes.items()}
            return (np.asarray(f(*xs, **meant), dtype=object),)
        results = base._run(self, *map(numbers, xs), **attributes)
        decided = name in DECIDED and has_values(*xs)
        return tuple([elementwise(lambda x: Value(float(x)))(r) for r in results]) if decided else results

    schema = defs.get_schema(name, opset, "")
    return type(name, (base,), {"op_domain": "", "op_schema": schema, "run": op_run.OpRun.run, "_run": _run})
