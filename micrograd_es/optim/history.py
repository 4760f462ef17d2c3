"""What a training leaves: its learning curve, as numbers, as text and as a picture.

>>> history = History([0.9, 0.5, 0.3], [0.5, 0.75, 0.8])
>>> history[-1], history.accuracies[-1], history.interrupted
(0.3, 0.8, False)
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..system.charts import Svg, curves, text_curve


class History(list[float]):
    """The mean loss of every epoch, as a list; `accuracies`, if they were asked for, one for each.

    Printed, it is a small plot; as the last line of a notebook cell a picture, which `.save(path)` writes as SVG.
    `interrupted`: Ctrl-C ended the training before its time. A loop of one's own draws its losses so: History(losses).
    """

    def __init__(self, losses: Iterable[float] = (), accuracies: Iterable[float] = ()):
        super().__init__(map(float, losses))
        self.accuracies, self.interrupted = list(accuracies), False

    @property
    def losses(self) -> list[float]:
        return list(self)

    @property
    def series(self) -> dict[str, list[float]]:
        "The curves, by name."
        return {"loss": self.losses} | ({"accuracy, %": [100 * x for x in self.accuracies]} if self.accuracies else {})

    def picture(self) -> Svg:
        return curves(self.series, "epoch")

    def save(self, path: str | os.PathLike[str]) -> Path:
        "Write the picture as SVG, whole or not at all."
        return self.picture().save(path)

    def __str__(self) -> str:
        plots = [text_curve(name, numbers).splitlines() for name, numbers in self.series.items()]
        wide = max(map(len, plots[0])) + 4
        lines = zip_longest(*plots, fillvalue="")
        return "\n".join("".join(f"{part:{wide}}" for part in line).rstrip() for line in lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.picture()._repr_html_()}
