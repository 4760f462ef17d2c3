"""How a sum of products is written on arrays: forward, and its gradient to either side.

left is (c, i, k) and right (c, j, k), with the samples b as a last axis where there are any; (c, i, j) comes out.
These are the letters of an einsum; an axis of one has none. But where left is shared and right is not, or where there
is no c, it is a matrix product, w @ v: of the weights, and a column for every j of every sample.
"""

from __future__ import annotations

import numpy as np

from ..plan.levels import LANES, SHARED
from ..plan.statements import Group, Product, Read
from .arrays import Names, Shape


def is_matrix(p: Product) -> bool:
    "Is it a product for BLAS: of a matrix that the samples share?"
    c, i, j, k = p.size
    return k > 1 and p.left.buffer == SHARED and (c == 1 or i > 1) and (p.right.buffer == LANES or c == 1)


class Factor:
    """One side of an einsum: its array, and the letters of its axes, as they lie in memory.

    An axis along which it is the same has no letter, if it may stand `still` along that one.
    """

    def __init__(self, names: Names, read: Read, letters: str, still: str):
        self.names, self.read = names, read
        sizes = dict(zip(letters, read.index.shape))
        every = [letter for letter in letters if sizes[letter] > 1]
        self.shape: Shape = tuple(sizes[letter] for letter in every) or (1,)
        seen = names.seen(read, self.shape)
        self.regular = seen is not None and {every[a] for a in range(len(every)) if a not in seen[1]} <= set(still)
        if seen and self.regular:
            self.text, order = seen
            every = [every[a] for a in order]
        else:
            self.text = names.gathered(read, self.shape)
        self.text += "" if every else "[0]"
        self.letters = "".join(every) + "b" * (read.buffer == LANES)

    @property
    def d(self) -> str:
        "The array of its gradient."
        seen = self.names.seen(self.read, self.shape, "d")
        assert seen
        return seen[0] + "[0]" * self.text.endswith("[0]")


class Einsum:
    "y[c, i, j] = Σ over k of left[c, i, k] · right[c, j, k]."

    def __init__(self, names: Names, p: Product):
        self.left = Factor(names, p.left, "cik", still="ci")  # it may be the same all along these axes
        self.right = Factor(names, p.right, "cjk", still="cj" if p.size[0] == 1 or "c" in self.left.letters else "j")
        lanes = "b" if LANES in (p.left.buffer, p.right.buffer) else ""
        self.letters = "".join(letter for letter, n in zip("cij", p.size) if n > 1) + lanes
        self.sign = "-" if p.sign < 0 else ""
        self.one = "" if len(self.letters) > len(lanes) else "[0]"  # a single number has an axis, and no letter

    def forward(self) -> str:
        return self._written(self.left.letters, self.right, self.letters, self.left.text)

    def to(self, one: Factor, dy: str) -> str:
        return self._written(self.letters, self.right if one is self.left else self.left, one.letters, dy)

    def _written(self, letters: str, other: Factor, out: str, text: str) -> str:
        if set(out) == {*letters, *other.letters}:  # nothing is summed
            texts = _spread(text, letters, out), _spread(other.text, other.letters, out)
            if all(texts):
                return f"{self.sign}{texts[0]} * {texts[1]}"
        return f'{self.sign}np.einsum("{letters},{other.letters}->{out}", {text}, {other.text})'


def _spread(text: str, letters: str, out: str) -> str:
    "An array with these axes as one that fits those of `out`; nothing if they stand in another order."
    if letters != "".join(letter for letter in out if letter in letters):
        return ""
    axes = [":" if letter in letters else "None" for letter in out]
    while axes and axes[0] == "None":
        axes.pop(0)
    while axes and axes[-1] == ":":
        axes.pop()
    return text + (f"[{', '.join(axes)}]" if axes else "")


class Matrix:
    "y[i, j] = Σ over k of w[i, k] · v[k, j], where j counts the samples too; or a batch of such products, for every c."

    def __init__(self, names: Names, g: Group, p: Product):
        (c, i, j, k), self.sign = p.size, "-" if p.sign < 0 else ""
        head = (c,) if c > 1 else ()
        lanes = p.right.buffer == LANES
        self.turn = ".swapaxes(1, 2)" if head else ".T"
        self.rows = "" if lanes and j == 1 and names.shape(g) == (*head, i) else _reshape(*head, i, -1)  # as its rows
        self.block = _reshape(*names.shape(g), *([-1] if lanes else []))  # and as the block is
        self.left, self.right = p.left, Read(p.right.buffer, p.right.index.transpose(0, 2, 1))
        self.left_full, self.right_full = (*head, i, k), (*head, k, *([j] if j > 1 or not lanes else []))
        self.names = names
        flat = self.right.index.ravel()
        beside = lanes and j > 1 and bool((np.diff(flat) == 1).all()) and not (flat < len(names.spread)).any()
        self.columns = f"lanes[{flat[0]}:{flat[-1] + 1}]{_reshape(*head, k, -1)}" if beside else ""
        self.apart = lanes and j > 1 and not beside  # a copy has the columns side by side
        self.w = self.seen_left() or names.gathered(self.left, self.left_full)
        self.v = self.seen_right() or names.gathered(self.right, self.right_full)
        if self.apart:
            self.v = names.copied(self.v, _reshape(*head, k, -1))

    def seen_left(self, d: str = "") -> str:
        "A view of the left factor, or of its gradient; nothing if it is not regular."
        return self.names.matrix(self.left, self.left_full, d)

    def seen_right(self, d: str = "") -> str:
        if self.columns:
            return self.names.name(self.columns, "lanes", d)
        return self.names.matrix(self.right, self.right_full, d)


def _reshape(*sizes: int) -> str:
    return f".reshape({', '.join(map(str, sizes))})"
