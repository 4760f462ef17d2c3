"Code written for micrograd, and for the lecture it comes from, runs with nothing but the import changed."

import math
import random

import pytest

from micrograd_es.engine import Value

# ---- micrograd's README and tests -----------------------------------------------------------------------------------


def test_readme():
    "The example of micrograd's README, with the numbers it prints."
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def test_sanity_check():
    "micrograd's first test; PyTorch's answers are written out."
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert y.data == -20.0 and x.grad == 46.0


def test_more_ops():
    "micrograd's second test; PyTorch's answers are written out."
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306, rel=1e-15)
    assert a.grad == pytest.approx(138.83381924198252, rel=1e-15)
    assert b.grad == pytest.approx(645.5772594752186, rel=1e-15)


# ---- the names ------------------------------------------------------------------------------------------------------


def test_constructor():
    "Value(data, _children, _op, label), by place or by name."
    a = Value(1.0)
    v = Value(2.0, (a,), "?", "v")
    assert (v.data, v._prev, v._children, v._op, v.label) == (2.0, (a,), (a,), "?", "v")
    assert (a._prev, a._op, a.label, a.grad) == ((), "", "", 0)
    assert Value(data=2.0, _children=[a], _op="?", label="w").parents == (a,)


def test_attributes_can_be_assigned():
    "data, grad and label are the student's to set."
    p = Value(1.0)
    p.grad = 0.5
    p.data -= 0.1 * p.grad
    p.label = "p"
    assert (p.data, p.grad, p.label) == (0.95, 0.5, "p")


@pytest.mark.parametrize("make, symbol", [
    (lambda v: v + 1, "+"),
    (lambda v: v * 2, "*"),
    (lambda v: v**2, "**2"),
    (lambda v: v**-1, "**-1"),
    (lambda v: v**0.5, "**0.5"),
    (lambda v: v.relu(), "ReLU"),
    (lambda v: v.tanh(), "tanh"),
    (lambda v: v.exp(), "exp"),
    (lambda v: v.log(), "log"),
])  # fmt: skip
def test_op_texts(make, symbol):
    "The texts that micrograd and the lecture draw."
    v = Value(1.5)
    y = make(v)
    assert y._op == symbol and v in y._prev and len(y._local_grads) == len(y._prev)


@pytest.mark.parametrize("make, symbol, parents", [
    (lambda a, b: a - b, "-", 2),
    (lambda a, b: a / b, "/", 2),
    (lambda a, b: -a, "-", 1),
    (lambda a, b: a**b, "**", 2),
])  # fmt: skip
def test_nothing_is_lowered(make, symbol, parents):
    "a - b is one node, not a + b * -1: a drawing of (x*w - y)**2 has the slide's six nodes."
    y = make(Value(3.0), Value(2.0))
    assert y._op == symbol and len(y._prev) == parents and all(not p._prev for p in y._prev)


def test_every_node_has_a_backward():
    "Leaves too: the lecture's loops call it on all of them."
    v = Value(1.0)
    assert v._backward() is None and v.exp()._backward() is None


def test_repr():
    "Exactly micrograd's."
    assert repr(Value(-4.0)) == "Value(data=-4.0, grad=0)"
    v = Value(3)
    (v * 2).backward()
    assert repr(v) == "Value(data=3.0, grad=2.0)"
    v.label = "it's"
    assert repr(v) == 'Value(data=3.0, grad=2.0, label="it\'s")'  # micrograd's has none


def test_sum_of_values():
    "Python's own sum(), with its 0 and with a start that is a Value, as a neuron calls it."
    w, x, b = [Value(1.0), Value(2.0)], [3.0, Value(4.0)], Value(0.5)
    y = sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)
    z = sum([y, y, y])
    z.backward()
    assert y.data == 11.5 and z.data == 34.5
    assert [v.grad for v in (*w, b)] == [9.0, 12.0, 3.0]


