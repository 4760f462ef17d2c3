"""A class of thirty hands in what classes hand in: what is right counts, what is odd is named, and nobody is stopped.

Every student has a sheet of their own. What each should get is counted here, by what was done to the right answers.
"""

import csv
import io
import re

import pytest

from micrograd_es.classroom import LEVELS, MISTAKES, feedback, grade, own, read_answers, sheet, sheets, worksheets
from micrograd_es.classroom.exercises.answers import Answer
from micrograd_es.classroom.exercises.exercises import number
from micrograd_es.classroom.exercises.grading import FOLLOWS, RIGHT, VERDICTS, WRONG
from micrograd_es.classroom.exercises.levels import ROUNDED, SHORT
from micrograd_es.cli import main
from micrograd_es.mistakes.slips import same
from tests.support.handing_in import HANDED_IN


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    "The folder of the class: thirty students, each with what they handed in, and what they should get for it."
    folder = tmp_path_factory.mktemp("class")
    students = [student(folder, i) for i in range(1, 31)]
    return folder, students


def student(folder, i):
    name, (way, do) = f"Student {i:02}", [*HANDED_IN.items()][(i - 1) % len(HANDED_IN)]
    s = sheet(f"chain-1-{i}")
    expected, odd = do(folder, s, name)
    return name, s, way, expected, odd


def test_thirty_students(handed_in):
    "Each has the marks that are due, and every oddity is named, with its file; there is none that is not one."
    folder, students = handed_in
    files = sorted(folder.iterdir())
    report = grade(read_answers(*files))
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(report.table().removeprefix("\ufeff")))}
    assert len(students) == 30 == len(rows) and {way for _, _, way, *_ in students} == HANDED_IN.keys()
    for name, s, way, expected, _ in students:
        questions = len(s.questions)
        due = dict.fromkeys(VERDICTS, 0) | {RIGHT: questions - sum(expected.values())} | expected
        told = {verdict: int(rows[name][verdict]) for verdict in VERDICTS}
        assert told == due, (name, way)
        assert (rows[name]["sheet"], rows[name]["of"]) == (s.name, str(questions))
        assert int(rows[name]["marks"]) == due[RIGHT] + due[FOLLOWS]
    odd = [said for *_, said in students for said in said]
    for said in odd:
        assert sum(bool(re.search(said, oddity)) for oddity in report.oddities) == 1, said
    assert len(odd) == len(report.oddities) > 15 and all(oddity in str(report) for oddity in report.oddities)


def test_a_page_for_each_student(handed_in):
    "With the marks of the report, the solved pictures, and nothing that is fetched or run."
    folder, students = handed_in
    report = grade(read_answers(*sorted(folder.iterdir())))
    pages = feedback(report)
    assert pages.keys() == {f"{name.replace(' ', '-')}.html" for name, *_ in students}
    for name, s, *_ in students:
        page = pages[f"{name.replace(' ', '-')}.html"]
        (mine,) = [each for each in report.graded if each.student == name]
        assert name in page and s.name in page and mine.summary in page
        verdicts = re.findall(r'<tr class="([a-z-]+)">', page)
        assert {v: verdicts.count(v.replace(" ", "-")) for v in VERDICTS} == mine.counted
        assert "Content-Security-Policy" in page and page.count("<svg") == len(s.exercises)
        assert not re.search(r"<script|<input|<a |href=|src=|://(?!www\.w3\.org)", page)


def test_names_are_text_and_files_stay_in_their_folder():
    "Two names that come to one file have two; one that is a formula, markup or a path is none."
    names = ["Ada B", "ada-b", "../../x", "<b>&", "=1+1", "…", ""]
    report = grade([Answer("gate-1-1", 1, 1.0, name) for name in names])
    pages = feedback(report)
    assert len({name.lower() for name in pages}) == len(names) and not any(set("/\\<>&=") & set(name) for name in pages)
    assert not any("<b>&<" in page for page in pages.values())
    assert "\n=1+1" not in report.table() and "\n1+1,gate-1-1" in report.table()


LOG = own("log2(a)*b", {"a": "2..9", "b": "2..5"})
SLIPPED = [sheet(f"{level}-1-{i}", LOG) for i in range(1, 4) for level in (*LEVELS, LOG.name)]
NOT_ON_A_SHEET = {"label not subtracted"}  # its row, softmax_cross_entropy, is no formula that can be typed


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_every_slip_is_marked_and_named(mistake):
    "Somewhere on the sheets it makes a number of its own: that is wrong, and it is told what it is."
    named = (f"({mistake.name})" in mark.feedback for s in SLIPPED for mark in slipped(mistake, s))
    assert any(named) is (mistake.name not in NOT_ON_A_SHEET)


def slipped(mistake, s):
    "The marks on each gradient of a sheet that this mistake spoils."
    for e in s.exercises:
        try:
            gradients = mistake.gradients(e.graph)
        except OverflowError:
            continue
        for q in e.questions:
            made = gradients[e.nodes[q.number]]
            if q.kind == "grad" and not same(made, q.answer):
                (mark,) = grade([Answer(s.name, q.number, float(f"{made:.6g}"))], LOG)
                assert mark.verdict == WRONG
                yield mark


