"Neurons, layers, networks: micrograd's shapes, texts and random draws, without its silent mistakes."

import math
import random
from functools import partial

import pytest

from micrograd_es import check, explain
from micrograd_es.engine import Value
from micrograd_es.nn import MLP, Layer, Module, Neuron, init
from micrograd_es.nn.functional import gelu, leaky_relu, sigmoid, swish
from micrograd_es.nn.perceptron import activation


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
    with pytest.raises(ValueError, match=rf"ReLUNeuron\(3\) takes a list of 3 inputs, and was given {n} of them"):
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
    assert [neuron.caption() for neuron in model.layers[1].neurons] == ["layer 2, neuron 1"]
    assert Neuron(1).caption() == "neuron"


# ---- Activations ----------------------------------------------------------------------------------------------------


def logistic(z):
    return 1 / (1 + math.exp(-z))


ACTIVATIONS = {  # by name or as a function: what it is at z
    "linear": lambda z: z,
    "relu": lambda z: max(0.0, z),
    "tanh": math.tanh,
    "sigmoid": logistic,
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "leaky_relu": lambda z: max(z, 0.01 * z),
    "swish": lambda z: z * logistic(z),
    "gelu": lambda z: z / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "sin": math.sin,
    partial(sigmoid, lam=2.0): lambda z: logistic(2 * z),
    partial(swish, beta=1.5): lambda z: z * logistic(1.5 * z),
    partial(leaky_relu, slope=0.2): lambda z: max(z, 0.2 * z),
    gelu: lambda z: ACTIVATIONS["gelu"](z),
    Value.tanh: math.tanh,
    (lambda z: z**2 + 1): lambda z: z * z + 1,
}


@pytest.mark.parametrize("z", [-1.7, 0.6])
@pytest.mark.parametrize("act", ACTIVATIONS)
def test_activations(act, z):
    "By name, with a parameter by functools.partial, or as any function of a Value; through a neuron, with gradients."
    neuron = Neuron(2, act=act)
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, z - 0.5 * 0.3 + 2 * 0.1
    out = neuron([0.3, 0.1])
    assert out.data == pytest.approx(ACTIVATIONS[act](z), rel=1e-13)
    assert check(out, *neuron.parameters()).ok and [call.module for call in out.calls] == [neuron]
    assert activation(act)(Value(z)).data == pytest.approx(ACTIVATIONS[act](z), rel=1e-13)


@pytest.mark.parametrize("name", ["rleu", "ReLU", "", "_some", "__add__", "data", "label", "parents"])
def test_no_such_activation(name):
    "Said when the network is made, not when it is used."
    for make in (lambda: Neuron(2, act=name), lambda: MLP(2, [2, 1], act=name), lambda: MLP(2, [1], last=name)):
        with pytest.raises(ValueError, match=f"there is no activation {name!r}: give the name of a function of one"):
            make()


def test_nonlin_is_micrograds_word_for_linear():
    "It wins over an activation, and a linear neuron's output is its sum: no node more."
    neuron = Neuron(2, nonlin=False, act="tanh")
    out = neuron([1.0, 2.0])
    assert repr(neuron) == "LinearNeuron(2)" and out.op.symbol == "+" and len(out.parents) == 3
    assert not Neuron(2, act="linear").nonlin


def test_neuron_is_the_picture_on_the_slide():
    "Products, one sum with the bias, the activation: 2 + 1 + 1 nodes."
    neuron = Neuron(2, act="sigmoid")
    out = neuron([1.0, 2.0])
    (z,) = out.parents
    assert [out.op.symbol, z.op.symbol, *[p.op.symbol for p in z.parents]] == ["σ", "+", "", "*", "*"]
    assert z.parents[0] is neuron.b


# ---- Options of a network -------------------------------------------------------------------------------------------


def test_act_and_last():
    "One activation for all but the last layer, or a list with one for each."
    kinds = [repr(layer.neurons[0]) for layer in MLP(2, [3, 3, 1], act="tanh", last="sigmoid").layers]
    assert kinds == ["TanhNeuron(2)", "TanhNeuron(3)", "SigmoidNeuron(3)"]
    kinds = [repr(layer.neurons[0]) for layer in MLP(2, [3, 3, 1], act=["relu", swish, "leaky_relu"]).layers]
    assert kinds == ["ReLUNeuron(2)", "SwishNeuron(3)", "LeakyReluNeuron(3)"]
    for wrong in (["tanh"], ["tanh"] * 4, []):
        with pytest.raises(ValueError, match=f"{len(wrong)} activations for 3 layers"):
            MLP(2, [3, 3, 1], act=wrong)


@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_softmax_layer(shift):
    "Probabilities: positive, of sum 1, unmoved by a shift of all the scores; linear neurons below, with all gradients."
    model = MLP(2, [3, 4], last="softmax")
    plain = [p.data for p in model([0.3, -0.7])]
    for neuron in model.layers[-1].neurons:
        neuron.b.data += shift
    out = model([0.3, -0.7])
    assert sum(p.data for p in out) == pytest.approx(1, abs=1e-12) and all(p.data > 0 for p in out)
    assert [p.data for p in out] == pytest.approx(plain, rel=1e-11)
    assert repr(model.layers[-1].neurons[0]) == "LinearNeuron(3)" and check(out[1], *model.parameters()).ok
    assert model.layers[-1].describe() == "Layer of 4 LinearNeuron(3), softmax"
    assert MLP(1, [1], last="softmax")(0.5).data == 1  # of one alone


