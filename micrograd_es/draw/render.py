"""A drawing that renders everywhere: with the system's `dot` where there is one, else with Graphviz in WebAssembly."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..system.files import write_whole
from ..system.packages import missing
from ..system.pages import image
from .wasm import by_wasm

try:
    import graphviz
except Exception as error:
    raise missing("drawing", "graphviz", "graphviz", error) from error

if TYPE_CHECKING:
    from .nodes import Drawing

SVG = "http://www.w3.org/2000/svg"
TIMEOUT = 60  # seconds: `dot` takes minutes on thousands of nodes
FORMATS = ("svg", "png", "pdf", "dot")
SIGNS = {"svg": b"</svg>", "png": b"PNG", "pdf": b"%PDF"}  # that a picture is one
SCREEN = 96  # dots to an inch, of a .png
FAMILIES = {
    "Arial": 1.0,
    "Liberation Sans": 1.0,
    "DejaVu Sans": 0.88,
    "Noto Sans": 0.96,
    "Verdana": 0.86,
    "Helvetica": 1.0,
    "Nimbus Sans": 1.0,
}  # those with indices first; the size at which they are as wide


def render(source: str, format: str = "svg", dot: str | None = None, scale: float = 1.0) -> bytes:
    """DOT source as svg, png or pdf, `scale` times as large as it is laid out.

    RuntimeError, saying what to install, where nothing here can make that format, or where it fails or hangs.
    """
    dot = shutil.which("dot") if dot is None else dot
    if dot:
        made = _by_dot(dot, source, format, *([f"-Gdpi={SCREEN * scale:g}"] if format == "png" else []))
    elif format == "svg":
        made = by_wasm(source)
    elif format == "png":
        made = png(by_wasm(source).decode(), scale)
    else:
        raise RuntimeError(
            f"{format} needs Graphviz's own program `dot`, which is not on the PATH: install it (apt install graphviz, "
            "brew install graphviz, winget install graphviz), or save as .svg or .png"
        )
    return scaled(made, scale) if format == "svg" and scale != 1 else made


def scaled(svg: bytes, scale: float) -> bytes:
    "The same drawing, to be shown at another size."
    return re.sub(
        rb'width="(\d+)pt" height="(\d+)pt"',
        lambda m: b'width="%dpt" height="%dpt"' % tuple(round(scale * int(side)) for side in m.groups()),
        svg,
        count=1,
    )


def png(svg: str, scale: float = 1.0) -> bytes:
    "An SVG as PNG, without any system program; RuntimeError where the machine has no fonts: it would have no text."
    try:
        import resvg_py
    except Exception as error:
        said = missing("png without `dot`", "resvg_py", '"micrograd-es[png]"', error)
        raise RuntimeError(f"{said}, or install the program `dot`, or save as .svg") from error
    font = family(resvg_py)
    svg = re.sub('font-size="(.*?)"', lambda m: f'font-size="{float(m[1]) * FAMILIES[font]:.2f}"', svg)
    svg = re.sub('font-family=".*?"', f'font-family="{font}"', svg)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=scale, dpi=SCREEN))


@cache
def family(resvg: Any) -> str:
    "The first of these fonts that is here."

    def written(text: str, name: str) -> Any:
        letters = f'<text y="9" font-family="{name}">{text}</text>'
        return resvg.svg_to_bytes(svg_string=f'<svg xmlns="{SVG}" width="9" height="9">{letters}</svg>')

    for name in FAMILIES:
        if written("M", name) != written(" ", name):
            return name
    raise RuntimeError("there are no fonts here to write a .png with: install some (fonts-dejavu), or save as .svg")


def _by_dot(dot: str, source: str, format: str, *options: str) -> bytes:
    try:
        done = subprocess.run(
            [dot, f"-T{format}", *options], input=source.encode(), capture_output=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"`dot` gave no picture within {TIMEOUT} seconds: draw a smaller part of the graph"
        ) from None
    except OSError as error:
        raise RuntimeError(f"`dot` could not be run: {error}") from None
    if done.returncode or not done.stdout or SIGNS.get(format, b"") not in done.stdout:
        said = done.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"`dot` failed: {said or f'it wrote no {format}, with exit status {done.returncode}'}")
    return done.stdout


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that needs no `dot` on the PATH: `.source`, `.render()`, `.pipe()` as you know them.

    `.svg()` is the picture as text, `.save("graph.svg")` a file; the last line of a notebook cell shows itself. What is
    set on it, `.attr("node", fontsize="20")` or `.graph_attr["rankdir"] = "TB"`, holds for all that is drawn.
    """

    def __init__(self, drawing: Drawing | None = None, **options: Any):
        super().__init__(**options)
        self.drawing = drawing
        if drawing:
            self.ours = drawing.look.attributes()
            for what, attributes in self.ours.items():
                self.attributes(what).update(attributes)

    def attributes(self, what: str | None) -> dict[str, str]:
        return getattr(self, f"{(what or 'graph').lower()}_attr")  # type: ignore[no-any-return]

    def attr(self, kw: str | None = None, _attributes: Any = None, **attrs: str) -> None:
        if self.drawing:
            self.attributes(kw).update(_attributes or {}, **attrs)
        else:
            super().attr(kw, _attributes=_attributes, **attrs)

    def copy(self) -> Picture:
        twin: Picture = super().copy()
        twin.drawing, twin.ours = self.drawing, self.ours
        return twin

    def __iter__(self, subgraph: bool = False) -> Iterator[str]:
        "The lines of the source. The graph is drawn when they are asked for, with the attributes of now."
        added = list(self.body)
        if self.drawing:
            self.body[:0] = self.drawn(self.drawing)
        lines = list(super().__iter__(subgraph=subgraph))
        self.body[:] = added
        return iter(lines)

    def drawn(self, drawing: Drawing) -> list[str]:
        chosen = {
            what: frozenset(key for key, value in self.attributes(what).items() if ours.get(key) != value)
            for what, ours in self.ours.items()
        }
        drawing.look = drawing.look.set(self.graph_attr["rankdir"], self.node_attr["fontsize"], chosen)
        drawing.draw_on(canvas := graphviz.Digraph())
        return canvas.body  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        boxes = sum("->" not in line and "class=" in line for line in self)
        name = f"{self.drawing.names[self.drawing.root]}, " if self.drawing else ""
        return f"<Picture of {name}{boxes} boxes: .save('graph.svg'), .png, .pdf or .dot>"

    def made(self, format: str) -> bytes:
        return render(self.source, format, scale=self.drawing.look.scale if self.drawing else 1.0)

    def pipe(self, format: str | None = None, *args: Any, **options: Any) -> Any:
        data = self.made(format or self.format)
        return data.decode(options["encoding"]) if options.get("encoding") else data

    def save(self, filename: Any = None, directory: Any = None, **options: Any) -> str:
        "Write the picture if the name ends in .svg, .png or .pdf, else its DOT source."
        if Path(filename or "").suffix.lower() in (".svg", ".png", ".pdf"):
            return str(self.save_as(Path(directory or "") / filename))
        return str(super().save(filename, directory=directory, **options))

    def render(self, filename: Any = None, directory: Any = None, *args: Any, **options: Any) -> str:
        source = Path(super().save(filename, directory=directory))
        format = options.get("format") or self.format
        path = source.with_name(f"{source.name}.{format}")
        write_whole(path, self.made(format))
        if options.get("cleanup"):
            source.unlink()
        if options.get("view"):
            graphviz.view(str(path))
        return str(path)

    def svg(self) -> str:
        "The picture as SVG text."
        return self.made("svg").decode()

    def save_as(self, path: str | Path) -> Path:
        """Write the picture to a .svg, .png, .pdf or .dot file; nothing is written if it cannot be made.

        ValueError for another suffix, RuntimeError if the format cannot be made here, OSError for the path.
        """
        path = Path(path)
        format = path.suffix.lstrip(".").lower()
        if format not in FORMATS:
            raise ValueError(f"{path}: a picture is saved as .svg, .png, .pdf or .dot")
        data = self.source.encode() if format == "dot" else self.made(format)
        write_whole(path, data)
        return path

    def image(self) -> str:
        "An <img> that holds the picture: the one form that an untrusted notebook shows too."
        return image(self.svg(), "computation graph")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        try:
            return {"text/html": self.image(), "text/plain": repr(self)}
        except Exception as error:  # a repr never raises
            return {"text/plain": f"{error}\n{self.source}"}
