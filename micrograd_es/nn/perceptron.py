"""Neurons, layers and multi-layer perceptrons.

Code written for micrograd runs unchanged, and draws the same starting weights from `random`. A neuron's sum is one
node, so its picture is the one on the slide: products, their sum with the bias, the activation.

A weight is called w₁₂⁽³⁾: to neuron 1, from its input 2, in layer 3 (Nielsen's and Yale's order of the indices).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from numbers import Integral
from typing import TYPE_CHECKING, Any, Generic

from ..calculus import TABLE
from ..engine import Value, constant
from ..text.letters import SUBSCRIPT, SUPERSCRIPT
from . import functional as functions
from . import init as inits
from .lists import listed
from .module import Module, counted

Activation = str | Callable[[Value], Value]

if TYPE_CHECKING:  # the type checkers bring typing_extensions themselves
    from typing_extensions import TypeVar

    Out = TypeVar("Out", bound=Value | list[Value], covariant=True, default=Value | list[Value])
else:
    from typing import TypeVar

    Out = TypeVar("Out")


def activation(act: Activation) -> Callable[[Value], Value]:
    """The function of that name: a row of the table or one of `functions`; "linear" for none; a function is itself.

    ValueError for a name that nothing has.
    """
    if callable(act):
        return act
    if act == "linear":
        return lambda z: z
    function = getattr(functions, act, None)
    if callable(function) and function.__code__.co_varnames[:1] == ("x",):
        return function  # type: ignore[no-any-return]
    if act not in TABLE or not hasattr(Value, act):
        near = get_close_matches(act, [*TABLE, *vars(functions)], 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise ValueError(
            f"there is no activation {act!r}: give the name of a function of one Value, or the function{hint}"
        )
    return getattr(Value, act)  # type: ignore[no-any-return]


class Neuron(Module):
    """act(b + w₁x₁ + w₂x₂ + ...).

    `nonlin=False` is micrograd's word for act="linear". Weights start as `init` says, the bias as `bias`. Called on a
    list of `nin` Values or numbers; ValueError if there are more or fewer.
    """

    index = 0  # which neuron it is in its layer, counted from 1

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        act: Activation = "relu",
        init: inits.Init = inits.uniform,
        bias: inits.Init = inits.zero,
        nout: int = 1,
    ):
        counted(self, inputs=nin)
        if isinstance(nonlin, str) or callable(nonlin):
            raise TypeError(f"{type(self).__name__}: nonlin is True or False; the activation is act={nonlin!r}")
        self.w = [Value(init(nin, nout)) for _ in range(nin)]
        self.b = Value(bias(nin, nout))
        self.nonlin = nonlin and act != "linear"
        self.act = act if self.nonlin else "linear"
        self._function = activation(self.act)

    def __call__(self, xs: Sequence[Any]) -> Value:
        check_inputs(self, len(self.w), xs)
        z = Value.sum(self.b, *[w * x for w, x in zip(self.w, xs)])
        return self._function(z) if self.nonlin else z

    def __repr__(self) -> str:
        name = self.act if isinstance(self.act, str) else getattr(self.act, "__name__", "f")
        return f"{'ReLU' if name == 'relu' else name.title().replace('_', '')}Neuron({len(self.w)})"

    # -- for pictures and explanations

    def caption(self, out: Value | None = None) -> str:
        places = (("layer", self.number), ("neuron", self.index))
        return ", ".join(f"{what} {n}" for what, n in places if n) or "neuron"

    def name_nodes(self, out: Value) -> dict[Value, str]:
        "What its parameters are called, its weighted input (z), and its output `out` (a)."
        j, layer = self.index or "", f"⁽{self.number}⁾".translate(SUPERSCRIPT) if self.number else ""
        comma = "," if max(self.index, len(self.w)) > 9 and j else ""
        names = {w: f"w{j}{comma}{k}" for k, w in enumerate(self.w, 1)} | {self.b: f"b{j}"}
        names[out] = f"a{j}" if self.nonlin else f"z{j}"
        if self.nonlin and len(out.parents) == 1:
            names[out.parents[0]] = f"z{j}"
        return {v: name.translate(SUBSCRIPT) + layer for v, name in names.items()}


class Layer(Module, Generic[Out]):
    """Neurons side by side on the same inputs; a layer of one neuron returns a bare Value, others a list.

    act="softmax" makes the neurons linear and their outputs probabilities that sum to 1. For a type checker
    one of one neuron is a Layer[Value], any other a Layer[list[Value]]: that is for you to say.
    """

    def __init__(self, nin: int, nout: int, act: Activation = "relu", **kwargs: Any):
        counted(self, inputs=nin, neurons=nout)
        self.softmax = act == "softmax"
        kwargs["act"] = "linear" if self.softmax else act
        self.neurons = [Neuron(nin, nout=nout, **kwargs) for _ in range(nout)]
        for i, neuron in enumerate(self.neurons, 1):
            neuron.index = i

    def __call__(self, xs: Sequence[Any]) -> Out:
        xs = as_values(xs)
        out = [neuron(xs) for neuron in self.neurons]
        if self.softmax:
            out = functions.softmax(out)
        return out[0] if len(out) == 1 else out  # type: ignore[return-value]

    def describe(self) -> str:
        return f"Layer of {len(self.neurons)} {self.neurons[0]}" + (", softmax" if self.softmax else "")

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(neuron) for neuron in self.neurons)}]"


class MLP(Module, Generic[Out]):
    """A multi-layer perceptron: `nin` inputs, then layers of `nouts` neurons; `act` in all but the `last`.

    >>> MLP(3, [4, 1])
    MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3)], Layer of [LinearNeuron(4)]]
    >>> print(MLP(784, [30, 10], act="sigmoid", last="softmax").summary())
    layers.0   Layer of 30 SigmoidNeuron(784)           23,550
    layers.1   Layer of 10 LinearNeuron(30), softmax       310
    total                                               23,860

    `act` and `last` are names or functions; a list for `act` gives each layer its own, the last one too. `init` and
    `bias` draw the starting weights (see `nn.init`).

    A type checker counts no neurons: `net: MLP[Value] = MLP(2, [3, 1])` says that the last layer has one, and
    MLP[list[Value]] that it has more.
    """

    def __init__(
        self,
        nin: int,
        nouts: Iterable[int],
        act: Activation | Sequence[Activation] = "relu",
        last: Activation = "linear",
        init: inits.Init = inits.uniform,
        bias: inits.Init = inits.zero,
    ):
        if isinstance(nouts, Integral):
            numbers = [n for n in (nouts, act, last) if isinstance(n, Integral)]
            raise TypeError(f"MLP: the sizes of the layers are one list: write MLP({nin}, {numbers})")
        sizes = [nin, *listed("MLP: nouts", nouts)]
        one = isinstance(act, str) or callable(act)
        acts: list[Any] = [act] * (len(sizes) - 2) + [last] if one else list(act)  # type: ignore[arg-type]
        if len(acts) != len(sizes) - 1:
            raise ValueError(f"{len(acts)} activations for {len(sizes) - 1} layers")
        self.layers = [Layer(a, b, act=f, init=init, bias=bias) for a, b, f in zip(sizes, sizes[1:], acts)]
        for number, layer in enumerate(self.layers, 1):
            for part in layer.modules():
                part.number = number

    def __call__(self, xs: Any) -> Out:
        out = xs
        for layer in self.layers:
            out = layer(out if hasattr(out, "__len__") else [out])
        return out  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"


def as_values(xs: Sequence[Any]) -> Sequence[Any]:
    "Numbers as nodes, once for all the neurons that read them: each would make its own."
    if not hasattr(xs, "__len__"):
        return xs
    return [x if isinstance(x, Value) else constant(x, "an input") for x in xs]


def check_inputs(module: object, wanted: int, xs: Sequence[Any]) -> None:
    if not hasattr(xs, "__len__") or len(xs) != wanted:
        given = f"{len(xs)} of them" if hasattr(xs, "__len__") else f"{xs!r}"
        raise ValueError(f"{module!r} takes a list of {wanted} inputs, and was given {given}")
