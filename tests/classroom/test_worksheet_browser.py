"A sheet filled in in a real browser, from a file, without a network: what its buttons save is what the grader reads."

import re

import pytest

from micrograd_es.classroom import feedback, grade, read_answers, sheets, worksheets
from micrograd_es.classroom.exercises.answers import Answer

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the group `browser` has it")
SHEETS = sheets("chain", 3, 1)


@pytest.fixture
def paper(window, tmp_path):
    "A page of three sheets; at the end no error was logged, and nothing was asked of any network."
    file, trouble = tmp_path / "sheets.html", []
    file.write_text(worksheets(SHEETS)[0], "utf-8")
    page = window.new_page()
    page.set_default_timeout(5000)
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda r: r.url.startswith(("file:", "blob:")) or trouble.append(r.url))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert trouble == []


def fill(page, sheet, student, answers):
    page.fill(f'input[form="{sheet}"][name=student]', student)
    for question, text in answers.items():
        page.fill(f'input[form="{sheet}"][name="{question}"]', text)


def saved(page, sheet, kind, folder):
    with page.expect_download() as download:
        page.click(f'[id="{sheet}"] button[value={kind}]')
    return download.value.save_as(path := folder / download.value.suggested_filename) or path


@pytest.mark.parametrize("kind", ["csv", "html"])
def test_what_is_saved_is_graded(paper, tmp_path, kind):
    "Typed as students type, with a name that would upset a table or a page: every answer arrives."
    sheet, student = SHEETS[1], 'Zoë "Z" O\'Neil, </input><b>'
    fill(
        paper,
        sheet.name,
        student,
        {q.number: f" {q.answer:g}".replace("-", "−").replace(".", ",") for q in sheet.questions},
    )
    path = saved(paper, sheet.name, kind, tmp_path)
    assert path.name == f"{sheet.name}-Zoë-Z-O-Neil-input-b.{kind}"
    answers = read_answers(path)
    assert {(a.sheet, a.student) for a in answers} == {(sheet.name, student)}
    assert {a.question: a.number for a in answers} == {q.number: pytest.approx(q.answer) for q in sheet.questions}
    assert str(grade(answers)).endswith(f"{len(sheet.questions)} of {len(sheet.questions)} right")
    told = paper.locator(f'[id="{sheet.name}"] output').inner_text()
    assert told == f"Saved {len(answers)} of {len(answers)} answers as {path.name}: hand it in."


def test_the_saved_sheet_goes_on(paper, window, tmp_path):
    "It is a page of that one sheet, with the fields as they were left; it can be corrected and saved again."
    sheet = SHEETS[2].name
    fill(paper, sheet, "Ada", {1: "7", 2: "1/2"})
    path = saved(paper, sheet, "html", tmp_path)
    assert worksheets(SHEETS[:1])[0].count("<input") < path.read_text("utf-8").count("<input") + 5
    again = window.new_page()
    again.goto(path.as_uri())
    assert again.locator("section").count() == 1 and again.input_value('input[name="2"]') == "1/2"
    again.fill('input[name="1"]', "8")
    (tmp_path / "again").mkdir()
    numbers = {a.question: a.number for a in read_answers(saved(again, sheet, "html", tmp_path / "again"))}
    assert (numbers[1], numbers[2], numbers[3]) == (8, 0.5, None)
    again.close()


@pytest.mark.parametrize("wrong", ["four", "1,2,3", "--1", "1/", "ln 5"])
def test_no_number_is_not_saved(paper, wrong):
    "The page says so at once, where the grader would say it too late; numbers as to_number() reads them are let through."
    sheet = SHEETS[0].name
    field = paper.locator(f'input[form="{sheet}"][name="1"]')
    for right in ("", "-2", "−2", " 0,5", "3/4", "- 3 / 4 ", ".5", "1e-3", "7."):
        field.fill(right)
        assert field.evaluate("field => field.validity.valid"), right
    field.fill(wrong)
    paper.click(f'[id="{sheet}"] button[value=csv]')
    assert paper.evaluate("document.activeElement.name") == "1" and not field.evaluate("field => field.validity.valid")
    assert paper.locator(f'[id="{sheet}"] output').inner_text() == ""


def test_one_sheet_for_one_student(paper):
    "The address of a sheet shows it alone."
    paper.goto(f"{paper.url}#{SHEETS[1].name}")
    assert (
        paper.locator("section:visible").count() == 1
        and SHEETS[1].name in paper.locator("section:visible").inner_text()
    )


def test_paper_stays_paper(paper):
    "What is for typing is not printed, but for the line of the name; each sheet is a page."
    pdf = paper.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
    paper.emulate_media(media="print")
    assert paper.locator(".fields:visible, button:visible").count() == 0
    assert paper.locator("input:visible").count() == 3


@pytest.mark.parametrize("width", [360, 1280])
def test_for_everybody(paper, axe, width):
    "No violation of any rule of axe-core; no scrolling sideways; every field has a name that is seen."
    paper.set_viewport_size({"width": width, "height": 800})
    paper.evaluate(axe)
    found = paper.evaluate("axe.run(document, {resultTypes: ['violations']}).then(done => done.violations)")
    assert [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == []
    assert paper.evaluate("document.documentElement.scrollWidth") <= width


def test_feedback_for_everybody(window, axe, tmp_path):
    "The page that a student gets back: no violation of any rule, and nothing that its policy has to stop."
    numbers = {q.number: -q.answer for q in SHEETS[0].questions}
    (text,) = feedback(grade([Answer(SHEETS[0].name, n, x, "Zoë") for n, x in numbers.items()])).values()
    (tmp_path / "zoë.html").write_text(text, "utf-8")
    page, trouble = window.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.goto((tmp_path / "zoë.html").as_uri())
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(done => done.violations)")
    assert [(v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == [] == trouble
    page.close()
