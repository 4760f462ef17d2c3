"Exercises come out even, sheets are all different and always the same, they print page by page, and grading is fair."

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest

from micrograd_es.check import check, slope
from micrograd_es.classroom import LEVELS, exercise, grade, hint, read_answers, sheet, sheets, worksheets
from micrograd_es.classroom.exercises.answers import Answer, parse_answers, parse_page, to_number, typed
from micrograd_es.classroom.exercises.exercises import is_short, number
from micrograd_es.classroom.exercises.grading import EMPTY, FOLLOWS, RIGHT, WRONG
from micrograd_es.cli import main
from micrograd_es.graph import Graph
from tests.support import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SHEETS = {level: sheets(level, 30, 1) for level in LEVELS}
levels = pytest.mark.parametrize("level", LEVELS)

# ---- Exercises ------------------------------------------------------------------------------------------------------


@levels
def test_thirty_different_sheets_of_short_numbers(level):
    "All different; every answer, every number shown and every local gradient has at most four decimals, six characters."
    signatures = {tuple(e.signature() for e in s.exercises) for s in SHEETS[level]}
    answers = {tuple(q.answer for q in s.questions) for s in SHEETS[level]}
    assert len(signatures) == 30 and len(answers) >= 29
    for s in SHEETS[level]:
        assert [q.number for q in s.questions] == list(range(1, len(s.questions) + 1))
        for e in s.exercises:
            assert all(len(number(q.answer)) <= 7 and is_short(q.answer) for q in e.questions)
            assert all(len(e.given(v)) <= 9 and "e" not in e.given(v) for v in e.order)
            assert all(is_short(local) for v in e.order for local in v.local_grads)


@levels
def test_finite_differences_agree(level):
    "Leaves by the referee that students have too; inner nodes by nudging them."
    for s in SHEETS[level]:
        for e in s.exercises:
            assert check(e.root).ok
            for q in e.questions:
                v = e.nodes[q.number]
                measured = slope(lambda x, e=e, v=v: e.graph.compute({v: x})[e.root], v.data, 1e-5)
                truth = q.answer if q.kind == "grad" else Graph(e.root).gradients[v]
                assert measured == pytest.approx(truth, rel=1e-5, abs=1e-5)
                assert q.kind == "grad" or q.answer == pytest.approx(v.data, abs=1e-9)


@levels
def test_worth_asking(level):
    "Not all zeros, not all the same, nothing asked twice, and the gradient of the root is given."
    for s in SHEETS[level]:
        for e in s.exercises:
            grads = [q.answer for q in e.questions if q.kind == "grad"]
            assert sum(map(bool, grads)) > len(grads) / 2
            assert len({(q.kind, q.name) for q in e.questions}) == len(e.questions)
            assert all(e.nodes[q.number] is not e.root for q in e.questions if q.kind == "grad")


def test_something_is_reused_where_it_says_so():
    for s in SHEETS["reuse"]:
        for e in s.exercises:
            parents = [x for v in e.order for x in v.parents]
            assert len(parents) > len(set(parents))


def test_softmax_is_designed():
    "Scores are logarithms of whole numbers, and so printed; probabilities have at most four decimals."
    for s in SHEETS["softmax"]:
        (e,) = s.exercises
        assert {e.given(v)[:3] for v in e.order if not v.parents} <= {"ln ", "0"}
        asked = {q.name: q.answer for q in e.questions if q.kind == "grad"}
        assert asked["z₁"] + asked["z₂"] + asked["z₃"] == pytest.approx(0)
        assert "·" not in "".join(e.given(v) for v in e.order)


PINNED = {
    "gate": "7cd0f513de70",
    "chain": "f4593a07e26b",
    "reuse": "00d0bcb8220f",
    "neuron": "7300a1de3b20",
    "net": "dbeef60f1071",
    "softmax": "bc6bbad72507",
    "mixed": "b801645e0db3",
}


def digest(level):
    numbers = [[(q.number, q.kind, q.name, q.answer) for q in s.questions] for s in sheets(level, 30, 1)]
    return hashlib.sha256(repr(numbers).encode()).hexdigest()[:12]


@levels
def test_the_same_sheets_everywhere(level):
    "A sheet that was printed last year can be graded: changing a recipe must be a decision."
    assert digest(level) == PINNED[level]


def test_the_same_in_another_process():
    program = "from tests.classroom import test_exercises as t; print([t.digest(level) for level in t.LEVELS])"
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert done.stdout.strip() == str(list(PINNED.values())), done.stderr


