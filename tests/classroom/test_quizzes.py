"Quizzes for other platforms: their keys are the grader's, each mistake has an answer of its own, and they are read back."

import hashlib
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from micrograd_es.classroom import FORMATS, LEVELS, MISTAKES, grade, own, quiz, sheet
from micrograd_es.classroom.exercises.answers import Answer
from micrograd_es.classroom.exercises.grading import RIGHT
from micrograd_es.classroom.quizzes.items import GRADIENTS, VALUES, may_be_typed
from micrograd_es.classroom.quizzes.qti import CHOICES
from micrograd_es.classroom.quizzes.server import NEAR
from micrograd_es.mistakes.diagnosis import TOLERANCE
from micrograd_es.mistakes.slips import same
from tests.support import ROOT
from tests.support import quizzes as read

OWN = own("(x*w - y)**2", {"x": "1..3", "w": "-2..2", "y": "0..4"})
QUIZZES = {"chain": quiz("chain", 30, 1), OWN.name: quiz(OWN, 30, 1, wrt="w")}
QUIZZES |= {level: quiz(level, 3, 1) for level in LEVELS if level != "chain"}
quizzes = pytest.mark.parametrize("level", QUIZZES)
formats = pytest.mark.parametrize("kind", FORMATS)
ASIDE = 5e8  # nobody's answer


def written(kind, level):
    return FORMATS[kind][0]("A chain, seed 1", QUIZZES[level])


def read_back(kind, level, folder):
    data = written(kind, level)
    return list(read.prairielearn(data, folder) if kind == "prairielearn" else getattr(read, kind)(data))


# ---- Items -----------------------------------------------------------------------------------------------------------


@quizzes
def test_keys_are_the_graders(level):
    "The same question on the sheet of that name: the key is right there, no wrong number is, and the mistake is the same."
    for item in QUIZZES[level]:
        name, _, number = item.name.partition(" question ")
        exercise, question = sheet(name, OWN).find(int(number))
        assert exercise.asked(question) == item.asked and question.answer == item.right

        def mark(x, name=name, number=int(number)):
            return grade([Answer(name, number, x)], OWN)[0]

        assert mark(item.right).verdict == RIGHT and may_be_typed(item.right)
        for wrong in item.wrong[:8]:
            found = mark(wrong.number)
            assert found.verdict != RIGHT and may_be_typed(wrong.number) and wrong.feedback
            assert item.group == VALUES or found.mistakes[0] in wrong.feedback


@quizzes
def test_every_mistake_has_an_answer(level):
    "Each of those that `diagnose` knows, wherever it makes another number than the truth."
    for item in QUIZZES[level]:
        name, _, number = item.name.partition(" question ")
        exercise, _ = sheet(name, OWN).find(int(number))
        for mistake in MISTAKES if item.group == GRADIENTS else []:
            try:
                made = mistake.gradients(exercise.graph)[exercise.nodes[int(number)]]
            except OverflowError:
                continue
            if may_be_typed(made) and not same(made, item.right):
                said = next(wrong.feedback for wrong in item.wrong if same(made, wrong.number))
                assert mistake.name in said or mistake.vague


@quizzes
def test_the_truth_is_not_told(level):
    "What is said to a wrong number does not give the right one away: there may be another attempt."
    for item in QUIZZES[level]:
        asked = re.escape(item.asked)
        for said in [item.advice, *[wrong.feedback for wrong in item.wrong]]:
            assert not re.search(rf"{asked}(?: = [^,.]*)? = -?\d", said) and "The truth" not in said


@quizzes
def test_pictures(level):
    "An SVG by itself, in which one question mark stands; it is in no one's way: no ids, no scripts, no addresses."
    for item in QUIZZES[level]:
        texts = [e.text or "" for e in ElementTree.fromstring(item.picture).iter() if e.tag.endswith("text")]
        assert sum(text.endswith(" ?") for text in texts) == 1
        assert not re.search(r"[QE]\d\d_|<script|href=|://(?!www\.w3\.org)", item.picture)


def test_variants_are_different():
    for items in (QUIZZES["chain"], QUIZZES[OWN.name]):
        for group in (VALUES, GRADIENTS):
            mine = [item for item in items if item.group == group]
            assert len(mine) == 30 == len({(*item.formulas, item.picture) for item in mine})
    assert {item.asked for item in QUIZZES[OWN.name] if item.group == GRADIENTS} == {"∂loss/∂w"}
    assert quiz(own("w1*x1", {"w1": "2..5", "x1": "2..5"}), 1, 1, wrt="w1")[1].asked == "∂loss/∂w₁"
    with pytest.raises(ValueError, match="no gradient by 'z' is asked for: there are those by .*w"):
        quiz(OWN, 1, 1, wrt="z")


# ---- Formats ---------------------------------------------------------------------------------------------------------


