"""Answers as they come back: from a CSV file, from a sheet that was filled in in the browser, or typed.

A CSV file has the columns sheet, question, answer and, if there is more than one student, student, in any order, under
a line with their names; separated by commas, semicolons or tabs, as spreadsheets of different countries write it.

What is odd about one answer or one file keeps nobody from reading the others: it is named, among the `oddities`.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from ...system.quotes import short
from .sheets import Sheet

COLUMNS = "sheet", "question", "answer"
TABLES, PAGES = (".csv",), (".html", ".htm")


class Answer(NamedTuple):
    """One answer: who gave it, on which sheet, to which question; the number, or None where there is none.

    `said` is what stands there instead of a number; nothing, where the blank was left empty.
    """

    sheet: str
    question: int
    number: float | None
    student: str = ""
    said: str = ""
    file: str = ""


class Answers(list[Answer]):
    "Answers, and the `oddities` met on the way to them: a sentence for each, with its place."

    def __init__(self, answers: Iterable[Answer] = (), oddities: Iterable[str] = ()):
        super().__init__(answers)
        self.oddities = [*oddities]


def is_file(name: str) -> bool:
    return name.lower().endswith(TABLES + PAGES)


def read_answers(*paths: str | os.PathLike[str]) -> Answers:
    "The answers in these files, CSV or saved sheets; ValueError if there are none in any of them."
    answers = Answers()
    known: dict[tuple[str, str], list[Answer]] = {}
    for path in paths:
        try:
            found = read_file(Path(path))
        except ValueError as error:
            answers.oddities.append(str(error))
            continue
        answers.oddities += found.oddities
        for key in dict.fromkeys((a.student, a.sheet) for a in found):
            given = [a for a in found if (a.student, a.sheet) == key]
            if key in known:
                answers.oddities.append(twice(given, known[key]))
            else:
                known[key] = given
                answers += given
    if not answers and answers.oddities:
        raise ValueError("; ".join(answers.oddities))
    return answers


def twice(given: list[Answer], before: list[Answer]) -> str:
    "What is said of answers to a sheet that is handed in already."
    student, sheet, first = short(given[0].student), short(given[0].sheet), before[0].file
    other = [a._replace(file="") for a in given] != [a._replace(file="") for a in before]
    return (
        f"{given[0].file}: answers {f'of {student}' if student else 'without a name'} to {sheet} are in {first} already"
        + (", and they are others: those count, these do not" if other else ", and the same: they count once")
    )


def read_file(path: Path) -> Answers:
    "The answers in one file, and its oddities; ValueError that says what is wrong, if it cannot be read at all."
    try:
        text, oddity = decoded(path.read_bytes())
        found = (parse_page if path.suffix.lower() in PAGES else parse_answers)(text)
    except OSError as error:
        raise ValueError(f"{path}: cannot read it: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{path}, {error}") from None
    oddities = [f"{path}, {oddity}" for oddity in [*oddity, *found.oddities]]
    return Answers((a._replace(file=str(path)) for a in found), oddities)


def decoded(data: bytes) -> tuple[str, list[str]]:
    "The text in these bytes, and what is odd about them: not every spreadsheet writes UTF-8."
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        encoding = "UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "Windows-1252"
    try:
        return data.decode(encoding), [f"not in UTF-8: read as {encoding}; look whether the names came out right"]
    except UnicodeDecodeError:
        raise ValueError("this is no text: save it as CSV in UTF-8") from None


def parse_answers(text: str) -> Answers:
    "The answers in the text of a CSV file."
    first, *lines = re.split(r"\r\n|\r|\n", text)
    delimiter = max(",;\t", key=first.count)
    head = [name.lower() for name in split(first, delimiter)]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise ValueError(f"line 1: it names the columns, sheet,question,answer; {' and '.join(missing)} is missing")
    oddities = []

    def rows() -> Iterator[tuple[str, dict[str, str]]]:
        for number, line in enumerate(lines, 2):
            try:
                cells = dict(zip(head, fitted(split(line, delimiter), head, delimiter)))
            except ValueError as error:
                oddities.append(f"line {number}: {error}")
                continue
            if any(cells.values()):
                yield f"line {number}", cells

    found = unique(rows())
    return Answers(found, sorted(oddities + found.oddities, key=lambda said: int(re.findall(r"\d+", said)[0])))


def split(line: str, delimiter: str) -> list[str]:
    "The cells of one line. A quote that is left open spoils that line, and not all that follow."
    try:
        return [
            cell.strip()
            for row in csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
            for cell in row
        ]
    except csv.Error as error:
        raise ValueError(f"it breaks off, or is no CSV: {error}") from None


def fitted(cells: list[str], head: list[str], delimiter: str) -> list[str]:
    "As many cells as there are columns: where the answer is the last, 0,5 is one number, and not two cells."
    columns = len(head)
    if any(cells[columns:]) and not (delimiter == "," and head[-1] == "answer"):
        raise ValueError(f"{len(cells)} cells under {columns} columns: a comma in a cell wants quotes around it")
    return cells[: columns - 1] + [",".join(cells[columns - 1 :]).rstrip(",")]


def parse_page(text: str) -> Answers:
    "The answers in a sheet that was saved, filled in, with its own button; sheets without any are passed over."
    fields = Fields()
    fields.feed(text)
    fields.close()
    whole = text.rstrip().lower().endswith("</html>")
    if not fields.sheets:
        raise ValueError("this page has no fields of a worksheet: hand in what its button “Save this sheet” has saved")
    filled = {name: cells for name, cells in fields.sheets.items() if any(text for _, text in cells)}
    if not filled:
        raise ValueError("no answers: a browser's own “Save page as” leaves them out, the sheet's button keeps them")
    found = unique(
        (f"sheet {short(name)}",
         {"sheet": name, "question": key, "answer": text, "student": dict(cells).get("student", "")})
        for name, cells in filled.items() for key, text in cells if key != "student"
    )  # fmt: skip
    return Answers(found, ["the page breaks off: ask for it again"] * (not whole) + found.oddities)


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


def unique(rows: Iterable[tuple[str, dict[str, str]]]) -> Answers:
    "The answers in these rows, each with its place; odd is what is no number, and what comes twice."
    found: dict[tuple[str, str, int], tuple[str, Answer]] = {}
    oddities = []
    for place, cells in rows:
        try:
            answer = of_row(cells)
        except ValueError as error:
            oddities.append(f"{place}: {error}")
            continue
        key = answer.student, answer.sheet, answer.question
        if key in found:
            sheet = short(answer.sheet)
            oddities.append(f"{place}: question {answer.question} of {sheet} is answered in {found[key][0]} already")
            continue
        found[key] = place, answer
        if answer.said:
            oddities.append(f"{place}: question {answer.question}: {no_number(answer.said)}")
    return Answers((answer for _, answer in found.values()), oddities)


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
    "The answer in these cells; ValueError where it is to no question."
    question, text = cells.get("question", ""), cells.get("answer", "")
    if not re.fullmatch(r"[0-9]{1,3}", question):
        raise ValueError(f"{question[:30]!r} is not the number of a question, such as 7")
    try:
        number, said = to_number(text) if text else None, ""
    except ValueError:
        number, said = None, text
    return Answer(cells.get("sheet", ""), int(question), number, cells.get("student", ""), said)


def typed(sheet: str, words: Iterable[str]) -> list[Answer]:
    "1=2 2=-4 3=1/2, as typed behind the name of a sheet."
    answers = []
    for word in words:
        question, equals, number = word.partition("=")
        if not equals:
            raise ValueError(f"{word[:30]!r}: answers are typed as question=number, such as 7=-2")
        answer = of_row({"sheet": sheet, "question": question.strip(), "answer": number.strip()})
        if answer.said:
            raise ValueError(f"question {answer.question}: {no_number(answer.said)}")
        answers.append(answer)
    return answers


def no_number(text: str) -> str:
    return f"{text[:30]!r} is not a number, such as -2, 0.5 or 3/4"


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
        raise ValueError(no_number(text))
    return number
