"""The way in: a network that somebody has already, opened as a graph of Values.

    open_onnx                          an ONNX file: what every framework writes
    from_torch                         a torch.nn.Module, in eval() and float64
    from_jax                           a function for JAX, and its arguments

What comes back is a module as any other: its `output` is drawn, explained and asked why, its `weights` have names, and
every node of the file is a box that can be folded. Each way needs the packages it is named after, which are imported
when it is called: pip install "micrograd-es[onnx]", or [torch], [jax].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..system.packages import engine

if TYPE_CHECKING:
    from .onnx import Opened

LIMIT = 100_000  # scalars


def needed(extra: str, what: str, *packages: str) -> None:
    "ImportError, naming the first, if one is missing."
    for package in ("numpy", *packages):
        engine(package, extra, what)


def open_onnx(
    model: Any,
    inputs: Any,
    *,
    outputs: Iterable[str] = (),
    constants: Iterable[str] = (),
    limit: int = LIMIT,
) -> Opened:
    """The graph of Values of an ONNX model, a file or a ModelProto, on these inputs.

    `inputs` are arrays, nested lists or Values, by the names that the model has for them; a single one may stand alone.
    Numbers become leaves called x[0,2], weights leaves called fc1.weight[2,0]; what a node of the file puts out is
    called so too, and the node is a box where the graph is folded. Weights of no dimension, and those among the
    `constants`, are plain numbers.

    `.output` is what came out: a Value, or nested lists of them. `.outputs`, `.inputs` and `.weights` have all, by
    the names in the file. It is a module as any other: its parameters() can be trained, saved, replayed.

    A part of a model: `outputs` may name any result in it, and `inputs` any that is computed from outside that part.

    ValueError, before anything is built, if there were more scalars than `limit`; for inputs that do not fit; and
    where an operator cannot be run on Values. ImportError without onnx.
    """
    needed("onnx", "open_onnx", "onnx")
    from .onnx import opened

    fixed = set(constants)
    return opened(model, inputs, lambda name, array: bool(array.ndim) and name not in fixed, limit, outputs)


def from_torch(module: Any, *example: Any, limit: int = LIMIT) -> Opened:
    """The graph of Values of a torch.nn.Module on an example: what module.eval() makes of it, in float64.

    Parameters are leaves under PyTorch's names, fc1.weight[2,0]; buffers, as the running mean of a batch norm, are
    numbers. The module itself is left as it is. What torch.export cannot follow, as an `if` on a number, it says. See
    open_onnx for what comes back, and for the limit.

    TypeError for what is no module; ValueError for one that cannot be exported; ImportError without torch.
    """
    needed("torch", "from_torch", "torch", "onnx", "onnxscript")
    from .torch import opened_torch

    return opened_torch(module, example, limit)


def from_jax(f: Callable[..., Any], *args: Any, limit: int = LIMIT) -> Opened:
    """The graph of Values of f(*args), a function of arrays, or of lists, dicts and trees of them.

    Every array becomes an input, called by its way in the arguments: args[0]['w'][2,0]. See open_onnx for what comes
    back, and for the limit. ImportError without jax or jax2onnx.
    """
    needed("jax", "from_jax", "jax", "jax2onnx", "onnx")
    from .jax import opened_jax

    return opened_jax(f, args, limit)
