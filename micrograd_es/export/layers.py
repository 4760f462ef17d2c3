"""A module as a list of layers that other frameworks have too, and its weights as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine import Value
from ..nn import MLP, RNN, BatchNorm, Conv1d, Conv2d, Dropout, Embedding, Layer, Module, Neuron
from ..nn import functional as functions

KNOWN = (MLP, Layer, Neuron, Conv1d, Conv2d, BatchNorm, Dropout, Embedding, RNN)


@dataclass
class Step:
    "One layer: its kind, the module it comes from, and its weights as nested lists of Values, by their usual names."

    kind: str
    module: Any
    weights: dict[str, Any]
    function: Any = None
    act: str = ""  # the name of the function, if it was given by name


def steps(module: Any, engine: str) -> Iterator[Step]:
    """The layers of a module, or of a list of them, each one's activation by itself.

    TypeError for what has none of its own there, as a module whose __call__ is the user's own Python.
    """
    if isinstance(module, list | tuple):
        for part in module:
            yield from steps(part, engine)
        return
    kind = next((k for k in KNOWN if isinstance(module, k) and type(module).__call__ is k.__call__), None)
    if kind is MLP:
        for layer in module.layers:
            yield from steps(layer, engine)
    elif kind in (Layer, Neuron):
        neurons = module.neurons if kind is Layer else [module]
        if any(n.act != neurons[0].act or type(n).__call__ is not Neuron.__call__ for n in neurons):
            raise TypeError(f"{module!r} has no counterpart in {engine}: its neurons do different things")
        yield Step("linear", module, {"weight": [n.w for n in neurons], "bias": [n.b for n in neurons]})
        yield from _activation(module, neurons[0].act, neurons[0]._function)
        if kind is Layer and module.softmax:
            yield Step("act", module, {}, act="softmax")
    elif kind in (Conv1d, Conv2d):
        yield Step(kind.__name__.lower(), module, {"weight": module.w, "bias": module.b})
        yield from _activation(module, "", module._function)
    elif kind is BatchNorm:
        yield Step("batchnorm", module, {"weight": module.gamma, "bias": module.beta})
    elif kind is Dropout and not module.monte_carlo:
        yield Step("dropout", module, {})
    elif kind is Embedding:
        yield Step("embedding", module, {"weight": module.vectors})
    elif kind is RNN and module.hidden.neurons[0].act in ("tanh", "relu"):
        hidden, n = module.hidden.neurons, module.nin
        weights = {"weight_ih_l0": [h.w[:n] for h in hidden], "weight_hh_l0": [h.w[n:] for h in hidden]}
        yield Step("rnn", module, weights | {"bias_ih_l0": [h.b for h in hidden]}, hidden[0]._function, hidden[0].act)
        yield from steps(module.out, engine)
    else:
        raise TypeError(
            f"{type(module).__name__} has no counterpart in {engine}: what it does is Python of its own. "
            "Build the graph of its loss, and export replay(loss, inputs, parameters) instead"
        )


def _activation(module: Module, act: Any, function: Any) -> Iterator[Step]:
    name = act if isinstance(act, str) else ""
    if name != "linear" and not _is_identity(function):
        yield Step("act", module, {}, function, name or _name_of(function))


def _is_identity(function: Callable[[Value], Value]) -> bool:
    return all(function(z) is z for z in (Value(-1.7), Value(0.4)))


def _name_of(function: Any) -> str:
    "The name of a function of ours; someone's own has none that an engine could know."
    ours = {**vars(functions), **vars(Value)}
    return next((name for name, f in ours.items() if f is function), "")


def shape_of(values: Any) -> tuple[int, ...]:
    "The shape of a nested list of Values or of numbers."
    return (len(values), *shape_of(values[0])) if isinstance(values, Sequence) and len(values) else ()


def flat(values: Any) -> list[Any]:
    return [v for part in values for v in flat(part)] if isinstance(values, list | tuple) else [values]


def numbers(values: Any) -> Any:
    "A nested list of Values as an array of float64."
    import numpy as np

    return np.array([v.data if isinstance(v, Value) else v for v in flat(values)]).reshape(shape_of(values))


def put(values: Any, xs: Sequence[float]) -> None:
    "Write these numbers into a nested list of Values, or into a list of floats."
    if isinstance(values, list) and isinstance(values[0], float):
        values[:] = xs
    else:
        for v, x in zip(flat(values), xs):
            v.data = float(x)
