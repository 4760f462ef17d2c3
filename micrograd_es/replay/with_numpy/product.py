"""How a sum of products is written on arrays: forward, and its gradient to either side.

left is (i, k) and right (j, k), with the samples b as a last axis where there are any; members of a grid are (j, i).
"""

from __future__ import annotations

from ..plan.groups import Product
from ..plan.levels import LANES


def is_plain(p: Product) -> bool:
    "Weights @ one column for each sample: then the right factor is read without its first axis."
    return p.grid and (p.left.buffer == LANES) + (p.right.buffer == LANES) == 1 and len(p.right.index) == 1


class Writing:
    "The NumPy expressions for one product, given the expressions of its factors."

    def __init__(self, p: Product, left: str, right: str):
        self.grid, self.left, self.right = p.grid, left, right
        self.lanes = (p.left.buffer == LANES) + (p.right.buffer == LANES)
        self.rows, self.columns = len(p.right.index), len(p.left.index)
        self.plain = is_plain(p)
        self.single = p.grid and self.lanes == 2 and 1 in (self.rows, self.columns)  # one column that all are met with

    def forward(self) -> str:
        left, right = self.left, self.right
        if self.plain:
            return f"{left} @ {right}"
        members = self.rows * self.columns
        if not self.grid:
            return f'np.einsum("{self._letters()}", {left}, {right})'
        if self.single:
            return f"({left} * {right}).sum(1)"
        if self.lanes == 0:
            return f"({right} @ {left}.T).ravel()"
        if self.lanes == 1:
            return f"({left} @ {right}).reshape({members}, -1)"
        return f"({right}.transpose(2, 0, 1) @ {left}.transpose(2, 1, 0)).transpose(1, 2, 0).reshape({members}, -1)"

    def to_left(self, dy: str) -> str:
        if self.plain:
            return f"{dy} @ {self.right}.T"
        if not self.grid:
            return f'np.einsum("{self._letters("left")}", {dy}, {self.right})'
        if self.single:
            return f"({dy}[:, None] * {self.right}){self._summed(self.columns)}"
        dy = self._on_grid(dy)
        if self.lanes == 0:
            return f"{dy}.T @ {self.right}"
        if self.lanes == 1:
            return f"np.tensordot({dy}, {self.right}, ((0, 2), (0, 2)))"
        return f"({dy}.transpose(2, 1, 0) @ {self.right}.transpose(2, 0, 1)).transpose(1, 2, 0)"

    def to_right(self, dy: str) -> str:
        if self.plain:
            return f"{self.left}.T @ {dy}"
        if not self.grid:
            return f'np.einsum("{self._letters("right")}", {dy}, {self.left})'
        if self.single:
            return f"({dy}[:, None] * {self.left}){self._summed(self.rows)}"
        dy = self._on_grid(dy)
        if self.lanes == 0:
            return f"{dy} @ {self.left}"
        if self.lanes == 1:
            return f"{self.left}.T @ {dy}"
        return f"({dy}.transpose(2, 0, 1) @ {self.left}.transpose(2, 0, 1)).transpose(1, 2, 0)"

    def _summed(self, members: int) -> str:
        "The single column gains from every member."
        return ".sum(0)[None]" if members == 1 and self.rows * self.columns > 1 else ""

    def _on_grid(self, dy: str) -> str:
        return f"{dy}.reshape({self.rows}, {self.columns}{', -1' if self.lanes else ''})"

    def _letters(self, to: str = "") -> str:
        "The axes of an einsum where there is no grid: member i, term k, sample b."
        out, right = ("ib", "ikb") if self.lanes else ("i", "ik")
        left = "ikb" if self.lanes == 2 else "ik"
        return {"": f"{left},{right}->{out}", "left": f"{out},{right}->{left}", "right": f"{out},{left}->{right}"}[to]
