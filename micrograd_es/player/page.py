"""play(root): the page that steps through a graph, as one string of HTML.

>>> from micrograd_es import Value
>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> page = play((x * w - y) ** 2, title="One weight")
>>> "<title>One weight</title>" in page.html, "https://" in page.html
(True, False)
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path
from string import Template
from typing import Any

from ..core.floats import as_float, refused
from ..engine import Value
from ..graph import Graph
from ..graph.modules import outermost
from ..graph.names import clean
from ..system.files import write_whole
from ..system.pages import frame, page
from .board import Board
from .hints import Hints
from .mathml import name_mathml
from .model import Model
from .shared import constants, script_json
from .views import views

LIMIT = 400  # nodes in all
BOXES = 120  # boxes in the picture, when all is folded
TALL = 16  # boxes up to which a telephone gets a picture of its own, from top to bottom
SCRIPTS = """letters model routes symbols formulas folded views board sentences sight stepping detail paths whatif
    diagnosis predict ahead begin""".split()  # what is the twin of a Python file has its name


class Player:
    "A page as text: `.html`; `.save(path)` writes it to a file; as the last line of a notebook cell it shows itself."

    def __init__(self, html: str, image: str = ""):
        self.html, self.image = html, image

    def save(self, path: str | os.PathLike[str]) -> Path:
        "Write the page to a .html file, whole or not at all. ValueError for another suffix, OSError for the path."
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"{path}: the page is saved as .html")
        write_whole(path, self.html.encode())
        return path

    def _repr_html_(self) -> str:
        return frame(self.html, "graph player", "46em", self.image)

    def __repr__(self) -> str:
        return "<Player: one page; .save('page.html') writes it>"


def play(
    root: Value | Graph,
    path: str | os.PathLike[str] | None = None,
    *,
    title: str | None = None,
    learn: Value | str | Iterable[Value | str] | None = None,
    samples: Iterable[Mapping[Value | str, float]] = (),
) -> Player:
    """The page that plays the graph under root forward and backward; written to `path`, if there is one.

    `samples`, such as [{"x": 1, "y": 2}, {"x": 2, "y": 4}], are numbers for some of its leaves, and the page lets one
    choose among them. `learn`: the leaves that its "descend" moves at first, until somebody ticks others; else the
    parameters of the modules that were called, and where there are none every leaf that is in no sample. TypeError for
    what is no Value; ValueError for a graph that is no graph, or too large to follow.
    """
    graph = Graph.of(root)
    if not graph.root.parents:
        raise ValueError(f"play: {graph.names[graph.root]} is a leaf, made from nothing: there are no steps to play")
    chosen = _samples(graph, samples)
    player = Player(_html(graph, title, _learned(graph, learn, chosen), chosen), _image(graph))
    if path is not None:
        player.save(path)
    return player


Sample = dict[int, float]  # a leaf's number in the graph, and its number in the sample


def _samples(graph: Graph, samples: Any) -> list[Sample]:
    found = []
    for sample in samples:
        if not isinstance(sample, Mapping):
            raise refused("play: samples", sample, 'a dict of numbers for leaves, such as {"x": 1, "y": 2}')
        numbers = [as_float(x, "play: a sample") for x in sample.values()]
        if not all(map(isfinite, numbers)):
            raise ValueError(f"play: a sample has a number that is not finite: {numbers}")
        found.append(dict(zip(_leaves(graph, sample, "a sample"), numbers)))
    return found


def _learned(graph: Graph, learn: Any, samples: list[Sample]) -> list[int]:
    "The numbers of the leaves that descend moves."
    if learn is not None:
        return _leaves(graph, learn, "learn")
    parameters = {p for v in graph.order for call in v.calls for p in call.module.parameters()}
    data = {i for sample in samples for i in sample}
    found = [v for v in graph.leaves if v in parameters] or graph.leaves
    return [graph.place[v] for v in found if graph.place[v] not in data]


def _leaves(graph: Graph, named: Any, what: str) -> list[int]:
    "The numbers of these leaves, by themselves or by their names."
    called, found = graph.names, graph.nodes(named)
    for v in found:
        if v not in graph.leaves:
            raise ValueError(f"play: {what} has {called.get(v, repr(v))}, which is no leaf of {called[graph.root]}")
    return [graph.place[v] for v in found]


def _image(graph: Graph) -> str:
    from ..draw import draw

    return draw(graph).image()


def _boards(graph: Graph) -> list[Board]:
    "The pictures: first the one to begin with; ValueError if it is too large to be followed."
    order = graph.order
    forest = outermost(order)
    boxes = len(order) - sum(len(c.nodes) - 1 for c in forest)
    if len(order) > LIMIT or boxes > BOXES:
        folded = f" ({boxes:,} with its layers folded)" if forest else ""
        raise ValueError(
            f"a graph of {len(order):,} nodes{folded} is too large to step through: play one neuron's output, the loss "
            f"of one sample, or a smaller network; close_up(root, w) has what concerns a single weight"
        )
    found = views(forest, order)
    number = {c: i for i, c in enumerate(dict.fromkeys(c for view in found for part in view for c in part))}
    boards = [Board(graph, view, number) for view in found]
    if boxes <= TALL:
        folded_up = next(view for view in found if not view.opened)
        boards.append(Board(graph, folded_up, number, rankdir="TB"))
    return boards


def _html(graph: Graph, title: str | None, learn: list[int], samples: list[Sample]) -> str:
    boards = _boards(graph)  # first: it says if the graph is too large to be played
    model = Model(graph)
    title = clean(title) if title else f"Backpropagation through {graph.names[graph.root]}"
    told = {
        "nodes": model.nodes(),
        "clusters": model.clusters(boards[0].number),
        "views": [board.view() for board in boards],
        "learn": learn,
        "samples": samples,
    }
    math = {f"name-{i}": name_mathml(graph.names[v]) for v, i in graph.place.items()}
    svgs = [f'<div class="view" data-view="{i}" hidden>{board.svg()}</div>' for i, board in enumerate(boards)]
    style = _lean("player.css")
    script = "".join(
        [
            '"use strict";\n',
            constants(),
            model.functions(),
            Hints(graph).javascript(),
            *[_lean(f"{name}.js") for name in SCRIPTS],
        ]
    )
    parts = {
        "title": html.escape(title),
        "notes": "\n".join(f'<p class="note">{html.escape(note)}</p>' for note in graph.notes),
        "graph": script_json(told),
        "math": "\n".join(f'<template id="{id}">{text}</template>' for id, text in math.items() if text),
        "views": "\n".join(svgs),
    }
    return page(title, style, Template(_file("page.html")).substitute(parts), script)


def _lean(name: str) -> str:
    "A file without what is for who edits it, a tenth of a page: the headlines tell where to look for the rest."
    return re.sub(r"^ +| -{5,}$|^ *//(?! --).*\n| */\* (?!--).*?\*/", "", _file(name), flags=re.MULTILINE)


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")
