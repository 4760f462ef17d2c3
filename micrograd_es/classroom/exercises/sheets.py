"""Sheets of exercises, all different, by level and seed.

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

from .exercises import Exercise, Question
from .levels import Level, level_of, throw
from .recipes import Dice

ATTEMPTS = 300  # at one more sheet that no sheet before it is


class Sheet(NamedTuple):
    "A page of exercises, whose questions are numbered through."

    name: str
    level: Level
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


def sheets(level: str | Level, count: int = 30, seed: Any = 1) -> list[Sheet]:
    "`count` different sheets. Sheet 3 is the same, whether 3 or 30 are made."
    level = level if isinstance(level, Level) else level_of(level)
    if not re.fullmatch(r"[A-Za-z0-9]{1,20}", str(seed)):
        raise ValueError(
            f"seed {str(seed)[:30]!r}: it is printed on every sheet; letters and digits only, as in 7 or 10b"
        )
    if not 1 <= count <= 500:
        raise ValueError(f"{count} sheets: from 1 to 500 are made at once")
    endless = different_sheets(level, str(seed))
    return [next(endless) for _ in range(count)]


def different_sheets(level: Level, seed: str) -> Iterator[Sheet]:
    seen: set[tuple[Any, ...]] = set()
    for i in count(1):
        for attempt in range(ATTEMPTS):
            made = one_sheet(level, f"{level.name}-{seed}-{i}", attempt)
            signature = tuple(e.signature() for e in made.exercises)
            if signature not in seen:
                break
        else:
            raise ValueError(f"{level.title}: no more than {len(seen)} different sheets came out; widen a range")
        seen.add(signature)
        yield made


def one_sheet(level: Level, name: str, attempt: int) -> Sheet:
    dice, first = Dice(f"{name} {attempt}"), 1
    made: list[Exercise] = []
    for recipe in level.recipes:
        made.append(throw(level, recipe, dice, first))
        first += len(made[-1].questions)
    return Sheet(name, level, made)


def sheet(name: str, *more: Level) -> Sheet:
    "The sheet of this name, as chain-7-1, of a level of the house or of these; ValueError if none can be called so."
    match = re.fullmatch(r"([a-z]+)-([A-Za-z0-9]{1,20})-([1-9][0-9]{0,2})", name.strip())
    if not match:
        raise ValueError(f"{name[:40]!r} is no sheet: its name stands in the corner of the paper, such as chain-7-1")
    return sheets(level_of(match[1], *more), int(match[3]), match[2])[-1]
