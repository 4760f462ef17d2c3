"""Answers as they come back: from a CSV file, from a sheet that was filled in in the browser, or typed.

A CSV file has the columns sheet, question, answer and, if there is more than one student, student, in any order, under
a line with their names; separated by commas, semicolons or tabs, as spreadsheets of different countries write it.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from ...system.quotes import short
from .sheets import Sheet

COLUMNS = "sheet", "question", "answer"
TABLES, PAGES = (".csv",), (".html", ".htm")


class Answer(NamedTuple):
    "One answer: who gave it, on which sheet, to which question; the number, or None where the blank was left empty."

    sheet: str
    question: int
    number: float | None
    student: str = ""


def is_file(name: str) -> bool:
    return name.lower().endswith(TABLES + PAGES)


def read_answers(*paths: str | os.PathLike[str]) -> list[Answer]:
    "The answers in these files, CSV or saved sheets; ValueError that names the file and the place of what is wrong."
    answers: list[Answer] = []
    known: dict[tuple[str, str], str] = {}
    for path in paths:
        found = read_file(Path(path))
        for key in dict.fromkeys((a.student, a.sheet) for a in found):
            if key in known:
                student = f"of {short(key[0])} " if key[0] else "without a student's name "
                raise ValueError(f"{path}: answers {student}to {short(key[1])} are in {known[key]} already")
        known |= dict.fromkeys(((a.student, a.sheet) for a in found), str(path))
        answers += found
    return answers


def read_file(path: Path) -> list[Answer]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: save it as CSV in UTF-8, this is something else") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot read it: {error.strerror}") from None
    try:
        return parse_page(text) if path.suffix.lower() in PAGES else parse_answers(text)
    except ValueError as error:
        raise ValueError(f"{path}, {error}") from None


def parse_answers(text: str) -> list[Answer]:
    "The answers in the text of a CSV file."
    first = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count), skipinitialspace=True)
    try:
        head = [name.strip().lower() for name in next(rows, [])]
        missing = [name for name in COLUMNS if name not in head]
        if missing:
            raise ValueError(f"line 1: it names the columns, sheet,question,answer; {' and '.join(missing)} is missing")
        cells = (dict(zip(head, [cell.strip() for cell in row])) for row in rows)
        return unique((f"line {rows.line_num}", row) for row in cells if any(row.values()))
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num}: {error}") from None


def parse_page(text: str) -> list[Answer]:
    "The answers in a sheet that was saved, filled in, with its own button; sheets without any are passed over."
    fields = Fields()
    fields.feed(text)
    fields.close()
    if not fields.sheets:
        raise ValueError("this page has no fields of a worksheet: hand in what its button “Save this sheet” has saved")
    filled = {name: cells for name, cells in fields.sheets.items() if any(text for _, text in cells)}
    if not filled:
        raise ValueError("no answers: a browser's own “Save page as” leaves them out, the sheet's button keeps them")
    return unique(
        (f"sheet {short(name)}",
         {"sheet": name, "question": key, "answer": text, "student": dict(cells).get("student", "")})
        for name, cells in filled.items() for key, text in cells if key != "student"
    )  # fmt: skip


class Fields(HTMLParser):
    "What stands in the fields of a page: for each sheet, their names and texts."

    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, list[tuple[str, str]]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("form") and given.get("name"):
            cell = str(given["name"]), (given.get("value") or "").strip()
            self.sheets.setdefault(str(given["form"]), []).append(cell)


def unique(rows: Iterable[tuple[str, dict[str, str]]]) -> list[Answer]:
    "The answers in these rows, each with its place; ValueError for one that cannot be read, or comes twice."
    found: dict[tuple[str, str, int], str] = {}
    answers = []
    for place, cells in rows:
        try:
            answer = of_row(cells)
            key = answer.student, answer.sheet, answer.question
            if key in found:
                raise ValueError(
                    f"question {answer.question} of {short(answer.sheet)} is answered in {found[key]} already"
                )
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
        found[key] = place
        answers.append(answer)
    return answers


def blank_table(sheets: Iterable[Sheet]) -> str:
    "A CSV file to be filled in: a line for every question of these sheets."
    table = io.StringIO()
    write = csv.writer(table)
    write.writerow(["student", "sheet", "question", "asked", "answer"])
    for sheet in sheets:
        for exercise in sheet.exercises:
            write.writerows(["", sheet.name, q.number, exercise.asked(q), ""] for q in exercise.questions)
    return "\ufeff" + table.getvalue()  # spreadsheets know by this mark that it is UTF-8


def of_row(cells: dict[str, str]) -> Answer:
    question = cells.get("question", "")
    if not re.fullmatch(r"[0-9]{1,3}", question):
        raise ValueError(f"{question[:30]!r} is not the number of a question, such as 7")
    text = cells.get("answer", "")
    try:
        number = to_number(text) if text else None
    except ValueError as error:
        raise ValueError(f"question {question}: {error}") from None
    return Answer(cells.get("sheet", ""), int(question), number, cells.get("student", ""))


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
