"""How a statement sees some slots of a buffer: as an array with axes, without a copy, wherever they are regular.

>>> view([4, 5, 6, 7, 8, 9], (2, 3))
View(start=4, strides=(3, 1))
>>> view([4, 4, 4, 5, 5, 5], (2, 3)), view([4, 5, 4, 8, 5, 5], (2, 3))
(View(start=4, strides=(1, 0)), None)
>>> axes([[4, 5, 6, 7, 8, 9], [0, 0, 0, 1, 1, 1]])
(2, 3)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any, NamedTuple

import numpy as np

Array = Any


class View(NamedTuple):
    "The first slot, and how far apart the slots are along each axis: 0, if it is the same slot."

    start: int
    strides: tuple[int, ...]


def view(index: Any, shape: tuple[int, ...]) -> View | None:
    "The regular view that an index of this many slots is; None if it is not regular."
    grid = np.asarray(index).reshape(shape)
    strides = []
    for axis, size in enumerate(shape):
        along = grid.swapaxes(0, axis)
        stride = int(along[1].flat[0] - along[0].flat[0]) if size > 1 else 1
        if stride < 0 or size > 1 and not (along[1:] - along[:-1] == stride).all():
            return None
        strides.append(stride)
    return View(int(grid.flat[0]), tuple(strides))


def axes(indices: Sequence[Any]) -> tuple[int, ...]:
    "The fewest axes along which these are all regular, as far as they are."
    left = np.asarray(indices)
    shape: tuple[int, ...] = ()
    while left.shape[1] > 1:
        gaps = np.diff(left, axis=1)
        breaks = np.flatnonzero((gaps != gaps[:, :1]).any(0)) + 1
        run = gcd(left.shape[1], *breaks.tolist())
        if run == 1:
            return (np.shape(indices)[1],)
        shape = (run, *shape)
        left = left[:, ::run]
    return shape or (1,)


def written(
    buffer: str, limit: int, seen: View, shape: tuple[int, ...], lanes: bool
) -> tuple[str, tuple[int, ...]] | None:
    """The array as an expression: a part of the buffer, in as many axes, without those along which it stands still.

    And these axes of `shape`, in the order in which they lie in memory, the longest strides first. None if no shape
    can be given to a part of the buffer of `limit` slots so that this comes out.
    """
    moving = [a for a, stride in enumerate(seen.strides) if stride and shape[a] > 1]
    order = sorted(moving, key=lambda a: -seen.strides[a])
    sizes, strides = [shape[a] for a in order], [seen.strides[a] for a in order]
    if not order:
        return f"{buffer}[{seen.start}:{seen.start + 1}]", ()
    if len(order) == 1:
        stop = seen.start + (sizes[0] - 1) * strides[0] + 1
        return f"{buffer}[{seen.start}:{stop}{f':{strides[0]}' if strides[0] > 1 else ''}]", tuple(order)
    widths = [a // b for a, b in zip(strides, strides[1:])]
    stop = seen.start + sizes[0] * strides[0]
    nested = all(a % b == 0 and a // b >= n for a, b, n in zip(strides, strides[1:], sizes[1:]))
    if not nested or stop > limit:
        return None
    dims = [sizes[0], *widths, strides[-1]]
    picks = [":", *(":" if width == n else f":{n}" for width, n in zip(widths, sizes[1:])), "0"]
    if strides[-1] == 1:
        dims.pop(), picks.pop()
    while picks and picks[-1] == ":":
        picks.pop()
    text = f"{buffer}[{seen.start}:{stop}].reshape({', '.join(map(str, dims))}{', -1' if lanes else ''})"
    return text + (f"[{', '.join(picks)}]" if picks else ""), tuple(order)
