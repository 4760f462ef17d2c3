"""The steps of a graph as one picture that plays by itself, without script; or as one picture for every step."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape

from ..draw.looks import FONT, LINE, Look
from ..engine import Value
from ..graph import Graph
from ..system.files import write_whole
from ..system.packages import missing
from ..system.pages import image
from .scene import Nodes, Place, Scene, Text

SVG = "http://www.w3.org/2000/svg"
SECONDS, REST = 2.0, 2  # for a step; and how many steps long the last one stays
NARROWEST = 420.0  # points: room for sentences under a small picture
FORMATS = ".svg", ".gif", ".png"


class Animation:
    "The steps as pictures: `.svg()` plays by itself, `.frame(i)` is one; `.save(path)` writes .svg, .gif or .png."

    def __init__(self, scene: Scene, seconds: float = SECONDS, loop: bool = True):
        self.scene, self.story, self.look = scene, scene.story, scene.look
        self.seconds, self.loop, self.count = seconds, loop, len(scene.story.steps)
        self.width = max(scene.width, NARROWEST)
        self.left = (self.width - scene.width) / 2
        self.sentences = [self.wrapped(scene.sentence(i, self.story.plain)) for i in range(self.count)]
        self.line = LINE * self.look.fontsize
        self.height = scene.height + (max(map(len, self.sentences)) + 1) * self.line

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"<Animation of {self.count} steps: .save('steps.svg'), .gif or .png; .save_frames('folder')>"

    def wrapped(self, sentence: str) -> list[str]:
        "Lines that fit under the picture."
        letters = int(self.width / (self.look.text([sentence])[0] / len(sentence)))
        return wrap(sentence, letters - 2)

    # -- pictures

    def svg(self) -> str:
        "All steps, one after the other. Whoever wants no movement gets the last one."
        shown: dict[tuple[int, int], str] = {}

        def during(first: int, last: int) -> str:
            if (first, last) == (0, self.count):
                return ""
            return f' class="{shown.setdefault((first, last), f"s{first}-{last}")}"'

        drawn = "".join(self.drawn(during))
        return self.page(drawn, "".join(self.rules(shown)))

    def frame(self, i: int) -> str:
        "One step, as a picture that stands still."

        def during(first: int, last: int) -> str | None:
            return "" if first <= i < last else None

        return self.page("".join(self.drawn(during)))

    def rules(self, shown: dict[tuple[int, int], str]) -> Iterator[str]:
        "When each class is to be seen."
        whole = self.count + REST
        yield "@media (prefers-reduced-motion: no-preference) {"
        for (first, last), name in shown.items():
            begin, end = (f"{100 * at / whole:.4g}%" for at in (first, last if last < self.count else whole))
            hidden = "" if first == 0 else "0% {visibility: hidden} "
            gone = "" if end == "100%" else f" {end} {{visibility: hidden}}"
            yield f"@keyframes {name} {{{hidden}{begin} {{visibility: visible}}{gone}}}\n"
            times = "infinite" if self.loop else "1 forwards"
            yield f".{name} {{animation: {name} {whole * self.seconds:g}s step-end {times}}}\n"
        yield "}\n"
        for (_, last), name in shown.items():
            if last < self.count:
                yield f".{name} {{visibility: hidden}}\n"

    def page(self, drawn: str, rules: str = "") -> str:
        w, h = f"{self.width:g}", f"{self.height:g}"
        colors = self.look.colors
        paper = self.look.background or colors.paper
        back = "" if paper == "transparent" else f'<rect width="{w}" height="{h}" fill="{paper}"/>\n'
        style = f"<style>{rules}</style>\n" if rules else ""
        name = escape(self.story.graph.names[self.story.root])
        return (
            f'<svg xmlns="{SVG}" width="{w}pt" height="{h}pt" viewBox="0 0 {w} {h}" role="img" font-family="{FONT}" '
            f'font-size="{self.look.fontsize:g}" text-anchor="middle" fill="{colors.ink}">\n'
            f"<title>{self.story.told} through {name}, step by step</title>\n{style}{back}"
            f'<g transform="translate({self.left:g} 0)">\n{drawn}</g>\n</svg>\n'
        )

    # -- what is drawn; `during` says how what is there from one step to another is marked, or None if it is not there

    def drawn(self, during: Any) -> Iterator[str]:
        colors, lit = self.look.colors, self.look.colors.lit["color"]
        for line in self.scene.lines:
            yield self.curve(line, lit if line.lit else colors.quiet, 2.0 if line.lit else 1.0, during(0, self.count))
            for i in line.active:
                yield self.curve(line, lit, 3.0, during(i, i + 1))
        for box in self.scene.boxes:
            yield self.outline(box, getattr(colors, box.kind), colors.quiet, 1.0, during(0, self.count))
            for i in box.sending:
                yield self.outline(box, "none", lit, 1.8, during(i, i + 1), "4 3")
            for i in box.active:
                yield self.outline(box, "none", lit, 3.0, during(i, i + 1))
        for lines in [thing.lines for thing in self.scene.boxes] + [thing.lines for thing in self.scene.lines]:
            for place, texts in lines:
                for text in texts:
                    yield self.written(text, place, during)
        middle = self.scene.width / 2
        for i, sentence in enumerate(self.sentences):
            for k, words in enumerate(sentence):
                place = Place(middle, self.scene.height + (k + 1) * self.line)
                yield self.written(Text("sentence", words, "", i, i + 1), place, during)

    def curve(self, line: Any, color: str, width: float, mark: str | None) -> str:
        if mark is None:
            return ""
        (x, y), *rest = line.points
        bend = " ".join(f"{a:g},{b:g}" for a, b in rest)
        dashes = ' stroke-dasharray="4 3"' if line.silent else ""
        d = f"M{x:g},{y:g}C{bend}"
        (tx, ty), (ex, ey) = line.tip, line.points[-1]
        across = (ey - ty) / 2, (tx - ex) / 2  # half the width of the tip, at right angles to it
        tip = f"{tx:g},{ty:g} {ex + across[0]:.4g},{ey + across[1]:.4g} {ex - across[0]:.4g},{ey - across[1]:.4g}"
        return (
            f'<g{mark}><path d="{d}" fill="none" stroke="{color}" stroke-width="{width:g}"{dashes}/>'
            f'<polygon points="{tip}" fill="{color}"/></g>\n'
        )

    def outline(self, box: Any, fill: str, color: str, width: float, mark: str | None, dashes: str = "") -> str:
        if mark is None:
            return ""
        x, y, right, low = box.corners
        round_ = ' rx="6"' if box.kind in ("leaf", "constant") else ""
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        return (
            f'<rect{mark} x="{x:g}" y="{y:g}" width="{right - x:g}" height="{low - y:g}"{round_} fill="{fill}" '
            f'stroke="{color}" stroke-width="{width:g}"{dashed}/>\n'
        )

    def written(self, text: Text, place: Place, during: Any) -> str:
        mark = during(text.first, text.last)
        return "" if mark is None else f'<text{mark} x="{place.x:g}" y="{place.y:g}">{escape(text.plain)}</text>\n'

    # -- files

    def save(self, path: str | os.PathLike[str]) -> Path:
        "Write .svg, or .gif or .png for what cannot play that. ValueError for another suffix, OSError for the path."
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in FORMATS:
            raise ValueError(f"{path}: steps are saved as {', '.join(FORMATS)}")
        write_whole(path, self.svg().encode() if suffix == ".svg" else self.moving(suffix))
        return path

    def save_frames(self, folder: str | os.PathLike[str], format: str = "svg", scale: float = 2.0) -> list[Path]:
        "Write every step as a picture of its own, `step-00.svg` or .png. The folder is made."
        if format not in ("svg", "png"):
            raise ValueError(f"format={format!r}: single steps are 'svg' or 'png'")
        Path(folder).mkdir(parents=True, exist_ok=True)
        digits = len(str(self.count - 1))
        from ..draw.render import png

        paths = [Path(folder) / f"step-{i:0{digits}}.{format}" for i in range(self.count)]
        for i, path in enumerate(paths):
            write_whole(path, self.frame(i).encode() if format == "svg" else png(self.frame(i), scale))
        return paths

    def moving(self, suffix: str, scale: float = 1.5) -> bytes:
        "GIF, or a PNG that moves."
        try:
            from PIL import Image
        except Exception as error:
            said = missing(f"a {suffix} that moves", "PIL", '"micrograd-es[animate]"', error)
            raise RuntimeError(f"{said}, or save as .svg") from error
        from ..draw.render import png

        frames = [Image.open(io.BytesIO(png(self.frame(i), scale))).convert("RGB") for i in range(self.count)]
        times = [round(1000 * self.seconds)] * (self.count - 1) + [round(1000 * self.seconds * (1 + REST))]
        looped = {"loop": 0} if self.loop else {"loop": 1} if suffix == ".png" else {}
        into = io.BytesIO()
        frames[0].save(into, suffix[1:].upper(), save_all=True, append_images=frames[1:], duration=times, **looped)
        return into.getvalue()

    def _repr_html_(self) -> str:
        return image(self.svg(), "steps of a computation graph")


def animate(
    root: Value | Graph,
    path: str | os.PathLike[str] | None = None,
    *,
    wrt: Nodes = (),
    mode: str = "reverse",
    highlight: Nodes = (),
    seconds: float = SECONDS,
    loop: bool = True,
    theme: str = "light",
    background: str | None = None,
    fontsize: float = 12.0,
) -> Animation:
    """The steps of the graph under root, forward and backward, as a picture that plays by itself; saved to `path`.

    wrt: leaves to whose gradient the way backward leads; with mode="forward", the one from which forward mode goes on;
    highlight: leaves to which every way stands out; seconds: how
    long a step is shown. ValueError for a graph that is no graph, or too large to be followed.
    """
    look = Look(fontsize=fontsize, theme=theme, background=background)
    moving = Animation(Scene.of(root, "animate", look, wrt, highlight, mode), seconds, loop)
    if path is not None:
        moving.save(path)
    return moving