@pytest.mark.parametrize("shape", [[1], [1, 1], [1, 1, 1], [1, 3, 1], [3, 1, 3]])
def test_one_neuron_anywhere(shape):
    "First, middle, last: with a list, a Value or a number as the single input; gradients reach every weight."
    model = MLP(1, shape, act="tanh")
    outs = [model(x) for x in ([0.5], 0.5, Value(0.5), (0.5,), [Value(0.5)])]
    lists = [out if isinstance(out, list) else [out] for out in outs]
    assert len({tuple(v.data for v in out) for out in lists}) == 1 and len(lists[0]) == shape[-1]
    assert check(Value.sum(*lists[0]), *model.parameters()).ok
    assert all(p.grad == 0 for p in model.parameters())  # check() looks, and leaves everything as it was


def test_inputs_of_numpy():
    "A row of a data set, of whatever number type; a whole table is refused."
    numpy = pytest.importorskip("numpy")
    model = MLP(2, [3, 1])
    expected = model([1.0, 2.0]).data
    for kind in (numpy.float64, numpy.float32, numpy.int64, numpy.uint8):
        out = model(numpy.array([[1, 2], [3, 4]], dtype=kind)[0])
        assert out.data == expected and type(out.data) is float
    with pytest.raises(TypeError):
        model(numpy.ones((2, 2)))
    with pytest.raises(ValueError, match="takes a list of 2 inputs, and was given 3 of them"):
        model(numpy.ones(3))


def test_errors():
    "Each says what was given."
    with pytest.raises(ValueError, match=r"LinearNeuron\(2\) takes a list of 2 inputs, and was given 0.5"):
        Layer(2, 2, act="linear")(0.5)
    with pytest.raises(ValueError, match="a layer of 0 neurons: it needs at least one"):
        MLP(2, [3, 0, 1])
    with pytest.raises(ValueError, match="1 activations for 0 layers"):
        MLP(2, [])


# ---- Where weights start --------------------------------------------------------------------------------------------

DRAWS = 20_000


@pytest.mark.parametrize("start, sigma, bound", [
    (init.uniform, 1 / math.sqrt(3), 1),
    (init.normal, 1, None),
    (init.scaled(0.01), 0.01, None),
    (init.xavier_normal, math.sqrt(2 / 814), None),
    (init.xavier_uniform, math.sqrt(2 / 814), math.sqrt(6 / 814)),
    (init.he_normal, math.sqrt(2 / 784), None),
])  # fmt: skip
def test_initialisers(start, sigma, bound):
    "Mean 0, the right σ within 4 standard errors of 20,000 draws; uniform ones fill their bounds, normal ones have tails."
    draws = [start(784, 30) for _ in range(DRAWS)]
    mean = sum(draws) / DRAWS
    deviation = math.sqrt(sum((x - mean) ** 2 for x in draws) / DRAWS)
    assert abs(mean) < 4 * sigma / math.sqrt(DRAWS)
    assert abs(deviation / sigma - 1) < 4 / math.sqrt(2 * DRAWS)
    largest = max(map(abs, draws))
    assert 0.999 * bound < largest < bound if bound else 3.5 * sigma < largest < 6 * sigma


def test_xavier_of_the_lecture():
    "CSE471's σ and a = σ√3 for four shapes."
    for shape, sigma, bound in (
        ((784, 30), 0.049568159709661, 0.0858545710548214),
        ((30, 10), 0.223606797749979, 0.387298334620742),
        ((784, 100), 0.0475651494154494, 0.0823852554571635),
        ((2, 2), 0.707106781186548, 1.22474487139159),
    ):
        assert init.xavier_sigma(*shape) == pytest.approx(sigma, rel=1e-14)
        assert init.xavier_bound(*shape) == pytest.approx(bound, rel=1e-14)


def test_the_network_passes_its_shape_on():
    "init gets (inputs, outputs) of its layer, the bias after the weights of its neuron; biases are 0 unless told."
    asked = []

    def watch(nin, nout):
        asked.append((nin, nout))
        return 0.5

    model = MLP(3, [2, 1], init=watch, bias=watch)
    assert asked == [(3, 2)] * 8 + [(2, 1)] * 3 and {p.data for p in model.parameters()} == {0.5}
    assert all(n.b.data == 0 for layer in MLP(3, [2, 1], init=init.normal).layers for n in layer.neurons)


def test_same_seed_same_network():
    "Any of the initialisers draws from `random`, and from nothing else."
    for start in (init.uniform, init.normal, init.xavier_normal, init.xavier_uniform, init.he_normal):
        twins = []
        for _ in range(2):
            random.seed(3)
            twins.append([p.data for p in MLP(4, [3, 2], init=start).parameters()])
        assert twins[0] == twins[1]