def test_sheets_by_name():
    assert sheet("chain-1-7").exercises[0].signature() == SHEETS["chain"][6].exercises[0].signature()
    assert sheets("chain", 3, "1")[2].questions == SHEETS["chain"][2].questions
    assert sheets("chain", 3, 2)[2].questions != SHEETS["chain"][2].questions
    assert exercise("neuron", 5).signature() == exercise("neuron", 5).signature()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sheets("chains"), "there is no level 'chains': take one of gate, chain"),
        (lambda: sheets("chain", 0), "0 sheets: from 1 to 500"),
        (lambda: sheets("chain", 2, "a-b"), "seed 'a-b': .* letters and digits"),
        (lambda: sheet("chain-1"), "'chain-1' is no sheet: .* such as chain-7-1"),
        (lambda: sheet("knot-1-1"), "no level 'knot'"),
        (lambda: hint(sheet("gate-1-1"), 99, 1), "gate-1-1 has the questions 1 to 10, and no 99"),
        (lambda: hint(sheet("gate-1-1"), 1, 4), "level 1 .* and not 4"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@levels
def test_hints_lead_on_and_do_not_tell(level):
    "Three for every question, each longer than a shrug; the last one ends with a question mark, not with the answer."
    for s in SHEETS[level][:5]:
        for q in s.questions:
            vague, rule, explicit = (hint(s, q.number, i) for i in (1, 2, 3))
            assert vague.startswith(("Forward", "Backward")) and not re.search(r"= -?\d", vague)
            assert "=" in rule and explicit.endswith("= ?") and q.name in explicit


# ---- On paper -------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    "Reads a page; a tag that is not closed, or an attribute that fetches something, is an error."

    VOID = "meta", "hr", "link", "img", "br", "input"

    def __init__(self):
        super().__init__()
        self.open, self.sheets, self.answers, self.lines, self.text = [], 0, 0, 0, []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        assert not {"src", "href", "onload"} & set(given)
        if tag not in self.VOID:
            self.open.append(tag)
        self.sheets += "sheet" in given.get("class", "").split()
        self.answers += given.get("class") == "answer"
        self.lines += given.get("class") == "number"

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@levels
def test_pages(level):
    "Thirty sections, a blank for every question, no answer on the sheets and all of them in the key, nothing fetched."
    made = SHEETS[level]
    questions = sum(len(s.questions) for s in made)
    for page, key in zip(worksheets(made), (False, True)):
        reader = Reader()
        reader.feed(page)
        assert reader.open == [] and reader.sheets == 30 and reader.lines == questions
        assert (reader.answers > questions) if key else reader.answers == 0
        assert not re.search(r"[QE]\d\d_|\$\w", page) and "://" not in page.replace("http://www.w3.org/", "")
        assert all(s.name in page for s in made)
        sizes = re.findall(r'<svg[^>]* width="([\d.]+)mm" height="([\d.]+)mm"', page)
        assert len(sizes) == sum(len(s.exercises) for s in made)
        assert all(float(w) <= 173.1 and float(h) <= 208.1 for w, h in sizes)


def test_one_command_is_quick(tmp_path, monkeypatch, capsys):
    "30 sheets and their key, in a new process, in seconds."
    begin = time.perf_counter()
    command = [sys.executable, "-m", "micrograd_es", "worksheet", "chain", "--seed", "7"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert time.perf_counter() - begin < 10
    assert done.stdout.startswith("wrote chain-7.html, 30 sheets to print or fill in, chain-7-key.html, "), done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"chain-7.html", "chain-7-key.html", "chain-7-answers.csv"}
    blank = read_answers(tmp_path / "chain-7-answers.csv")
    assert len(blank) == sum(len(s.questions) for s in sheets("chain", 30, 7)) and {a.number for a in blank} == {None}


def test_hints_are_on_the_back():
    sheet_page, key = worksheets(SHEETS["chain"][:2], hints=2)
    assert sheet_page.count('<section class="hints">') == 2 and '<section class="hints">' not in key


@pytest.mark.skipif(not CHROMIUM, reason="no chromium to print with")
def test_one_sheet_a_page(tmp_path):
    "As printed by a browser: so many pages, none cut, none empty."
    made = [s for level in LEVELS for s in SHEETS[level][:3]]
    (tmp_path / "sheets.html").write_text(worksheets(made)[0], "utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
               f"--print-to-pdf={tmp_path / 'sheets.pdf'}", str(tmp_path / "sheets.html")]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "sheets.pdf").read_bytes()))
    assert pages == len(made)


# ---- Grading --------------------------------------------------------------------------------------------------------


def answered(name, change=None, student=""):
    "All answers to a sheet, right but for the changes."
    numbers = {q.number: q.answer for q in sheet(name).questions} | (change or {})
    return [Answer(name, n, x, student) for n, x in numbers.items()]


