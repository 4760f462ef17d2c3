"""How a Value shows itself in a notebook: as its picture, else as Mermaid text, else as its plain repr."""

from __future__ import annotations

from typing import Any

from ..engine import Value
from ..graph import Graph
from ..graph.routes import is_constant
from ..text.letters import number_text
from . import draw
from .nodes import locals_or_none, refuse


def mermaid(root: Value | Graph) -> str:
    """The graph as Mermaid text, which JupyterLab and GitHub draw: the picture where no Graphviz can be had.

    ValueError above 500 nodes.
    """
    graph = Graph.of(root)
    order = graph.order
    refuse(len(order))
    called, ids = graph.names, {v: f"n{i}" for v, i in graph.place.items()}
    lines = ["flowchart LR"]
    for v in order:
        fields = [called[v], f"data {graph.text(v)}", f"grad {graph.grad_text(v)}"]
        lines.append(f'  {ids[v]}["{"<br>".join(map(_entities, fields[:1] if is_constant(v) else fields))}"]')
    for v in order:
        for parent, local in zip(v.parents, locals_or_none(graph, v)):
            number = "" if local is None else f'|"{number_text(local)}"|'
            lines.append(f"  {ids[parent]} -->{number} {ids[v]}")
    return "\n".join(lines) + "\n"


def _entities(text: str) -> str:
    "Text that Mermaid shows as it stands: all that is no letter or digit becomes an entity."
    return "".join(c if c.isalnum() or c in " .–-" else f"#{ord(c)};" for c in text)


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
