"""How a Value shows itself in a notebook: as its picture, else as Mermaid text, else as its plain repr."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from ..engine import Value
from ..graph import Graph
from . import chosen, draw
from .nodes import Surface


def mermaid(root: Value | Graph) -> str:
    """The graph as Mermaid text, which JupyterLab and GitHub draw: the picture where no Graphviz can be had.

    The same boxes and edges as `draw` has, folded as there. ValueError above 500 boxes.
    """
    chosen(Graph.of(root)).draw_on(text := Mermaid())
    return "\n".join(["flowchart LR", *text.boxes, *text.lines]) + "\n"


class Mermaid(Surface):
    "What a `Drawing` draws on, to become Mermaid text: looks, frames and columns are left to Mermaid."

    def __init__(self) -> None:
        self.boxes: list[str] = []
        self.lines: list[str] = []

    def node(self, name: str, label: str, **_: Any) -> None:
        self.boxes.append(f'  {name}["{_entities(label)}"]')

    def edge(self, tail: str, head: str, label: str = "", style: str = "", **_: Any) -> None:
        if style != "invis":
            arrow = "-.->" if style == "dashed" else "-->"
            self.lines.append(f"  {tail} {arrow}" + (f'|"{_entities(label)}"|' if label else "") + f" {head}")


def _entities(label: str) -> str:
    "A label of DOT as Mermaid shows it: all that is no letter or digit becomes an entity."
    lines = plain_label(label).split("\n")
    return "<br>".join("".join(c if c.isalnum() or c in " .–-" else f"#{ord(c)};" for c in line) for line in lines)


def plain_label(label: str) -> str:
    "A label of DOT as it is read."
    return "".join("\n" if c == "\\n" else c[-1] for c in re.findall(r"\\.|[^\\]", unescape(label)))


def _repr_html_(v: Value) -> str | None:
    "In a notebook a Value shows its graph; where that cannot be drawn, None: the plain repr is shown instead."
    return _repr_mimebundle_(v).get("text/html")


def _repr_mimebundle_(v: Value, include: Any = None, exclude: Any = None) -> dict[str, str]:
    bundle = {"text/plain": repr(v)}
    if not v.parents:
        return bundle
    pictures: dict[str, Any] = {"text/html": lambda: draw(v).image(), "text/vnd.mermaid": lambda: mermaid(v)}
    for kind, picture in pictures.items():
        try:
            return bundle | {kind: picture()}
        except ValueError as error:  # it would be too large to be read
            return {"text/plain": f"{v!r}\nno picture: {error}"}
        except Exception:  # a repr never raises; without Graphviz there is Mermaid
            continue
    return bundle


Value._repr_html_ = _repr_html_  # type: ignore[attr-defined]
Value._repr_mimebundle_ = _repr_mimebundle_  # type: ignore[attr-defined]
