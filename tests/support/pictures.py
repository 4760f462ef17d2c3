"""How a picture reads once it is projected: the size of its text on a page, edges that cross, texts that overlap.

    python -m tests.support.pictures        a table of the gallery's pictures

It is measured in the SVG of the WebAssembly Graphviz, which lays out alike on every machine.
"""

import re
from itertools import combinations
from typing import NamedTuple
from xml.etree import ElementTree

from micrograd_es.draw.render import by_wasm

SVG = "{http://www.w3.org/2000/svg}"
PAGE = 12.8 / 2.54 * 72, 7.2 / 2.54 * 72  # points of a Beamer page of 16:9
LETTER = 0.5  # of the font size: the width of a letter of Helvetica, on average


class Measured(NamedTuple):
    "Width and height in points; its smallest text once it is fitted to the page; crossings; overlapping texts."

    width: float
    height: float
    text: float
    crossings: int
    overlaps: int

    def __str__(self):
        pixels = self.text * 1280 / PAGE[0]
        return (
            f"{self.width:6.0f} x {self.height:<6.0f} {self.text:5.1f} pt {pixels:5.1f} px "
            f"{self.crossings:4} crossings {self.overlaps:3} overlaps"
        )


def measure(picture, width=PAGE[0], height=PAGE[1]):
    "The picture as it is when it fills a page."
    root = ElementTree.fromstring(by_wasm(picture.source))
    _, _, wide, high = map(float, root.get("viewBox").split())
    texts = [text for g in groups(root, "node", "edge", "cluster") for text in g.iter(f"{SVG}text")]
    smallest = min(float(text.get("font-size")) for text in texts)
    lines = [(ends(g), path(p)) for g in groups(root, "edge") for p in g.iter(f"{SVG}path")]
    return Measured(
        wide, high, smallest * min(width / wide, height / high),
        sum(crosses(a, b) for a, b in combinations(lines, 2)), len(overlapping(root)),
    )  # fmt: skip


def groups(root, *kinds):
    return [
        g for g in root.iter(f"{SVG}g") if (g.get("class") or "").split()[:1] and g.get("class").split()[0] in kinds
    ]


def ends(edge):
    "The two nodes of an edge: edges that meet in a node do not cross there."
    return {end.partition(":")[0] for end in edge.find(f"{SVG}title").text.split("->")}


# ---- Edges that cross ------------------------------------------------------------------------------------------------


def path(element):
    "A path of cubic curves as points along it."
    points = [tuple(map(float, xy)) for xy in re.findall(r"(-?[\d.]+),(-?[\d.]+)", element.get("d"))]
    return [bezier(points[i : i + 4], t / 8) for i in range(0, len(points) - 3, 3) for t in range(9)]


def bezier(points, t):
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return tuple(sum(w * p[axis] for w, p in zip(weights, points)) for axis in (0, 1))


def crosses(a, b):
    "Do two edges without a common end cross?"
    (one, first), (other, second) = a, b
    if one & other:
        return False
    return any(cut(p, q, r, s) for p, q in zip(first, first[1:]) for r, s in zip(second, second[1:]))


def cut(p, q, r, s):
    "Do the segments pq and rs cross?"
    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


def side(p, q, r):
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


# ---- Texts that overlap ----------------------------------------------------------------------------------------------


def overlapping(root):
    "The pairs of an edge's text and any other text, or the box of a node, that overlap."
    labels = [(text, box(text)) for g in groups(root, "edge") for text in g.iter(f"{SVG}text")]
    others = [(p, corners(p.get("points"))) for g in groups(root, "node") for p in g.iter(f"{SVG}polygon")]
    others += [(text, box(text)) for g in groups(root, "cluster") for text in g.iter(f"{SVG}text")]
    pairs = [*combinations(labels, 2), *((a, b) for a in labels for b in others)]
    return [(a, b) for (a, p), (b, q) in pairs if all(max(p[i], q[i]) + 1 < min(p[i + 2], q[i + 2]) for i in (0, 1))]


def box(text):
    "Left, top, right and bottom of a text; Graphviz has given its middle and its base line."
    size, x, y = (float(text.get(key)) for key in ("font-size", "x", "y"))
    wide = LETTER * size * len("".join(text.itertext())) / 2
    return x - wide, y - 0.7 * size, x + wide, y + 0.1 * size


def corners(points):
    xs, ys = zip(*(map(float, xy.split(",")) for xy in points.split()))
    return min(xs), min(ys), max(xs), max(ys)
