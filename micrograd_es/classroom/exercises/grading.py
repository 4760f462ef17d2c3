"""Grading: each answer is right, or follows from an earlier one, or is diagnosed; and what the class got wrong most.

A teacher counts a mistake once: an answer that is right for the student's own earlier numbers "follows".
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ...engine import Value
from ...mistakes.diagnosis import diagnose
from ...mistakes.slips import same, slips
from . import sheets
from .answers import Answer, Answers, no_number
from .exercises import Exercise, Question, number
from .levels import Level
from .sheets import Sheet

RIGHT, FOLLOWS, WRONG, UNREADABLE, EMPTY, MISSING = "right", "follows", "wrong", "unreadable", "empty", "not given"
VERDICTS = RIGHT, FOLLOWS, WRONG, UNREADABLE, EMPTY, MISSING
FORMULAS = "=+-@\t\r"  # a spreadsheet takes a name that begins so for a formula


class Mark(NamedTuple):
    "The verdict on one answer, a sentence or two for the student, and the mistakes that would explain it."

    answer: Answer
    verdict: str
    feedback: str = ""
    mistakes: tuple[str, ...] = ()


class Graded(NamedTuple):
    "One sheet of one student, and the marks on it."

    student: str
    sheet: Sheet
    marks: list[Mark]

    @property
    def counted(self) -> dict[str, int]:
        "How many answers there are of every verdict; questions that nothing was handed in for are not given."
        counts = Counter(mark.verdict for mark in self.marks)
        counts[MISSING] = len(self.sheet.questions) - len(self.marks)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    @property
    def summary(self) -> str:
        counts, said = self.counted, {FOLLOWS: "follow from an earlier mistake"}
        more = [
            f"{n} {said.get(verdict, verdict)}" for verdict, n in counts.items() if n and verdict not in (RIGHT, WRONG)
        ]
        return ", ".join([f"{counts[RIGHT]} of {len(self.sheet.questions)} right", *more])

    def __str__(self) -> str:
        "As the student reads it."
        who = f"{self.student}, " if self.student else ""
        lines = [f"{who}{self.sheet.name}: {self.summary}"]
        for m in self.marks:
            if m.feedback:
                first, *rest = m.feedback.split("\n")
                lines += [f"    {m.answer.question}: {first}", *["        " + line.strip() for line in rest]]
        return "\n".join(lines)


class Report(list[Mark]):
    """All marks; printed, it is what a student should read, sheet by sheet, and at the end what the class should.

    `graded` has them by sheet and student; `oddities` are what the teacher should look at.
    """

    def __init__(self, graded: list[Graded], oddities: list[str]):
        super().__init__(mark for each in graded for mark in each.marks)
        self.graded, self.oddities = graded, oddities

    def __str__(self) -> str:
        parts = [*map(str, self.graded)] + ([self.frequent()] if len(self.graded) > 1 else [])
        odd = ["look at these:\n" + "\n".join("    " + oddity for oddity in self.oddities)] if self.oddities else []
        return "\n\n".join(parts + odd)

    __repr__ = __str__

    def counted(self) -> list[tuple[str, int]]:
        "How often each mistake explains an answer, most frequent first."
        return Counter(name for mark in self for name in mark.mistakes).most_common()

    def frequent(self) -> str:
        right = sum(mark.verdict in (RIGHT, FOLLOWS) for mark in self)
        lines = [f"all sheets: {right} of {len(self)} answers are right"]
        return "\n".join(lines + [f"    {times} × {name}" for name, times in self.counted()[:5]])

    def table(self) -> str:
        "The marks as a CSV file: a line for every student and sheet. A mark is for what is right, or follows."
        text = io.StringIO()
        write = csv.writer(text)
        write.writerow(["student", "sheet", "marks", "of", *VERDICTS])
        for each in self.graded:
            n = each.counted
            marks = n[RIGHT] + n[FOLLOWS], len(each.sheet.questions)
            write.writerow([each.student.lstrip(FORMULAS), each.sheet.name, *marks, *n.values()])
        return "\ufeff" + text.getvalue()  # spreadsheets know by this mark that it is UTF-8


def grade(answers: Iterable[Answer], *levels: Level) -> Report:
    """The report on these answers, to sheets of the house's levels or of these.

    An answer to a sheet or a question that does not exist is odd; ValueError if there is no other.
    """
    by_sheet: dict[tuple[str, str], list[Answer]] = {}
    oddities = list(answers.oddities) if isinstance(answers, Answers) else []
    for answer in answers:
        by_sheet.setdefault((answer.student, answer.sheet), []).append(answer)
    graded = []
    for (student, name), given in by_sheet.items():
        try:
            sheet = sheet_of(name, *levels)
        except ValueError as error:
            oddities.append(found_in(given, str(error)))
            continue
        marks = graded_sheet(sheet, given, oddities)
        if marks:
            graded.append(Graded(student, sheet, marks))
    if not graded and oddities:
        raise ValueError("; ".join(oddities))
    return Report(graded, oddities)


def graded_sheet(sheet: Sheet, given: list[Answer], oddities: list[str]) -> list[Mark]:
    "The marks on one student's answers to a sheet; odd is a file without all its questions, and a question too many."
    asked = {q.number for q in sheet.questions}
    numbers = {a.question: a.number for a in given if a.question in asked}
    for a in given:
        if a.question not in asked:
            oddities.append(
                found_in([a], f"sheet {sheet.name} has the questions 1 to {len(asked)}, and no {a.question}")
            )
    missing = sorted(asked - numbers.keys())
    if missing and numbers and given[0].file:
        which = ", ".join(map(str, missing))
        oddities.append(found_in(given, f"{sheet.name} has {len(asked)} questions; not in the file: {which}"))
    return [mark(sheet, a, numbers) for a in sorted(given, key=lambda a: a.question) if a.question in asked]


def found_in(given: list[Answer], oddity: str) -> str:
    "With the file, and the student, as far as they are known."
    a = given[0]
    return "".join([f"{a.file}: " if a.file else "", f"{a.student}: " if a.student else "", oddity])


@lru_cache(maxsize=500)
def sheet_of(name: str, *levels: Level) -> Sheet:
    return sheets.sheet(name, *levels)


def mark(sheet: Sheet, answer: Answer, numbers: dict[int, float | None]) -> Mark:
    "The verdict on one answer, when these are all the student's numbers on the sheet."
    e, q = sheet.find(answer.question)
    if answer.said:
        return Mark(answer, UNREADABLE, f"{e.asked(q)}: {no_number(answer.said)}.")
    if answer.number is None:
        return Mark(answer, EMPTY, f"{e.asked(q)} is left empty.")
    if same(answer.number, q.answer):
        return Mark(answer, RIGHT)
    if same(answer.number, from_own(e, q, numbers)):
        return Mark(
            answer, FOLLOWS, f"{e.asked(q)} follows from your own earlier numbers; the sheet has {number(q.answer)}."
        )
    v, near = e.nodes[q.number], rounding(answer.number)
    if q.kind == "grad":
        diagnosis = diagnose(e.graph, v, answer.number, near)
        return Mark(answer, WRONG, str(diagnosis), tuple(diagnosis.names[:1]))
    made = " = ".join(e.graph.formulas().made(v))
    own = own_numbers(e, numbers)
    found = slips(v, [own["data", x] for x in v.parents], answer.number, e.names, near)
    found = found or slips(v, [x.data for x in v.parents], answer.number, e.names, near)
    said = f" {found[0].sentence} ({found[0].name})." if found else ""
    feedback = f"{number(answer.number)} is not {q.name}: {made}.{said}"
    return Mark(answer, WRONG, feedback, tuple(slip.name for slip in found[:1]))


def rounding(x: float) -> float:
    """How far a number that was written so may be from what came out, relative to it: half of its last digit.

    It has three significant digits at least: 42.1 may be 42.13 rounded, and 42 is not.

    >>> round(rounding(42.1) * 42.1, 3), round(rounding(42) * 42, 3)
    (0.05, 0.05)
    """
    if not x:
        return 0.0
    written = len(f"{x:.12f}".rstrip("0").partition(".")[2])
    return 0.5 * 10.0 ** -max(written, 2 - math.floor(math.log10(abs(x)))) / abs(x)


def own_numbers(e: Exercise, numbers: dict[int, float | None]) -> dict[tuple[str, Value], float]:
    "The data and grad of every node, as the student has them."
    own = {("data", v): v.data for v in e.order} | {("grad", v): e.grads[v] for v in e.order}
    for q in e.questions:
        written = numbers.get(q.number)
        if written is not None:
            own[q.kind, e.nodes[q.number]] = written
    return own


def from_own(e: Exercise, q: Question, numbers: dict[int, float | None]) -> float:
    "What would be right, if what the student wrote in the other blanks were."
    own, v = own_numbers(e, numbers), e.nodes[q.number]

    def evaluated(v: Value) -> tuple[float, tuple[float, ...]]:
        return v.op.evaluate(*[own["data", x] for x in v.parents])

    if q.kind == "data":
        return evaluated(v)[0]
    return sum(own["grad", edge.child] * evaluated(edge.child)[1][edge.place] for edge in e.graph.uses[v])
