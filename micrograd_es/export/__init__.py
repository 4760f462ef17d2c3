"""The way out of the toy: the same network, the same numbers, on the engines that people use for real.

    to_torch, to_onnx                  a module layer by layer, or a replay's array program
    load_state_dict                    a module's weights from PyTorch
    to_jax                             a replay as a pure function loss(parameters, batch)
    save_safetensors, load_safetensors weights as arrays, in the file that every framework reads
    source                             forward and backward of a scalar graph as straight-line Python
    Workers                            a replay's gradients computed by the workers of a Dask cluster

Each needs the package it is named after, which is imported when it is called: pip install "micrograd-es[torch]", or
[jax], [onnx], [safetensors], [cluster]. `source` needs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..system.packages import later
from .source import source as source

if TYPE_CHECKING:
    from .jax import to_jax as to_jax
    from .onnx import to_onnx as to_onnx
    from .torch import load_state_dict as load_state_dict
    from .torch import to_torch as to_torch
    from .weights import load_safetensors as load_safetensors
    from .weights import save_safetensors as save_safetensors
    from .workers import Workers as Workers

LATER = {
    "to_torch": "torch", "load_state_dict": "torch", "to_jax": "jax", "to_onnx": "onnx", "Workers": "workers",
    "save_safetensors": "weights", "load_safetensors": "weights",
}  # fmt: skip

__all__ = [*sorted(LATER), "source"]
__getattr__ = later(__name__, LATER, extra="fast")