@levels
def test_right_answers_are_right(level):
    for s in SHEETS[level][:6]:
        marks = grade(answered(s.name))
        assert {m.verdict for m in marks} == {RIGHT}
        assert str(marks) == f"{s.name}: {len(s.questions)} of {len(s.questions)} right"


def test_a_classic_mistake_is_named():
    s = SHEETS["reuse"][0]
    e, q = next((e, q) for e in s.exercises for q in e.questions if q.kind == "grad" and q.answer)
    (m,) = [m for m in grade(answered(s.name, {q.number: -q.answer})) if m.verdict == WRONG]
    assert m.answer.question == q.number and m.mistakes and f"is not ∂L/∂{q.name}" in m.feedback


def test_mistakes_are_counted_once():
    "Who goes wrong once, and right from there on, is told so."
    chain = sheet("chain-1-1")
    first, second = chain.questions[0], chain.questions[1]
    e = chain.exercises[0]
    v = e.nodes[second.number]
    own = [first.answer + 1 if x is e.nodes[first.number] else x.data for x in v.parents]
    marks = grade(answered(chain.name, {1: first.answer + 1, 2: v.op.evaluate(*own)[0]}))
    assert [m.verdict for m in marks][:2] == [WRONG, FOLLOWS]
    assert "1 follow from an earlier mistake" in str(marks)


def test_report_of_a_class():
    report = grade(answered("chain-1-1", {9: 99.0}, "Ada") + answered("chain-1-2", {1: None}, "Ben"))
    text = str(report)
    assert "Ada, chain-1-1: " in text and "Ben, chain-1-2: " in text and "1 empty" in text
    assert f"all sheets: {len(report) - 2} of {len(report)} answers are right" in text
    assert [m.verdict for m in report if m.answer.number is None] == [EMPTY]


def test_csv(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeffStudent;Sheet;Question;Answer\nAda;gate-1-1;1;0,5\n\nAda;gate-1-1;2;\nBen;gate-1-1;1;−1/2\n", "utf-8"
    )
    assert read_answers(path) == [
        Answer("gate-1-1", 1, 0.5, "Ada", file=str(path)),
        Answer("gate-1-1", 2, None, "Ada", file=str(path)),
        Answer("gate-1-1", 1, -0.5, "Ben", file=str(path)),
    ]
    assert typed("gate-1-1", ["3=-2"]) == [Answer("gate-1-1", 3, -2.0)]


@pytest.mark.parametrize("text", ["", "sheet,question\n"])
def test_a_table_without_its_columns(text):
    with pytest.raises(ValueError, match="line 1: it names the columns.*answer is missing"):
        parse_answers(text)


GOOD = "sheet,question,answer\ngate-1-1,1,4\n"


@pytest.mark.parametrize(
    ("line", "oddity"),
    [
        ("gate-1-1,2,x", "line 3: question 2: 'x' is not a number"),
        ("gate-1-1,one,4", "line 3: 'one' is not the number of a question"),
        ("\ngate-1-1,1,5", "line 4: question 1 of gate-1-1 is answered in line 2"),
        ('gate-1-1,2,"4', "line 3: it breaks off, or is no CSV"),
        ('gate-1-1,2,"4" or so', "line 3: it breaks off, or is no CSV"),
        (f"gate-1-1,2,{'1' * 200_000}", "line 3: it breaks off, or is no CSV: field larger than field limit"),
    ],
)
def test_one_bad_line_stops_nobody(line, oddity):
    "The lines around it are read, and it is named."
    found = parse_answers(f"{GOOD}{line}\ngate-1-1,3,5\n")
    assert [a[:3] for a in found if not a.said] == [("gate-1-1", 1, 4.0), ("gate-1-1", 3, 5.0)]
    assert len(found.oddities) == 1 and found.oddities[0].startswith(oddity)


def test_a_decimal_comma_between_commas():
    "Where the answer is the last column it is one number; elsewhere nobody can know."
    assert [a.number for a in parse_answers(f"{GOOD}gate-1-1,2,0,5\ngate-1-1,3,7,\n")] == [4, 0.5, 7]
    found = parse_answers("sheet,answer,question\ngate-1-1,0,5,1\n")
    assert found == [] and found.oddities == [
        "line 2: 4 cells under 3 columns: a comma in a cell wants quotes around it"
    ]


PAGE = '<form id="gate-1-1"></form><input form="gate-1-1" name="student" value="Ada"><input form="gate-1-1" name="2" value="{}">'
END = "</body></html>"


