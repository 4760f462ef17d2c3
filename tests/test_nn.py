"Neurons, layers, networks: micrograd's shapes, texts and random draws, without its silent mistakes."

import random

import pytest

from micrograd_es import check, explain
from micrograd_es.engine import Value
from micrograd_es.nn import MLP, Layer, Module, Neuron


@pytest.fixture(autouse=True)
def seeded():
    "Each test has its own luck, and the others keep theirs."
    state = random.getstate()
    random.seed(7)
    yield
    random.setstate(state)


def test_same_draws_as_micrograd():
    "Seed for seed the same network as micrograd's own, and the same outputs."
    theirs = pytest.importorskip("micrograd.nn")
    random.seed(1337)
    model = MLP(2, [4, 3, 1])
    after = random.random()
    random.seed(1337)
    original = theirs.MLP(2, [4, 3, 1])
    assert random.random() == after
    assert [p.data for p in model.parameters()] == [p.data for p in original.parameters()]
    assert repr(model) == repr(original)
    assert model([0.5, -1.0]).data == pytest.approx(original([0.5, -1.0]).data, rel=1e-14)


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_wrong_number_of_inputs(n):
    "zip would drop weights or inputs in silence."
    with pytest.raises(ValueError, match=rf"ReLUNeuron\(3\) has 3 weights, but was given {n} inputs"):
        MLP(3, [4, 1])([1.0] * n)


def test_layer_of_one_in_the_middle():
    "A layer of one neuron answers a bare Value, and the next one takes it."
    out = MLP(2, [4, 1, 1])([1.0, 2.0])
    assert isinstance(out, Value)
    assert isinstance(MLP(1, (3, 2))(0.5), list) and isinstance(MLP(1, [1])(Value(0.5)), Value)


def test_network_by_hand():
    "A network of one hidden layer is what the formula says, and every parameter's gradient is right."
    model = MLP(2, [3, 1])
    x = [Value(0.8), Value(-0.3)]
    hidden = [max(0.0, n.b.data + n.w[0].data * 0.8 + n.w[1].data * -0.3) for n in model.layers[0].neurons]
    (last,) = model.layers[1].neurons
    out = model(x)
    assert out.data == pytest.approx(last.b.data + sum(w.data * h for w, h in zip(last.w, hidden)))
    assert check(out, *model.parameters()).ok


def test_parameters_and_zero_grad():
    "784-30-10 has 23,860 of them; each is there once."
    parameters = MLP(784, [30, 10]).parameters()
    assert len(parameters) == len(set(parameters)) == 23_860
    model = MLP(2, [3, 1])
    model([1.0, 1.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters()) and Module().parameters() == []


def test_texts():
    "As micrograd prints them."
    assert [repr(Neuron(2)), repr(Neuron(16, nonlin=False))] == ["ReLUNeuron(2)", "LinearNeuron(16)"]
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(MLP(1, [1])) == "MLP of [Layer of [LinearNeuron(1)]]"


def test_explained_by_its_names():
    "A weight has its place in its name, and its gradient reads as in the lecture."
    model = MLP(2, [2, 1])
    out = model([Value(1.0, label="x₁"), Value(2.0, label="x₂")])
    text = str(explain(out, wrt=model.layers[1].neurons[0].w[1]))
    assert "where ∂v₁/∂w₁₂⁽²⁾ = a₂⁽¹⁾" in text or "/∂w₁₂⁽²⁾ = a₂⁽¹⁾" in text
    assert [neuron.title for neuron in model.layers[1].neurons] == ["layer 2, neuron 1"]
    assert Neuron(1).title == "neuron"
