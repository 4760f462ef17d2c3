"""The plane as a network sees it while it learns: coarse, without NumPy, to be drawn between two steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..system.charts import WIDE, Axes, Scale, Svg

GRID = 20  # fields along each side
HIGH = 330
SIDES = {True: ("#f0d5bb", "#b35806"), False: ("#c5d6ea", "#215aa0")}  # of a field, of a sample


def plane(score: Callable[[Sequence[float]], Any], samples: Sequence[tuple[Sequence[float], float]]) -> Svg:
    "Where the score of a point is above 0, and the samples, (point, label), with labels above 0 in the same colour."
    xs, ys = ([point[i] for point, _ in samples] for i in (0, 1))
    right = sum((score(point) > 0) == (label > 0) for point, label in samples)
    title = f"{right} of {len(samples)} samples on their side"
    axes = Axes(Scale(xs), Scale(ys), title, ("x₁", "x₂"), high=HIGH)
    left, top, wide, high = axes.box
    parts = []
    for i in range(GRID):
        for j in range(GRID):
            x = axes.x.low + (axes.x.high - axes.x.low) * (i + 0.5) / GRID
            y = axes.y.high - (axes.y.high - axes.y.low) * (j + 0.5) / GRID
            at = f'x="{left + i * wide / GRID:g}" y="{top + j * high / GRID:g}"'
            size = f'width="{wide / GRID:g}" height="{high / GRID:g}"'
            parts.append(f'<rect {at} {size} fill="{SIDES[score([x, y]) > 0][0]}"/>')
    for point, label in samples:
        x, y = axes.at(*point)
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{SIDES[label > 0][1]}" stroke="#ffffff"/>')
    return Svg(WIDE, HIGH, axes.svg(parts), title)
