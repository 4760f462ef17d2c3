"""Small pictures side by side, as one SVG: the weights of every neuron, the digits that were misread."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Sequence
from math import isqrt
from typing import Any

from ..nn import MLP
from ..system.charts import Svg
from .digits import CLASSES

SIDE, GAP, TEXT = 84, 10, 16  # a tile's side, the space between two, the line under it, in points
POSITIVE, NEGATIVE = (33, 90, 160), (179, 88, 6)  # blue and brown: nobody's eyes confuse them


class Pictures(Svg):
    "Tiles with a caption each: `.svg`; `.save(path)` writes it; as the last line of a notebook cell it shows itself."

    def __init__(self, tiles: Sequence[tuple[Any, str]], columns: int = 10):
        columns, rows = min(columns, len(tiles)) or 1, -(-len(tiles) // columns)
        wide, high = columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP + TEXT) + GAP
        parts = []
        for i, (pixels, caption) in enumerate(tiles):
            x, y = GAP + i % columns * (SIDE + GAP), GAP + i // columns * (SIDE + GAP + TEXT)
            parts += [
                image(pixels, x, y, SIDE, SIDE),
                f'<rect x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#b9c3cf"/>',
                f'<text x="{x + SIDE / 2:g}" y="{y + SIDE + TEXT - 3}">{html.escape(caption)}</text>',
            ]
        super().__init__(wide, high, parts, f"{len(tiles)} pictures")


def first_layer(net: MLP) -> Any:
    "The weights of the first layer: a row for every neuron."
    import numpy as np

    return np.array([[w.data for w in neuron.w] for neuron in net.layers[0].neurons])


def weight_pictures(weights: Any, columns: int = 10) -> Pictures:
    """What every neuron looks for: blue where ink speaks for it, brown where ink speaks against.

    `weights` has a row for every neuron. Each picture has a scale of its own: the largest weight has the full colour.
    """
    return Pictures([(signed(square(row)), f"neuron {i}") for i, row in enumerate(weights, 1)], columns)


def mistake_pictures(rows: Any, wrong: Sequence[tuple[int, int, int]], columns: int = 10, count: int = 40) -> Pictures:
    "The first of the `mistakes` among these rows, each with what it is and what it was taken for."
    tiles = [(ink(square(rows[i, :-CLASSES])), f"{label} read as {read}") for i, label, read in wrong[:count]]
    return Pictures(tiles, columns)


def square(numbers: Any) -> Any:
    "The numbers row by row, as a square array."
    import numpy as np

    return np.reshape(numbers, (isqrt(len(numbers)), -1))


def ink(pixels: Any) -> Any:
    "From 0, paper, to 1, ink, as bytes of red, green and blue."
    return _colours(1 - pixels[..., None] * [1.0, 1.0, 1.0])


def signed(numbers: Any, largest: float | None = None) -> Any:
    "White for 0, blue for what is positive, brown for what is negative; full at `largest`, or at their own largest."
    import numpy as np

    share = np.minimum(np.abs(numbers) / (largest or np.abs(numbers).max() or 1.0), 1.0)
    full = np.where(numbers[..., None] > 0, POSITIVE, NEGATIVE) / 255
    return _colours(1 - share[..., None] * (1 - full))


def image(pixels: Any, x: float, y: float, wide: float, high: float, scale: int = 3) -> str:
    "The pixels at their place in an SVG."
    data = base64.b64encode(png(pixels, scale)).decode()
    place = f'x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" preserveAspectRatio="none"'
    return f'<image {place} href="data:image/png;base64,{data}"/>'


def _colours(shares: Any) -> Any:
    return (shares * 255 + 0.5).astype("uint8")


def png(pixels: Any, scale: int = 3) -> bytes:
    "An array of bytes, height x width x 3, as a PNG; every pixel as scale x scale, so that no viewer blurs it."
    pixels = pixels.repeat(scale, 0).repeat(scale, 1)
    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)  # 0: no filter

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits each of red, green and blue
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
