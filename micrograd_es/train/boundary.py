"""The plane as a network with two inputs sees it: which class it takes every point for, and the samples in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..engine import Value
from ..replay import replay
from ..system.charts import WIDE, Axes, Scale, Svg
from .pictures import image

GRID = 130  # pixels along each side of the plane
MARGIN = 0.12  # of the samples' extent, around them
HIGH = 330
COLOURS = "215aa0 b35806 0b7a5b 8e3a86 8a6d00 1c7c9c c2255c 555555 5b3f94 5d7a1b".split()  # of the classes
MARKS = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M-3.5-3.5h7v7h-7z", "M0-5 4.6 3.4h-9.2z", "M0-5 5 0 0 5-5 0z"


def decision_boundary(
    model: Callable[[list[Value]], Any],
    samples: Sequence[tuple[Sequence[float], float]],
    border: float = 0.0,
    names: tuple[str, str] = ("x₁", "x₂"),
) -> Svg:
    """The classes of the plane by a model of two inputs, and the samples, (inputs, label), in their labels' colours.

    One score parts two classes: above `border` (0; for a probability 0.5) is the one whose label is above 0. Of several
    scores the highest counts, and the labels are 0, 1, ... ValueError for samples that have not two inputs.
    """
    import numpy as np

    points = np.array([inputs for inputs, _ in samples], float)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError("decision_boundary: a sample is ((x1, x2), label), and has two finite inputs")
    inputs = [Value(0.0), Value(0.0)]
    out = model(inputs)
    scores = list(out) if isinstance(out, (list, tuple)) else [out]
    r = replay(Value.sum(*scores, *inputs), inputs, [], outputs=scores)  # the sum: it may look at one input alone

    def classes(places: Any) -> Any:
        numbers = r.predict(places)
        return numbers.argmax(1) if len(scores) > 1 else (numbers[:, 0] > border).astype(int)

    labels = np.array([label if len(scores) > 1 else label > 0 for _, label in samples], int)
    low, high = points.min(0), points.max(0)
    room = np.where(high > low, MARGIN * (high - low), 1.0)
    low, high = low - room, high + room
    x, y = low[:, None] + (high - low)[:, None] * (np.arange(GRID) + 0.5) / GRID
    plane = classes(np.stack(np.meshgrid(x, y[::-1]), -1).reshape(-1, 2)).reshape(GRID, GRID)

    rgb = np.array([list(bytes.fromhex(colour)) for colour in COLOURS])
    tints = (255 - 0.3 * (255 - rgb)).astype("uint8")
    title = f"{(classes(points) == labels).sum()} of {len(labels)} samples on their side"
    axes = Axes(Scale([low[0], high[0]]), Scale([low[1], high[1]]), title, names, high=HIGH)
    parts = [image(tints[plane % len(tints)], *axes.box)]
    for point, label in zip(points, labels):
        left, top = axes.at(*point)
        parts.append(
            f'<path transform="translate({left:g} {top:g})" d="{MARKS[label % len(MARKS)]}" '
            f'fill="#{COLOURS[label % len(COLOURS)]}" stroke="#ffffff"/>'
        )
    return Svg(WIDE, HIGH, axes.svg(parts), f"decision boundary: {title}")
