"""A PyTorch module as a graph of Values, through torch.export and ONNX."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Sequence
from typing import Any

from ..system.packages import engine
from .onnx import Opened, opened

torch = engine("torch", "torch", "from_torch")
OPSET = 20  # has Gelu as one operator, and attention as its parts


def opened_torch(module: Any, example: Sequence[Any], limit: int) -> Opened:
    "What from_torch returns."
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"from_torch takes a torch.nn.Module and its inputs, not {type(module).__name__}")
    twin = copy.deepcopy(module).double().eval()
    tensors = tuple([x.double() if x.is_floating_point() else x for x in map(torch.as_tensor, example)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logger = logging.getLogger("torch.onnx")
        level = logger.level
        logger.setLevel(logging.ERROR)
        try:
            with Exact():
                program = torch.onnx.export(
                    twin, tensors, dynamo=True, optimize=False, verbose=False, opset_version=OPSET
                )
        except Exception as error:
            raise ValueError(
                f"{type(module).__name__} cannot be exported: {' '.join(str(error).split())[:400]}"
            ) from error
        finally:
            logger.setLevel(level)
    model = program.model_proto
    parameters = {name for name, _ in twin.named_parameters()}
    names = [i.name for i in model.graph.input]
    return opened(model, dict(zip(names, tensors)), lambda name, array: name in parameters, limit)


class Exact(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
    "In it Python's numbers in arithmetic are tensors of float64: the export would keep no more than float32 of them."

    ARITHMETIC = (
        "add",
        "sub",
        "rsub",
        "mul",
        "div",
        "rdiv",
        "truediv",
        "rtruediv",
        "true_divide",
        "pow",
        "radd",
        "rmul",
    )

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(function, "__name__", "").strip("_") in self.ARITHMETIC:
            args = [torch.tensor(x, dtype=torch.float64) if type(x) is float else x for x in args]
        return function(*args, **(kwargs or {}))
