"""Items of a quiz: a number is asked for, and each classic mistake has an answer of its own that says what went wrong.

>>> value, gradient = quiz("chain", variants=1, seed=7)
>>> gradient.name, gradient.asked, gradient.right == gradient.wrong[0].number
('chain-7-1 question ...', '∂L/∂...', False)

Each variant is an exercise of the sheet of that name, and its key is what `grade` has for that question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple

from ...mistakes import MISTAKES, diagnose
from ...mistakes.diagnosis import SHOWN, TOLERANCE, Diagnosis
from ...mistakes.slips import candidates, evaluated, same, slips
from ...text.letters import SUBSCRIPT
from ...text.symbols import plain
from ..exercises.exercises import HUGE, SMALLEST, Exercise, Question, meant, number
from ..exercises.hints import hint
from ..exercises.levels import Level
from ..exercises.pictures import Template
from ..exercises.sheets import sheets
from ..exercises.worksheet import formulas

GROUPS = VALUES, GRADIENTS = "values", "gradients"
ROOM = 180, 90  # mm for the picture
EXACT = 1e-9  # relative: a slip is named at its own number, and not at one that is near


class Wrong(NamedTuple):
    "A number that a mistake makes, and what is said to who finds it."

    number: float
    feedback: str


class Item(NamedTuple):
    """One question: what is asked, the picture, the right number, and the wrong ones that are known.

    `praise` is said to the right number, `advice` to one that nothing explains.
    """

    name: str
    group: str
    asked: str
    formulas: list[str]
    picture: str
    right: float
    wrong: list[Wrong]
    praise: str
    advice: str

    @property
    def title(self) -> str:
        return f"{self.name}: {self.asked}"


def tolerance(x: float) -> float:
    "How far from x a number is still taken for it: as in `grade`, three significant digits are enough."
    return TOLERANCE * abs(x)


def quiz(level: str | Level, variants: int = 30, seed: Any = 1, wrt: str = "") -> list[Item]:
    """Two items for each variant: the last number of the forward pass, and a gradient.

    Asked for is the gradient by `wrt`, or else the one at which the classic mistakes make the most different numbers.
    """
    items = []
    for i, sheet in enumerate(sheets(level, variants, seed)):
        e = sheet.exercises[i % len(sheet.exercises)]
        for group, q, wrong, praise in (of_value(e), of_gradient(e, wrt)):
            advice = f"None of the classic mistakes gives this. {hint(sheet, q.number, 1)}"
            name = f"{sheet.name} question {q.number}"
            items.append(Item(name, group, e.asked(q), formulas(e), picture(e, q), q.answer, wrong, praise, advice))
    return items


def of_value(e: Exercise) -> tuple[str, Question, list[Wrong], str]:
    "The last value, and what it becomes if one operation on the way is done wrongly, and all others rightly."
    q = [q for q in e.questions if q.kind == "data"][-1]
    wrong = []
    for v in reversed([e.nodes[other.number] for other in e.questions if other.kind == "data"]):
        xs = [x.data for x in v.parents]
        for n, _ in candidates(v, xs, [plain(e.names[x]) for x in v.parents], evaluated, plain):
            made = meant(e.graph.compute({v: n})[e.nodes[q.number]])
            here = "" if v is e.nodes[q.number] else f"{number(made)} comes out if {e.names[v]} is {number(n)}: "
            wrong += [Wrong(made, f"{here}{slip.sentence} ({slip.name}).") for slip in slips(v, xs, n, e.names, EXACT)]
    right = " = ".join(e.graph.formulas().made(e.nodes[q.number]))
    return VALUES, q, distinct(wrong, q.answer), f"{number(q.answer)} is right: {right}."


def of_gradient(e: Exercise, wrt: str) -> tuple[str, Question, list[Wrong], str]:
    "The gradient by the node called `wrt`, or the most telling one, and what each classic mistake makes of it."
    asked = [q for q in e.questions if q.kind == "grad" and wrt.translate(SUBSCRIPT) in ("", q.name)]
    if not asked:
        known = ", ".join(q.name for q in e.questions if q.kind == "grad")
        raise ValueError(f"no gradient by {wrt[:30]!r} is asked for: there are those by {known}")
    made = [gradients for m in MISTAKES if (gradients := made_by(m, e))]
    wrongs = {q: distinct([Wrong(meant(g[e.nodes[q.number]]), "") for g in made], q.answer) for q in asked}
    q = max(asked, key=lambda q: (bool(q.answer), len(wrongs[q])))
    v = e.nodes[q.number]
    told = [Wrong(n, explained(n, diagnose(e.graph, v, n))) for n, _ in wrongs[q]]
    return GRADIENTS, q, told, str(diagnose(e.graph, v, q.answer))


def explained(n: float, diagnosis: Diagnosis) -> str:
    "What the diagnosis says of a wrong number, without the truth: there may be another attempt."
    said = [f"comes out if {diagnosis.sentence(finding)} ({finding.name})." for finding in diagnosis.telling]
    return f"{number(n)} " + " It also ".join(said)


def made_by(mistake: Any, e: Exercise) -> Any:
    "The gradients that a mistake makes; none where it would take more routes than anybody has time for."
    try:
        return mistake.gradients(e.graph)
    except OverflowError:
        return None


def may_be_typed(x: float) -> bool:
    "A platform that keeps four places takes what is smaller for 0."
    return x == 0 or SMALLEST <= abs(x) <= HUGE


def distinct(wrong: Iterable[Wrong], right: float) -> list[Wrong]:
    "The wrong numbers, each with what is said of it first; without those that are taken for the right one."
    kept: dict[float, list[str]] = {}
    for n, said in wrong:
        near = next((x for x in kept if same(n, x)), n)
        if near in kept or may_be_typed(n) and not same(n, right):
            kept.setdefault(near, []).append(said)
    return [Wrong(n, " ".join(list(dict.fromkeys(said))[:SHOWN])) for n, said in kept.items()]


def picture(e: Exercise, q: Question) -> str:
    "The drawing of the graph, an SVG by itself: with all values, where a gradient is asked for; else with the given."

    def blank(match: re.Match[str]) -> str:
        other = next(other for other in e.questions if other.number == int(match[1]))
        told = other.kind == "data" and q.kind == "grad"
        return number(other.answer) if told else "?" if other is q else "…"

    svg = re.sub(r"E\d\d__", "", re.sub(r"Q(\d\d)_+", blank, Template(e, ROOM).text))
    return svg.replace("<svg", '<svg font-family="Helvetica, Arial, sans-serif"', 1)


def prompt(item: Item, image: str) -> str:
    "The question as HTML, around an image that a platform has in its own way."
    made = " &nbsp; ".join(map(escape, item.formulas))
    return f"<p>{made}</p><p>{image}</p><p>What is {escape(item.asked)}? Three significant digits are enough.</p>"


def typed(x: float) -> str:
    "A number as platforms read it: without an exponent; and 0 with a point, for some take 0 for nothing."
    text = f"{x:.7g}" if abs(x) < HUGE else f"{x:.0f}"
    return text if x else "0.0"
