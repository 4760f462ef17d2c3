"""Checkpointing as a picture: which numbers are held when, and how many for each k; on a page a slider chooses k.

>>> print(draw_checkpoints(36))
36 steps, one state in 6 kept: 14 numbers held at once instead of 39, for 61 steps computed instead of 36
"""

from __future__ import annotations

import html
import os
from pathlib import Path
from string import Template

from ..system.charts import BLUE, HIGH, QUIET, WIDE, Axes, Scale, Svg
from ..system.files import write_whole
from ..system.pages import frame, page
from .checkpoints import Number, best, checked, most, plan

LIMIT = 64  # steps: with more, the bars are too thin, and the page has a picture for every k
KINDS = {
    "kept": ("a state that is kept", BLUE, 3.2),
    "passed": ("one that is let go", "#a9b4c0", 2.0),
    "stretch": ("computed for the way back", "#d9730d", 2.0),
    "gradient": ("its gradient", "#c2255c", 3.2),
}  # what the bars mean, their colour and their width


class Checkpoints:
    "A chain whose every k-th state is kept: `.picture(k)`, `.save(path)` as .svg or as an .html page with a slider."

    def __init__(self, steps: int, every: int):
        self.steps, self.every = steps, every
        self.costs = {k: most(steps, k) for k in range(1, steps + 1)}

    def sentence(self, every: int) -> str:
        computed = sum(made[0] != "gradient" for made, _ in plan(self.steps, every))
        return (
            f"{self.steps} steps, one state in {every} kept: {self.costs[every]} numbers held at once instead of "
            f"{self.costs[self.steps]}, for {computed} steps computed instead of {self.steps}"
        )

    def __str__(self) -> str:
        return self.sentence(self.every)

    __repr__ = __str__

    def picture(self, every: int | None = None) -> Svg:
        "Left, a bar for each number, from when it is made until it is last read; right, how many are held at once."
        k = self.every if every is None else every
        makings = plan(self.steps, k)
        ends: dict[Number, tuple[int, int]] = {}
        for i, (made, read) in enumerate(makings):
            for number in (made, *read):
                ends[number] = ends.get(number, (i, i))[0], i
        time = Axes(
            Scale([0, len(makings)], whole=True),
            Scale([0, self.steps], whole=True),
            f"which numbers are held when, for k = {k}",
            ("time: one number is computed after the other", "state"),
        )
        paths: dict[str, str] = dict.fromkeys(KINDS, "")
        for number, (first, last) in ends.items():
            (x, y), (end, _) = time.at(first, number[1]), time.at(last + 1, number[1])
            paths[self.kind(number, k)] += f"M{x:g} {y:g}h{max(end - x, 1.5):.2f}"
        bars = [
            f'<path d="{d}" stroke="{KINDS[kind][1]}" stroke-width="{KINDS[kind][2]}"/>'
            for kind, d in paths.items()
            if d
        ]
        numbers = Axes(
            Scale([1, self.steps], whole=True),
            Scale([0, *self.costs.values()], whole=True),
            f"{self.costs[k]} numbers at once; without checkpoints {self.costs[self.steps]}",
            ("k: one state in k is kept", "numbers held at once"),
            WIDE,
        )
        line = " ".join(f"{x:g},{y:g}" for x, y in (numbers.at(*at) for at in self.costs.items()))
        x, y = numbers.at(k, self.costs[k])
        curve = [
            f'<polyline points="{line}" fill="none" stroke="{QUIET}" stroke-width="1.5"/>',
            f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{BLUE}"/>',
        ]
        return Svg(2 * WIDE, HIGH + 20, [*time.svg(bars), *numbers.svg(curve), *legend()], self.sentence(k))

    @staticmethod
    def kind(number: Number, every: int) -> str:
        kind, t = number
        return "passed" if kind == "value" and t % every else "kept" if kind == "value" else kind

    def html(self) -> str:
        "The page: a picture for every k, of which the slider shows one."
        here = Path(__file__).with_name("checkpoints")
        body, style, script = (here.with_suffix(f".{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
        figures = [
            f'<figure data-k="{k}"{"" if k == self.every else " hidden"}><figcaption>{html.escape(self.sentence(k))}.'
            f"</figcaption>{self.picture(k).svg}</figure>"
            for k in self.costs
        ]
        parts = {"steps": self.steps, "every": self.every, "figures": "\n".join(figures)}
        return page("Checkpointing", style, Template(body).substitute(parts), script)

    def save(self, path: str | os.PathLike[str]) -> Path:
        "Write the page to a .html file or the picture to a .svg, whole or not at all. ValueError for another suffix."
        path = Path(path)
        if path.suffix.lower() not in (".html", ".svg"):
            raise ValueError(f"{path}: the page is saved as .html, the picture as .svg")
        if path.suffix.lower() == ".svg":
            return self.picture().save(path)
        write_whole(path, self.html().encode())
        return path

    def _repr_html_(self) -> str:
        return frame(self.html(), "checkpointing", "27em", self.picture()._repr_html_())


def draw_checkpoints(steps: int, every: int | None = None) -> Checkpoints:
    """Checkpointing on a chain of so many steps: a slider for k, the numbers that are held when, and their count.

    `every` is the k to begin with, else about the square root of `steps`. ValueError above 64 steps.
    """
    if checked("draw_checkpoints: steps", steps) > LIMIT:
        raise ValueError(
            f"a chain of {steps:,} steps is too long to be drawn: {LIMIT} at most, and the picture is the same"
        )
    k = best(steps) if every is None else checked("draw_checkpoints: every", every)
    if k > steps:
        raise ValueError(f"every={k}: of {steps} steps, one in {steps} at most can be kept")
    return Checkpoints(steps, k)


def legend() -> list[str]:
    "The bars' meaning, in a row under the picture."
    parts, x = [], 30
    for words, color, width in KINDS.values():
        parts.append(f'<path d="M{x} {HIGH + 8}h18" stroke="{color}" stroke-width="{width}"/>')
        parts.append(f'<text x="{x + 24}" y="{HIGH + 12}" text-anchor="start">{words}</text>')
        x += 60 + 6 * len(words)
    return parts
