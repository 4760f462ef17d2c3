"""Checkpointing: of a long chain every k-th state is kept, and what lies between is computed once more on the way back.

>>> from micrograd_es import Value
>>> w = Value(0.5, label="w")
>>> done = checkpointed(lambda h, t: (w * h).tanh(), Value(1.0), 36)
>>> print(done)
36 steps, one state in 6 kept: 19 numbers held at once instead of 72, for 66 steps computed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isqrt
from typing import Any, NamedTuple

from ..core.floats import is_number
from ..core.pythonic import listed, only_values
from ..engine import Value, topological
from ..text.letters import counted
from .costs import held

State = Value | float | Iterable[Value | float]
Step = Callable[[Any, int], Any]


class Checkpointed(NamedTuple):
    "What a chain gave and took: its `loss`; numbers `held` at once, of the `whole`; the steps that were `computed`."

    loss: float
    steps: int
    every: int
    held: int
    whole: int
    computed: int

    def __str__(self) -> str:
        return (
            f"{counted(self.steps, 'step')}, one state in {self.every:,} kept: {counted(self.held, 'number')} held at "
            f"once instead of {self.whole:,}, for {counted(self.computed, 'step')} computed"
        )


def checkpointed(
    step: Step, start: State, steps: int, every: int | None = None, loss: Callable[[Any], Value] | None = None
) -> Checkpointed:
    """The gradient of a chain by everything in it, added to `.grad` as backward() would, without holding the chain.

    step: what makes the next state of the last one and its number t, which counts from 0. A state is a Value or a list
    of them, as an RNN has.
    every: keep every k-th state, about the square root of `steps` if it is not said.
    loss: what makes the loss of the last state; else that is the loss itself.

    The gradients are those of backward(), and to the bit where backward() too takes the last step of a weight first, as
    it does if in what a step computes the state stands first. Of n states about 2√n are held, for less than one more
    way forward.
    """
    checked("checkpointed: steps", steps)
    every = best(steps) if every is None else checked("checkpointed: every", every)
    firsts = firsts_of(steps, every)
    alone = isinstance(start, Value) or is_number(start)

    def after(state: list[Value], ts: Iterable[int]) -> list[Value]:
        for t in ts:
            made = step(state[0] if alone else state, t)
            state = [made] if isinstance(made, Value) else [*only_values(f"checkpointed: step {t}", made)]
            if len(state) != len(begin):
                raise ValueError(
                    f"checkpointed: step {t} made {len(state)} numbers of {len(begin)}: a state keeps its size"
                )
        return state

    def passed(state: list[Value], ts: Iterable[int]) -> list[Value]:
        for t in ts:
            state = cut(after(state, [t]))
        return state

    begin: list[Any] = [start] if alone else listed("checkpointed: start", start)
    kept = [cut(begin)]  # the states at which a stretch begins
    for first in firsts[:-1]:
        kept.append(passed(kept[-1], range(first, first + every)))

    def back(first: int, upstream: list[float]) -> tuple[float, int, list[float]]:
        "Of one stretch: its root, its operations, the gradients of the state that it began with. Then it is let go."
        state = kept.pop()
        end = after(state, range(first, min(first + every, steps)))
        if first < firsts[-1]:
            root = Value.sum(*[h * gradient for h, gradient in zip(end, upstream)])
        else:
            root = loss(end[0] if alone else end) if loss else only(end)
        operations = sum(bool(v.parents) for v in topological(root))
        root.backward()
        return root.data, operations, [h.grad for h in state]

    most = whole = 0
    found, upstream = 0.0, [0.0] * len(begin)
    for first in reversed(firsts):
        states = sum(map(len, kept))
        number, operations, upstream = back(first, upstream)
        most = max(most, operations + states)
        whole += operations - (1 + len(begin)) * (first < firsts[-1])  # without what hands on the gradient
        found = number if first == firsts[-1] else found
    for given, gradient in zip(begin, upstream):
        if isinstance(given, Value):
            given.grad += gradient
    return Checkpointed(found, steps, every, most, whole, computed=steps + firsts[-1])


def cut(state: Iterable[Any]) -> list[Value]:
    "The same numbers, which remember nothing."
    return [Value(h.data if isinstance(h, Value) else h) for h in state]


def firsts_of(steps: int, every: int) -> range:
    "The states at which a stretch begins."
    return range(0, steps, every)


def best(steps: int) -> int:
    "About the square root: then there are as many states kept as lie between two of them."
    return isqrt(steps)


def checked(what: str, n: Any) -> int:
    if type(n) is not int or n < 1:
        raise ValueError(f"{what} is a whole number of 1 or more, not {n!r}")
    return n


def only(state: list[Value]) -> Value:
    if len(state) != 1:
        raise ValueError(
            f"checkpointed: the last state has {len(state)} numbers: give the loss, loss=lambda state: ..."
        )
    return state[0]


# ---- The plan of a chain in which each step is one number ------------------------------------------------------------


Number = tuple[str, int]  # what it is, and of which state


def plan(steps: int, every: int) -> list[tuple[Number, list[Number]]]:
    "What is made of what, on the way forward and back; a value that is computed again is another number."
    firsts = firsts_of(steps, every)

    def value(t: int, again: bool) -> Number:
        return ("stretch" if again and t % every else "value", t)

    found: list[tuple[Number, list[Number]]] = [
        (value(t, False), [value(t - 1, False)]) for t in range(1, firsts[-1] + 1)
    ]
    for first in reversed(firsts):
        stretch = range(first + 1, min(first + every, steps) + 1)
        found += [(value(t, True), [value(t - 1, True)]) for t in stretch if t % every or t == steps]
        for t in reversed(stretch):
            found.append((("gradient", t - 1), [("gradient", t), value(t, True), value(t - 1, True)]))
    return found


def most(steps: int, every: int) -> int:
    "Numbers held at once, by that plan."
    return max(held(plan(steps, every)))
