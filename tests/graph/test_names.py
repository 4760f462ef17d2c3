"What nodes are called when nobody has called them anything."

import subprocess
import sys
from time import process_time

import pytest

from micrograd_es import explain, label_locals, nn
from micrograd_es.engine import Value
from micrograd_es.graph import Graph
from micrograd_es.graph.names import clean, variable_names
from micrograd_es.nn import MLP
from micrograd_es.text.letters import latex_name
from tests.support import ROOT


def called(root, variables=None):
    return list(Graph(root, variables or {}).names.values())


def test_label_locals():
    "Variables give labels, also in lists; a label that is there stays."
    x, w = Value(1.0), Value(2.0, label="weight")
    xs, rows = [Value(3.0), 4.0], [[Value(5.0)]]
    _hidden = Value(6.0)
    same = x
    label_locals()
    assert [v.label for v in (x, w, same, xs[0], rows[0][0], _hidden)] == [
        "x",
        "weight",
        "x",
        "xs[0]",
        "rows[0][0]",
        "",
    ]


def test_names_of_the_caller():
    "explain() finds the variables where it was called, without a label being set."
    a, b = Value(2.0), Value(3.0)
    c = a * b
    assert "c = a · b = 2 · 3 = 6" in str(explain(c))
    assert not (a.label or b.label or c.label)


