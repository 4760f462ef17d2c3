"""How large a picture will be: estimated, so that it can be folded before anything is laid out.

It is known without Graphviz, in linear time and alike on every machine; tests/draw holds it to what Graphviz does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from typing import Any

from .looks import Look
from .nodes import Drawing, Surface

PAGE = 12.8 / 2.54 * 72, 7.2 / 2.54 * 72  # points: a slide of 16:9, as Beamer has it
NODESEP, FRAME = 0.1 * 72, 16.0


class Estimate(Surface):
    "What a `Drawing` draws on in order to be measured: it takes nodes and edges as a Digraph does."

    def __init__(self, look: Look):
        self.look, self.gap, self.under = look, 0.0, (0.0, 0.0)
        self.boxes: dict[str, tuple[float, float]] = {}
        self.labels: list[tuple[str, str, tuple[float, float]]] = []
        self.frames: dict[str, int] = {}
        self.framing = 0
        self.attr(**look.attributes()["graph"])

    def attr(self, *_: Any, ranksep: str = "", label: str = "", **attributes: Any) -> None:
        "Looks take no room, but gaps between columns do, and what stands under the picture."
        self.gap = float(ranksep) * 72 if ranksep else self.gap
        self.under = self.look.text(label.split("\\n"))

    def node(self, name: str, label: str, **_: Any) -> None:
        self.boxes[name] = self.look.room(label.split("\\n"))
        if self.framing:
            self.frames[name] = self.framing

    def edge(self, tail: str, head: str, label: str = "", style: str = "", **_: Any) -> None:
        if style != "invis":
            self.labels.append((tail, head, self.look.text(label.split("\\n"))))

    @contextmanager
    def subgraph(self, **_: Any) -> Iterator[Estimate]:
        self.framing = len(self.boxes) + 1
        yield self
        self.framing = 0

    def ranks(self) -> dict[str, int]:
        "As Graphviz has them: nodes as far left as their inputs allow, leaves right before where they are used."
        into: dict[str, list[str]] = {name: [] for name in self.boxes}
        onto: dict[str, list[str]] = {name: [] for name in self.boxes}
        for tail, head, _ in self.labels:
            into[head].append(tail)
            onto[tail].append(head)
        rank: dict[str, int] = {}
        for name in TopologicalSorter(into).static_order():
            rank[name] = 1 + max((rank[x] for x in into[name]), default=-1)
        early = {name: min(rank[x] for x in onto[name]) - 1 for name in rank if onto[name] and not into[name]}
        return rank | early

    def size(self) -> tuple[float, float]:
        "Width and height, in points."
        rank, flip = self.ranks(), self.look.rankdir in ("TB", "BT")
        along, across = (1, 0) if flip else (0, 1)
        columns: dict[int, float] = defaultdict(float)
        heights: dict[int, dict[Any, float]] = defaultdict(lambda: defaultdict(float))
        gaps: dict[int, float] = defaultdict(lambda: self.gap)
        between: dict[int, float] = defaultdict(float)
        for name, box in self.boxes.items():
            columns[rank[name]] = max(columns[rank[name]], box[along])
            heights[rank[name]][self.frames.get(name)] += box[across] + NODESEP
        for tail, head, box in self.labels:
            gaps[rank[tail]] = max(gaps[rank[tail]], box[along] + self.gap if box[along] else 0)
            between[rank[tail]] += box[across] + NODESEP
            for passed in range(rank[tail] + 1, rank[head]):
                heights[passed][None] += NODESEP
        tall: dict[Any, float] = {}
        for column in heights.values():
            for frame, height in column.items():
                tall[frame] = max(tall.get(frame, 0.0), height + (FRAME if frame else 0))
        high = max(sum(h if f is None else tall[f] for f, h in column.items()) for column in heights.values())
        wide = sum(columns.values()) + sum(gaps[r] for r in sorted(columns)[:-1])
        high = max(high, *between.values()) if between else high
        wide, high = (high, wide) if flip else (wide, high)
        return max(wide, self.under[0]), high + self.under[1]


def text_size(drawing: Drawing) -> float:
    "The points that its text has where the picture fills a slide."
    drawing.draw_on(estimate := Estimate(drawing.look))
    wide, high = estimate.size()
    return drawing.look.fontsize * min(PAGE[0] / wide, PAGE[1] / high)
