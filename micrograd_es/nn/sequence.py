"""For sequences: a recurrent network, unrolled over time, and an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine import Value
from . import init as inits
from .lists import whole
from .module import Module, counted
from .perceptron import Activation, Layer, check_inputs


class RNN(Module):
    """h ← act(W x + U h + b), the same weights at every step; it returns V h + c of every step.

    Called on a list of inputs, each a list of `nin` Values or numbers; returns a list of outputs, each a list of `nout`
    Values. The graph is the unrolled one: backward() through it is backpropagation through time.
    """

    def __init__(
        self, nin: int, nhidden: int, nout: int, act: Activation = "tanh", init: inits.Init = inits.xavier_uniform
    ):
        counted(self, inputs=nin, neurons=nhidden, outputs=nout)
        self.hidden = Layer(nin + nhidden, nhidden, act=act, init=init)
        self.out = Layer(nhidden, nout, act="linear", init=init)
        self.nin = nin

    def __call__(self, xs: Sequence[Sequence[Any]]) -> list[list[Value]]:
        state: list[Any] = [0.0] * len(self.hidden.neurons)
        outputs = []
        for x in xs:
            check_inputs(self, self.nin, x)
            state = _as_list(self.hidden([*x, *state]))
            outputs.append(_as_list(self.out(state)))
        return outputs

    def __repr__(self) -> str:
        return f"RNN({self.nin}, {len(self.hidden.neurons)}, {len(self.out.neurons)})"


class Embedding(Module):
    """A vector of `size` parameters for each of `count` symbols; called on a symbol's number.

    IndexError for a number that is none of theirs.
    """

    def __init__(self, count: int, size: int, init: inits.Init = inits.normal):
        counted(self, symbols=count, parameters=size)
        self.vectors = [[Value(init(count, size)) for _ in range(size)] for _ in range(count)]

    def __call__(self, i: int) -> list[Value]:
        if not 0 <= whole("Embedding", i, "the number of a symbol") < len(self.vectors):
            raise IndexError(f"Embedding has the symbols 0 to {len(self.vectors) - 1}, not {i}")
        return self.vectors[i]

    def __repr__(self) -> str:
        return f"Embedding({len(self.vectors)}, {len(self.vectors[0])})"


def _as_list(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]
