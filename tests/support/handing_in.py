"""What students hand in: each way writes files, and says what is due for them, and which oddities there are.

Due is what is not right, by verdict; an oddity is a pattern.
"""

import re

from micrograd_es.classroom import worksheets
from micrograd_es.classroom.exercises.grading import EMPTY, FOLLOWS, MISSING, UNREADABLE, WRONG
from micrograd_es.mistakes import MISTAKES
from micrograd_es.mistakes.slips import same


def answers(sheet):
    return {q.number: f"{q.answer:.10g}" for q in sheet.questions}


def csv_of(sheet, name, cells, delimiter=",", quote='"'):
    lines = [f"{name}{delimiter}{sheet.name}{delimiter}{n}{delimiter}{quote}{x}{quote}" for n, x in cells.items()]
    return "\r\n".join([delimiter.join(("student", "sheet", "question", "answer")), *lines, ""])


def page_of(sheet, name, cells):
    "The sheet, filled in as its own button saves it."
    page = worksheets([sheet])[0].replace('name="student"', f'name="student" value="{name}"')
    for n, x in cells.items():
        page = page.replace(f'name="{n}"', f'name="{n}" value="{x}"')
    return page


def saved(folder, name, text, suffix="csv", encoding="utf-8"):
    path = folder / f"{name.replace(' ', '-')}.{suffix}"
    path.write_bytes(text.encode(encoding))
    return path


def right(folder, sheet, name):
    saved(folder, name, csv_of(sheet, name, answers(sheet)))
    return {}, []


def right_on_the_page(folder, sheet, name):
    saved(folder, name, page_of(sheet, name, answers(sheet)), "html")
    return {}, []


def a_slip(folder, sheet, name):
    "One gradient with one mistake, at a leaf: nothing follows from it."
    e = sheet.exercises[0]
    for mistake in MISTAKES:
        for q in e.questions:
            made = mistake.gradients(e.graph)[e.nodes[q.number]]
            if q.kind == "grad" and not e.nodes[q.number].parents and not same(made, q.answer):
                saved(folder, name, csv_of(sheet, name, answers(sheet) | {q.number: made}))
                return {WRONG: 1}, []
    raise AssertionError(f"no mistake makes another number on {sheet.name}")


def a_slip_early(folder, sheet, name):
    "The first value is wrong, and the second is right for who has that one: it follows, if it is another at all."
    e = sheet.exercises[0]
    first, second = e.questions[:2]
    v = e.nodes[second.number]
    wrong = first.answer + 1
    own, _ = v.op.evaluate(*[wrong if x is e.nodes[first.number] else x.data for x in v.parents])
    saved(folder, name, csv_of(sheet, name, answers(sheet) | {first.number: wrong, second.number: own}))
    return {WRONG: 1, FOLLOWS: int(own != second.answer)}, []


def blanks(folder, sheet, name):
    saved(folder, name, csv_of(sheet, name, answers(sheet) | {2: "", 5: " "}))
    return {EMPTY: 2}, []


def bananas(folder, sheet, name):
    saved(folder, name, csv_of(sheet, name, answers(sheet) | {3: "banana"}))
    return {UNREADABLE: 1}, [rf"{file(name)}, line 4: question 3: 'banana' is not a number"]


def bananas_on_the_page(folder, sheet, name):
    saved(folder, name, page_of(sheet, name, answers(sheet) | {3: "ln 5"}), "html")
    return {UNREADABLE: 1}, [rf"{file(name)}, sheet {sheet.name}: question 3: 'ln 5' is not a number"]


def half_a_table(folder, sheet, name):
    "Broken off in the middle of the answer to question 8, behind its opening quote."
    text = csv_of(sheet, name, answers(sheet))
    saved(folder, name, text[: text.index('"', text.index(f"{sheet.name},8,")) + 1])
    n = len(sheet.questions)
    which = ", ".join(map(str, range(8, n + 1)))
    return {MISSING: n - 7}, [
        rf"{file(name)}, line 9: it breaks off",
        rf"{file(name)}: {name}: {sheet.name} has {n} questions; not in the file: {which}$",
    ]


def half_a_page(folder, sheet, name):
    page = page_of(sheet, name, answers(sheet))
    saved(folder, name, page[: page.index('name="8"') + 9], "html")
    n = len(sheet.questions)
    return {MISSING: n - 7}, [
        rf"{file(name)}, the page breaks off: ask for it again",
        rf"{file(name)}: {name}: {sheet.name} has {n} questions; not in the file: 8, ",
    ]


def the_same_twice(folder, sheet, name):
    for suffix in ("csv", "copy.csv"):
        saved(folder, name, csv_of(sheet, name, answers(sheet)), suffix)
    return {}, [rf"answers of {name} to {sheet.name} are in .* already, and the same: they count once"]


def another_one_later(folder, sheet, name):
    saved(folder, name, csv_of(sheet, name, answers(sheet)), "1.csv")
    saved(folder, name, csv_of(sheet, name, answers(sheet) | {1: ""}), "2.csv")
    return {}, [rf"{file(name)}: answers of {name} .*, and they are others: those count, these do not"]


def a_line_twice(folder, sheet, name):
    text = csv_of(sheet, name, answers(sheet))
    saved(folder, name, f"{text}{name},{sheet.name},1,777\r\n")
    return {}, [rf"{file(name)}, line {len(sheet.questions) + 2}: question 1 of {sheet.name} is answered in line 2"]


def utf_16(folder, sheet, name):
    saved(folder, name, csv_of(sheet, name, answers(sheet), "\t"), encoding="utf-16")
    return {}, [rf"{file(name)}, not in UTF-8: read as UTF-16"]


def windows(folder, sheet, name):
    "With one more column, whose name is no UTF-8."
    saved(folder, name, csv_of(sheet, name, answers(sheet)).replace("\r\n", ",schön\r\n"), encoding="cp1252")
    return {}, [rf"{file(name)}, not in UTF-8: read as Windows-1252"]


def decimal_commas(folder, sheet, name):
    cells = {n: x.replace(".", ",") if "." in x else f"{x},0" for n, x in answers(sheet).items()}
    saved(folder, name, csv_of(sheet, name, cells, ";", ""))
    return {}, []


def decimal_commas_between_commas(folder, sheet, name):
    cells = {n: x.replace(".", ",") if "." in x else f"{x},00" for n, x in answers(sheet).items()}
    saved(folder, name, csv_of(sheet, name, cells, ",", ""))
    return {}, []


def no_such_sheet(folder, sheet, name):
    text = csv_of(sheet, name, answers(sheet))
    saved(folder, name, f"{text}{name},knot-1-1,1,2\r\n{name},{sheet.name},99,2\r\n")
    n = len(sheet.questions)
    return {}, [
        rf"{file(name)}: {name}: there is no level 'knot'",
        rf"{file(name)}: {name}: sheet {sheet.name} has the questions 1 to {n}, and no 99",
    ]


def file(name):
    return re.escape(name.replace(" ", "-")) + r"\S*"


HANDED_IN = {
    do.__name__: do
    for do in (
        right,
        right_on_the_page,
        a_slip,
        a_slip_early,
        blanks,
        bananas,
        bananas_on_the_page,
        half_a_table,
        half_a_page,
        the_same_twice,
        another_one_later,
        a_line_twice,
        utf_16,
        windows,
        decimal_commas,
        decimal_commas_between_commas,
        no_such_sheet,
    )
}
