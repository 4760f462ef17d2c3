"""Modules and replays as PyTorch modules, and weights back from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engine import Value
from ..replay import Replay
from ..replay.pure.program import Pure
from ..system.packages import engine
from .engines import elementwise, program
from .layers import Step, numbers, put, shape_of, steps

torch = engine("torch", "torch", "to_torch")
ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("ReLU", {}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "softplus": ("Softplus", {"threshold": 40}),  # beyond it PyTorch takes z itself: 4e-18 too little
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}),
    "swish": ("SiLU", {}),
    "gelu": ("GELU", {"approximate": "tanh"}),
    "softmax": ("Softmax", {"dim": -1}),
}


def to_torch(x: Any) -> Any:
    """A module, or a list of modules, as an nn.Sequential in float64; a replay as an nn.Module.

    The Sequential has the same outputs and gradients, whatever the batch (its inputs have the samples as first axis).
    An activation that PyTorch does not have is the table's own row on tensors. BatchNorm gathers PyTorch's unbiased
    variance; leaky_relu has PyTorch's derivative at exactly 0. The nn.Module of a replay has `weights`, one flat
    tensor of the replay's type; called on a batch it returns the mean loss, and its `predict` (samples, outputs).

    TypeError for a module that has no counterpart: take a replay of its loss. ImportError without PyTorch.
    """
    if isinstance(x, Replay):
        return ArrayProgram(program(x, "to_torch"), x.weights)
    made = []
    for step in steps(x, "PyTorch"):
        layer = _layer(step).double()
        with torch.no_grad():
            for name, values in step.weights.items():
                layer.get_parameter(name).copy_(torch.from_numpy(numbers(values)))
        made.append(layer.train(step.module.training))
    return torch.nn.Sequential(*made)


def load_state_dict(module: Any, state: Mapping[str, Any]) -> None:
    """Set the weights of a module (or of a list of them) to those of a state dict, such as to_torch(module) has.

    Its tensors are taken in their order; names do not matter, shapes must be equal. ValueError that names the first one
    that differs; then nothing is changed.
    """
    places: list[tuple[str, Any]] = []
    for step in steps(module, "PyTorch"):
        buffers = dict(step.module.named_buffers()) if step.kind == "batchnorm" else {}
        where = type(step.module).__name__
        places += [(f"{where}.{name}", values) for name, values in {**step.weights, **buffers}.items()]
    tensors: dict[str, Any] = {}
    for name, tensor in state.items():
        if name.endswith("bias_hh_l0"):  # PyTorch's RNN has two biases where ours has one
            tensors[name.replace("_hh_", "_ih_")] = tensor + tensors[name.replace("_hh_", "_ih_")]
        elif not name.endswith("num_batches_tracked"):
            tensors[name] = tensor
    if len(tensors) != len(places):
        raise ValueError(f"the state dict has {len(tensors)} tensors, and the module {len(places)}")
    for (ours, values), (name, tensor) in zip(places, tensors.items()):
        if tuple(tensor.shape) != shape_of(values):
            raise ValueError(f"{name} has the shape {tuple(tensor.shape)}, and {ours} {shape_of(values)}")
    for (_, values), tensor in zip(places, tensors.values()):
        put(values, tensor.detach().double().flatten().tolist())


# ---- Layer by layer --------------------------------------------------------------------------------------------------


def _layer(step: Step) -> Any:
    "The PyTorch layer of that kind; its weights are still PyTorch's own."
    nn, module = torch.nn, step.module
    shape = shape_of(step.weights.get("weight", []))
    if step.kind == "act":
        name, options = ACTIVATIONS.get(step.act, ("", {}))
        return getattr(nn, name)(**options) if name else Elementwise(step.function, step.act or repr(step.function))
    if step.kind == "linear":
        return nn.Linear(shape[1], shape[0])
    if step.kind in ("conv1d", "conv2d"):
        kind = nn.Conv1d if step.kind == "conv1d" else nn.Conv2d
        return kind(shape[1], shape[0], module.kernel, module.stride, module.padding)
    if step.kind == "embedding":
        return nn.Embedding(*shape)
    if step.kind == "dropout":
        return nn.Dropout(module.p)
    if step.kind == "rnn":
        return Recurrent(module.nin, len(step.weights["bias_ih_l0"]), step.act)
    norm = nn.BatchNorm1d(shape[0], module.eps, module.momentum).double()
    for name, xs in zip(("running_mean", "running_var"), (module.running_mean, module.running_variance)):
        norm.get_buffer(name).copy_(torch.tensor(xs, dtype=torch.float64))
    return norm


class Recurrent(torch.nn.RNN):  # type: ignore[misc, name-defined]
    "nn.RNN with a single bias, as a layer that returns its states and nothing else."

    def __init__(self, inputs: int, hidden: int, act: str):
        super().__init__(inputs, hidden, nonlinearity=act, batch_first=True)
        torch.nn.init.zeros_(self.bias_hh_l0).requires_grad_(False)

    def forward(self, xs: Any) -> Any:
        return super().forward(xs)[0]


class Elementwise(torch.nn.Module):  # type: ignore[misc, name-defined]
    "An activation that PyTorch does not have: the rows of the table, on tensors."

    def __init__(self, function: Callable[[Value], Value], name: str):
        super().__init__()
        self.name, self.program = name, Program(elementwise(function, name))

    def forward(self, z: Any) -> Any:
        return self.program("predict", None, z.reshape(-1, 1)).reshape(z.shape)

    def extra_repr(self) -> str:
        return self.name


# ---- The array program of a replay -----------------------------------------------------------------------------------


class ArrayProgram(torch.nn.Module):  # type: ignore[misc, name-defined]
    "A replay's array program on tensors, differentiated by autograd; `source` is its text."

    def __init__(self, pure: Pure, weights: Any):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor(weights))
        self.program, self.source = Program(pure), pure.text

    def forward(self, batch: Any) -> Any:
        return self.program("loss", self.weights, batch)

    def predict(self, batch: Any) -> Any:
        return self.program("predict", self.weights, batch)


class Program:
    "The functions of an array program, made ready once for each device and type of number."

    def __init__(self, pure: Pure):
        self.pure = pure
        self.ready: dict[Any, dict[str, Any]] = {}

    def __call__(self, function: str, weights: Any, batch: Any) -> Any:
        key = batch.device, batch.dtype
        if key not in self.ready:
            self.ready[key] = self.pure.run(Names(), row, lambda a: _like(batch, a))
        return self.ready[key][function](weights, batch)

    def __deepcopy__(self, memo: Any) -> Program:
        return Program(self.pure)


class Names:
    "What NumPy and PyTorch call differently, under NumPy's names."

    split = staticmethod(torch.tensor_split)

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    def maximum(self, a: Any, b: Any) -> Any:
        return torch.maximum(*_tensors(a, b))

    def minimum(self, a: Any, b: Any) -> Any:
        return torch.minimum(*_tensors(a, b))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        return torch.where(condition, *_tensors(a, b))


def _like(batch: Any, numbers: Any) -> Any:
    "An array as a tensor beside the batch: whole numbers are places, others have the batch's type."
    return torch.as_tensor(numbers, dtype=batch.dtype if numbers.dtype.kind == "f" else None, device=batch.device)


def _tensors(*xs: Any) -> list[Any]:
    like = next((x for x in xs if isinstance(x, torch.Tensor)), torch.zeros((), dtype=torch.float64))
    return [torch.as_tensor(x, dtype=like.dtype, device=like.device) for x in xs]


def row(f: Callable[..., Any], d_f: Callable[..., Any]) -> Callable[..., Any]:
    "f, whose derivative is what d_f says."

    class Row(torch.autograd.Function):  # type: ignore[misc, name-defined]
        generate_vmap_rule = True

        @staticmethod
        def forward(*xs: Any) -> Any:
            return f(*xs)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(output, *inputs)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            y, *xs = ctx.saved_tensors
            return tuple([(upstream * local).sum_to_size(x.shape) for x, local in zip(xs, d_f(y, *xs))])

    return lambda *xs: Row.apply(*_tensors(*xs))
