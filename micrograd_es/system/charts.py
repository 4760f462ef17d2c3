"""Numbers as a chart: an SVG of axes and what stands between them, and a curve of plain characters for a terminal.

>>> print(text_curve("loss", [4.0, 2.0, 1.0, 1.0], wide=9, high=3))
loss
   4 |**
     | ***
   1 |   ******
     +---------
      1       4
"""

from __future__ import annotations

import html
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from .files import write_whole
from .pages import image

WIDE, HIGH = 350, 230  # of a chart, in points
LEFT, RIGHT, TOP, BOTTOM = 68, 14, 30, 40  # what its texts need of them
DECADES = 2  # from so many on the scale is logarithmic
POINTS = 400  # of a curve: of more numbers, the lowest and the highest of each stretch
INK, QUIET, GRID, BLUE, PAPER = "#1d2733", "#55606e", "#dfe4ea", "#215aa0", "#ffffff"


class Svg:
    "A picture as text: `.svg`; `.save(path)` writes it; as the last line of a notebook cell it shows itself."

    def __init__(self, wide: float, high: float, parts: Sequence[str], title: str):
        self.title = title
        self.svg = "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
                f'viewBox="0 0 {wide:g} {high:g}" font-family="Helvetica,Arial,sans-serif" font-size="11" '
                f'text-anchor="middle" fill="{INK}">',
                f'<rect width="100%" height="100%" fill="{PAPER}"/>',  # its own: it is read on a dark page too
                *parts,
                "</svg>\n",
            ]
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        "Write the SVG to a file, whole or not at all."
        write_whole(path, self.svg.encode())
        return Path(path)

    def _repr_html_(self) -> str:
        return image(self.svg, self.title)

    def __repr__(self) -> str:
        return self.title


