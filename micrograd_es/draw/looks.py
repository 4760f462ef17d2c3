"""How a picture looks: its themes, and the room that its texts need."""

from __future__ import annotations

from typing import NamedTuple

FONT = "Helvetica,Arial,sans-serif"
LINE, LETTER = 1.2, 0.56  # of the font size: the height of a line, the width of most letters
NARROW = dict.fromkeys(" .,:;'|!()[]fijltIι", 0.3) | dict.fromkeys("-⁻r", 0.36)
NARROW |= dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⁽⁾ₓₕᵧ", 0.36) | dict.fromkeys("mwMW=+<>→Σ∞", 0.75)
MARGIN = 3, 3  # points to the left and right of a text, and above and below it


class Theme(NamedTuple):
    "Colours, and what tells the kinds of boxes apart: never their colour alone."

    paper: str
    ink: str
    quiet: str
    lit: dict[str, str]
    leaf: str
    constant: str
    operation: str
    root: str
    folded: str


THEMES = {
    "light": Theme("#ffffff", "#1d2733", "#6b7785", {"color": "#c2255c", "fontcolor": "#c2255c", "penwidth": "2.4"},
                   leaf="#d3e6fc", constant="#f4f4f4", operation="#ffffff", root="#ffe7a3", folded="#cdb8ee"),
    "dark": Theme("#12161c", "#eef2f6", "#93a1b3", {"color": "#ff85b3", "fontcolor": "#ff85b3", "penwidth": "2.4"},
                  leaf="#17395f", constant="#262c35", operation="#1b212a", root="#5a4508", folded="#5b3f94"),
    "print": Theme("#ffffff", "#000000", "#000000", {"color": "#000000", "penwidth": "3.5"},
                   leaf="#ffffff", constant="#ffffff", operation="#ffffff", root="#ffffff", folded="#dcdcdc"),
}  # fmt: skip
SHAPES = {
    "leaf": {"style": "filled,rounded"},
    "constant": {"style": "filled,rounded,dashed"},
    "operation": {},
    "root": {"penwidth": "3"},
    "folded": {"penwidth": "1.8"},
}


class Look(NamedTuple):
    "The looks of one picture, as `draw` takes them."

    rankdir: str = "LR"
    fontsize: float = 12.0
    theme: str = "light"
    background: str | None = None
    scale: float = 1.0
    chosen: dict[str, frozenset[str]] = {}  # what was set on the picture, for all nodes or all edges

    def set(self, rankdir: str, fontsize: str, chosen: dict[str, frozenset[str]]) -> Look:
        return self._replace(rankdir=rankdir, fontsize=float(fontsize), chosen=chosen)

    def unset(self, what: str, attributes: dict[str, str]) -> dict[str, str]:
        "These attributes of one node or edge, but for those that were set for all."
        chosen = self.chosen.get(what, frozenset())
        return {key: value for key, value in attributes.items() if key not in chosen}

    @property
    def colors(self) -> Theme:
        if self.theme not in THEMES:
            raise ValueError(f"theme={self.theme!r}: it is one of {', '.join(map(repr, THEMES))}")
        return THEMES[self.theme]

    def attributes(self) -> dict[str, dict[str, str]]:
        "Of the whole picture, of all nodes and of all edges."
        ink, quiet, text = self.colors.ink, self.colors.quiet, {"fontname": FONT, "fontsize": f"{self.fontsize:g}"}
        paper = self.colors.paper if self.background is None else self.background
        return {
            "graph": text | {"rankdir": self.rankdir, "ranksep": "0.2", "nodesep": "0.1", "pad": "0.03", "margin": "0",
                             "bgcolor": paper, "fontcolor": ink},
            "node": text | {"shape": "box", "style": "filled", "margin": "0,0", "width": "0", "height": "0",
                            "color": quiet, "fontcolor": ink},
            "edge": text | {"arrowsize": "0.6", "color": quiet, "fontcolor": ink},
        }  # fmt: skip

    def node(self, kind: str) -> dict[str, str]:
        return {"class": kind} | self.unset("node", {"fillcolor": getattr(self.colors, kind), **SHAPES[kind]})

    def ports(self) -> dict[str, str]:
        "Where edges leave a box and where they arrive: in the middle of its sides."
        sides = {"LR": "ew", "RL": "we", "TB": "sn", "BT": "ns"}[self.rankdir]
        return self.unset("edge", {"tailport": sides[0], "headport": sides[1]})

    def frame(self) -> dict[str, str]:
        text = {"fontname": FONT, "fontsize": f"{self.fontsize:g}", "fontcolor": self.colors.quiet}
        return text | {"margin": "8", "style": "rounded", "color": self.colors.quiet}

    def text(self, lines: list[str]) -> tuple[float, float]:
        "Width and height in points of these lines."
        wide = max(sum(NARROW.get(c, LETTER) for c in line) for line in lines)
        return wide * self.fontsize, len(lines) * LINE * self.fontsize * bool(wide)

    def room(self, lines: list[str]) -> tuple[float, float]:
        "Width and height of a box with these lines."
        wide, high = self.text(lines)
        return wide + 2 * MARGIN[0], high + 2 * MARGIN[1]
