"""For sequences: a recurrent network, unrolled over time, and an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine import Value
from ..text.letters import INDEX, SUBSCRIPT
from . import init as inits
from .lists import whole
from .module import Module, counted
from .perceptron import Activation, Layer, check_inputs


class Cell(Layer):
    """A layer of an RNN: its values are called after their step, its weights after what they join.

    h₂,₁ is that of neuron 1 at step 2, Wₓₕ₁₂ the weight to neuron 1 from input 2, without a number where there is but
    one.
    """

    def __init__(self, letter: str, sources: dict[str, int], nout: int, act: Activation, init: inits.Init):
        super().__init__(sum(sources.values()), nout, act=act, init=init)
        self.letter, self.sources = letter, sources

    def at(self, step: int, xs: Sequence[Any]) -> list[Any]:
        "The layer at this step."
        out = _as_list(self(xs))
        for call in {call for v in out for call in v.calls if call.module is self}:
            call.step = step
        return out

    # -- for pictures and explanations

    def caption(self, out: Value | None = None) -> str:
        return self.letter if out is None else f"{self.letter}{self.step(out)}".translate(SUBSCRIPT)

    def step(self, out: Value) -> int:
        "Which step made it."
        return int(next(call.step for call in out.calls if call.module is self))

    def name_nodes(self, out: Value) -> dict[Value, str]:
        j = next(j for j, neuron in enumerate(self.neurons) for call in out.calls if call.module is neuron)
        neuron, letter = self.neurons[j], self.letter.translate(INDEX)
        to = f"{j + 1}" if len(self.neurons) > 1 else ""
        weights = [
            f"W{source.translate(INDEX)}{letter}{to}{k if size > 1 else ''}"
            for source, size in self.sources.items()
            for k in range(1, size + 1)
        ]
        place = f"{self.step(out)}{to and ','}{to}"
        names = dict(zip(neuron.w, weights)) | {neuron.b: f"b{letter}{to}"}
        if neuron.nonlin and len(out.parents) == 1:
            names[out.parents[0]] = f"z{place}"
        return {v: name.translate(SUBSCRIPT) for v, name in (names | {out: f"{self.letter}{place}"}).items()}


class RNN(Module):
    """h ← act(W_xh x + W_hh h + b_h), the same weights at every step; it returns o = W_ho h + b_o of every step.

    Called on a list of inputs, each a list of `nin` Values or numbers; returns a list of outputs, each a list of `nout`
    Values. The graph is the unrolled one: backward() through it is backpropagation through time.
    """

    def __init__(
        self, nin: int, nhidden: int, nout: int, act: Activation = "tanh", init: inits.Init = inits.xavier_uniform
    ):
        counted(self, inputs=nin, neurons=nhidden, outputs=nout)
        self.hidden = Cell("h", {"x": nin, "h": nhidden}, nhidden, act, init)
        self.out = Cell("o", {"h": nhidden}, nout, "linear", init)
        self.nin = nin

    def __call__(self, xs: Sequence[Sequence[Any]]) -> list[list[Value]]:
        state: list[Any] = [0.0] * len(self.hidden.neurons)
        outputs = []
        for step, x in enumerate(xs, 1):
            check_inputs(self, self.nin, x)
            state = self.hidden.at(step, [*x, *state])
            outputs.append(self.out.at(step, state))
        return outputs

    def __repr__(self) -> str:
        return f"RNN({self.nin}, {len(self.hidden.neurons)}, {len(self.out.neurons)})"


class Embedding(Module):
    """A vector of `size` parameters for each of `count` symbols; called on a symbol's number, from 0 on.

    IndexError for a number that is none of theirs.
    """

    def __init__(self, count: int, size: int, init: inits.Init = inits.normal):
        counted(self, symbols=count, parameters=size)
        self.vectors = [
            [Value(init(count, size), label=f"e{i}{j}".translate(SUBSCRIPT)) for j in range(1, size + 1)]
            for i in range(count)
        ]

    def __call__(self, i: int) -> list[Value]:
        if not 0 <= whole("Embedding", i, "the number of a symbol") < len(self.vectors):
            raise IndexError(f"Embedding has the symbols 0 to {len(self.vectors) - 1}, not {i}")
        return self.vectors[i]

    def __repr__(self) -> str:
        return f"Embedding({len(self.vectors)}, {len(self.vectors[0])})"


def _as_list(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]
