"""Sheets, one a page, and their answer key: each is one HTML file that prints cleanly; the sheets can be filled in."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template as Page

from ...system import pages
from ...text.letters import counted
from ...text.symbols import plain
from .exercises import Exercise, Question, number
from .hints import hint
from .pictures import Template
from .sheets import Sheet

NUMBER = (
    r'inputmode="text" spellcheck="false" pattern="\s*[\-−–]?\s*(\d+([.,]\d*)?|[.,]\d+)(e[\-+]?\d+|\s*/\s*\d+)?\s*" '
)
NUMBER += 'title="a number, such as -2, 0.5 or 3/4"'  # as answers.to_number() reads it
ROOM = {1: (173, 208), 2: (173, 85), 4: (80, 50)}  # mm for each picture, by how many share the page


def worksheets(sheets: list[Sheet], hints: int = 0) -> tuple[str, str]:
    """The sheets and their answer key, as two HTML pages.

    `hints` prints one for every question on the back of each sheet: 1 is vague, 2 has the formula, 3 its numbers.
    """
    templates = [[template(e, len(sheet.exercises)) for e in sheet.exercises] for sheet in sheets]
    papers = [page(s, ts) + (back(s, hints) if hints else "") for s, ts in zip(sheets, templates)]
    keys = [page(s, ts, key=True) for s, ts in zip(sheets, templates)]
    name = f"{sheets[0].level.title}: {counted(len(sheets), 'sheet')}"
    return document(name, papers, text("sheet.js")), document(f"{name}, answer key", [glance(sheets), *keys])


def template(e: Exercise, count: int) -> Template:
    "Its picture, where `count` exercises share a page: one alone is drawn from top to bottom."
    return Template(e, ROOM[count], "TB" if count == 1 else "LR")


def page(sheet: Sheet, templates: list[Template], key: bool = False) -> str:
    "One sheet, as one <section>, which is one page of paper."
    level = sheet.level
    return part("sheet.html").substitute(
        kind=f"{level.name} key" if key else level.name,
        title=escape(level.title),
        task=escape(level.task),
        numbers=escape(level.numbers),
        name=sheet.name,
        person="Answer key" if key else field(sheet, "Name", "student", 'class="line"'),
        exercises="\n".join(exercise(sheet, e, t, key) for e, t in zip(sheet.exercises, templates)),
        saving="" if key else part("saving.html").substitute(name=sheet.name),
    )


def exercise(sheet: Sheet, e: Exercise, template: Template, key: bool) -> str:
    "One picture, with the formulas of its graph above it, and fields to type into below."
    first, last = e.questions[0].number, e.questions[-1].number
    return part("exercise.html").substitute(
        formulas=" ".join(f"<span>{escape(line)}</span>" for line in formulas(e)),
        questions=f"{first} to {last}",
        picture=template.svg(key),
        fields="" if key else f'<div class="fields">{"".join(blank(sheet, e, q) for q in e.questions)}</div>',
    )


def blank(sheet: Sheet, e: Exercise, q: Question) -> str:
    return field(sheet, f"<sup>{q.number}</sup>&#160;{escape(e.asked(q))}", str(q.number), NUMBER)


def field(sheet: Sheet, label: str, name: str, more: str) -> str:
    "One that belongs to the form of its sheet, wherever it stands: `answers.parse_page` reads it."
    return f'<label>{label} <input form="{sheet.name}" name="{name}" autocomplete="off" {more}></label>'


def formulas(e: Exercise) -> list[str]:
    "y = a · b, for every node of the graph."
    made = [v for v in e.written if v.parents]
    return [f"{e.names[v]} = {plain.formula(v.op, *[e.names[x] for x in v.parents]).text}" for v in made]


def back(sheet: Sheet, level: int) -> str:
    "The back of a sheet: a hint for every question."
    items = "\n".join(f"<li>{escape(hint(sheet, q.number, level))}</li>" for q in sheet.questions)
    return part("hints.html").substitute(name=sheet.name, items=items)


def glance(sheets: list[Sheet]) -> str:
    "All answers in one table: a row for each sheet."
    rows = []
    for sheet in sheets:
        cells = "".join(f"<span><sup>{q.number}</sup>&#160;{number(q.answer)}</span> " for q in sheet.questions)
        rows.append(f"<tr><th>{sheet.name}</th><td>{cells}</td></tr>")
    return part("glance.html").substitute(rows="\n".join(rows))


def document(title: str, sections: list[str], script: str | None = None) -> str:
    return pages.page(title, text("sheet.css"), "\n".join(["<main>", *sections, "</main>"]), script)


def part(name: str) -> Page:
    return Page(text(name))


def text(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")
