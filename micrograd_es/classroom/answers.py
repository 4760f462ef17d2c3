"""Answers as they come back: from a CSV file, or typed.

A file has the columns sheet, question, answer and, if there is more than one student, student, in any order, under a
line with their names; separated by commas, semicolons or tabs, as spreadsheets of different countries write it.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

COLUMNS = "sheet", "question", "answer"


class Answer(NamedTuple):
    "One answer: who gave it, on which sheet, to which question; the number, or None where the blank was left empty."

    sheet: str
    question: int
    number: float | None
    student: str = ""


def read_answers(path: str | os.PathLike[str]) -> list[Answer]:
    "The answers in a CSV file; ValueError that names the line where something is wrong with it."
    try:
        text = Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: save it as CSV in UTF-8, this is something else") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot read it: {error.strerror}") from None
    try:
        return parse_answers(text)
    except ValueError as error:
        raise ValueError(f"{path}, {error}") from None


def parse_answers(text: str) -> list[Answer]:
    "The answers in the text of a CSV file."
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count), skipinitialspace=True)
    head = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise ValueError(f"line 1: it names the columns, sheet,question,answer; {' and '.join(missing)} is missing")
    found: dict[tuple[str, str, int], int] = {}
    answers = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        try:
            answer = of_row(dict(zip(head, [cell.strip() for cell in row])))
            key = answer.student, answer.sheet, answer.question
            if key in found:
                raise ValueError(
                    f"question {answer.question} of {answer.sheet} is answered in line {found[key]} already"
                )
        except ValueError as error:
            raise ValueError(f"line {rows.line_num}: {error}") from None
        found[key] = rows.line_num
        answers.append(answer)
    return answers


def of_row(cells: dict[str, str]) -> Answer:
    question = cells.get("question", "")
    if not re.fullmatch(r"[0-9]{1,3}", question):
        raise ValueError(f"{question[:30]!r} is not the number of a question, such as 7")
    text = cells.get("answer", "")
    return Answer(cells.get("sheet", ""), int(question), to_number(text) if text else None, cells.get("student", ""))


def typed(sheet: str, words: Iterable[str]) -> list[Answer]:
    "1=2 2=-4 3=1/2, as typed behind the name of a sheet."
    answers = []
    for word in words:
        question, equals, number = word.partition("=")
        if not equals:
            raise ValueError(f"{word[:30]!r}: answers are typed as question=number, such as 7=-2")
        answers.append(of_row({"sheet": sheet, "question": question.strip(), "answer": number.strip()}))
    return answers


def to_number(text: str) -> float:
    """A number as students write it: -2, −2, 0.5, 0,5, 1/2.

    >>> [to_number(text) for text in ("−2", "0,5", " 3/4 ", "1e-3")]
    [-2.0, 0.5, 0.75, 0.001]
    """
    plain = re.sub(r"\s+", "", text.replace("−", "-").replace("–", "-")).replace(",", ".")
    try:
        number = float(Fraction(plain)) if len(plain) <= 30 and plain.isascii() and "_" not in plain else math.nan
    except (ValueError, ZeroDivisionError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text[:30]!r} is not a number, such as -2, 0.5 or 3/4")
    return number
