r"""Equations that fit a Beamer frame: too long a line goes on under its equals sign, too many on another frame.

>>> long = Equation("y", "=", ["a + b", "c", "11111111 + 11111111 + 11111111"])
>>> print(*rows(long, left=1, room=30), sep="\n")
y &= a + b = c \\
&= 11111111 + 11111111 \\
&\quad + 11111111 \\
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..text.letters import latex_sentence

ROOM = 54.0  # digits that stand side by side on a frame of 128 x 96 mm, in Beamer's own 11 points
LEFT = 0.4 * ROOM  # what the column before the equals signs may take of it
SMALL = 0.75  # of the size: what is raised or lowered
WIDTHS = {  # in digits; other letters are one wide
    **dict.fromkeys((r"\left", r"\right", r"\mathrm", r"\operatorname", r"\hat", r"\bar", r"\tilde"), 0.0),
    **dict.fromkeys(("=", "<", ">", r"\ge", r"\le"), 2.7),
    **{rf"\{name}": 0.9 * len(name) for name in ("log", "sin", "cos", "max", "min", "tanh")},
    **{
        "+": 2.5,
        "-": 2.0,
        r"\cdot": 1.5,
        ":": 1.4,
        r"\leftarrow": 3.0,
        r"\infty": 1.8,
        r"\quad": 1.8,
        r"\partial": 1.1,
    },
    **{"m": 1.5, "w": 1.3, ",": 0.8, ".": 0.5, "(": 0.9, ")": 0.9, r"\text": 1.2},  # a text has blanks
}
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\S")


class Equation(NamedTuple):
    "What stands to the left, the sign between, and the sides, one after the other."

    left: str
    sign: str
    sides: list[str]


def width(latex: str) -> float:
    "How many digits wide a formula is, set as display; rather more than less."
    return _width(iter(TOKEN.findall(latex)), once=False)


def _width(tokens: Iterator[str], once: bool) -> float:
    "Of the tokens up to the brace that closes; of the next one, or the next group, if `once`."
    total = 0.0
    for token in tokens:
        if token == "}":
            break
        if token == "{":
            total += _width(tokens, once=False)
        elif token in "^_":
            total += SMALL * _width(tokens, once=True)
        elif token == r"\frac":
            total += max(_width(tokens, once=True), _width(tokens, once=True)) + 0.5
        elif token == r"\sqrt":
            total += _width(tokens, once=True) + 1.8
        else:
            total += WIDTHS.get(token, 1.0)
        if once:
            break
    return total


def terms(side: str) -> list[str]:
    "A sum as what may stand on lines of its own: every term with its sign, none cut out of brackets or a fraction."
    parts, depth, start = [], 0, 0
    for token in re.finditer(r"\\left|\\right|\\.|[{}]| [+-] ", side):
        depth += {r"\left": 1, "{": 1, r"\right": -1, "}": -1}.get(token[0], 0)
        if token[0][0] == " " and not depth:
            parts.append(side[start : token.start()])
            start = token.start() + 1
    return [*parts, side[start:]]


def rows(equation: Equation, left: float, room: float) -> list[str]:
    "The equation as rows of an align*, none wider than the room; `left` is the width of the column before the sign."
    start, again = left + width("="), left + width(r"\quad")
    done, row, used = [], f"{shrunk(equation.left, left)} &{equation.sign}", start
    for i, side in enumerate(equation.sides):
        if i and used + width("=") + width(side) <= room:
            row, used = f"{row} =", used + width("=")
        elif i:
            done.append(row)
            row, used = "&=", start
        for j, piece in enumerate([side] if used + width(side) <= room else terms(side)):
            if j and used + width(piece) > room:
                done.append(row)
                row, used = r"&\quad", again
            row, used = f"{row} {shrunk(piece, room - used)}", used + width(piece)
    return [rf"{row} \\".lstrip() for row in [*done, row]]


def shrunk(piece: str, room: float) -> str:
    "As it is, or, where nothing in it can be parted, as small as it must be."
    if width(piece) <= room:
        return piece
    return rf"\resizebox{{{room / ROOM:.2f}\linewidth}}{{!}}{{$\displaystyle {piece}$}}"


def aligned(equations: Iterable[Equation]) -> list[str]:
    "As rows of an align*, an equation on each, however long."
    return [rf"{left} &{sign} {' = '.join(sides)} \\".lstrip() for left, sign, sides in equations]


def frames(parts: Mapping[str, list[Equation]], lines: float, notes: Iterable[str] = ()) -> str:
    r"Frames with so many lines of text at most, for \input; each part, by its title, begins with a new one."
    done = []
    for title, equations in parts.items():
        found = pages(equations, lines)
        for k, page in enumerate(found, 1):
            which = f" ({k} of {len(found)})" if len(found) > 1 else ""
            done.append(frame(title + which, "\n".join([r"\begin{align*}", *page, r"\end{align*}"])))
    return "\n".join([*done, *[frame("Note", latex_sentence(note)) for note in notes]])


def pages(equations: list[Equation], lines: float) -> list[list[str]]:
    "The rows of every frame: an equation begins another one if it would not end on this."
    left = min(max((width(e.left) for e in equations), default=0.0), LEFT)
    found: list[list[str]] = [[]]
    for equation in equations:
        whole = rows(equation, left, ROOM)
        apart = [whole] if height(whole) <= lines else [[row] for row in whole]
        for part in apart:
            if height(found[-1] + part) > lines:
                found.append([])
            found[-1] += part
    return [page for page in found if page]


def frame(title: str, content: str) -> str:
    return f"\\begin{{frame}}{{{title}}}\n{content}\n\\end{{frame}}"


def height(found: list[str]) -> float:
    "In lines: a fraction is as high as two, and what is raised makes its line higher."
    return sum(1 + (r"\frac" in row) + 0.2 * ("^" in row) for row in found)
