"""Every equation that any view prints is true, whatever was done to the graph before: it is read back and computed.

python -m tests.promises.test_true_lines 2000       as many histories, and their first seed, if you like
"""

import ast
import copy
import math
import random
import re
import sys
from pathlib import Path

import pytest

import micrograd_es
from micrograd_es import check, diagnose, draw, explain, paths, topological, why
from micrograd_es.explain.paths import LIMIT, count_paths
from micrograd_es.graph import Graph
from micrograd_es.graph.routes import is_constant
from tests.support import equations
from tests.support.corpus import GRAPHS
from tests.support.equations import Reader, boxes, value
from tests.support.histories import history
from tests.support.reader import LATEX
from tests.support.sample import sampled

LEFT_OUT = {
    "mlp of 600 nodes": "no picture",
    "made_by_hand": "no row to compute anew",
    "made_by_hand_without_backward": "no row to compute anew",
    "students_labels": "a node is called 1",
}


def false_lines(root, leaves):
    "(view, what is false in it)"
    graph = Graph(root, {})
    numbers = {name: n for v, name in graph.names.items() if not is_constant(v) for n in [now(root)[v]]}
    rows = {v.op for v in graph.order if v.op.forward}
    back, ahead = explain(graph), explain(graph, graph.leaves[:1], mode="forward")
    for view, told, lines, spelling in (
        ("text", back, equations.explained(str(back)), equations.PLAIN),
        ("html", back, equations.in_html(back.html()), equations.PLAIN),
        ("latex", back, equations.in_latex(back.latex()), LATEX),
        ("markdown", back, equations.in_markdown(back.markdown()), LATEX),
        ("forward mode", ahead, equations.explained(str(ahead)), equations.PLAIN),
        ("forward mode in LaTeX", ahead, equations.in_latex(ahead.latex()), LATEX),
    ):
        reader = Reader(numbers, spelling, rows)
        assert len(lines) >= len(told.forward) + len(told.steps), view
        yield from ((view, line) for equation in lines for line in reader.false(equation))
    picture = draw(graph, fold="none", edges="both")
    yield from (("draw", line) for line in drawn(picture, Reader(numbers.keys(), rows=rows)))
    reader = Reader(numbers, rows=rows)
    for fold in ("neurons", "layers"):
        yield from (("draw", line) for line in folded(draw(graph, fold=fold, edges="both"), reader))
    for leaf in leaves:
        if count_paths(graph, leaf) <= LIMIT:
            yield from (("paths", line) for line in along_paths(str(paths(graph, leaf)), reader))
        yield from (("why", line) for line in in_words(why(graph, leaf), reader))
        for number in (graph.gradients[leaf], 2 * graph.gradients[leaf] + 1):
            yield from (("diagnose", line) for line in in_words(str(diagnose(graph, leaf, number)), reader))
    yield from (("check", line) for line in checked(graph))


def now(root):
    "The number of every node, from those that the leaves have: the engine's own, on a copy brought up to date."
    twin = copy.deepcopy(root).forward()
    return dict(zip(topological(root), [v.data for v in topological(twin)]))


def drawn(picture, reader):
    "A box says name = formula, data and grad; an edge ∂y/∂x = formula = number, or a part of that."
    nodes, edges = boxes(picture)
    titles = {fields[0].partition(" = ")[0]: fields for fields in nodes.values() if len(fields) > 1}
    assert titles.keys() == reader.written.keys()
    reader.learn({name: value(fields[1].removeprefix("data ")) for name, fields in titles.items()})
    for title, data, grad in titles.values():
        if " of " not in title:
            yield from reader.false(f"{title} = {data.removeprefix('data ')}", digits=4)
        yield from reader.false(re.sub(r" \(here .*\)$", "", grad.removeprefix("grad ")))
    for *_, label in edges:
        yield from reader.false(label.replace("= p - y ", ""), digits=4)


