"""Whatever else computes a graph, held against the truth by the same random graphs: the replay, the page, the texts."""

import json
import math
import shutil
import subprocess
from functools import cache
from random import Random

import pytest

from micrograd_es.engine import topological
from micrograd_es.graph import Graph
from micrograd_es.player.model import Model
from micrograd_es.player.shared import constants, script_json
from micrograd_es.replay import replay
from micrograd_es.text.symbols import javascript, latex, plain, python
from tests.support import ROOT
from tests.support.graphs import describe, order, random_graph
from tests.support.reader import LATEX, PLAIN, compute
from tests.support.sample import sampled
from tests.support.truth import Truth, Unchecked, units

PLAYER = ROOT / "micrograd_es" / "player"
NOISE = 6  # units of the graph's own


@cache
def graphs(number, size=25):
    "Random graphs, each with the truth about it."
    found = []
    seeds = sampled(range(5000, 5000 + number), 3)
    for seed in seeds:
        graph = random_graph(Random(seed), size)
        try:
            found.append((graph, Truth(*graph)))
        except Unchecked:
            pass
    assert len(found) > 0.7 * len(seeds)
    return found


def agree(graph, truth, value, gradients, first=0):
    "Are these numbers as right as the engine's own? (The gradients from the first leaf of which there is one.)"
    assert units(value, truth.value, truth.noise) <= NOISE, describe(graph.root)
    for found, slope, noise in zip(gradients, truth.gradient[first:], truth.gradient_noise[first:], strict=True):
        assert units(found, slope, noise) <= NOISE, describe(graph.root)


# ---- Replay ----------------------------------------------------------------------------------------------------------


def test_replay():
    "Some leaves are inputs, some parameters; a sample alone, and among others."
    numpy = pytest.importorskip("numpy")
    for graph, truth in graphs(150):
        root, leaves = graph
        inputs, parameters = leaves[: len(leaves) // 2], leaves[len(leaves) // 2 :]
        r = replay(root, inputs, parameters)
        row = [x.data for x in inputs]
        for batch in ([row], [row, row]):
            agree(graph, truth, *r.loss_and_gradients(numpy.array(batch)), first=len(inputs))


# ---- The page --------------------------------------------------------------------------------------------------------

RUN = """
function run(text, leafData) {
    const document = { getElementById: () => ({ textContent: text }) };
    %s
    now = compute(leafData);
    return [now.data[root], gradients()];
}
found.push(run(%s, %s));
"""


def in_node(program):
    "What node answers, if there is one here."
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not on the PATH")
    program = f"const found = []; {program}\nconsole.log(JSON.stringify(found));"
    done = subprocess.run([node, "-"], input=program, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_page():
    "The player's own script, run by node: its rows, its forward, its backward."
    scripts = "".join((PLAYER / f"{name}.js").read_text("utf-8") for name in ("letters", "model", "routes"))
    program = ""
    for (root, leaves), _ in graphs(200):
        nodes = topological(root)
        model = Model(Graph(root))
        text = script_json({"nodes": model.nodes(), "rows": [], "views": [], "learn": []})
        numbers = {nodes.index(x): x.data for x in leaves}
        program += "{" + RUN % (constants() + model.functions() + scripts, json.dumps(text), json.dumps(numbers)) + "}"
    for (graph, truth), (value, gradients) in zip(graphs(200), in_node(program), strict=True):
        nodes = topological(graph.root)
        agree(graph, truth, value, [gradients[nodes.index(x)] for x in graph.leaves])


# ---- Python source ---------------------------------------------------------------------------------------------------


def source(root):
    "The graph as straight-line Python: forward, then backward."
    nodes = topological(root)
    called = {v: f"v{i}" for i, v in enumerate(nodes)}
    lines = [f"{called[v]} = {python(v.data)}" for v in nodes if not v.parents]
    operations = [v for v in nodes if v.parents]
    lines += [f"{called[v]} = {python.formula(v.op, *[called[x] for x in v.parents])}" for v in operations]
    lines += [f"d_{called[v]} = {float(v is root)}" for v in nodes]
    for v in reversed(operations):
        xs = [called[x] for x in v.parents]
        for x, local in zip(xs, python.local_gradients(v.op, called[v], *xs), strict=True):
            lines.append(f"d_{x} += d_{called[v]} * ({local})")
    return "\n".join(lines), called


def test_python_source():
    "The very bits of the engine, value and gradients."
    for (root, leaves), _ in graphs(300):
        text, called = source(root)
        numbers = {"math": math}
        exec(text, numbers)
        root.zero_grad()
        root.backward()
        assert numbers[called[root]] == root.data, text
        assert [numbers["d_" + called[x]] for x in leaves] == [x.grad for x in leaves], text


# ---- Texts: whole graphs as one formula ------------------------------------------------------------------------------


def formula(language, root, called):
    "The graph as one formula of its leaves: whatever is nested needs its brackets."
    written = {}
    for v in order(root):
        written[v] = language.formula(v.op, *[written[x] for x in v.parents]) if v.parents else language(called[v])
    return written[root].text


def small_graphs():
    for seed in range(400):
        root, _ = random_graph(Random(seed), size=7)
        called = {x: f"x{i}" for i, x in enumerate(v for v in order(root) if not v.parents)}
        if len(formula(python, root, called)) < 20_000:
            yield root, called, {name: x.data for x, name in called.items()}


def test_nested_formulas_for_machines():
    "In Python the engine's bits; in JavaScript its numbers, from another maths library."
    program, expected = "", []
    for root, called, numbers in small_graphs():
        assert eval(formula(python, root, called), {"math": math, **numbers}) == root.data, describe(root)
        names = ", ".join(numbers)
        program += f"found.push((({names}) => {formula(javascript, root, called)})(...{list(numbers.values())}));\n"
        expected.append(root.data)
    assert in_node(program) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("language, spelling", [(plain, PLAIN), (latex, LATEX)], ids=["plain", "LaTeX"])
def test_nested_formulas_for_people(language, spelling):
    "Read again, with their brackets as they stand, they are the graph; and LaTeX is LaTeX."
    convert = pytest.importorskip("latex2mathml.converter").convert
    for root, called, numbers in small_graphs():
        text = formula(language, root, called)
        if text.count("|") > 2 and language is plain:
            continue  # bars within bars: no reader can tell which of them open
        found = compute(text, numbers, spelling)
        assert found == pytest.approx(root.data, rel=1e-9, abs=1e-12), f"{text}\n{describe(root)}"
        if language is latex:
            assert convert(text).startswith("<math")


@pytest.mark.parametrize("language, spelling", [(plain, PLAIN), (latex, LATEX)], ids=["plain", "LaTeX"])
def test_local_gradients_for_people(language, spelling):
    "What stands on an edge, at the numbers of its ends: to the four digits that a number in it is printed with."
    for (root, _), _ in graphs(150):
        for v in order(root):
            called = [f"x{i}" for i, _ in enumerate(v.parents)]
            numbers = dict(zip(called, [x.data for x in v.parents])) | {"y": v.data}
            if list(numbers.values()).count(v.data) > 2:
                continue  # a tie, which the slide's form is silent about
            for symbol, local in zip(language.local_gradients(v.op, "y", *called) if called else [], v.local_grads):
                found = compute(symbol.text, numbers, spelling)
                assert found == pytest.approx(local, rel=1e-4, abs=1e-12), f"{symbol}\n{describe(root)}"