@pytest.mark.parametrize(
    ("found", "made", "claimed"),
    [
        (42.13, 42, False),
        (42, 42.13, False),
        (42.1, 42.13, True),
        (42.13, 42.13, True),
        (0.667, 2 / 3, True),
        (0.66, 2 / 3, False),
        (-0.5, -0.5, True),
        (-0.501, -0.5, False),
        (1234, 1234.4, True),
        (1234, 1235, False),
        (0.001, 0.001, True),
    ],
)
def test_a_slip_is_claimed_only_for_its_own_number(found, made, claimed):
    "The number, rounded as the student rounded it: 42 is not what comes out if 42.13 does."
    level = own("a*b + c", {"a": "0", "b": "1", "c": str(made)})
    s = sheet(f"{level.name}-1-1", level)
    q = next(q for q in s.questions if q.kind == "grad" and q.name == "c")  # its value, 42.13, for its gradient, 1
    (mark,) = grade([Answer(s.name, q.number, found)], level)
    assert mark.verdict == WRONG and (f"{number(found)} comes out if" in mark.feedback) is claimed


# ---- The command -----------------------------------------------------------------------------------------------------


def test_the_command(handed_in, tmp_path, capsys, monkeypatch):
    "Marks and pages are written, the report is printed, and what is odd does not stop it."
    folder, students = handed_in
    monkeypatch.chdir(tmp_path)
    assert main(["grade", *map(str, sorted(folder.iterdir())), "--marks", "marks.csv", "--feedback", "pages"]) == 0
    out = capsys.readouterr().out
    assert "look at these:" in out and "banana" in out
    assert len((tmp_path / "marks.csv").read_text("utf-8-sig").splitlines()) == 31
    assert len([*(tmp_path / "pages").iterdir()]) == 30


def test_an_expression_of_ones_own(tmp_path, capsys, monkeypatch):
    "Its sheets, their grading, a quiz; a sheet of another expression is not graded by this one."
    monkeypatch.chdir(tmp_path)
    given = ["(x*w - y)**2", "x=1..3", "w=-2..2", "y=0..4"]
    assert main(["worksheet", *given, "--sheets", "3"]) == 0
    assert 'graded with --of "(x*w - y)**2" x=1..3 w=-2..2 y=0..4' in capsys.readouterr().out
    level = own(given[0].replace(" ", ""), dict(word.split("=") for word in given[1:]))
    answers = [f"{q.number}={q.answer:g}" for q in sheet(f"{level.name}-1-2", level).questions]
    assert main(["grade", f"{level.name}-1-2", *answers, "--of", *given]) == 0
    assert f"{len(answers)} of {len(answers)} right" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["grade", f"{level.name}-1-2", *answers, "--of", *given[:-1], "y=0..5"])
    assert "there is no level 'own" in capsys.readouterr().err
    assert main(["quiz", *given, "--variants", "3", "--wrt", "w", "--format", "gift"]) == 0
    assert f"wrote {level.name}-1.gift, 3 variants of 2 questions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"x": "3..1"}, "x=3..1: a range goes upwards"),
        ({"x": "a..b"}, "x=a..b: a range is two numbers"),
        ({"x": "0..nan"}, "x=0..nan: a range is two numbers"),
        ({"x": "0..1e9"}, "has at most 10,000 numbers"),
        ({"x": "two"}, "x=two: give it a number or a range, such as 2, 1/3 or -2..2"),
        ({"x": "1", "z": "2"}, "z is never used"),
        ({}, "no value for x"),
        ({"x": "1..3", "more": " + x" * 100}, "questions on 202 arrows: a sheet has room for 99"),
    ],
)
def test_ranges_that_teach(ranges, message):
    text = "x*x" + ranges.pop("more", "")
    with pytest.raises(ValueError, match=re.escape(message)):
        own(text, ranges)


def test_ranges_that_are_too_narrow_or_fit_nothing():
    with pytest.raises(ValueError, match="no more than 3 different sheets came out; widen a range"):
        sheets(own("x*x", {"x": "1..3"}), 5)
    with pytest.raises(ValueError, match="no exercise came out fit to be asked"):
        sheets(own("relu(w*x)", {"w": "-5..-1", "x": "1..3"}), 5)


def test_numbers_that_do_not_come_out_short():
    "Where they hardly ever do, three digits are asked for, on the sheet too; where they do, they do on every sheet."
    rough = own("sigmoid(w*x + b)", {"x": "-2..2", "w": "0.5..2", "b": "-1..1"})
    page, _ = worksheets([sheet(f"{rough.name}-1-1", rough)])
    assert ROUNDED in page and SHORT not in page
    level = own("(x*w-y)**2", {"x": "1..3", "w": "-2..2", "y": "0..4"})
    assert all(e.is_even() for i in range(1, 9) for e in sheet(f"{level.name}-1-{i}", level).exercises)