def folded(picture, reader):
    "A box says of a node name and number, and may say its formula; an edge ∂y/∂x = number, or w = number and its grad."
    nodes, edges = boxes(picture)
    for name, *lines in nodes.values():
        formula = " ".join(lines[: next((i for i, line in enumerate(lines) if line.startswith("grad")), 0)])
        if formula.startswith("= "):
            yield from reader.false(f"{formula.removeprefix('= ')} = {name.rpartition(' ')[2]}", digits=4)
    for *_, label in edges:
        yield from reader.false(label.partition(" grad ")[0].replace("= p - y ", ""), digits=4)


def along_paths(text, reader):
    for line in text.splitlines():
        yield from reader.false(line.partition(":  ")[2])


def in_words(text, reader):
    "The equations that stand in sentences: what is computed, and what stands for it, up to the next comma or word."
    for line in text.splitlines():
        for part in re.split(r"[:;,] (?:with |that is |and not )?|, at | in | is right: ", line.rstrip(".")):
            try:
                yield from list(reader.false(part, digits=4))
            except (SyntaxError, NameError):
                pass  # words


def checked(graph):
    "A graph of smooth operations is not accused, whatever its nodes hold; its gradient is that of now."
    for row in check(graph):
        (leaf,) = [v for v in graph.leaves if graph.names[v] == row.name]
        if row.gradient != graph.gradients[leaf] and not math.isnan(row.gradient):
            yield f"{row.name}: {row.gradient}"


def found(seed):
    h = history(random.Random(seed))
    return [f"history {seed} ({', '.join(h.done)}), {view}: {line}" for view, line in false_lines(h.root, h.leaves)]


@pytest.mark.parametrize("first", sampled(range(0, 160, 20), 4))
def test_every_line_is_true(first):
    false = [line for seed in range(first, first + 20) for line in found(seed)]
    assert false == [], "\n".join(false)


@pytest.mark.parametrize("name", sampled([name for name in GRAPHS if name not in LEFT_OUT], 4))
def test_the_corpus_after_a_step(name):
    "Networks, losses, softmax, attention: a step down that forward() has not followed."
    root = GRAPHS[name]().root
    leaves = [v for v in topological(root) if not v.parents and not is_constant(v)]
    root.backward()
    for leaf in leaves:
        leaf.data -= 0.01 * leaf.grad if math.isfinite(leaf.grad) else 0.0
    assert list(false_lines(root, leaves[:1])) == []


@pytest.mark.parametrize(
    ("equation", "false"),
    [
        ("1 - 1² = 2.458e-05", True),
        ("1 - 0.9999877² = 2.458e-05", False),
        ("x · w = 1 · 1.2 = 1", True),
        ("x · w = 1 · 1.2 = 1.2", False),
        ("2 · w = 2.4", False),
        ("2 · w = 2", True),
        ("0.3333 · 3 = 1", False),
        ("0.1234 · 0.5678 = 0.0700712", True),
    ],
)
def test_the_reader_finds_what_is_false(equation, false):
    reader = Reader({"x": 1.0, "w": 1.2})
    assert bool(list(reader.false(equation))) is false and reader.computed


@pytest.mark.parametrize("room", ["draw", "explain", "player", "mistakes"])
def test_views_read_their_numbers_from_the_graph(room):
    "Which has them of one moment; a Value may hold those of another."
    for file in (Path(micrograd_es.__file__).parent / room).glob("**/*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                assert node.attr not in ("data", "local_grads") or is_graph(node.value), f"{file.name}:{node.lineno}"


def is_graph(node):
    return (node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")) in ("graph", "self", "read")


def main():
    count, first = (*map(int, sys.argv[1:]), *(2000, 0)[len(sys.argv) - 1 :])
    false = [line for seed in range(first, first + count) for line in found(seed)]
    print(*false, f"{count:,} histories, {len(false)} false equations", sep="\n")


if __name__ == "__main__":
    main()
