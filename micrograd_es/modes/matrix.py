"A matrix of Values with names for its rows and columns: what a Jacobian and a Hessian are."

from __future__ import annotations

import html
from collections.abc import Iterable

from ..engine import Value
from ..text.letters import number_text
from .asked import together


class Matrix(list[list[Value]]):
    """Rows of Values: `m[i][j]` can be drawn, explained, differentiated again. Printed it is a table of the numbers.

    `.numbers` are the numbers alone, of the moment, in lists: numpy takes them as they are.
    """

    def __init__(self, rows: Iterable[list[Value]], down: list[str], across: list[str]):
        super().__init__(rows)
        self.down, self.across = down, across

    @property
    def numbers(self) -> list[list[float]]:
        entries = [v for row in self for v in row]
        numbers = together(entries).numbers if entries else {}
        return [[numbers[v] for v in row] for row in self]

    def cells(self) -> list[list[str]]:
        lines = [[name, *map(number_text, row)] for name, row in zip(self.down, self.numbers)]
        return [["", *self.across], *lines]

    def __str__(self) -> str:
        cells = self.cells()
        widths = [max(map(len, column)) for column in zip(*cells)]
        return "\n".join("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in self.cells()]
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
