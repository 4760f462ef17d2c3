"""The steps of a graph in a terminal: one at a time with the arrow keys, or all of them as text.

>>> x, w = Value(3.0, label="x"), Value(-2.0, label="w")
>>> step(x * w, wrt=w)
0  2 leaves have their numbers: x = 3 and w = -2. Next: forward, node by node.
1  out is made from x and w: out = x · w = 3 · (-2) = -6.
2  Now backward, from out = -6. The gradient of out by itself is 1.
3  Upstream, out has 1. Its local gradient by w is x = 3. Downstream, w receives 1 × 3 = 3.
   ∂out/∂w = x = 3
4  Every leaf has its gradient. out feels w most: raise w by 0.01, and out rises by about 0.03.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import find_spec

from ..engine import Value
from ..graph import Graph
from ..graph.routes import is_constant
from ..text.letters import number_text
from .story import Story

LIMIT = 2000  # steps


def step(root: Value | Graph, wrt: Value | str | Iterable[Value | str] = ()) -> None:
    """Step through a graph in the terminal: → and ← for a step on and back, Home and End, q to leave.

    Above stand the nodes with what is known of them by then, below them what happens, in the words of `play`. With
    `wrt`, backward only along the ways to these leaves. Where there is no terminal, as in a notebook or a pipe, or no
    textual (pip install "micrograd-es[step]"), the steps are printed. ValueError above 2,000 steps.
    """
    graph = Graph.of(root)
    story = Story(graph, graph.nodes(wrt))
    if len(story.steps) > LIMIT:
        raise ValueError(
            f"{len(story.steps):,} steps are too many to step through: give wrt=, or take close_up(root, w)"
        )
    if sys.stdin.isatty() and sys.stdout.isatty() and find_spec("textual"):
        from .stepper import Stepper

        Stepper(story).run()
    else:
        print(written(story))


def written(story: Story) -> str:
    "All steps as text: what is said, and under it the chain rule at that edge."
    width, lines = len(str(len(story.steps) - 1)), []
    for i in range(len(story.steps)):
        lines.append(f"{i:{width}}  {story.sentence(i, story.plain)}")
        if rule := chain(story, i):
            lines.append(f"{'':{width}}  {rule}")
    return "\n".join(lines)


def chain(story: Story, i: int) -> str:
    "∂y/∂w = ∂y/∂v · ∂v/∂w = -2 · x = -2, where a gradient takes an edge."
    if not story.steps[i].edge:
        return ""
    left, *right = story.formula(i, story.plain.formulas)
    return f"{left} {story.sign(i)} {' = '.join(right)}"


def table(story: Story, i: int) -> list[tuple[str, str, str]]:
    "What is known after a step of every node: its name and formula, its number, its gradient."
    words, computed = story.plain, {step.node for step in story.steps[: i + 1] if step.kind == "node"}
    known, rows = story.gradients[i], []
    for v in story.graph.order:
        if not is_constant(v):
            number = story.graph.text(v) if v in computed or not v.parents else ""
            name = " = ".join(words.formulas.named(v)) if v.parents else story.name(v, words)
            rows.append((name, number, number_text(known[v]) if v in known else ""))
    return rows
