"""Levels: what an exercise is thrown from, and what its numbers must be like; the house's, and of any expression.

>>> level = own("(x*w - y)**2", {"x": "1..3", "w": "-2..2", "y": "0..4"})
>>> exercise(level, 7).questions[-1]
Question(number=..., kind='grad', name='y', answer=...)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from ...expression.parser import ExpressionError, parse
from ...system.quotes import short
from . import recipes
from .exercises import Exercise
from .recipes import Dice, Recipe, of_text

TRIES = 5_000  # throws of the dice; a hundred are enough, as a rule
TRIED, OFTEN = 100, 25  # throws of an expression's numbers, and how many must come out even, so that all shall
WIDEST = 10_000  # numbers in a range
MOST = 99  # questions of an exercise, and arrows in its picture: their numbers have two digits there

SHORT = "Numbers come out short: if yours do not, look again."
ROUNDED = "Numbers do not come out short: three significant digits are enough."


class Level(NamedTuple):
    """What stands on a sheet of this level: its exercises, and what it teaches, in a sentence for the student.

    An exercise is thrown again until it is all that is `wanted`; what that means for its numbers is said under it.
    """

    name: str
    recipes: tuple[Recipe, ...]
    title: str
    task: str
    wanted: tuple[Callable[[Exercise], bool], ...] = (Exercise.is_even, Exercise.is_lively)
    numbers: str = SHORT


LEVELS = {level.name: level for level in (
    Level("gate", tuple(recipes.gate(kind) for kind in range(4)), "One gate",
          "Each picture is one operation. Write its value, and the gradient of y with respect to each input."),
    Level("chain", (recipes.chain,) * 2, "A chain",
          "Forward, write every value. Then backward from L = 1: upstream times local, one arrow at a time."),
    Level("reuse", (recipes.reused,) * 2, "A node that is used again",
          "Something is used more than once here. Its gradient is the sum over all its uses."),
    Level("neuron", (recipes.neuron,), "One neuron",
          "Forward through the neuron to the loss L, then backward to every weight and to the bias."),
    Level("net", (recipes.net,), "A network 2-2-1",
          "Two hidden neurons and an output. The products of the inputs are computed for you; find the rest."),
    Level("softmax", (recipes.softmax,), "Softmax and cross-entropy",
          "The scores z are logarithms, so that e to the z is whole. L is -ln p of the true class."),
    Level("mixed", (recipes.chain, recipes.reused), "Chain and reuse",
          "Forward, write every value. Then backward from the root: upstream times local; uses add up."),
)}  # fmt: skip


def level_of(name: str, *more: Level) -> Level:
    "The level of that name, of the house or of these; ValueError if there is none."
    known = LEVELS | {level.name: level for level in more}
    if name not in known:
        raise ValueError(f"there is no level {name[:30]!r}: take one of {', '.join(known)}")
    return known[name]


def exercise(level: str | Level, seed: Any = 1, first: int = 1) -> Exercise:
    "One exercise, of the kind that comes first on a sheet of this level; its questions count from `first`."
    level = level if isinstance(level, Level) else level_of(level)
    return throw(level, level.recipes[0], Dice(f"{level.name} {seed}"), first)


def throw(level: Level, recipe: Recipe, dice: Dice, first: int) -> Exercise:
    "The first exercise that is as the level wants it, and that finite differences confirm."
    for _ in range(TRIES):
        found = Exercise(recipe(dice), first)
        if all(wanted(found) for wanted in level.wanted) and found.measured():
            return found
    raise ValueError(f"{level.title}: no exercise came out fit to be asked in {TRIES:,} throws; take other numbers")


# ---- One's own expression -------------------------------------------------------------------------------------------


def own(text: str, ranges: Mapping[str, str]) -> Level:
    """The level of this expression, whose names take their numbers from ranges: 1..3 is 1, 2 or 3; 0.5..2 goes by 0.1.

    Its numbers are short, if these often come out so. Its name is made of all this: another expression, or other
    ranges, have another, so nobody is graded by the wrong one.
    """
    spread = {name: spelled(name, numbers) for name, numbers in ranges.items()}
    written = [re.sub(r"[^\S\n]", "", text), sorted(spread.items())]
    letters = (
        hashlib.sha256(repr(written).encode()).hexdigest()[:5].translate(str.maketrans("0123456789", "ghijklmnop"))
    )

    def recipe(dice: Dice) -> recipes.Draft:
        return of_text(text, {name: dice.pick(numbers) for name, numbers in spread.items()})

    dice = Dice(f"own{letters}")
    first = Exercise(recipe(dice))
    arrows = sum(len(v.parents) for v in first.order)
    if max(len(first.questions), arrows) > MOST:
        raise ExpressionError(f"{len(first.questions)} questions on {arrows} arrows: a sheet has room for {MOST}")
    even = sum(Exercise(recipe(dice)).is_even() for _ in range(TRIED)) >= OFTEN
    return Level(
        f"own{letters}",
        (recipe,),
        short(text),
        LEVELS["mixed"].task,
        (Exercise.is_even, Exercise.is_fit) if even else (Exercise.is_fit,),
        SHORT if even else ROUNDED,
    )


def spelled(name: str, text: str) -> list[float]:
    "The numbers of a range, in steps of the last digit that is written: of 0.5..2 they are 0.5, 0.6, ... 2.0."
    low, dots, high = text.partition("..")
    if not dots:
        return [number_of(name, text)]
    try:
        first, last = Decimal(low.strip()), Decimal(high.strip())
        places = max(0, *(-int(x.normalize().as_tuple().exponent) for x in (first, last)))
        step = Decimal(1).scaleb(-places)
        count = int((last - first) / step) + 1
    except (InvalidOperation, OverflowError, ValueError):
        raise ExpressionError(f"{short(name)}={short(text)}: a range is two numbers, such as -2..2 or 0.5..2") from None
    if not 1 <= count <= WIDEST:
        raise ExpressionError(f"{short(name)}={short(text)}: a range goes upwards, and has at most {WIDEST:,} numbers")
    return [float(first + i * step) for i in range(count)]


def number_of(name: str, text: str) -> float:
    "A number, written as 2, -0.5 or 1/3."
    try:
        return parse(text).root.data
    except ExpressionError:
        raise ExpressionError(
            f"{short(name)}={short(text)}: give it a number or a range, such as 2, 1/3 or -2..2"
        ) from None
