"""The classic mistakes as JavaScript: run on text they write the program that finds them, at whatever numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine import Value
from ..graph import Graph
from ..mistakes.mistakes import MISTAKES, RIGHT, Mistake, Reading
from ..mistakes.slips import candidates
from ..text.symbols import javascript
from .rows import Call, inputs, recorded, together
from .shared import script_json

LONGEST = 2_000  # steps of a walk that is written into a page


def written_as_number(op: Any, xs: Sequence[Any]) -> Any:
    return javascript.formula(op, *xs)


class Hints:
    "What the page says to a wrong number: of a gradient by the mistakes, of a value by the slips."

    def __init__(self, graph: Graph):
        self.graph = graph
        steps = [(v, place) for v in graph.order if not v.op.flat for place in range(len(v.parents))]
        self.step = {step: i for i, step in enumerate(steps)}
        self.reading = Reading(javascript, self.data, self.local)

    def data(self, v: Value) -> Any:
        return javascript(f"data[{self.graph.place[v]}]")

    def local(self, v: Value) -> list[Any]:
        return [javascript(f"locals[{self.graph.place[v]}][{i}]") for i in range(len(v.parents))]

    def javascript(self) -> str:
        found = [{"sentence": script_json(m.sentence)} | parts for m in MISTAKES if (parts := self.mistake(m))]
        mistakes = "".join(f"    {together(parts)},\n" for parts in found)
        at = {self.graph.place[v]: self.slips(v) for v in self.graph.order if v.parents and v.op.forward}
        different = {text: i for i, text in enumerate(dict.fromkeys(at.values()))}
        slips = "".join(f"    {text},\n" for text in different)
        which = script_json({i: different[text] for i, text in at.items()})
        return f"const MISTAKES = [\n{mistakes}];\nconst SLIPS = [\n{slips}];\nconst SLIPS_AT = {which};\n"

    # -- of a gradient

    def mistake(self, mistake: Mistake) -> dict[str, str]:
        "Where it departs from what is right; nothing if it cannot be made in this graph."
        looks = {name: "true" for name in ("alone", "vague") if getattr(mistake, name)}
        if mistake.rows:
            wrong = {v: mistake.wrong(v, self.reading) for v in self.graph.order if mistake.concerns(v)}
            texts = [f"{self.graph.place[v]}: [{', '.join(f'{javascript(x)}' for x in xs)}]" for v, xs in wrong.items()]
            return {"wrong": f"(data, locals) => ({{{', '.join(texts)}}})"} | looks if texts else {}
        if mistake.walk is not RIGHT.walk:
            walk, right = self.walk(mistake), self.walk(RIGHT)
            return {"walk": script_json(walk)} if walk != right and len(walk) <= LONGEST else {}
        if mistake.sent is not RIGHT.sent:
            return {"sent": f"(upstream, local) => {mistake.sent(*map(javascript, ('upstream', 'local')))}"} | looks
        return {"said": f"(data, grad) => {mistake.said(*map(javascript, ('data', 'grad')))}"} | looks

    def walk(self, mistake: Mistake) -> list[int]:
        "The edges by number."
        try:
            return [self.step[step] for step in mistake.walk(self.graph) if step in self.step]
        except OverflowError:  # it goes everywhere again and again
            return []

    # -- of a value

    def slips(self, v: Value) -> str:
        "What comes out, of the numbers of its inputs; and what is said of each, of their names."
        xs = inputs(len(v.parents))
        said: dict[str, str] = {}  # of two that make the same number the likelier one
        for number, slip in candidates(v, [*map(javascript, xs)], [*map(Call, xs)], written_as_number, recorded):
            said.setdefault(str(number), f"`{slip.sentence}`")
        given, numbers, sentences = ", ".join(xs), ", ".join(said), ", ".join(said.values())
        return together({"numbers": f"({given}) => [{numbers}]", "sentences": f"(m, {given}) => [{sentences}]"})
