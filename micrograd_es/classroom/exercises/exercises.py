"""An exercise: a graph, blanks in it, and the answers; and what is asked of its numbers.

>>> from .levels import exercise
>>> exercise("chain", 7).questions[0]
Question(number=1, kind='data', name='u', answer=...)
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ...check import CENTRAL_STEP, slope
from ...engine import Value
from ...graph import Graph
from ...graph.routes import is_constant
from ...text.letters import number_text
from .recipes import Draft

DECIMALS, LARGEST, LONGEST = 4, 200, 6  # of a short number: places after the point, size, characters
SMALLEST, HUGE = 1e-3, 1e6  # of any answer but 0: a quiz elsewhere keeps no more places, and nobody types more
DIGITS, MEASURED = 1e-9, 1e-6  # how near a number must be to a short one, and a finite difference to its gradient


class Question(NamedTuple):
    "One blank: its number on the sheet, what is asked (the data or the grad of the node of that name), the answer."

    number: int
    kind: str
    name: str
    answer: float


class Exercise:
    """One graph with blanks: `root`, `names`, and the `questions`; `nodes` has the node of each question's number.

    `order` are its nodes in topological order, `written` in the order of a page: by how far they are from the leaves,
    and by name. `given(v)` is the number of a node as it is printed, "ln 5" where that is what is meant.
    """

    def __init__(self, draft: Draft, first: int = 1):
        self.graph = Graph(draft.root, {})
        self.root, self.texts, self.names, self.order = draft.root, draft.texts, self.graph.names, self.graph.order
        for v, name in self.names.items():
            v.label = v.label or ("" if is_constant(v) else name)
        self.grads = self.graph.gradients
        asked = [v for v in self.order if not is_constant(v) and (draft.asked is None or v in draft.asked)]
        level = levels(self.order)
        self.written = sorted(self.order, key=lambda v: (level[v], self.names[v]))
        asked.sort(key=self.written.index)
        values = [("data", v) for v in asked if v.parents and v not in draft.texts]
        asked.sort(key=lambda v: -level[v])
        gradients = [("grad", v) for v in asked if v is not draft.root and v not in draft.targets]
        self.nodes = {number: v for number, (_, v) in enumerate(values + gradients, first)}
        self.questions = [
            Question(number, kind, self.names[v], meant(v.data if kind == "data" else self.grads[v]))
            for number, (kind, v) in enumerate(values + gradients, first)
        ]

    def asked(self, q: Question) -> str:
        "What a question asks for: u, or ∂L/∂u."
        return q.name if q.kind == "data" else f"∂{self.names[self.root]}/∂{q.name}"

    def given(self, v: Value) -> str:
        return self.texts.get(v) or number(v.data)

    def is_even(self) -> bool:
        "Are all numbers short?"
        shown = [v.data for v in self.order if v not in self.texts]
        shown += [local for v in self.order for local in v.local_grads]
        return all(map(is_short, shown + [self.grads[v] for v in self.order if not is_constant(v)]))

    def is_lively(self) -> bool:
        "Are the gradients worth asking for: most of them not 0, and not all the same?"
        blanks = [q.answer for q in self.questions if q.kind == "grad"]
        return sum(map(bool, blanks)) > 0.6 * len(blanks) and len(set(blanks)) >= min(len(blanks) - 1, 3)

    def is_fit(self) -> bool:
        "Can every answer be typed, and is a gradient among them that is not 0?"
        sizes = [abs(q.answer) for q in self.questions]
        return all(not x or SMALLEST <= x <= HUGE for x in sizes) and any(
            q.answer for q in self.questions if q.kind == "grad"
        )

    def measured(self) -> bool:
        "Does every gradient, of the inner nodes too, agree with a finite difference?"
        steps = ((v, CENTRAL_STEP * max(1.0, abs(v.data))) for v in self.order)
        return all(
            abs(slope(lambda x, v=v: self.graph.compute({v: x})[self.root], v.data, h) - self.grads[v])
            <= MEASURED * max(1.0, abs(self.grads[v]), abs(self.root.data))
            for v, h in steps
        )

    def signature(self) -> tuple[Any, ...]:
        "What makes it this exercise and no other."
        return tuple((v.op.symbol, v.data, self.names[v]) for v in self.order)


def levels(order: list[Value]) -> dict[Value, int]:
    "How far every node is from the leaves: parents always less far than their children."
    level: dict[Value, int] = {}
    for v in order:
        level[v] = 1 + max((level[x] for x in v.parents), default=-1)
    return level


def tidy(x: float) -> float:
    "The short number that x is, up to rounding."
    return round(x, DECIMALS) + 0.0


def is_short(x: float) -> bool:
    return abs(x) <= LARGEST and abs(x - tidy(x)) <= DIGITS and len(number(x).lstrip("-")) <= LONGEST


def meant(x: float) -> float:
    "Without its rounding, if it is a short number."
    return tidy(x) if abs(x - tidy(x)) <= DIGITS else x


def number(x: float) -> str:
    "A number as it is printed on a sheet: all its digits, if it is short."
    return number_text(tidy(x), 7) if abs(x - tidy(x)) <= DIGITS else number_text(x)
