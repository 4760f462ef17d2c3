"The page as text: one file, nothing from outside, and nothing in a label that could become more than text."

import json
import math
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from micrograd_es import Player, Value, play, softmax
from micrograd_es.calculus import TABLE, function
from micrograd_es.cli import main
from micrograd_es.graph import Graph
from micrograd_es.graph import copies as copying
from micrograd_es.player.mathml import mathml, name_mathml
from micrograd_es.player.model import Model
from micrograd_es.player.rows import on_text
from micrograd_es.player.shared import SHARED, script_json
from tests.support.labels import MARKUP
from tests.support.losses import network, slide

PLAYER = Path(play.__code__.co_filename).parent


def data_of(page):
    return json.loads(re.search(r'id="graph">(.*?)</script>', page.html, re.DOTALL)[1])


# ---- One file --------------------------------------------------------------------------------------------------------


def test_one_file_without_anything_from_outside(tmp_path):
    "No address, no request; whatever is not the page's own style and script is forbidden by its policy."
    page = play(slide(), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert isinstance(page, Player) and text == page.html and page.save(tmp_path / "b.HTM").read_text("utf-8") == text
    assert "https://" not in text and not re.search(r"\b(src|href|style|on\w+)\s*=\s*[\"']", text)
    assert set(re.findall(r"http://\S+?(?=[\"'])", text)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1998/Math/MathML",
    }
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', text)[1]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text)


def test_sizes():
    "A USB stick holds many: a slide's graph and a small network stay below 185 kB, one of 265 nodes below 550."
    assert len(play(slide()).html.encode()) < 100_000
    assert len(play(network(2, 3, 1)).html.encode()) < 185_000
    assert len(play(network(4, 8, 8, 1)).html.encode()) < 550_000


def test_the_numbers_are_pythons():
    "Bit for bit, in JSON that is JSON: what is not finite is a string."
    x = Value(0.1, label="x")
    nodes = data_of(play(x * 3 + (x - 0.1).log()))["nodes"]
    assert nodes[0] == {"name": "x", "data": 0.1} and 0.1 * 3 in [node["data"] for node in nodes]
    assert [n["data"] for n in nodes].count("-inf") == 2 and ["inf"] in [n.get("locals") for n in nodes]
    assert nodes[1] == {"name": "3", "data": 3.0, "constant": True}


def test_playing_changes_nothing():
    loss = slide()
    before = copying._deepcopy(loss, {})
    play(loss)
    assert [v.grad for v in (loss, *loss.parents)] == [0] * 2 and loss.data == before.data


def test_names_come_from_the_callers_variables():
    "As in draw(); not from the variables inside the package."
    speed, time = Value(2.0), Value(3.0)
    way = speed * time
    assert [node["name"] for node in data_of(play(way))["nodes"]] == ["speed", "time", "way"]


# ---- Hostile labels --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", MARKUP)
def test_hostile_labels(label):
    "They end no script and begin no element: the page has the same elements as with a harmless label."

    def elements(label):
        x = Value(1.0, label=label)
        y = x * x
        y.label = label * 2
        found = re.findall(r"<[!/a-z][\w-]*", play(y, title=label).html)
        return [tag for tag in found if not re.fullmatch("</?m(i|n|sub|row|text)", tag)]  # how a name is typeset

    assert elements(label) == elements("harmless")


def test_script_json():
    text = script_json({"a": "</script><!--&\u2028\u2029\ufdd0"})
    assert not set(text) & set("<>&\u2028\u2029\ufdd0") and json.loads(text) == {
        "a": "</script><!--&\u2028\u2029\ufdd0"
    }
    with pytest.raises(ValueError):
        script_json(math.nan)


# ---- Formulas --------------------------------------------------------------------------------------------------------

ROWS = {**TABLE, "**2": (Value(1.0) ** 2).op}


@pytest.mark.parametrize("op", ROWS.values(), ids=ROWS)
def test_every_row_runs_on_text(op):
    "As JavaScript, on every input; tests/test_player_texts.py reads what it writes."
    n = op.arity or 3
    formula, locals_ = re.fullmatch(
        r"\{formula: \(m, .*?\) => (.*), locals: \(m, y, .*?\) => \[(.*)\]\}", on_text(op, n)
    ).groups()
    assert set(re.findall(r"\b[abc]\b", formula)) == set("abc"[:n]) and locals_


@pytest.mark.parametrize(
    "write, expected",
    [
        (lambda m, a, b: a * b, "m.mul(a, b)"),
        (lambda m, a, b: 1 - a**2 / b, "m.sub(1.0, m.truediv(m.pow(a, 2.0), b))"),
        (lambda m, a, b: m.exp(-a) + abs(b), 'm.add(m.call("exp", "exp(", ")", m.neg(a)), m.call("abs", "|", "|", b))'),
        (lambda m, a, b: m.where((a > 0) | (b <= 1), a, 0.0), "m.where(m.or(m.gt(a, 0.0), m.le(b, 1.0)), a, 0.0)"),
        (lambda m, a, b: m.where(True, a, b), "a"),
    ],
)
def test_a_row_as_calls(write, expected):
    "What Python's operators do, the page's language does: it puts the brackets."
    op = function("?", write, lambda m, y, a, b: (1.0, 1.0)).op
    assert (
        on_text(op, 2)
        == f"{{formula: (m, a, b) => {expected}, locals: (m, y, a, b) => [m.number(1.0), m.number(1.0)]}}"
    )


def test_what_is_made_by_hand_as_text():
    "Its symbol stands in a string, whatever it is."
    op = Value(1.0, (Value(2.0),), '</script>"{}').op
    assert on_text(op, 1).startswith(
        r'{formula: (m, a) => m.call("\u003c/script\u003e\"{}", "\u003c/script\u003e\"{}(", ")", a)'
    )


@pytest.mark.parametrize(
    "name, expected",
    [
        ("x", "<mi>x</mi>"),
        ("loss", "<mi>loss</mi>"),
        ("<b>", "<mtext>&lt;b&gt;</mtext>"),
        ("50%", "<mtext>50%</mtext>"),
        ("Wₕₕ", "<msub><mi>W</mi><mrow><mi>h</mi><mi>h</mi></mrow></msub>"),
        ("θ₁", "<msub><mi>θ</mi><mrow><mn>1</mn></mrow></msub>"),
    ],
)
def test_names_as_mathml(name, expected):
    assert name_mathml(name) == f"<math>{expected}</math>"
    assert "msubsup" in name_mathml("w₁₂⁽¹⁾") and "mover" in name_mathml("ŷ")


def test_without_latex2mathml(monkeypatch):
    "The page shows names as plain text."
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    page = play(slide())
    assert mathml("x") == "" and 'id="name-0"' not in page.html.replace("<mi>", "")


# ---- Graphs, large and strange ---------------------------------------------------------------------------------------


def nodes_of(graph, cluster):
    return cluster["own"] + [v for part in cluster["parts"] for v in nodes_of(graph, graph["clusters"][part])]


@pytest.mark.parametrize("sizes, begin", [((2, 1), "all"), ((2, 3, 1), "neurons"), ((4, 5, 5, 1), "layers")])
def test_neurons_and_layers_fold(sizes, begin):
    "Each can be opened and closed; a picture has a frame for what is open, a box for what is closed, and all other nodes."
    graph = data_of(page := play(network(*sizes)))
    clusters, first = graph["clusters"], graph["views"][0]
    assert {"all": not first["closed"], "neurons": not any(clusters[c]["parts"] for c in first["closed"]),
            "layers": not first["open"] and any(clusters[c]["parts"] for c in first["closed"])}[begin]  # fmt: skip
    for kind in ("open", "closed"):
        assert {c for view in graph["views"] for c in view[kind]} >= {
            i for i, c in enumerate(clusters) if not c["title"].startswith("the other")
        }
    for view, svg in zip(graph["views"], page.html.split('class="view"')[1:]):
        closed = [clusters[c] for c in view["closed"]]
        hidden = {v for c in closed for v in nodes_of(graph, c)} - {c["outs"][-1] for c in closed}
        boxes = {int(n) for n in re.findall(r'data-id="n(\d+)"', svg)}
        assert boxes == set(range(len(graph["nodes"]))) - hidden
        assert {int(n) for n in re.findall(r'data-id="c(\d+)"', svg)} == set(view["open"])


def test_the_other_neurons():
    "In a larger network one neuron lies open beside one box for the others of its layer, with their parameters."
    graph = data_of(page := play(network(4, 5, 5, 1)))
    others = [c for c in graph["clusters"] if c["title"] == "the other 4 of layer 1"]
    assert len(others) == 5 and all(len(c["outs"]) == 4 and not c["own"] for c in others)
    assert page.html.count("4 → 4, 20 parameters") == 5 and page.html.count("5 → 4, 24 parameters") == 5


def test_limits():
    "Too large to follow: the count, and what to play instead."
    with pytest.raises(
        ValueError, match=r"a graph of 1,\d{3} nodes \(\d\d with its layers folded\) is too large.*play one"
    ):
        play(network(12, 20, 10, 1))
    with pytest.raises(ValueError, match="a graph of 201 nodes is too large to step through: play one neuron"):
        play(Value.sum(*[Value(1.0) for _ in range(200)]))


@pytest.mark.parametrize(
    "wrong, error, message",
    [
        (lambda path: play(3.0), TypeError, "the root of a graph: 3.0 is of type float, not a Value"),
        (lambda path: play([slide()]), TypeError, "is of type list, not a Value"),
        (lambda path: play(Value(1.0, label="x")), ValueError, "x is a leaf, made from nothing"),
        (lambda path: play(slide(), path / "page.png"), ValueError, r"page\.png: the page is saved as \.html"),
        (lambda path: play(slide(), path / "no" / "page.html"), OSError, "page.html"),
        (lambda path: play(slide(), learn=Value(1.0)), ValueError, "learn has .*which is no leaf of loss"),
        (lambda path: play(Value(1.0, (Value(2.0),), "?")), ValueError, "made by hand"),
        (lambda path: play(slide(), samples={"x": 1}), TypeError, "samples: 'x' is of type str, not a dict of numbers"),
        (lambda path: play(slide(), samples=[{"x": "1"}]), TypeError, "a sample: '1' is of type str, not a number"),
        (lambda path: play(slide(), samples=[{"q": 1}]), ValueError, "nothing here is called 'q'"),
        (lambda path: play(slide(), samples=[{"ŷ": 1}]), ValueError, "a sample has ŷ, which is no leaf of loss"),
        (lambda path: play(slide(), samples=[{"x": math.inf}]), ValueError, "a number that is not finite"),
    ],
)
def test_mistakes(wrong, error, message, tmp_path):
    with pytest.raises(error, match=message):
        wrong(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_descends():
    "The parameters of neurons; else every leaf that is in no sample, whatever its name; or what one says."
    loss = slide()
    assert data_of(play(loss))["learn"] == [0, 1, 3]
    x = loss.parents[0].parents[0].parents[0]
    assert data_of(play(loss, learn=x))["learn"] == [0] == data_of(play(loss, learn=[x]))["learn"]
    given = data_of(play(loss, samples=[{x: 1, "y": 2}, {x: 2}]))
    assert given["samples"] == [{"0": 1, "3": 2}, {"0": 2}] and given["learn"] == [1]
    graph = data_of(play(network(2, 3, 1)))
    assert {graph["nodes"][i]["name"][0] for i in graph["learn"]} == {"w", "b"} and len(graph["learn"]) == 13


def test_an_operation_of_ones_own():
    "A node made by hand is played; only what-if cannot be had."
    x = Value(2.0, label="x")
    y = Value(8.0, (x,), "cube", label="y")
    y._backward = lambda: setattr(x, "grad", x.grad + 12.0 * y.grad)
    page = play(y)
    assert data_of(page)["nodes"][1]["locals"] == [12.0] and "const ROWS = [\n    null,\n];" in page.html


def test_every_row_as_javascript():
    "Written by the table itself, once for each row and number of inputs."
    z = [Value(v) for v in (3.2, 5.1, -1.7)]
    text = Model(Graph(-softmax(z)[0].log())).functions()
    assert text.count("forward:") == 7 and 'symbol: "exp", forward: (a) => Math.exp(a), locals: (y, a) => [y]' in text


# ---- In a notebook, in a terminal ------------------------------------------------------------------------------------


def test_in_a_notebook():
    "The page in a frame, and the picture beside it for notebooks that nobody trusts yet."
    page = play(slide())
    frame, image = re.fullmatch(r"(<iframe .*></iframe>)(<img .*>)", page._repr_html_(), re.DOTALL).groups()
    assert unescape(re.search(r'srcdoc="(.*?)"', frame, re.DOTALL)[1]) == page.html and "data:image/svg+xml" in image
    assert repr(page) == "<Player: one page; .save('page.html') writes it>"


def test_in_a_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["(x*w - y)**2", "x=1", "w=1", "y=2", "--wrt", "w", "--play", "page.html"]) == 0
    assert capsys.readouterr().err == "wrote page.html\n"
    assert data_of(Player(Path("page.html").read_text("utf-8")))["learn"] == [1]
    assert main(["x*x", "x=1", "--play", "other"]) == 0 and Path("other.html").exists()
    with pytest.raises(SystemExit):
        main(["x*x", "x=1", "--play", "no/page.html"])
    assert "no/page.html: cannot write it" in capsys.readouterr().err


def test_javascript_is_javascript(tmp_path):
    "All of it, as one file, read by node where there is one."
    if not shutil.which("node"):
        pytest.skip("node is not on the PATH")
    script = re.search(r"<script>(.*)</script>", play(network(2, 3, 1)).html, re.DOTALL)[1]
    (tmp_path / "page.js").write_text(script, "utf-8")
    done = subprocess.run(["node", "--check", tmp_path / "page.js"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


SCRIPTS = {path.stem: path.read_text("utf-8") for path in PLAYER.glob("*.js")}


def test_scripts_are_named_after_their_twins():
    "Whoever knows the Python file finds the JavaScript one, and finds no other under that name."
    twins = {
        name: text[1]
        for name, script in SCRIPTS.items()
        if (text := re.match(r"// -+ The twin of (\S+\.py)\b", script))
    }
    assert all(Path(twin).stem == name for name, twin in twins.items()) and len(twins) == 10
    assert all((PLAYER / twin).exists() or (PLAYER.parent / twin).exists() for twin in twins.values())
    assert not {path.stem for path in PLAYER.parent.rglob("*.py")} & (SCRIPTS.keys() - twins.keys())


def test_what_is_shared_stands_in_python():
    "Every shared constant is used in the page under Python's name; none is written there, not even its number."
    code = re.sub(r"//.*", "", "".join(SCRIPTS.values()))
    for name in SHARED:
        assert re.search(rf"\b{name}\b", code) and not re.search(rf"\b{name}\s*=[^=]", code), name
    assert not re.search(r"\b1e-?[36]\b|\b0\.001\b|⁰|\bto(Precision|Exponential)\(\d|length <= \d\d", code)


@pytest.mark.parametrize("path", sorted(PLAYER.glob("*.*")), ids=lambda path: path.name)
def test_no_file_is_long(path):
    "As for Python: what does not fit into one reading is two things."
    assert len(path.read_text("utf-8").splitlines()) <= 200
