"""Neurons, layers and multi-layer perceptrons: Values all the way.

Code written for micrograd runs unchanged, and draws the same starting weights from `random`. A neuron's sum is one
node, so its picture is the one on the slide: products, their sum with the bias, the activation.

A weight is called w₁₂⁽³⁾: to neuron 1, from its input 2, in layer 3 (Nielsen's order of the indices).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from .engine import Value
from .symbols import SUBSCRIPT, SUPERSCRIPT


class Module:
    "Something with parameters: a neuron, a layer, a network."

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad = 0

    def parameters(self) -> list[Value]:
        return []


class Neuron(Module):
    """act(b + w₁x₁ + w₂x₂ + ...); the weights start uniform in (-1, 1), the bias at 0.

    `nonlin=False` leaves the activation, relu, out. Called on a list of `nin` Values or numbers; ValueError if there
    are more or fewer.
    """

    layer = index = 0  # its place in a network, counted from 1, once it has one

    def __init__(self, nin: int, nonlin: bool = True):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, xs: Sequence[Any]) -> Value:
        if len(xs) != len(self.w):
            raise ValueError(f"{self!r} has {len(self.w)} weights, but was given {len(xs)} inputs")
        z = Value.sum(self.b, *[w * x for w, x in zip(self.w, xs)])
        out = z.relu() if self.nonlin else z
        out.module = self
        return out

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"

    # -- for pictures and explanations

    @property
    def title(self) -> str:
        return ", ".join(f"{what} {n}" for what, n in (("layer", self.layer), ("neuron", self.index)) if n) or "neuron"

    def names(self, out: Value) -> dict[Value, str]:
        "What its parameters are called, its weighted input (z), and its output `out` (a)."
        j, layer = self.index or "", f"⁽{self.layer}⁾".translate(SUPERSCRIPT) if self.layer else ""
        comma = "," if max(self.index, len(self.w)) > 9 and j else ""
        names = {w: f"w{j}{comma}{k}" for k, w in enumerate(self.w, 1)} | {self.b: f"b{j}"}
        names[out] = f"a{j}" if self.nonlin else f"z{j}"
        if self.nonlin:
            names[out.parents[0]] = f"z{j}"
        return {v: name.translate(SUBSCRIPT) + layer for v, name in names.items()}


class Layer(Module):
    "Neurons side by side on the same inputs; a layer of one neuron answers a bare Value, others a list."

    def __init__(self, nin: int, nout: int, **kwargs: Any):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]
        for i, neuron in enumerate(self.neurons, 1):
            neuron.index = i

    def __call__(self, xs: Sequence[Any]) -> Any:
        out = [neuron(xs) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(neuron) for neuron in self.neurons)}]"


class MLP(Module):
    """A multi-layer perceptron: `nin` inputs, then layers of `nouts` neurons, the last one linear.

    >>> MLP(3, [4, 1])
    MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3)], Layer of [LinearNeuron(4)]]
    """

    def __init__(self, nin: int, nouts: Iterable[int]):
        sizes = [nin, *nouts]
        self.layers = [Layer(a, b, nonlin=i != len(sizes) - 2) for i, (a, b) in enumerate(zip(sizes, sizes[1:]))]
        for number, layer in enumerate(self.layers, 1):
            for neuron in layer.neurons:
                neuron.layer = number

    def __call__(self, xs: Any) -> Any:
        for layer in self.layers:
            xs = layer(xs if isinstance(xs, Sequence) or hasattr(xs, "__len__") else [xs])
        return xs

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"
