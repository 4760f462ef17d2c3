"""Exercises whose every value and gradient is a short number, by level and seed; and sheets of them, all different.

>>> [first, second] = sheets("chain", count=2, seed=7)[0].exercises
>>> first.questions[0]
Question(number=1, kind='data', name='u', answer=...)

The same level, seed and number give the same sheet, to the last digit, on every machine and under every Python. A
sheet's name says all three, `chain-7-1`, so a sheet of paper can be graded with nothing but what is printed on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from ...check import CENTRAL_STEP, slope
from ...engine import Value
from ...graph import Graph
from ...graph.routes import is_constant
from ...text.letters import number_text
from . import recipes
from .recipes import Dice, Draft, Recipe

DECIMALS, LARGEST, LONGEST = 4, 200, 6  # of an answer: places after the point, size, characters
TRIES = 5_000  # throws of the dice; a hundred are enough, as a rule
DIGITS, MEASURED = 1e-9, 1e-6  # how near a number must be to a short one, and a finite difference to its gradient


class Level(NamedTuple):
    "What stands on a sheet of this level: its exercises, and what it teaches, in a sentence for the student."

    recipes: list[Recipe]
    title: str
    task: str


LEVELS = {
    "gate": Level([recipes.gate(kind) for kind in range(4)], "One gate",
                  "Each picture is one operation. Write its value, and the gradient of y with respect to each input."),
    "chain": Level([recipes.chain] * 2, "A chain",
                   "Forward, write every value. Then backward from L = 1: upstream times local, one arrow at a time."),
    "reuse": Level([recipes.reused] * 2, "A node that is used again",
                   "Something is used more than once here. Its gradient is the sum over all its uses."),
    "neuron": Level([recipes.neuron], "One neuron",
                    "Forward through the neuron to the loss L, then backward to every weight and to the bias."),
    "net": Level([recipes.net], "A network 2-2-1",
                 "Two hidden neurons and an output. The products of the inputs are computed for you; find the rest."),
    "softmax": Level([recipes.softmax], "Softmax and cross-entropy",
                     "The scores z are logarithms, so that e to the z is whole. L is -ln p of the true class."),
    "mixed": Level([recipes.chain, recipes.reused], "Chain and reuse",
                   "Forward, write every value. Then backward from the root: upstream times local; uses add up."),
}  # fmt: skip


class Question(NamedTuple):
    "One blank: its number on the sheet, what is asked (the data or the grad of the node of that name), the answer."

    number: int
    kind: str
    name: str
    answer: float


class Exercise:
    """One graph with blanks: `root`, `names`, and the `questions`; `nodes` has the node of each question's number.

    `order` are its nodes in topological order, `written` in the order of a page: by how far they are from the leaves,
    and by name. `given(v)` is the number of a node as it is printed, "ln 5" where that is what is meant.
    """

    def __init__(self, draft: Draft, first: int = 1):
        self.graph = Graph(draft.root, {})
        self.root, self.texts, self.names, self.order = draft.root, draft.texts, self.graph.names, self.graph.order
        for v, name in self.names.items():
            v.label = v.label or ("" if is_constant(v) else name)
        self.grads = self.graph.gradients
        asked = [v for v in self.order if not is_constant(v) and (draft.asked is None or v in draft.asked)]
        level = levels(self.order)
        self.written = sorted(self.order, key=lambda v: (level[v], self.names[v]))
        asked.sort(key=self.written.index)
        values = [("data", v) for v in asked if v.parents and v not in draft.texts]
        asked.sort(key=lambda v: -level[v])
        gradients = [("grad", v) for v in asked if v is not draft.root and v not in draft.targets]
        self.nodes = {number: v for number, (_, v) in enumerate(values + gradients, first)}
        self.questions = [
            Question(number, kind, self.names[v], tidy(v.data if kind == "data" else self.grads[v]))
            for number, (kind, v) in enumerate(values + gradients, first)
        ]

    def asked(self, q: Question) -> str:
        "What a question asks for: u, or ∂L/∂u."
        return q.name if q.kind == "data" else f"∂{self.names[self.root]}/∂{q.name}"

    def given(self, v: Value) -> str:
        return self.texts.get(v) or number(v.data)

    def comes_out_even(self) -> bool:
        "Are all numbers short, and the gradients worth asking for: most of them not 0, and not all the same?"
        shown = [v.data for v in self.order if v not in self.texts]
        shown += [local for v in self.order for local in v.local_grads]
        grads = [self.grads[v] for v in self.order if not is_constant(v)]
        blanks = [q.answer for q in self.questions if q.kind == "grad"]
        lively = sum(map(bool, blanks)) > 0.6 * len(blanks) and len(set(blanks)) >= min(len(blanks) - 1, 3)
        return all(map(is_short, shown + grads)) and lively

    def measured(self) -> bool:
        "Does every gradient, of the inner nodes too, agree with a finite difference?"
        steps = ((v, CENTRAL_STEP * max(1.0, abs(v.data))) for v in self.order)
        return all(
            abs(slope(lambda x, v=v: self.graph.compute({v: x})[self.root], v.data, h) - self.grads[v])
            <= MEASURED * max(1.0, abs(self.grads[v]), abs(self.root.data))
            for v, h in steps
        )

    def signature(self) -> tuple[Any, ...]:
        "What makes it this exercise and no other."
        return tuple((v.op.symbol, v.data, self.names[v]) for v in self.order)


def levels(order: list[Value]) -> dict[Value, int]:
    "How far every node is from the leaves: parents always less far than their children."
    level: dict[Value, int] = {}
    for v in order:
        level[v] = 1 + max((level[x] for x in v.parents), default=-1)
    return level


def tidy(x: float) -> float:
    "The short number that x is, up to rounding."
    return round(x, DECIMALS) + 0.0


def is_short(x: float) -> bool:
    return abs(x) <= LARGEST and abs(x - tidy(x)) <= DIGITS and len(number(x).lstrip("-")) <= LONGEST


def number(x: float) -> str:
    "A number as it is printed on a sheet: all its digits, if it is short."
    return number_text(tidy(x), 7) if abs(x - tidy(x)) <= DIGITS else number_text(x)


# ---- Sheets ---------------------------------------------------------------------------------------------------------


class Sheet(NamedTuple):
    "A page of exercises, whose questions are numbered through."

    name: str
    level: str
    exercises: list[Exercise]

    @property
    def questions(self) -> list[Question]:
        return [q for exercise in self.exercises for q in exercise.questions]

    def find(self, number: int) -> tuple[Exercise, Question]:
        "The question of this number, and the exercise it belongs to; ValueError if there is none."
        for exercise in self.exercises:
            for q in exercise.questions:
                if q.number == number:
                    return exercise, q
        raise ValueError(f"sheet {self.name} has the questions 1 to {len(self.questions)}, and no {number}")


def exercise(level: str, seed: Any = 1, first: int = 1) -> Exercise:
    "One exercise, of the kind that comes first on a sheet of this level; its questions count from `first`."
    return throw(recipes_of(level)[0], Dice(f"{level} {seed}"), first)


def throw(recipe: Recipe, dice: Dice, first: int) -> Exercise:
    "The first exercise that comes out even, and that finite differences confirm."
    for _ in range(TRIES):
        found = Exercise(recipe(dice), first)
        if found.comes_out_even() and found.measured():
            return found
    raise RuntimeError(f"no exercise came out even in {TRIES:,} throws")


def sheets(level: str, count: int = 30, seed: Any = 1) -> list[Sheet]:
    "`count` different sheets. Sheet 3 is the same, whether 3 or 30 are made."
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", str(seed)):
        raise ValueError(
            f"seed {str(seed)[:30]!r}: it is printed on every sheet; letters and digits only, as in 7 or 10b"
        )
    if not 1 <= count <= 500:
        raise ValueError(f"{count} sheets: from 1 to 500 are made at once")
    endless = different_sheets(level, str(seed))
    return [next(endless) for _ in range(count)]


def different_sheets(level: str, seed: str) -> Iterator[Sheet]:
    seen = set()
    for i in count(1):
        for attempt in count():
            made = one_sheet(level, f"{level}-{seed}-{i}", attempt)
            signature = tuple(e.signature() for e in made.exercises)
            if signature not in seen:
                break
        seen.add(signature)
        yield made


def one_sheet(level: str, name: str, attempt: int) -> Sheet:
    dice, first = Dice(f"{name} {attempt}"), 1
    made: list[Exercise] = []
    for recipe in recipes_of(level):
        made.append(throw(recipe, dice, first))
        first += len(made[-1].questions)
    return Sheet(name, level, made)


def sheet(name: str) -> Sheet:
    "The sheet of this name, as chain-7-1; ValueError if no sheet can be called so."
    match = re.fullmatch(r"([a-z]+)-([A-Za-z0-9]{1,20})-([1-9][0-9]{0,2})", name.strip())
    if not match:
        raise ValueError(f"{name[:40]!r} is no sheet: its name stands in the corner of the paper, such as chain-7-1")
    return sheets(match[1], int(match[3]), match[2])[-1]


def recipes_of(level: str) -> list[Recipe]:
    if level not in LEVELS:
        raise ValueError(f"there is no level {level[:30]!r}: take one of {', '.join(LEVELS)}")
    return LEVELS[level].recipes
