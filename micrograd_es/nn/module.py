"""What every piece of a network can do: name its parameters, forget gradients, switch between training and use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from ..engine import Value
from .lists import whole


class Call:
    """One call of a module. The values that came out of it carry it (`Value.calls`), so that a picture can say so.

    `step` is when, where a module is called step after step: 1, 2, ...
    """

    __slots__ = ("module", "step")

    def __init__(self, module: Module):
        self.module, self.step = module, 0


def signed(call: Callable[..., Any]) -> Callable[..., Any]:
    "The same __call__; every value that it returns, in lists too, carries the call."

    @wraps(call)
    def called(self: Module, *args: Any, **kwargs: Any) -> Any:
        result = call(self, *args, **kwargs)
        mark, stack = (Call(self),), [result]
        while stack:
            x = stack.pop()
            if isinstance(x, list | tuple):
                stack += x
            elif isinstance(x, Value) and x.parents and not (x.calls and x.calls[-1].module is self):
                x.calls += mark
        return result

    return called


def counted(module: Module, **counts: Any) -> None:
    "TypeError or ValueError, naming it, if one of these is no number of things."
    for name, n in counts.items():
        if whole(f"{type(module).__name__}: {name}", n) < 1:
            raise ValueError(f"a {type(module).__name__.lower()} of {n} {name}: it needs at least one")


class Module:
    """Something with parameters: a neuron, a layer, a network.

    Its parts are found among its attributes, in the order in which they were set: Values, Modules, and lists of them.
    """

    training = True
    number: int | None = None  # which layer it is in a network, counted from 1, for pictures

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "__call__" in vars(cls):
            cls.__call__ = signed(vars(cls)["__call__"])  # type: ignore[method-assign]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        "Every parameter once, with the way to it: 'layers.0.neurons.2.b'."
        seen: set[Value] = set()
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            name, x = stack.pop()
            if isinstance(x, Value):
                if x not in seen:
                    seen.add(x)
                    yield name, x
            elif isinstance(x, Module | list | tuple):
                parts = x.parts() if isinstance(x, Module) else enumerate(x)
                stack += reversed([(f"{name}.{key}".lstrip("."), part) for key, part in parts])

    def parts(self) -> list[tuple[str, Any]]:
        "What it is made of: its attributes. Overridden where some of them are no parameters."
        return list(vars(self).items())

    def parameters(self) -> list[Value]:
        return [p for _, p in self.named_parameters()]

    def named_buffers(self) -> Iterator[tuple[str, list[float]]]:
        "The numbers that are saved with the parameters but not trained, as batch norm's running statistics."
        for name, part in self.named_children():
            if part is not self:
                for key, numbers in part.named_buffers():
                    yield f"{name}.{key}", numbers

    def modules(self) -> Iterator[Module]:
        "Itself and every module in it."
        yield self
        stack = [part for _, part in reversed(self.parts())]
        while stack:
            x = stack.pop()
            if isinstance(x, Module):
                yield x
                stack += [part for _, part in reversed(x.parts())]
            elif isinstance(x, list | tuple):
                stack += reversed(x)

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad = 0

    def train(self, training: bool = True) -> Module:
        "Switch to training: dropout drops, batch norm uses the batch."
        for module in self.modules():
            module.training = training
        return self

    def eval(self) -> Module:
        "Switch to use: dropout keeps everything, batch norm uses the statistics it has gathered."
        return self.train(False)

    def summary(self) -> str:
        """A table of its parts and how many parameters each has.

        >>> from micrograd_es.nn import MLP
        >>> print(MLP(2, [3, 1]).summary())
        layers.0   Layer of 3 ReLUNeuron(2)           9
        layers.1   Layer of 1 LinearNeuron(3)         4
        total                                        13
        """
        rows = [(name, part.describe(), len(part.parameters())) for name, part in self.named_children()]
        rows.append(("total", "", len(self.parameters())))
        wide, text = max(len(name) for name, _, _ in rows), max(len(what) for _, what, _ in rows)
        return "\n".join(f"{name:{wide}}   {what:{text}}   {count:7,}" for name, what, count in rows)

    def describe(self) -> str:
        "One line for the summary."
        return type(self).__name__ if type(self).__repr__ is object.__repr__ else repr(self)

    # -- for pictures and explanations

    def caption(self, out: Value | None = None) -> str:
        "What stands on its frame: on that of the call which made `out`, if one is given."
        return f"layer {self.number}" if self.number else type(self).__name__

    def name_nodes(self, out: Value) -> dict[Value, str]:
        "What its parameters and the nodes within are called, as seen from one of its outputs."
        return {}

    def named_children(self) -> list[tuple[str, Module]]:
        "The modules right inside it, by their names; itself, if there are none."
        found: list[tuple[str, Module]] = []
        stack = self.parts()[::-1]
        while stack:
            name, x = stack.pop()
            if isinstance(x, Module):
                found.append((name, x))
            elif isinstance(x, list | tuple):
                stack += reversed([(f"{name}.{i}", part) for i, part in enumerate(x)])
        return found or [("", self)]