class Scale:
    "One axis: where a number stands on it, from 0 to 1, and the round numbers that are written at it."

    def __init__(self, numbers: Sequence[float], whole: bool = False):
        found = [x for x in numbers if math.isfinite(x)] or [0.0]
        self.low, self.high, self.whole = min(found), max(found), whole
        self.log = not whole and self.low > 0 and math.log10(self.high) - math.log10(self.low) >= DECADES
        if self.low == self.high:
            pad = abs(self.low) / 10 or 1.0
            self.low, self.high = self.low - pad, self.high + pad
        self.ends = self._flat(self.low), self._flat(self.high)

    def _flat(self, x: float) -> float:
        return math.log10(x) if self.log else x / 2  # by halves, no difference of two numbers is infinite

    def __call__(self, x: float) -> float:
        low, high = self.ends
        return (self._flat(x) - low) / ((high - low) or 1.0)

    @property
    def ticks(self) -> list[float]:
        "Five at most, or so: powers of ten, or 1, 2 or 5 of them apart."
        if self.log:
            first, last = math.ceil(self.ends[0]), math.floor(self.ends[1])
            return [10.0**n for n in range(first, last + 1, -(-(last - first + 1) // 5))]
        span = (self.ends[1] - self.ends[0]) * 2
        unit = 10.0 ** math.floor(math.log10(span / 5)) if 0 < span < math.inf else math.inf
        step = next((unit * n for n in (1, 2, 5) if span / (unit * n) <= 5), unit * 10)
        if self.whole:
            step = max(step, 1.0)
        if not 0 < step < math.inf:
            return [self.low, self.high]
        return [n * step for n in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]


class Axes:
    "A frame with a title and two scales; `.at(x, y)` is a place in it, `.svg(parts)` the chart, `left` points along."

    def __init__(self, x: Scale, y: Scale, title: str, names: tuple[str, str], left: float = 0, high: float = HIGH):
        self.x, self.y, self.title, self.names, self.left, self.high = x, y, title, names, left, high
        self.box = left + LEFT, TOP, WIDE - LEFT - RIGHT, high - TOP - BOTTOM

    def at(self, x: float, y: float) -> tuple[float, float]:
        left, top, wide, high = self.box
        return round(left + self.x(x) * wide, 2), round(top + (1 - self.y(y)) * high, 2)

    def svg(self, parts: Sequence[str]) -> list[str]:
        "The parts stand between the grid and the frame."
        left, top, wide, high = self.box
        title, *names = map(html.escape, (self.title, *self.names))
        grid, texts = [], [f'<text x="{left + wide / 2:g}" y="{top - 11}" font-size="13">{title}</text>']
        for x in self.x.ticks:
            at = self.at(x, self.y.low)[0]
            grid.append(f'<path d="M{at:g} {top}v{high:g}" stroke="{GRID}"/>')
            texts.append(f'<text x="{at:g}" y="{top + high + 15:g}">{number(x)}</text>')
        for y in self.y.ticks:
            at = self.at(self.x.low, y)[1]
            grid.append(f'<path d="M{left:g} {at:g}h{wide}" stroke="{GRID}"/>')
            texts.append(f'<text x="{left - 6:g}" y="{at + 4:g}" text-anchor="end">{number(y)}</text>')
        middle = top + high / 2
        return [
            *grid,
            *parts,
            f'<rect x="{left:g}" y="{top}" width="{wide}" height="{high:g}" fill="none" stroke="{QUIET}"/>',
            *texts,
            f'<text x="{left + wide / 2:g}" y="{self.high - 8:g}" fill="{QUIET}">{names[0]}</text>',
            f'<text transform="translate({left - 56:g} {middle:g}) rotate(-90)" fill="{QUIET}">{names[1]}</text>',
        ]


def number(x: float) -> str:
    return f"{x:.6g}".replace("-", "\N{MINUS SIGN}")


def curves(series: Mapping[str, Sequence[float]], along: str) -> Svg:
    "Side by side, a curve for each of these, by name, from 1 on; where a number is not finite there is none."
    parts = []
    for i, (name, numbers) in enumerate(series.items()):
        x, y = Scale([1, len(numbers)], whole=True), Scale(numbers)
        axes = Axes(x, y, summary(name, numbers), (along, name + " (log scale)" * y.log), i * WIDE)
        places = [axes.at(n, height) for n, height in drawn(numbers)]
        line = " ".join(f"{x:g},{y:g}" for x, y in places)
        drawing = [f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2" stroke-linejoin="round"/>']
        drawing += [f'<circle cx="{x:g}" cy="{y:g}" r="3.5" fill="{BLUE}"/>' for x, y in places[-1:]]
        parts += axes.svg(drawing)
    return Svg(WIDE * len(series), HIGH, parts, "; ".join(summary(*each) for each in series.items()))


def summary(name: str, numbers: Sequence[float]) -> str:
    "loss: 0.93 to 0.12."
    return f"{name}: {numbers[0]:.4g} to {numbers[-1]:.4g}" if len(numbers) else f"{name}: none yet"


def drawn(numbers: Sequence[float]) -> list[tuple[int, float]]:
    "The points of a curve, from 1 on; of more than are seen, the lowest and the highest of each stretch."
    found = [(n, x) for n, x in enumerate(numbers, 1) if math.isfinite(x)]
    stretch = -(-2 * len(found) // POINTS) if len(found) > POINTS else 1
    kept = []
    for start in range(0, len(found), stretch):
        few = found[start : start + stretch]
        kept += sorted({min(few, key=lambda at: at[1]), max(few, key=lambda at: at[1])})
    return kept


def text_curve(name: str, numbers: Sequence[float], wide: int = 26, high: int = 8) -> str:
    "The curve as lines of plain characters, all equally long but for the ends; the scale is that of the SVG."
    points = drawn(numbers)
    if not points:
        return f"{name}: none yet"
    x, y = Scale([1, len(numbers)], whole=True), Scale(numbers)
    places = [(x(n) * (wide - 1), (1 - y(height)) * (high - 1)) for n, height in points]
    rows = [[" "] * wide for _ in range(high)]
    for before, place in zip(places[:1] + places, places):
        for step in range(2 * wide + 1):
            column, row = (round(a + (b - a) * step / (2 * wide)) for a, b in zip(before, place))
            rows[row][column] = "*"
    top, bottom = f"{y.high:.4g}", f"{y.low:.4g}"
    margin = max(len(top), len(bottom), 4)
    sides = [top, *[""] * (high - 2), bottom]
    lines = [name + " (log scale)" * y.log]
    lines += [f"{side:>{margin}} |{''.join(row)}" for side, row in zip(sides, rows)]
    lines += [f"{'':{margin}} +{'-' * wide}", f"{'':{margin}}  1{len(numbers):>{wide - 1}}"]
    return "\n".join(line.rstrip() for line in lines)
