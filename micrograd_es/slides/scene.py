"""A story on its stage: boxes and lines where Graphviz put them, and each text with the steps when it is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, NamedTuple
from xml.etree import ElementTree

from ..draw.folded import Folded
from ..draw.looks import Look
from ..draw.nodes import Drawing
from ..draw.size import text_size
from ..engine import Value
from ..graph import Graph
from ..graph.modules import Cluster, clusters
from ..graph.routes import Edge, is_constant, is_silent
from ..text.printed import added, multiplied
from ..text.symbols import Latex, latex
from .onward import story_of
from .story import Story, Words

READABLE = 7.0  # points of text, where the picture fills a slide: before that, edges say less
LONGEST = 150  # steps that a class can follow
WIDE = 30  # letters that a line in a box or on an edge may have
INLINE = Latex(latex.spellings, fraction="{}/{}", d_by_d=r"\partial {}/\partial {}", total="d {}/d {}")


Nodes = Value | str | Iterable[Value | str]  # as a user names them


class Text(NamedTuple):
    "A line of text, plain and as LaTeX, and the steps during which it is there: from `first`, up to but not `last`."

    kind: str
    plain: str
    latex: str
    first: int
    last: int


class Place(NamedTuple):
    "Where Graphviz put a line of text: its middle, and its baseline."

    x: float
    y: float


class Box(NamedTuple):
    kind: str
    corners: tuple[float, float, float, float]
    lines: list[tuple[Place, list[Text]]]
    active: list[int]
    sending: list[int]


class Line(NamedTuple):
    """A curve from box to box: its points as Graphviz has them, one and then three for each Bézier curve.

    `lit`: it is on the way that stands out; `silent`: no gradient takes it.
    """

    points: list[tuple[float, float]]
    tip: tuple[float, float]
    lit: bool
    silent: bool
    lines: list[tuple[Place, list[Text]]]
    active: list[int]


class Telling:
    "What a drawing makes room for: for each line of a box or an edge, the texts that stand there one after the other."

    def __init__(self, story: Story):
        self.story, self.graph, self.count = story, story.graph, len(story.steps)
        self.inline = Words(story.graph.formulas(INLINE), "${}$".format, r"\times")
        self.made = {step.node: i for i, step in enumerate(story.steps) if step.kind == "node"}
        self.played = {(s.edge.child, s.edge.place): i for i, s in enumerate(story.steps) if s.edge}

    def text(self, kind: str, of: Callable[[Words], str], first: int, last: int | None = None) -> Text:
        "`of` says it in either language."
        return Text(kind, of(self.story.plain), of(self.inline), first, self.count if last is None else last)

    def title(self, v: Value) -> list[Text]:
        title = self.text("title", lambda w: w.math(" = ".join(w.formulas.named(v)[: 2 if v.parents else 1])), 0)
        return [title if len(title.plain) <= WIDE else self.text("title", lambda w: self.story.name(v, w), 0)]

    def data(self, v: Value, before: Callable[[Words], str]) -> list[Text]:
        number = self.text("data", lambda w: f"{before(w)} {w.math(w.formulas.number(v).text)}", self.made.get(v, 0))
        name = self.text("data", before, 0, number.first)
        return [name, number] if number.first else [number]

    def gradients(self, v: Value) -> list[Text]:
        found: list[Text] = []
        for i, (kind, node, edge) in enumerate(self.story.steps):
            if node is v and (edge or kind == "seed"):
                found = [text._replace(last=min(text.last, i)) for text in found]
                grads = self.story.gradients
                before, now = grads[i - 1].get(v), grads[i][v]
                if before is not None:
                    found.append(self.adding(i, before))
                    i += 1
                found.append(self.text("grad", partial(self.grad, now), i))
        return found

    def grad(self, number: float, w: Words) -> str:
        return f"{self.story.arrives(w)} {self.story.number(number, w)}"

    def adding(self, i: int, before: float) -> Text:
        "grad 1 + 2 = 3, while it is added."
        story, grad, flow = self.story, self.story.arrives, self.story.flow(i)
        sum_ = self.text("grad", lambda w: f"{grad(w)} {story.joined([before, flow], added, '+', w)}", i, i + 1)
        more = self.text("grad", lambda w: f"{grad(w)} += {story.number(flow, w)}", i, i + 1)
        return sum_ if len(sum_.plain) <= WIDE else more

    def slope(self, edge: Edge, short: bool) -> list[Text]:
        "The local gradient, when its node is computed."
        parent = edge.child.parents[edge.place]

        def told(w: Words) -> str:
            sides = [w.formulas.d(edge.child, parent).text, w.formulas.local(edge).text]
            number = w.formulas.language(edge.local).text
            long = len(self.graph.formulas().local(edge).text) > WIDE / 2
            return w.math(
                " = ".join(dict.fromkeys([number] if short else [sides[0], number] if long else [*sides, number]))
            )

        return [self.text("local", told, self.made[edge.child])]

    def flow(self, edge: Edge, short: bool) -> list[Text]:
        "upstream × local = downstream, when it is played."
        i = self.played[edge.child, edge.place]
        upstream = self.story.gradients[i][self.story.sender(edge)]

        def told(w: Words) -> str:
            if short:
                return self.story.number(upstream * edge.local, w)
            return self.story.joined([upstream, edge.local], multiplied, w.times, w)

        return [self.text("flow", told, i)]


class Open(Drawing):
    "Every scalar has its box."

    def __init__(self, story: Story, edges: str, look: Look):
        super().__init__(story.graph, edges, look=look)
        self.telling = Telling(story)
        self.told: dict[str, list[list[Text]]] = {}

    def widest(self, id: str, lines: list[list[Text]]) -> list[str]:
        self.told[id] = lines
        return [max((text.plain for text in line), key=len, default="grad 0") for line in lines]

    def box(self, dot: Any, v: Value, lines: list[str], kind: str) -> None:
        if is_constant(v):
            self.told[self.ids[v]] = [[self.telling.text("title", lambda w: self.telling.story.name(v, w), 0)]]
        super().box(dot, v, lines, kind)

    def node_lines(self, v: Value) -> list[str]:
        "Name and formula, data, gradient."
        tell = self.telling
        return self.widest(self.ids[v], [tell.title(v), tell.data(v, lambda w: "data"), tell.gradients(v)])

    def edge_text(self, v: Value, place: int, local: float | None) -> list[str]:
        parent, edge = v.parents[place], Edge(v, place, local or 0.0)
        id = self.id_of(parent, v, place)
        if self.edges == "none" or is_constant(parent) or is_silent(v, parent):
            return self.widest(id, [])
        lines = [self.telling.slope(edge, self.edges == "numbers")]
        if (v, place) in self.telling.played:
            lines.append(self.telling.flow(edge, self.edges == "numbers"))
        return self.widest(id, lines)

    def id_of(self, x: Value, v: Value, place: int) -> str:
        return f"{self.ids[x]}-{self.ids[v]}-{place}"

    def home_of(self, v: Value) -> Value:
        return v

    def draw_on(self, dot: Any) -> None:
        self.fill(dot)


class Closed(Open, Folded):
    "Neurons are boxes, with their weighted input and their activation."

    def __init__(self, story: Story, closed: list[Cluster], edges: str, look: Look):
        Folded.__init__(self, story.graph, closed, edges, look=look)
        self.telling, self.told = Telling(story), {}

    def box_lines(self, cluster: Cluster) -> list[str]:
        lines, tell = [], self.telling
        for v in self.steps(cluster):
            lines += [tell.data(v, partial(tell.story.name, v)), tell.gradients(v)]
        return self.widest(self.ids[cluster.out], lines)

    def line_text(self, edges: list[Edge]) -> list[str]:
        "A weight and its gradient, where the line has one."
        edge, tell = edges[0], self.telling
        x = edge.child.parents[edge.place]
        if self.home_of(edge.child) not in self.boxes:
            return self.edge_text(*edge)
        weights = [w for e in edges for w in e.child.parents if w is not x and not w.parents and not is_constant(w)]
        known = self.edges != "none" and len(edges) == len(weights) == 1
        named = [
            tell.data(weights[0], lambda w: tell.story.name(weights[0], w) + w.math(" =")),
            tell.gradients(weights[0]),
        ]
        return self.widest(self.id_of(x, edge.child, edge.place), named if known else [])

    def id_of(self, x: Value, v: Value, place: int) -> str:
        return self.line_id(x, v, place)

    def home_of(self, v: Value) -> Value:
        return self.home.get(v, v)


def stage(story: Story, look: Look) -> Open:
    "The one that says most and can still be read; neurons are boxes if nothing else helps."
    scalars = [Open(story, edges, look) for edges in ("both", "numbers", "none")]
    neurons = [c for c in clusters(story.graph.order) if len(c.outs) == 1]
    folded = [Closed(story, neurons, edges, look) for edges in ("both", "none")] if neurons else []
    sizes = {drawing: text_size(drawing) for drawing in [*scalars, *folded]}
    return next((d for d, size in sizes.items() if size >= READABLE), max(sizes, key=sizes.__getitem__))


class Scene:
    "The stage with all on it: `boxes` and `lines`, in points, from the upper left corner."

    def __init__(self, graph: Graph, story: Story, look: Look, highlight: Collection[Value] = ()):
        if len(story.steps) > LONGEST:
            raise ValueError(
                f"a graph of {len(graph.order):,} nodes is too large to be told step by step on slides: take one "
                f"neuron's output, a smaller network, close_up(root, w), which has what concerns a single weight, or "
                f"the way backward to one leaf, wrt=w"
            )
        self.story, self.look, self.stage = story, look, stage(story, look)
        on_the_way = set(graph.between(highlight)) if highlight else set()
        self.lit = {
            self.stage.id_of(x, v, place) for v in on_the_way for place, x in enumerate(v.parents) if x in on_the_way
        }
        tree = ElementTree.fromstring(re.sub(r' xmlns(:xlink)?="[^"]*"', "", self.stage.picture().svg()))
        drawn = {group.get("id"): group for group in tree.iter("g")}
        self.shift = numbers(drawn["graph0"].get("transform", "").partition("translate")[2])
        self.width, self.height = numbers(tree.get("viewBox", ""))[2:]
        self.boxes: list[Box] = []
        self.lines: list[Line] = []
        for id, texts in self.stage.told.items():
            group = drawn[id]
            (self.add_line if "-" in id else self.add_box)(id, group, list(zip(self.places(group), texts)))

    @classmethod
    def of(cls, root: Value | Graph, view: str, look: Look, wrt: Nodes, highlight: Nodes, mode: str) -> Scene:
        "The graph under root, told for this view. ValueError for a leaf alone."
        graph = Graph.of(root)
        return cls(graph, story_of(graph, graph.nodes(wrt), mode, view), look, graph.nodes(highlight))

    def sentence(self, i: int, words: Words) -> str:
        "What is said at a step; where it happens inside a box, that first."
        kind, node, edge = self.story.steps[i]
        homes = {self.stage.home_of(v) for v in ((node, edge.child) if edge else (node,))}
        said = self.story.sentence(i, words)
        if kind not in ("node", "edge") or len(homes) > 1 or node in homes:
            return said
        return f"Inside neuron {self.story.name(homes.pop(), words)}: {said[:1].lower() + said[1:] if edge else said}"

    def points(self, text: str | None) -> list[tuple[float, float]]:
        found = numbers(text or "")
        return [(round(x + self.shift[0], 2), round(y + self.shift[1], 2)) for x, y in zip(found[::2], found[1::2])]

    def places(self, group: ElementTree.Element) -> list[Place]:
        return [Place(*self.points(f"{text.get('x')} {text.get('y')}")[0]) for text in group.iter("text")]

    def add_box(self, id: str, group: ElementTree.Element, lines: list[tuple[Place, list[Text]]]) -> None:
        ids, home_of = self.stage.ids, self.stage.home_of
        outline = next(e for e in group.iter() if e.tag in ("polygon", "path"))
        xs, ys = zip(*self.points(outline.get("points") or outline.get("d")))
        active, sending = [], []
        for i, (kind, node, edge) in enumerate(self.story.steps):
            if kind in ("node", "seed", "edge") and ids[home_of(node)] == id:
                active.append(i)
            elif edge and ids[home_of(self.story.sender(edge))] == id:
                sending.append(i)
        kind = group.get("class", "").split()[-1]
        self.boxes.append(Box(kind, (min(xs), min(ys), max(xs), max(ys)), lines, active, sending))

    def add_line(self, id: str, group: ElementTree.Element, lines: list[tuple[Place, list[Text]]]) -> None:
        played = self.stage.telling.played
        active = [i for (v, place), i in played.items() if self.stage.id_of(v.parents[place], v, place) == id]
        curve, tip = (next(e for e in group.iter(tag)) for tag in ("path", "polygon"))
        points, head = self.points(curve.get("d")), self.points(tip.get("points"))
        self.lines.append(Line(points, head[1], id in self.lit, "silent" in group.get("class", ""), lines, active))


def numbers(text: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?[\d.]+", text)]
