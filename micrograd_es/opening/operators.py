"""The operators of ONNX that would lose something on arrays of Values, done by the rows of the table.

onnx.reference runs a model in NumPy, and NumPy's arithmetic on an array of objects is that of the objects: so most of
a model becomes a graph by itself. Written here is what would not, or not as one draws it: Relu is a maximum there,
Sigmoid a quotient, a product of matrices a chain of additions. An operator called as a row of the table is that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from onnx import defs, helper
from onnx.reference import ReferenceEvaluator, op_run
from onnx.reference.ops import load_op

from ..calculus import TABLE
from ..engine import Value
from ..nn import functional
from .arrays import elementwise, has_values, numbers, of_values, product
from .layers import (
    REDUCED,
    batch_norm,
    conv,
    cross_entropy_loss,
    gemm,
    group_norm,
    instance_norm,
    layer_norm,
    log_softmax,
    mean,
    over_places,
    picked_loss,
    pooling,
    reducing,
    softmax,
)

Array = Any

# ---- One by one ------------------------------------------------------------------------------------------------------

ARITHMETIC = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Pow": np.power}
SELU = 1.6732632423543772, 1.0507009873554805
# What is the same all around has no derivative: it is computed on plain numbers.
FLAT = ["IsNaN", "IsInf", "ArgMax", "ArgMin", "Sign", "Floor", "Ceil", "Round"]
DECIDED = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or", "Xor", "Not"]  # a leaf: 1 or 0


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
    **{"Sum": Value.sum, "Mean": mean, "Max": Value.maximum, "Min": Value.minimum},
}


def clip(x: Array, low: Any = None, high: Any = None) -> Array:
    for bound, choose in ((low, Value.maximum), (high, Value.minimum)):
        x = x if bound is None else of_values(choose)(x, bound)
    return x


def cast(x: Array, to: int = 0, **_: Any) -> Array:
    "To another kind of number: if that has fractions, it stays what it is."
    kind = helper.tensor_dtype_to_np_dtype(to)
    return x if kind.kind == "f" else numbers(x).astype(kind)


def cast_like(x: Array, like: Array, **_: Any) -> Array:
    return x if has_values(like) or like.dtype.kind == "f" else numbers(x).astype(like.dtype)


def where(condition: Array, a: Array, b: Array) -> Array:
    "What was decided on the way is a node of the graph, with both ways to it; what the file decides is no more."

    def chosen(c: Any, x: Any, y: Any) -> Any:
        return functional.where(c, x, y) if isinstance(c, Value) else x if c else y

    return elementwise(chosen)(condition, a, b)


# ---- By their names -------------------------------------------------------------------------------------------------

BY_NAME: dict[str, Callable[..., Array]] = {
    **ARITHMETIC,
    **{name: on_each(f) for name, f in ONE_BY_ONE.items()},
    **{name: reducing(f) for name, f in REDUCED.items()},
    "BatchNormalization": batch_norm, "LayerNormalization": layer_norm,
    "InstanceNormalization": instance_norm, "GroupNormalization": group_norm,
    "SoftmaxCrossEntropyLoss": cross_entropy_loss, "NegativeLogLikelihoodLoss": picked_loss,
    "Clip": clip, "Cast": cast, "CastLike": cast_like, "Where": where,
    "Expand": lambda x, shape: np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(shape))),
    "Gather": lambda x, places, axis=0: np.take(x, places, axis=axis),
    "Einsum": lambda *xs, equation: np.einsum(equation, *xs),
    "Softmax": softmax, "LogSoftmax": log_softmax, "MatMul": product, "Gemm": gemm, "Conv": conv,
    "MaxPool": pooling(Value.maximum, None), "AveragePool": pooling(mean, 0.0),
    "GlobalMaxPool": over_places(Value.maximum), "GlobalAveragePool": over_places(mean),
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
        theirs = load_op("", name, opset, evaluator_cls=ReferenceEvaluator)
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
