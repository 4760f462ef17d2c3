"What a student gets back: one page each, with the solved pictures, and what is said to every answer."

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import chain, count, groupby

from .answers import Answer
from .exercises import Exercise, number
from .grading import MISSING, Graded, Mark, Report
from .worksheet import document, exercise, part, template


def feedback(report: Report) -> dict[str, str]:
    "The pages, by the names of their files: each has all sheets of one student; one without a name has its sheet's."
    pages: dict[str, str] = {}
    for name, sheets in groupby(sorted(report.graded, key=called), key=called):
        pages[file(name, pages)] = document(name, [section(each) for each in sheets])
    return pages


def file(name: str, taken: Iterable[str]) -> str:
    "What a student's page is called: by letters and digits alone, and not as one before, whatever the case."
    stem = re.sub(r"[^\w]+", "-", name)[:60].strip("-") or "student"
    endless = (f"{stem}{more}.html" for more in chain([""], (f"-{n}" for n in count(2))))
    before = {other.lower() for other in taken}
    return next(name for name in endless if name.lower() not in before)


def called(graded: Graded) -> str:
    return graded.student or graded.sheet.name


def section(graded: Graded) -> str:
    "One sheet."
    sheet = graded.sheet
    marks = {mark.answer.question: mark for mark in graded.marks}
    shown = [exercise(sheet, e, template(e, len(sheet.exercises)), key=True) + table(e, marks) for e in sheet.exercises]
    return part("feedback.html").substitute(
        title=escape(sheet.level.title),
        student=escape(graded.student),
        name=sheet.name,
        summary=escape(graded.summary),
        exercises="\n".join(shown),
    )


def table(e: Exercise, marks: dict[int, Mark]) -> str:
    "What is said to each answer to this exercise."
    rows = []
    for q in e.questions:
        mark = marks.get(q.number, Mark(Answer("", q.number, None), MISSING))
        given = mark.answer.said or ("" if mark.answer.number is None else number(mark.answer.number))
        said = "<br>".join(escape(line.strip()) for line in mark.feedback.split("\n"))
        cells = q.number, escape(e.asked(q)), escape(given), mark.verdict, said
        rows.append(
            f'<tr class="{mark.verdict.replace(" ", "-")}">' + "".join(f"<td>{x}</td>" for x in cells) + "</tr>"
        )
    return part("marks.html").substitute(rows="\n".join(rows))
