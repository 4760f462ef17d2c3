"""A replay as a pure function for JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..system.packages import engine
from .engines import program

jax = engine("jax", "jax", "to_jax")


def to_jax(replay: Any, function: str = "loss") -> Callable[[Any, Any], Any]:
    """The function loss(parameters, batch) of a replay, for jax.jit, grad, vmap and sharding; or "predict" instead.

    `parameters` is one flat array in the order of the replay's, such as `replay.weights`; a batch is an
    array (samples, inputs). The loss is the mean over the batch, predict returns (samples, outputs). Derivatives are
    the local gradients of the table. JAX counts in float32, but for jax.config.update("jax_enable_x64", True).
    Where the replay finds no groups, as in a long chain, every node is a statement: JAX compiles hundreds of them in
    reasonable time, not thousands. TypeError for what is no replay; ImportError without JAX.
    """
    pure = program(replay, "to_jax")
    if function not in ("loss", "predict"):
        raise ValueError(f'there is no function {function!r}: it is "loss" or "predict"')
    return pure.run(jax.numpy, row)[function]  # type: ignore[no-any-return]


def row(f: Callable[..., Any], d_f: Callable[..., Any]) -> Any:
    "f, whose derivative is what d_f says."
    function = jax.custom_jvp(f)

    def tangent(xs: Any, dxs: Any) -> Any:
        y = function(*xs)
        downs = [local * dx for local, dx in zip(d_f(y, *xs), dxs)]
        return y, sum(down.sum(0) if down.ndim > y.ndim else down for down in downs)  # many inputs in one array

    function.defjvp(tangent)
    return function
