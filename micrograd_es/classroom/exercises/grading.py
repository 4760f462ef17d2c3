"""Grading: each answer is right, or follows from an earlier one, or is diagnosed; and what the class got wrong most.

A teacher counts a mistake once: an answer that is right for the student's own earlier numbers "follows".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from ...engine import Value
from ...mistakes.diagnosis import diagnose
from ...mistakes.slips import same, slips
from . import sheets
from .answers import Answer
from .exercises import Exercise, Question, number
from .sheets import Sheet

RIGHT, FOLLOWS, WRONG, EMPTY = "right", "follows", "wrong", "empty"


class Mark(NamedTuple):
    "The verdict on one answer, a sentence or two for the student, and the mistakes that would explain it."

    answer: Answer
    verdict: str
    feedback: str = ""
    mistakes: tuple[str, ...] = ()


class Report(list[Mark]):
    "All marks; printed, it is what a student should read, sheet by sheet, and at the end what the class should."

    def __str__(self) -> str:
        parts = [
            sheet_text(list(marks)) for _, marks in groupby(self, key=lambda m: (m.answer.student, m.answer.sheet))
        ]
        return "\n\n".join(parts + ([self.frequent()] if len(parts) > 1 else []))

    __repr__ = __str__

    def counted(self) -> list[tuple[str, int]]:
        "How often each mistake explains an answer, most frequent first."
        return Counter(name for mark in self for name in mark.mistakes).most_common()

    def frequent(self) -> str:
        right = sum(mark.verdict in (RIGHT, FOLLOWS) for mark in self)
        lines = [f"all sheets: {right} of {len(self)} answers are right"]
        return "\n".join(lines + [f"    {times} × {name}" for name, times in self.counted()[:5]])


def grade(answers: Iterable[Answer]) -> Report:
    "The report on these answers; ValueError for a sheet or a question that does not exist."
    by_sheet: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        by_sheet.setdefault((answer.student, answer.sheet), []).append(answer)
    report = Report()
    for (_, name), given in by_sheet.items():
        numbers = {a.question: a.number for a in given}
        report += [mark(sheet_of(name), a, numbers) for a in sorted(given, key=lambda a: a.question)]
    return report


@lru_cache(maxsize=500)
def sheet_of(name: str) -> Sheet:
    return sheets.sheet(name)


def mark(sheet: Sheet, answer: Answer, numbers: dict[int, float | None]) -> Mark:
    "The verdict on one answer, when these are all the student's numbers on the sheet."
    e, q = sheet.find(answer.question)
    if answer.number is None:
        return Mark(answer, EMPTY, f"{e.asked(q)} is left empty.")
    if same(answer.number, q.answer):
        return Mark(answer, RIGHT)
    if same(answer.number, from_own(e, q, numbers)):
        return Mark(
            answer, FOLLOWS, f"{e.asked(q)} follows from your own earlier numbers; the sheet has {number(q.answer)}."
        )
    v = e.nodes[q.number]
    if q.kind == "grad":
        diagnosis = diagnose(e.root, v, answer.number)
        return Mark(answer, WRONG, str(diagnosis), tuple(diagnosis.names[:1]))
    made = " = ".join(e.graph.formulas().made(v))
    own = own_numbers(e, numbers)
    found = slips(v, [own["data", x] for x in v.parents], answer.number, e.names)
    found = found or slips(v, [x.data for x in v.parents], answer.number, e.names)
    said = f" {found[0].sentence} ({found[0].name})." if found else ""
    feedback = f"{number(answer.number)} is not {q.name}: {made}.{said}"
    return Mark(answer, WRONG, feedback, tuple(slip.name for slip in found[:1]))


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


def sheet_text(marks: list[Mark]) -> str:
    "The marks of one sheet, as the student reads them."
    answer = marks[0].answer
    total = len(sheet_of(answer.sheet).questions)
    counts = Counter(m.verdict for m in marks)
    counts[EMPTY] += total - len(marks)
    said = [
        f"{counts[v]} {text}"
        for v, text in ((FOLLOWS, "follow from an earlier mistake"), (EMPTY, "empty"))
        if counts[v]
    ]
    who = f"{answer.student}, " if answer.student else ""
    lines = [f"{who}{answer.sheet}: " + ", ".join([f"{counts[RIGHT]} of {total} right", *said])]
    for m in marks:
        if m.feedback:
            first, *rest = m.feedback.split("\n")
            lines += [f"    {m.answer.question}: {first}", *["        " + line.strip() for line in rest]]
    return "\n".join(lines)
