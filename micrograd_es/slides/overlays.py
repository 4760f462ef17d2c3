r"""The steps of a graph as Beamer slides: TikZ where Graphviz put it, text set by LaTeX, an overlay for each step.

>>> from micrograd_es import Value
>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> slides = beamer((x * w - y) ** 2)
>>> len(slides), r"\begin{frame}" in slides.frames(), r"\documentclass" in slides.document()
(11, True, True)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..draw.looks import LINE, Look
from ..engine import Value
from ..graph import Graph
from ..graph.names import clean
from ..system.files import write_whole
from ..text.letters import latex_sentence
from .scene import Box, Line, Nodes, Place, Scene, Text

ROOM = 395.0, 128.0  # points: what the picture may fill of a slide of 16 x 9 cm
LARGEST = 0.85  # of the size of the drawing

PREAMBLE = r"""\documentclass[aspectratio=169,10pt]{beamer}
\usepackage{amsmath}
\usepackage{tikz}
\usetikzlibrary{arrows.meta}
\setbeamertemplate{navigation symbols}{}
"""
COMMANDS = r"""\providecommand{\fitted}[2]{\sbox0{#2}\ifdim\wd0>#1\relax\resizebox{#1}{!}{\usebox0}\else\usebox0\fi}
"""


class Slides:
    "The LaTeX of slides: `.document()` stands alone, `.frames()` is for \\input; `.save(path)` writes the document."

    def __init__(self, scene: Scene, title: str, overlays: bool = True):
        self.scene, self.story, self.title, self.overlays = scene, scene.story, title, overlays
        self.count = len(self.story.steps)
        self.scale = min(LARGEST, ROOM[0] / scene.width, ROOM[1] / scene.height)

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"<Slides: {self.count} steps; .save('slides.tex'), or .frames() for \\input>"

    def document(self) -> str:
        return f"{PREAMBLE}{self.colors()}\\begin{{document}}\n{self.frames()}\\end{{document}}\n"

    def frames(self) -> str:
        "One frame with an overlay for each step, or a frame for each; it needs the preamble of the document."
        if self.overlays:
            return COMMANDS + self.frame(None)
        return COMMANDS + "".join(self.frame(i) for i in range(self.count))

    def save(self, path: str | os.PathLike[str], *, document: bool = True) -> Path:
        "Write a .tex file: the document, or the frames alone. ValueError for another suffix, OSError for the path."
        path = Path(path)
        if path.suffix.lower() != ".tex":
            raise ValueError(f"{path}: slides are saved as .tex")
        write_whole(path, (self.document() if document else self.colors() + self.frames()).encode())
        return path

    def colors(self) -> str:
        colors = self.scene.look.colors
        kinds = "leaf", "constant", "operation", "root", "folded", "quiet", "ink"
        named = {kind: getattr(colors, kind) for kind in kinds}
        named["active"] = colors.lit["color"]
        lines = [rf"\definecolor{{graph{name}}}{{HTML}}{{{color[1:].upper()}}}" for name, color in named.items()]
        return "\n".join(lines) + "\n"

    # -- a frame: of one step, or of all of them as overlays

    def frame(self, i: int | None) -> str:
        steps = range(self.count) if i is None else [i]
        words = "".join(self.during(i, k, k + 1, self.said(k)) for k in steps)
        return (
            f"\\begin{{frame}}{{{self.title}}}\n\\centering\n{self.picture(i)}\n"
            f"\\begin{{minipage}}[t][2.9cm][t]{{\\textwidth}}\\small\\raggedright\n{words}\\end{{minipage}}\n"
            "\\end{frame}\n"
        )

    def during(self, i: int | None, first: int, last: int, text: str, place: str = "only") -> str:
        "The text on the overlays of these steps; on the frame of one step it is there or not."
        if i is not None:
            return text if first <= i < last else ""
        if (first, last) == (0, self.count):
            return text
        end = "" if last == self.count else str(last)
        return f"\\{place}<{first + 1}-{end}>{{{text}}}%\n"

    def said(self, k: int) -> str:
        "The sentence, and the formula under it."
        words = self.story.latex
        left, *right = self.story.formula(k, words.formulas) or [""]
        formula = f"{left} {self.story.sign(k)} {' = '.join(right)}"
        shown = f"\\par\\medskip\\fitted{{\\textwidth}}{{$\\displaystyle {formula}$}}" if right else ""
        return f"{self.scene.sentence(k, words)}{shown}"

    def picture(self, i: int | None) -> str:
        size = self.scene.look.fontsize * self.scale
        font = rf"\fontsize{{{size:.2f}}}{{{LINE * size:.2f}}}\selectfont"
        options = (
            rf"[x=1bp,y=1bp,line width=.5bp,inner sep=0pt,every node/.style={{font={font}}},>={{Stealth[length=4bp]}}]"
        )
        frame = rf"\useasboundingbox ({self.at(0, 0)}) rectangle ({self.at(self.scene.width, self.scene.height)});"
        return "\n".join([rf"\begin{{tikzpicture}}{options}", frame, "".join(self.drawn(i)) + r"\end{tikzpicture}"])

    def at(self, x: float, y: float) -> str:
        "A place in the picture; TikZ counts upwards."
        return f"{x * self.scale:.1f},{-y * self.scale + 0:.1f}"

    def drawn(self, i: int | None) -> Iterator[str]:
        for line in self.scene.lines:
            style = "graphactive,line width=1bp" if line.lit else "graphquiet"
            yield self.curve(line, style + (",dashed" if line.silent else ""))
            for k in line.active:
                yield self.during(i, k, k + 1, self.curve(line, "graphactive,line width=1.4bp"))
        for box in self.scene.boxes:
            yield self.outline(box, f"draw=graphquiet,fill=graph{box.kind}")
            for k in box.sending:
                yield self.during(i, k, k + 1, self.outline(box, "draw=graphactive,dashed,line width=.9bp"))
            for k in box.active:
                yield self.during(i, k, k + 1, self.outline(box, "draw=graphactive,line width=1.4bp"))
        rooms = [(box.lines, box.corners[2] - box.corners[0] - 4) for box in self.scene.boxes]
        for lines, room in rooms + [(line.lines, 0.0) for line in self.scene.lines]:
            for place, texts in lines:
                for text in texts:
                    yield self.during(i, text.first, text.last, self.written(place, text, room))

    def curve(self, line: Line, style: str) -> str:
        first, *rest = [self.at(*point) for point in line.points]
        bends = "".join(
            f" .. controls ({a}) and ({b}) .. ({end})" for a, b, end in zip(rest[::3], rest[1::3], rest[2::3])
        )
        return f"\\draw[{style},->] ({first}){bends} -- ({self.at(*line.tip)});\n"

    def outline(self, box: Box, style: str) -> str:
        x, y, right, low = box.corners
        rounded = ",rounded corners=3bp" if box.kind in ("leaf", "constant") else ""
        return f"\\path[{style}{rounded}] ({self.at(x, y)}) rectangle ({self.at(right, low)});\n"

    def written(self, place: Place, text: Text, room: float) -> str:
        said = text.latex if not room else rf"\fitted{{{room * self.scale:.1f}bp}}{{{text.latex}}}"
        return f"\\node[anchor=base,text=graphink] at ({self.at(*place)}) {{{said}}};\n"


def beamer(
    root: Value | Graph,
    path: str | os.PathLike[str] | None = None,
    *,
    wrt: Nodes = (),
    mode: str = "reverse",
    highlight: Nodes = (),
    frames: bool = False,
    title: str | None = None,
    theme: str = "light",
) -> Slides:
    """The steps of the graph under root as slides for Beamer; saved to `path`, a .tex file.

    wrt: leaves to whose gradient the way backward leads; with mode="forward", the one from which forward mode goes on;
    highlight: leaves to which every way stands out. frames: a
    frame for each step, where a frame with an overlay for each is the default. ValueError for a graph that is no graph,
    or too large to be followed.
    """
    scene = Scene.of(root, "beamer", Look(theme=theme), wrt, highlight, mode)
    name = scene.story.name(scene.story.root, scene.story.latex)
    heading = latex_sentence(clean(title)) if title else f"{scene.story.told} through {name}"
    slides = Slides(scene, heading, not frames)
    if path is not None:
        slides.save(path)
    return slides
