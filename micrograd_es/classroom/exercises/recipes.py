"""What an exercise of each level is made of: a formula, and dice for its numbers.

A recipe need not come out even: `exercises` throws the dice again until every value and every gradient is short. What
would never be (a logarithm) is designed: the scores of a softmax are logarithms of small whole numbers, ln 1, ln 2,
ln 5, so that e^z is whole again and probabilities are fractions over a sum such as 4, 8 or 10. Such a score is printed
as it is meant, "ln 5", and is given, not asked.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from ...engine import Value, topological
from ...expression.parser import parse
from ...text.letters import SUBSCRIPT

T = TypeVar("T")


class Dice:
    """Dice that fall alike on every machine and under every Python: only random() is promised to stay as it is."""

    def __init__(self, seed: str):
        self.random = random.Random(seed).random

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self.random() * len(items))]

    def several(self, items: Iterable[T], count: int) -> list[T]:
        "n of them, no two the same."
        left = list(items)
        return [left.pop(int(self.random() * len(left))) for _ in range(count)]


class Draft(NamedTuple):
    """A graph with numbers that may or may not come out even.

    `texts` are the numbers that are printed as they are meant (ln 5) and given; `asked` are the nodes whose value and
    gradient is asked for, None for all; of what stands in `targets` no gradient is asked.
    """

    root: Value
    texts: dict[Value, str] = {}
    asked: list[Value] | None = None
    targets: tuple[Value, ...] = ()


Recipe = Callable[[Dice], Draft]
SMALL = [-5, -4, -3, -2, 2, 3, 4, 5]
TINY = [-3, -2, -1, 1, 2, 3]


def of_text(text: str, values: Mapping[str, float], targets: str = "") -> Draft:
    "A draft from a formula as one types it; x1 is printed as x₁."
    root, known = parse(text, **values)
    for v in known.values():
        v.label = v.label.translate(SUBSCRIPT)
    return Draft(root, targets=tuple(known[name] for name in targets))


def letters(dice: Dice, text: str, numbers: Sequence[float] = SMALL) -> Draft:
    "The formula, with different numbers for those of a, b, c, d that stand in it."
    names = [name for name in "abcd" if re.search(rf"\b{name}\b", text)]
    return of_text(text, dict(zip(names, dice.several(numbers, len(names)))))


# ---- One gate -------------------------------------------------------------------------------------------------------

GATES = [
    ["y = a * b"],
    ["y = a + b", "y = a - b", "y = b - a"],
    ["y = a / b", "y = a**2", "y = a**3", "y = a / 4"],
    ["y = relu(a)", "y = max(a, b)", "y = min(a, b)", "y = abs(a)", "y = -a"],
]


def gate(kind: int) -> Recipe:
    return lambda dice: letters(dice, dice.pick(GATES[kind]), [-8, -6, *SMALL, 6, 8])


# ---- A chain --------------------------------------------------------------------------------------------------------

FIRST = ["a * b", "a - b", "a + b", "a * b"]
NEXT = ["{} * {new}", "{} - {new}", "{new} - {}", "{} + {new}", "{}**2", "relu({})", "{} / 2", "3 * {}"]


def chain(dice: Dice) -> Draft:
    "Three or four operations, one after the other; no two of the same kind in a row."
    steps = [dice.pick(FIRST)]
    count, new = dice.pick([3, 4]), iter("cd")
    forms = dice.several(NEXT, count - 1)
    if sum("{new}" in form for form in forms) > 2:
        forms = [form for form in forms if "{new}" in form][:2]
    steps += [form.format(name, new=next(new) if "{new}" in form else "") for form, name in zip(forms, "uvs")]
    names = [*"uvs"[: len(steps) - 1], "L"]
    return letters(dice, "; ".join(f"{name} = {step}" for name, step in zip(names, steps)))


# ---- A node that is used again --------------------------------------------------------------------------------------

REUSED = [
    "u = a * b; L = u * a",
    "u = a + b; v = a * b; L = u * v",
    "u = a * b; v = u + a; L = u * v",
    "u = a - b; v = u * u; L = v + a",
    "u = a * a; v = u - b; L = v * a",
    "u = a * b; v = b * c; s = u + v; L = s**2",
    "u = a + b; v = u**2; L = v - u",
    "u = a * b; v = u + c; s = u - a; L = v * s",
    "u = a + a; v = u * b; L = v - a",
    "u = a - b; v = b * c; L = u * v",
    "u = a * b; v = u - a; s = v * b; L = s + u",
    "u = relu(a); v = u * b; L = v * u",
]


def reused(dice: Dice) -> Draft:
    return letters(dice, dice.pick(REUSED), TINY + SMALL[:2])


# ---- Neurons --------------------------------------------------------------------------------------------------------

NEURON = "p1 = w1 * x1; p2 = w2 * x2; z = sum(p1, p2, b); "


def neuron(dice: Dice) -> Draft:
    "A neuron of two inputs and its loss: squared with ReLU or none, or the log-loss of a sigmoid."
    w1, w2, x1, x2, b, y = (dice.pick(TINY) for _ in range(6))
    values = dict(w1=w1, w2=w2, x1=x1, x2=x2, b=b)
    kind = dice.pick(["relu", "relu", "linear", "sigmoid"])
    if kind == "sigmoid":
        return sigmoid_neuron(dice, values)
    activation = "h = relu(z); " if kind == "relu" else ""
    loss = dice.pick(["d = {h} - y; L = d**2", "d = {h} - y; L = d**2 / 2"]).format(h="h" if activation else "z")
    return of_text(NEURON + activation + loss, {**values, "y": y}, targets="y")


def sigmoid_neuron(dice: Dice, values: Mapping[str, float]) -> Draft:
    "With w·x = 0 and b = ln 4, so that σ(z) is 4/5, and the gradient of z, h - 1, is short too."
    w2 = -values["w1"] * values["x1"] / values["x2"]
    odds, text = dice.pick([(4.0, "ln 4"), (0.25, "-ln 4"), (1.0, "0")])
    draft = of_text(NEURON + "h = sigmoid(z); g = log(h); L = -g", {**values, "w2": w2, "b": math.log(odds)})
    named = {v.label: v for v in topological(draft.root)}
    h = {4.0: "ln 0.8", 0.25: "ln 0.2", 1.0: "ln 0.5"}[odds]
    return draft._replace(texts={named["b"]: text, named["z"]: text, named["g"]: h, draft.root: f"-{h}"})


def net(dice: Dice) -> Draft:
    "Two inputs, two hidden neurons, one output, and a squared loss. The first products are given."
    weights = ["w11", "w12", "b1", "w21", "w22", "b2", "u1", "u2", "c", "y"]
    values = {name: dice.pick(TINY) for name in [*weights, "x1", "x2"]}
    hidden = "p{i} = w{i}1 * x1; q{i} = w{i}2 * x2; z{i} = sum(p{i}, q{i}, b{i}); h{i} = relu(z{i}); "
    text = (
        hidden.format(i=1) + hidden.format(i=2) + "r1 = u1 * h1; r2 = u2 * h2; ŷ = sum(r1, r2, c); d = ŷ - y; L = d**2"
    )
    draft = of_text(text, values)
    named = {v.label: v for v in topological(draft.root)}
    given = "p₁", "q₁", "p₂", "q₂", "x₁", "x₂", "y"
    return draft._replace(asked=[v for name, v in named.items() if name not in given])


# ---- Softmax and cross-entropy --------------------------------------------------------------------------------------


def softmax(dice: Dice) -> Draft:
    "Three scores ln n: their softmax, and the loss -ln p of the true class k, drawn step by step."
    ns = [dice.pick(range(1, 10)) for _ in range(3)]
    k = dice.pick([1, 2, 3])
    text = "; ".join(f"e{i} = exp(z{i})" for i in (1, 2, 3)) + "; S = sum(e1, e2, e3); "
    draft = of_text(
        f"{text}p{k} = e{k} / S; g = log(p{k}); L = -g", {f"z{i}": math.log(n) for i, n in enumerate(ns, 1)}
    )
    named = {v.label: v for v in topological(draft.root)}
    p = f"ln {round(ns[k - 1] / sum(ns), 4):g}"
    logs = {named["z" + "₁₂₃"[i]]: f"ln {n}" if n > 1 else "0" for i, n in enumerate(ns)}
    return draft._replace(texts=logs | {named["g"]: p, draft.root: f"-{p}"})
