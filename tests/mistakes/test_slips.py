"A wrong value on the way forward: which slip explains it, for every row of the table; a right one is never accused."

import random

import pytest

from micrograd_es import Value
from micrograd_es.calculus import TABLE
from micrograd_es.classroom import grade, sheet, sheets
from micrograd_es.classroom.exercises.answers import Answer
from micrograd_es.classroom.exercises.grading import WRONG
from micrograd_es.mistakes.slips import evaluated, slips

ROWS = TABLE.methods
BINARY = [row for row in ROWS.values() if evaluated(row.op, (0.7, 0.4)) == evaluated(row.op, (0.7, 0.4))]


def made(row, *numbers):
    xs = [Value(x, label=name) for x, name in zip(numbers, "abc")]
    return row(*xs), numbers, {x: x.label for x in xs}


@pytest.mark.parametrize("name", ROWS)
def test_right_is_right(name):
    "At any numbers, for as many inputs as the row takes; also when it is written with three digits."
    rng = random.Random(name)
    counts = [n for n in (1, 2, 3) if evaluated(ROWS[name].op, (0.5,) * n) == evaluated(ROWS[name].op, (0.5,) * n)]
    assert counts
    for n in counts:
        for _ in range(30):
            v, xs, called = made(ROWS[name], *[rng.uniform(0.2, 5) for _ in range(n)])
            assert slips(v, xs, v.data, called) == slips(v, xs, v.data * 1.001, called) == []


@pytest.mark.parametrize("row", BINARY, ids=lambda row: row.op.symbol)
def test_one_operation_for_another(row):
    "What any other row makes of the same inputs is said to be that, in its own formula; or likelier to be simpler."
    for other in BINARY:
        v, xs, called = made(row, 3.5, 1.2)
        number = evaluated(other.op, xs)
        if abs(number - v.data) > 0.01 * abs(v.data):
            found = [slip.name for slip in slips(v, xs, number, called)]
            assert "another operation" in found or found[0] == "inputs swapped"


@pytest.mark.parametrize(
    ("write", "numbers", "found", "expected"),
    [
        (lambda a, b: a - b, (3.0, -2.0), -5, "-5 is a - b but for its sign (sign turned)"),
        (lambda a, b: a / b, (2.0, 8.0), 4, "4 is b / a, the wrong way round (inputs swapped)"),
        (lambda a, b: a * b, (3.0, 4.0), 7, "7 is a + b (another operation)"),
        (lambda a: a**3, (2.0,), 6, "6 is 3 · a (power as product)"),
        (lambda a: a.relu(), (-2.0,), -2, "-2 is a itself: ReLU(a) is still to be done (operation left out)"),
        (lambda a, b, c: Value.sum(a, b, c), (1.0, 4.0, 7.0), 8, "8 is a + c, without b (input left out)"),
        (lambda a: a.tanh(), (3.0,), 0.953, "0.953 is σ(a) (another operation)"),
        (lambda a, b: a * b, (3.0, 4.0), 99, None),
        (lambda a, b: a / b, (3.0, 0.0), 3, "3 is a itself: a / b is still to be done (operation left out)"),
    ],
)
def test_the_likeliest_is_said_first(write, numbers, found, expected):
    v, xs, called = made(write, *numbers)
    told = [f"{slip.sentence} ({slip.name})" for slip in slips(v, xs, found, called)]
    assert told[:1] == [expected] * bool(expected)


def test_on_a_sheet():
    "Said beside the truth, counted for the class; also when the student's own earlier numbers went into it."
    (e, *_), s = sheet("chain-1-1").exercises, sheets("chain", 1, 1)[0]
    u, v, _ = (e.nodes[i] for i in (1, 2, 3))
    assert (u.op.symbol, v.op.symbol) == ("-", "/") and v.parents[0] is u
    wrong = -u.data
    report = grade([Answer(s.name, 1, wrong), Answer(s.name, 2, wrong * v.parents[1].data)])
    assert [m.verdict for m in report] == [WRONG, WRONG]
    assert f"{wrong:g} is a - b but for its sign (sign turned)." in report[0].feedback
    assert f"{wrong * 2:g} is u · 2 (another operation)." in report[1].feedback
    assert dict(report.counted()) == {"sign turned": 1, "another operation": 1}