@formats
@quizzes
def test_read_back(kind, level, tmp_path):
    "As the platform reads it: the right number scores and is praised, each wrong one is told its own, others are advised."
    items, found = {item.title: item for item in QUIZZES[level]}, read_back(kind, level, tmp_path)
    assert [asked.title for asked in found] == sorted(items, key=lambda title: items[title].group, reverse=True)
    for asked in found:
        item = items[asked.title]
        assert asked.group == item.group and asked.picture == item.picture and item.asked in asked.html
        known = item.wrong[: CHOICES - 1] if kind == "qti" else item.wrong
        shown = {x: float(f"{x:.7g}") for x in [item.right, *[wrong.number for wrong in known]]}
        assert asked.reply(shown[item.right]) == (1, item.praise)
        for wrong in known:
            score, said = asked.reply(shown[wrong.number])
            assert score == 0 and said in [other.feedback for other in known if same(wrong.number, other.number)]
        assert kind == "qti" or asked.reply(ASIDE) == (0, item.advice)


@formats
def test_as_near_as_the_grader_wants(kind, tmp_path):
    "A number just within the tolerance is right, one just outside is not."
    items = {item.title: item for item in QUIZZES["chain"]}
    data = written(kind, "chain")
    found = read.qti(data, "numerical_question") if kind == "qti" else read_back(kind, "chain", tmp_path)
    for asked in found:
        right = items[asked.title].right
        assert asked.reply(right * (1 + 0.98 * TOLERANCE))[0] == 1
        assert right == 0 or asked.reply(right * (1 + 1.02 * TOLERANCE))[0] == 0
    assert NEAR == TOLERANCE


def test_typed_numbers_in_canvas():
    "Advice for what is wrong; and one condition alone scores: Canvas takes each for a right answer."
    for asked in read.qti(written("qti", "chain"), "numerical_question"):
        (item,) = [item for item in QUIZZES["chain"] if item.title == asked.title]
        assert asked.reply(item.right) == (1, item.praise) and asked.reply(ASIDE) == (0, item.advice)


@formats
@quizzes
def test_numbers_that_every_platform_keeps(kind, level):
    "Canvas keeps four places: what is smaller than a thousandth would be marked as 0."
    text = written(kind, level).decode("utf-8", "replace")
    numbers = {
        "moodle": r"<answer[^>]*>\s*<text>([-\d.e]+)</text>",
        "gift": r"\n=(?:%0%)?([-\d.e]+):",
        "qti": r'<varequal respident="response1">(-?[\d.]+)</varequal>|<mattext texttype="text/html">(-?[\d.]+)</mattext>',
        "prairielearn": r'"number": ([-\d.e]+)',
    }[kind]
    found = [float("".join(match) if isinstance(match, tuple) else match) for match in re.findall(numbers, text)]
    assert len(found) > 2 * len(QUIZZES[level]) and all(x == 0 or 1e-3 <= abs(x) <= 1e6 for x in found)


def digests():
    made = quiz("reuse", 3, 7)
    return {kind: hashlib.sha256(write("Reuse", made)).hexdigest() for kind, (write, _) in FORMATS.items()}


def test_the_same_bytes_everywhere():
    "In another process, with another order of its sets."
    program = "from tests.classroom import test_quizzes as t; print(t.digests())"
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo"}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert done.stdout.strip() == str(digests()), done.stderr


# ---- Beside text2qti -------------------------------------------------------------------------------------------------

BOUNDS = "varequal", "vargte", "varlte"


def shape(element, names):
    "An element with its attributes, and all in it; what is called by a name is called by the number of that name."
    found = {key: names.setdefault(value, len(names)) if key in ("ident", "linkrefid") else value
             for key, value in element.attrib.items() if key != "title"}  # fmt: skip
    text = (element.text or "").strip() if element.tag in BOUNDS else ""
    number = round(float(text), 3) if re.fullmatch(r"-?[\d.]+", text) else names.get(text)
    return element.tag, found, number, [shape(part, names) for part in element]


@pytest.mark.parametrize("i", range(0, 60, 7))
def test_as_text2qti_writes_it(i):
    "Element for element, a package of the established tool: the typed number with its bounds, and the choices."
    text2qti_quiz = pytest.importorskip("text2qti.quiz", reason="text2qti is not installed: the group `test` has it")
    from text2qti.config import Config
    from text2qti.qti import QTI

    item = QUIZZES["chain"][i]
    root = read.stripped(read.zipfile.ZipFile(read.io.BytesIO(written("qti", "chain"))).read("quiz/quiz.xml"))
    ours = {e.get("ident").rpartition("-")[2]: e for e in root.iter("item") if e.get("title") == item.title}
    margin = TOLERANCE * abs(item.right)
    typed = f"1. How much?\n+ yes\n- no\n=   {item.right} +- {margin}\n\n"
    numbers = [e.text for e in ours["chosen"].findall(".//response_label/material/mattext")]
    marked = [
        f"{'*' * (float(n) == item.right)}{c}) {n}\n... why\n" for c, n in zip("abcdefghijklmnopqrstuvwxyz", numbers)
    ]
    theirs = QTI(text2qti_quiz.Quiz(f"{typed}2. Which?\n{''.join(marked)}", config=Config())).assessment
    for made, other in zip(ours.values(), read.stripped(theirs.encode()).iter("item")):
        assert shape(made, {}) == shape(other, {})