def test_a_page_that_was_saved():
    "What stands in its fields; a sheet in which nothing stands is none; two quotes and a bracket are still text."
    page = PAGE.format(" −1/2 ") + '<input form="gate-1-2" name="1" value=""><p value="3">' + END
    assert parse_page(page) == [Answer("gate-1-1", 2, -0.5, "Ada")] and parse_page(page).oddities == []
    page = PAGE.replace("Ada", "A&quot;d&gt;a").format("")
    assert parse_page(page) == [Answer("gate-1-1", 2, None, 'A"d>a')]
    assert parse_page(page).oddities == ["the page breaks off: ask for it again"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<p>3</p>", "no fields of a worksheet: hand in what its button"),
        ("", "no fields of a worksheet"),
        (PAGE.replace("Ada", "").format(""), "no answers: a browser's own “Save page as” leaves them out"),
    ],
)
def test_pages_that_teach(text, message):
    with pytest.raises(ValueError, match=message):
        parse_page(text)


@pytest.mark.parametrize(
    ("fields", "oddity"),
    [
        (PAGE.format("four"), "sheet gate-1-1: question 2: 'four' is not a number"),
        (PAGE.format("4").replace('name="2"', 'name="two"'), "sheet gate-1-1: 'two' is not the number of a question"),
        (PAGE.format("4") + PAGE.format("5"), "question 2 of gate-1-1 is answered in sheet gate-1-1 already"),
    ],
)
def test_one_bad_field_stops_nobody(fields, oddity):
    found = parse_page(fields + '<input form="gate-1-1" name="3" value="7">' + END)
    assert found[-1] == Answer("gate-1-1", 3, 7.0, "Ada") and len(found.oddities) == 1 and oddity in found.oddities[0]


def test_many_files(tmp_path):
    "A class hands in tables and pages, each its own; what is handed in twice counts once, and is named."
    ada, ben, gone = tmp_path / "ada.HTML", tmp_path / "ben.csv", tmp_path / "gone.csv"
    ada.write_text(PAGE.format("2") + END, "utf-8")
    ben.write_text("student,sheet,question,answer\nBen,gate-1-1,2,3\n", "utf-8")
    found = read_answers(ada, gone, ben, ada)
    assert [a.student for a in found] == ["Ada", "Ben"]
    assert found.oddities == [
        f"{gone}: cannot read it: No such file or directory",
        f"{ada}: answers of Ada to gate-1-1 are in {ada} already, and the same: they count once",
    ]
    other = tmp_path / "other.csv"
    other.write_text("sheet,question,answer\ngate-1-1,2,3\n", "utf-8")
    ben.write_text("sheet,question,answer\ngate-1-1,2,4\n", "utf-8")
    found = read_answers(ben, other)
    assert [a.number for a in found] == [4]
    assert found.oddities == [
        f"{other}: answers without a name to gate-1-1 are in {ben} already, and they are others: those count, these do not"
    ]
    with pytest.raises(ValueError, match="gone.csv: cannot read it: .*; .*no.csv: cannot read it"):
        read_answers(gone, tmp_path / "no.csv")


@pytest.mark.parametrize("text", ["", "1/0", "ln 5", "1_000", "nan", "inf", "1e999", "--1", "1,2,3", "٣"])
def test_no_numbers(text):
    with pytest.raises(ValueError, match="is not a number"):
        to_number(text)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["worksheet", "knot"], "there is no level 'knot'"),
        (["worksheet", "--hints", "9"], "--hints 9"),
        (["worksheet", "chain", "--sheets", "x"], "invalid int value"),
        (["worksheet", "chain", "--out", "/nowhere/at/all.html"], "/nowhere/at/all.html: cannot write it"),
        (["grade", "missing.csv"], "missing.csv: cannot read it"),
        (["grade", "chain-1-1"], "a .csv or .html file, or the name of a sheet"),
        (["grade", "a.csv", "1=2"], "answers are typed for one sheet, not beside a file"),
        (["grade", "chain-1-1", "1"], "question=number"),
        (["grade", "chain-1-1", "99=1"], "has the questions 1 to"),
        (["grade", "chain-1-1", "--hint", "x"], "--hint x"),
        (["grade", "nonsense", "1=2"], "'nonsense' is no sheet"),
    ],
)
def test_command_refuses_in_one_line(words, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    err = capsys.readouterr().err
    assert stop.value.code == 2 and message in err and err.count("\n") == 1


def test_command_grades(tmp_path, capsys):
    s = sheet("net-1-3")
    path = tmp_path / "answers.csv"
    rows = [f"{s.name},{q.number},{q.answer},Ada" for q in s.questions]
    path.write_text("sheet,question,answer,student\n" + "\n".join(rows), "utf-8")
    assert main(["grade", str(path)]) == 0
    assert capsys.readouterr().out == f"Ada, net-1-3: {len(rows)} of {len(rows)} right\n"
    assert main(["grade", "net-1-3", f"1={s.questions[0].answer}", "--hint", "2.3"]) == 0
    assert capsys.readouterr().out.endswith("= ?\n")