def test_lecture_neuron():
    "The tanh neuron of the lecture; its bias is chosen so that the gradients come out round."
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    for o in (n.tanh(), ((2 * n).exp() - 1) / ((2 * n).exp() + 1)):
        o.zero_grad()
        o.backward()
        assert o.data == pytest.approx(math.sqrt(0.5), rel=1e-14)
        assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0], rel=1e-13)


def test_lecture_softmax_exercise():
    "The exercise after the lecture: softmax and negative log likelihood from exp, sum, division and log."
    logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
    counts = [logit.exp() for logit in logits]
    probs = [count / sum(counts) for count in counts]
    loss = -probs[3].log()
    loss.backward()
    assert loss.data == pytest.approx(2.1755153626167147, rel=1e-14)
    expected = [0.041772570515350445, 0.8390245074625319, 0.005653302662216329, -0.8864503806400986]
    assert [logit.grad for logit in logits] == pytest.approx(expected, rel=1e-12)


# ---- micrograd's demo -----------------------------------------------------------------------------------------------


def test_demo_losses():
    "The first three losses of demo.ipynb: same network from the same random numbers, same data, same steps."
    numpy = pytest.importorskip("numpy")
    datasets = pytest.importorskip("sklearn.datasets")
    from micrograd_es.nn import MLP

    random_state, numpy_state = random.getstate(), numpy.random.get_state()
    try:
        numpy.random.seed(1337)
        random.seed(1337)
        X, y = datasets.make_moons(n_samples=100, noise=0.1)
        y = y * 2 - 1
        model = MLP(2, [16, 16, 1])
    finally:
        random.setstate(random_state)
        numpy.random.set_state(numpy_state)
    assert len(model.parameters()) == 337

    def loss():
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
        return data_loss + reg_loss, sum(accuracy) / len(accuracy)

    found = []
    for k in range(3):
        total_loss, accuracy = loss()
        model.zero_grad()
        total_loss.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        found.append((total_loss.data, accuracy))
    expected = [(0.8958441028683222, 0.50), (1.7235905336972022, 0.81), (0.7429006313851131, 0.77)]
    for (loss_found, accuracy), (loss_expected, accuracy_expected) in zip(found, expected, strict=True):
        assert loss_found == pytest.approx(loss_expected, rel=1e-12) and accuracy == accuracy_expected


def test_nn_names():
    "Module, Neuron, Layer and MLP as micrograd has them, with the same draws from random in the same order."
    from micrograd_es.nn import MLP, Layer, Module, Neuron

    state = random.getstate()
    try:
        random.seed(7)
        expected = [random.uniform(-1, 1) for _ in range(3)]
        random.seed(7)
        neuron = Neuron(3)
        after = random.random()
        random.seed(7)
        [random.uniform(-1, 1) for _ in range(3)]
        assert after == random.random()
    finally:
        random.setstate(state)
    assert [w.data for w in neuron.w] == expected and neuron.b.data == 0 and neuron.nonlin is True
    assert repr(neuron) == "ReLUNeuron(3)" and repr(Neuron(2, nonlin=False)) == "LinearNeuron(2)"
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value) and len(Layer(2, 3)([1.0, 2.0])) == 3
    model = MLP(2, [3, 1])
    assert isinstance(model, Module) and isinstance(model([1.0, 2.0]), Value)
    assert [repr(layer) for layer in model.layers] == [
        "Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)]",
        "Layer of [LinearNeuron(3)]",
    ]
    assert repr(model) == f"MLP of [{', '.join(map(repr, model.layers))}]"
    model([1.0, 2.0]).backward()
    assert len(model.parameters()) == 13 and any(p.grad for p in model.parameters())
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())


@pytest.mark.parametrize("row", ["maximum", "minimum", "sum", "logsumexp"])
def test_a_value_of_another_kind_is_no_input(row):
    "It has data too, and would make a graph that ends there."

    class Other:
        data = 2.0

    with pytest.raises(TypeError, match="of type Other, not a number"):
        getattr(Value, row)(Value(1.0), Value(2.0), Other())
    with pytest.raises(TypeError, match="of type Other, not a number"):
        getattr(Value, row)(Value(1.0), Other())
