"""A function for JAX as a graph of Values, through jax2onnx: JAX's own evaluators take arrays of numbers only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..system.packages import engine
from .onnx import Opened, opened

jax = engine("jax", "jax", "from_jax")
jax2onnx = engine("jax2onnx", "jax", "from_jax")


def opened_jax(f: Callable[..., Any], args: Sequence[Any], limit: int) -> Opened:
    "What from_jax returns."
    paths, tree = jax.tree_util.tree_flatten_with_path(args)
    arrays = [jax.numpy.asarray(x) for _, x in paths]
    names = [f"args{jax.tree_util.keystr(path)}" for path, _ in paths]
    model = jax2onnx.to_onnx(
        lambda *leaves: f(*jax.tree_util.tree_unflatten(tree, leaves)),
        [jax.ShapeDtypeStruct(x.shape, x.dtype) for x in arrays],
        input_names=names,
        enable_double_precision=True,
    )
    return opened(model, dict(zip(names, arrays)), lambda name, array: False, limit)