def test_names_of_a_script():
    "At the top of a script too, and through a function of the caller's own."
    program = """
from micrograd_es import *
def show(v):
    print(explain(v))
x = Value(2.0)
y = x.exp()
show(y)
print(explain(y))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "v = exp(v₁)" in done.stdout and "y = exp(x)" in done.stdout


def test_order_of_precedence():
    "A label goes before a variable; ŷ is what is compared with a y; a constant is its number; the rest is counted."
    x, t = Value(1.0, label="x"), Value(2.0, label="y")
    w, other = Value(3.0), Value(4.0)
    root = (x * w - t) ** 2 * 2 + other
    assert called(root, {"w": w, "x2": x}) == ["x", "w", "ŷ", "y", "v₁", "v₂", "2", "v₃", "v₄", "out"]


def test_no_two_alike():
    "Equal labels get a number, which no other label has; only constants may repeat."
    x, y, z = Value(1.0, label="x"), Value(1.0, label="x"), Value(1.0, label="x[2]")
    v = Value(1.0, label="v₁")
    found = called(x * y * z * v * 2 + 2)
    assert found[:2] == ["x", "x[3]"] and "x[2]" in found and found.count("2") == 2
    assert len(set(found)) == len(found) - 1


def test_many_of_one_name():
    "A name shared by thousands costs no more than thousands."
    root = Value.sum(*[Value(0.0, label="x") for _ in range(20_000)])
    assert len(set(Graph(root, {}).names.values())) == 20_001


def test_names_in_a_network():
    "w₁₂⁽³⁾: to neuron 1, from its input 2, in layer 3; z before the activation and a behind it."
    model = MLP(2, [2, 1])
    x1, x2 = Value(1.0, label="x₁"), Value(2.0, label="x₂")
    found = Graph(model([x1, x2]), {}).names
    first, last = model.layers[0].neurons[1], model.layers[1].neurons[0]
    assert [found[p] for p in (*first.w, first.b)] == ["w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾"]
    assert [found[p] for p in (*last.w, last.b)] == ["w₁₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾"]
    assert {"z₁⁽¹⁾", "a₁⁽¹⁾", "z₂⁽¹⁾", "a₂⁽¹⁾", "z₁⁽²⁾"} < set(found.values()) and "a₁⁽²⁾" not in found.values()


def test_indices_of_two_digits():
    "w₁,₁₁ is not w₁₁,₁."
    neuron = MLP(11, [2, 1]).layers[0].neurons[0]
    found = Graph(neuron([Value(0.0)] * 11), {}).names
    assert found[neuron.w[10]] == "w₁,₁₁⁽¹⁾"


class Model:
    "A student's: attributes in a dict and in slots; a list, a dict, an object in it; whatever would be called, refuses."

    __slots__ = ("b", "empty", "__dict__")

    def __init__(self):
        self.w, self.b, self._hidden = Value(1.0), [Value(2.0), 3.0], Value(4.0)
        self.inner, self.d = Inner(), {"alpha": Value(5.0), 2: Value(6.0)}

    @property
    def asked(self):
        raise AssertionError("a property was asked")

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name}")


class Inner:
    def __init__(self):
        self.theta, self.again = (Value(7.0),), self


def test_values_in_objects_and_dicts():
    "Found by the way to them, the shortest; what is private, or would have to be called, is not."
    m, w, y = Model(), Value(0.0), Value(8.0)
    d = {"x": {"y": y}, "w": w}
    found = variable_names({"m": m, "d": d, "self": m, "w": w, "sys": sys, "Model": Model, "_p": m})
    assert set(found.values()) == {"w", "m.w", "m.b[0]", "m.d['alpha']", "m.inner.theta[0]", "d['x']['y']"}
    assert (found[w], found[m.w], found[y]) == ("w", "m.w", "d['x']['y']")
    assert "out = m.w · d['x']['y'] = 1 · 8 = 8" in str(explain(Graph(m.w * y, {"m": m, "d": d})))


def test_views_give_no_names():
    "What an explanation or a Graph holds, or the variables of another module, is called what it was called before."
    root = (Value(2.0, label="x") ** 2) * 3
    before = called(root)
    e, g = explain(root), Graph(root)
    assert called(root, {"e": e, "g": g, "steps": e.steps, "all": {"__name__": "elsewhere", "v": root.a}}) == before


def test_what_is_large_is_looked_through_quickly():
    "The pictures of MNIST beside a Value, and thousands of Values."
    pictures, x = [[0.0] * 784 for _ in range(20_000)], Value(1.0)
    data, xs = [(picture, 1) for picture in pictures], [Value(1.0) for _ in range(20_000)]
    begin = process_time()
    found = variable_names({"data": data, "more": {"pictures": pictures, "part": data[:9_000]}, "x": x, "xs": xs})
    assert process_time() - begin < 1 and len(found) == 20_001 and found[xs[-1]] == "xs[19999]"


TYPED = {"y_hat": "ŷ", "y_hat_1": "ŷ₁", "x_bar": "x̄", "x_tilde": "x̃", "theta_1": "θ₁", "alpha": "α", "W_hh": "Wₕₕ",
         "w_12": "w₁₂", "w_1_2": "w₁,₂", "W_hy": "W_hy", "lambda_": "λ", "xi": "xi", "learning_rate": "learning_rate",
         "that": "that", "loss": "loss", "x1": "x1", "x_": "x_"}  # fmt: skip


def test_names_as_on_the_board():
    "Of a label and of a variable."
    nodes = [Value(1.0, label=name) for name in TYPED]
    variables = {name: Value(1.0) for name in TYPED}
    assert called(Value.sum(*nodes))[:-1] == list(TYPED.values())
    assert called(Value.sum(*variables.values()), variables)[:-1] == list(TYPED.values())


@pytest.mark.parametrize(
    "labels", [["y_hat", "ŷ"], ["ŷ", "y_hat"], ["x_1", "x1"], ["theta_1", "theta1"], ["alpha", "α"]]
)
def test_two_names_that_would_look_alike(labels):
    "They stay as they were typed, and are two in LaTeX."
    root = Value.sum(*[Value(1.0, label=label) for label in labels])
    assert called(root)[:-1] == labels and len({latex_name(label) for label in labels}) == 2


def test_the_hat_of_a_prediction():
    "What is compared with y_1 is ŷ₁; what is compared with y_hat gets no second hat."
    y_1, y_hat, x = Value(1.0), Value(2.0), Value(3.0)
    assert called((x * 2 - y_1) ** 2, {"x": x, "y_1": y_1}) == ["x", "2", "ŷ₁", "y₁", "v₁", "out"]
    assert called((x * 2 - y_hat) ** 2, {"x": x, "y_hat": y_hat}) == ["x", "2", "v₁", "ŷ", "v₂", "out"]


@pytest.mark.parametrize(
    "label, shown",
    [
        ("a\nb\0c", "a�b�c"),
        ("\u202eevil", "�evil"),
        ("\ufeffx\u200b", "�x�"),
        ("\uffff\ud800", "��"),
        (" x  y ", "x y"),
        ("größe ŷ 学 😀", "größe ŷ 学 😀"),
    ],
)
def test_clean(label, shown):
    "One line, and nothing in it that cannot be seen, or that a picture would not keep."
    assert clean(label) == shown


def test_label_of_nothing():
    "A label of blanks is no name."
    assert called(Value(1.0, label=" ").exp()) == ["v₁", "out"]


# ---- Parameters of layers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer, called",
    [
        (lambda: nn.Conv1d(1, 1, 2)([[Value(1.0), Value(2.0)]])[0][0], "w₁ w₂ b"),
        (lambda: Value.sum(*[c[0] for c in nn.Conv1d(2, 2, 1)([[Value(1.0)], [Value(2.0)]])]), "w₁₂₁ w₂₁₁ b₁ b₂"),
        (lambda: nn.Conv2d(1, 1, 2)([[[Value(1.0)] * 2] * 2])[0][0][0], "w₁₂ w₂₁ b"),
        (lambda: nn.BatchNorm(2)([[Value(1.0)] * 2, [Value(2.0)] * 2])[0][1], "γ₂ β₂"),
        (lambda: nn.Layer(2, 1)(nn.Embedding(2, 2)(1)), "e₁₁ e₁₂"),
        (lambda: nn.RNN(2, 1, 1)([[1.0, 2.0]] * 2)[1][0], "Wₓₕ₁ Wₓₕ₂ Wₕₕ bₕ Wₕₒ bₒ z₁ h₁ z₂ h₂ o₂"),
        (lambda: nn.RNN(1, 2, 2)([[1.0]] * 2)[1][1], "Wₓₕ₁ Wₓₕ₂ Wₕₕ₁₂ bₕ₂ Wₕₒ₂₁ bₒ₂ z₁,₁ h₁,₂ h₂,₁ o₂,₂"),
    ],
)
def test_parameters_of_layers(layer, called):
    "Each has the letter of its layer, and an index for what there are several of; no two are called alike."
    found = Graph(layer(), {}).names
    assert {*called.split()} <= {*found.values()}
    assert not any("[" in name for name in found.values())
