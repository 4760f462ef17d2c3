"""Other people's models: their numbers and all their gradients to 1e-12, their names, and every view on them."""

import sys

import numpy as np
import pytest

from micrograd_es import (
    Value,
    check,
    close_up,
    draw,
    explain,
    from_jax,
    from_torch,
    nn,
    open_onnx,
    paths,
    play,
    topological,
    why,
)  # fmt: skip
from micrograd_es.graph import Graph
from micrograd_es.graph.modules import outermost
from micrograd_es.replay import replay

pytest.importorskip("onnx")
special = pytest.importorskip("scipy.special")
import onnx  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from micrograd_es.opening.operators import BY_NAME, DECIDED, exact, operators, rows  # noqa: E402
from tests.support import models  # noqa: E402
from tests.support.models import arrays, node, proto  # noqa: E402

NO_TORCH = "PyTorch is not installed (it is too large for the test group)"
FIVE = {f.__name__: f for f in (models.cnn, models.rnn, models.attention, models.norm)}
FIVE["mlp"] = lambda: models.mlp("Sigmoid", lambda z: 1 / (1 + np.e**-z))


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, list) else [x]


def weighed(net):
    "Every number that comes out, times another number, added up; and these numbers."
    outs = flat(net.output)
    factors = [np.cos(i) for i in range(len(outs))]
    loss = Value.sum(*[v * c for v, c in zip(outs, factors)]) if len(outs) > 1 else outs[0] * factors[0]
    loss.label = "loss"
    return loss, np.array(factors)


def near(ours, theirs):
    ours, theirs = np.array([v for v in flat(ours)], float), np.asarray(theirs, float).ravel()
    assert ours.shape == theirs.shape and np.abs(ours - theirs).max() <= 1e-12 * max(1, np.abs(theirs).max())


# ---- Numbers and gradients -------------------------------------------------------------------------------------------


def held_to_numpy(model):
    "The same numbers, and the same gradient of every weight and input."
    net = open_onnx(model.proto, model.inputs)
    loss, factors = weighed(net)
    loss.backward()
    leaves = net.weights | net.inputs
    p = {name: np.array([v.data for v in flat(x)]).reshape(np.shape(x)) for name, x in leaves.items()}
    near([v.data for v in flat(net.output)], model.theirs(p).real)
    slopes = models.gradients(lambda p: (model.theirs(p).ravel() * factors).sum(), p)
    for name, x in leaves.items():
        near([v.grad for v in flat(x)], slopes[name])


@pytest.mark.parametrize("make", FIVE.values(), ids=FIVE)
def test_five_models(make):
    held_to_numpy(make())


def where(f, g=lambda z: z):
    "f where z is positive, g elsewhere."
    return lambda z: np.where(z.real > 0, f(z), g(z))


def straight(z):
    return z


def hard(z):
    return np.where(abs(z.real) < 3, z / 6 + 0.5, z.real > 0)


ACTIVATIONS = {
    "Relu": models.relu, "Tanh": np.tanh, "Exp": np.exp, "Sin": np.sin, "Cos": np.cos, "Neg": np.negative,
    "Sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "Softplus": lambda z: np.log(1 + np.exp(z)),
    "Abs": where(straight, np.negative),
    "LeakyRelu": where(straight, lambda z: 0.01 * z),
    "Elu": where(straight, lambda z: np.exp(z) - 1),
    "Celu": where(straight, lambda z: np.exp(z) - 1),
    "Selu": where(lambda z: 1.0507009873554805 * z, lambda z: 1.0507009873554805 * 1.6732632423543772 * (np.exp(z) - 1)),
    "Mish": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "HardSwish": lambda z: z * hard(z),
    "Softsign": where(lambda z: z / (1 + z), lambda z: z / (1 - z)),
    "Softmax": models.softmax,
    "LogSoftmax": lambda z: np.log(models.softmax(z)),
    "Gelu": lambda z: z / 2 * (1 + special.erf(z / 2**0.5)),
    "Identity": straight,
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation(name):
    "In a network; attributes, which ONNX keeps in float32, are what was meant."
    held_to_numpy(models.mlp(name, ACTIVATIONS[name]))


REDUCTIONS = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp"]


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    "Along one axis and along all, as onnx itself has the numbers, as finite differences have the gradients."
    x = arrays(11, x=(2, 3))
    for attributes in ({"keepdims": 0}, {"keepdims": 1}):
        model = proto([node(f"Reduce{name} x -> y", **attributes)], x, {})
        net = open_onnx(model, x)
        near([v.data for v in flat(net.output)], ReferenceEvaluator(model).run(None, x)[0])
        assert check(weighed(net)[0]).ok


ODD = {
    "strides, dilations, groups": (node("Conv x w b -> y", strides=[2, 1], dilations=[1, 2], group=2, pads=[1, 0, 2, 1]), {"x": (2, 4, 6, 5), "w": (4, 2, 2, 2), "b": 4}),
    "same": (node("Conv x w -> y", auto_pad="SAME_LOWER", strides=[2]), {"x": (1, 2, 5), "w": (3, 2, 3)}),
    "pool": (node("AveragePool x -> y", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1, pads=[1, 0, 0, 0]), {"x": (1, 2, 5, 4)}),
    "pool with its frame": (node("AveragePool x -> y", kernel_shape=[3], pads=[1, 1], count_include_pad=1), {"x": (1, 1, 4)}),
    "largest": (node("MaxPool x -> y", kernel_shape=[2], dilations=[2], pads=[1, 1]), {"x": (1, 1, 6)}),
    "over all places": (node("GlobalAveragePool x -> y"), {"x": (2, 2, 3, 2)}),
    "batches of matrices": (node("MatMul a b -> y"), {"a": (2, 1, 2, 3), "b": (4, 3, 2)}),
    "a vector": (node("MatMul a b -> y"), {"a": (3,), "b": (2, 3, 2)}),
    "a vector behind": (node("MatMul a b -> y"), {"a": (2, 2, 3), "b": (3,)}),
    "scaled": (node("Gemm a b c -> y", alpha=0.5, beta=2.0, transA=1), {"a": (3, 2), "b": (3, 4), "c": (4,)}),
    "bounds": (node("Clip x -> y"), {"x": (4,)}),
    "power": (node("Pow x n -> y"), {"x": (3,), "n": ()}),
    "einsum": (node("Einsum a b -> y", equation="ij,jk->ik"), {"a": (2, 2), "b": (2, 2)}),
    "carried over": (node("Pad x p -> y"), {"x": (2, 2)}),
    "joined": (node("Concat a b -> y", axis=0), {"a": (2, 2), "b": (1, 2)}),
    "halved": (node("Split x -> y z", axis=0, num_outputs=2), {"x": (2, 2)}),
    "sums so far": (node("CumSum x axis -> y"), {"x": (2, 2)}),
    "picked": (node("GatherElements x i -> y", axis=0), {"x": (2, 2)}),
    "instance norm": (node("InstanceNormalization x s b -> y", epsilon=0.5), {"x": (1, 2, 3), "s": 2, "b": 2}),
    "loss": (node("SoftmaxCrossEntropyLoss x t w -> y"), {"x": (2, 3), "w": 3}),
    "loss of one left out": (node("NegativeLogLikelihoodLoss x t -> y", ignore_index=2), {"x": (2, 3)}),
    "losses": (node("SoftmaxCrossEntropyLoss x t -> y", reduction="none"), {"x": (2, 3)}),
    "lstm": (node("LSTM x w r -> y", hidden_size=2), {"x": (2, 1, 2), "w": (1, 8, 2), "r": (1, 8, 2)}),
    "gru": (node("GRU x w r -> y", hidden_size=2), {"x": (2, 1, 2), "w": (1, 6, 2), "r": (1, 6, 2)}),
}  # fmt: skip


WHOLE = {"p": [1, 0, 0, 1], "axis": np.array(0), "i": [[0, 1]], "t": [0, 2]}  # what steers the operators of these


@pytest.mark.parametrize("name", ODD)
def test_operators_by_themselves(name):
    "As onnx has the numbers, and finite differences the gradients."
    operator, shapes = ODD[name]
    x = {key: abs(a) if name == "power" else a for key, a in arrays(12, **shapes).items()}
    model = proto([operator], x, {key: np.array(n) for key, n in WHOLE.items() if key in operator.input})
    net = open_onnx(model, x)
    near([v.data for v in flat(net.output)], ReferenceEvaluator(model).run(None, x)[0])
    assert check(weighed(net)[0]).ok


def test_what_is_decided_is_a_number():
    "Comparisons, choices, casts and shapes: the graph has the branch that was taken, and no more."
    x = {"x": np.array([-1.5, 0.5, 2.5])}
    nodes = [
        node("Sign x -> s"), node("Greater x s -> over"), node("Shape x -> shape"),
        node("Cast over -> one", to=onnx.TensorProto.DOUBLE), node("Sqrt x -> root"), node("Where over root x -> chosen"),
        node("Mul chosen one -> m"), node("Reshape m shape -> r"), node("Expand r shape -> y"),
    ]  # fmt: skip
    (a, b, c) = open_onnx(proto(nodes, x, {}), x).output
    assert a.data == b.data == 0 and c.data == 2.5**0.5 and "√" in str(explain(c))


def test_a_name_for_every_operator():
    "What is overridden is an operator of ONNX; a row of the table is found by its name."
    ours = {op.__name__ for op in operators(onnx.defs.onnx_opset_version())}
    assert ours >= {*BY_NAME, *DECIDED, "Relu", "Tanh", "Exp", "Sqrt", "Sigmoid"}
    assert {name for name, _ in rows()} - ours == {"Log2"}  # which ONNX has not
    assert [exact(np.float32(x)) for x in (0.01, 1e-5, 1 / 6, 1.0507009873554805)] == [
        0.01,
        1e-5,
        1 / 6,
        1.0507009873554805,
    ]


# ---- What one sees ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", FIVE.values(), ids=FIVE)
def test_every_view(make, tmp_path):
    "Drawn in boxes with the file's names, explained, asked why, walked, played, checked, replayed."
    model = make()
    net = open_onnx(model.proto, model.inputs)
    loss, _ = weighed(net)
    loss.backward()
    w, graph = net.parameters()[0], Graph(loss)
    assert w.label == "".join(f"{name}[{','.join('0' * np.ndim(x))}]" for name, x in [*net.weights.items()][:1])
    boxes = {c.module.caption() for c in outermost(graph.order)}
    picture = draw(loss, fold="layers").source
    assert sum(name in picture for name in boxes) >= 3
    assert w.label in str(explain(loss, wrt=w)) and why(loss, w).startswith(f"∂loss/∂{w.label} = ")
    assert paths(loss, w).total == pytest.approx(w.grad)
    assert play(loss).html and play(close_up(loss, w)).html and check(loss, w).ok
    xs = flat(list(net.inputs.values())[0])
    value, slopes = replay(loss, xs, net.parameters()).loss_and_gradients([[x.data for x in xs]])
    near([value, *slopes], [loss.data, *[p.grad for p in net.parameters()]])


def test_boxes_are_the_nodes_of_the_file():
    "One for each that computes something, in order; steps on the same weights are calls of one module."
    net = open_onnx(*models.cnn()[:2])
    found = [c.title for c in outermost(topological(weighed(net)[0]))]
    assert found == ["Conv conv_z", "Relu relu_a", "MaxPool maxpool_m", "Gemm gemm_y"]
    titles = [c.title for c in outermost(topological(weighed(open_onnx(*models.rnn()[:2]))[0]))]
    assert "Gemm gemm_i0, call 1" in titles and "Gemm gemm_i0, call 3" in titles and "Tanh tanh_h1" in titles


def test_it_is_a_module():
    "Its parameters can be trained, named, saved."
    net = open_onnx(*models.norm()[:2])
    assert isinstance(net, nn.Module) and len(net.parameters()) == 12 + 7 * 4
    assert [name for name, _ in net.named_parameters()][:2] == ["fc.weight.0.0", "fc.weight.0.1"]
    fixed = open_onnx(*models.norm()[:2], constants=["bn.mean", "bn.variance"])
    assert len(fixed.parameters()) == 12 + 5 * 4 and fixed.output[0][0].data == net.output[0][0].data


def test_values_go_in(tmp_path):
    "An input that is computed already keeps its graph; a file is read; a single input needs no name."
    model = models.mlp("Relu", None)
    onnx.save(model.proto, tmp_path / "mlp.onnx")
    x = Value(0.5, label="t")
    y = open_onnx(tmp_path / "mlp.onnx", [[x * 2, x, 1.0]] * 2).output[0][0]
    y.backward()
    assert x.grad and x in topological(y)
    h = open_onnx(model.proto, model.inputs, outputs=["h"]).output
    part = open_onnx(model.proto, {"h": h}).output  # in two parts
    near([v.data for v in flat(part)], [v.data for v in flat(open_onnx(model.proto, model.inputs).output)])
    assert "fc1.weight[0,0]" in Graph(part[0][0]).names.values()


def test_an_old_model():
    "Softmax of opset 11 flattens what is behind its axis: brought up to date, it still does."
    x = {"x": arrays(13, x=(1, 2, 2))["x"].astype(np.float32)}
    model = proto([node("Softmax x -> y", axis=1)], x, {}, opset=11, kind=onnx.TensorProto.FLOAT)
    assert sum(v.data for v in flat(open_onnx(model, x).output)) == pytest.approx(1)


# ---- A nan that nobody sees coming ----------------------------------------------------------------------------------


def test_a_root_behind_a_choice():
    "Published again and again, as pytorch 68425 and 187297: the value is 0, the gradient nan, and why says where from."
    x = {"x": np.array([0.0])}
    nodes = [node("Greater x zero -> positive"), node("Sqrt x -> root"), node("Where positive root zero -> y")]
    net = open_onnx(proto(nodes, x, {"zero": np.array(0.0)}), x)
    (y,), (a,) = net.output, net.inputs["x"]
    y.backward()
    assert y.data == 0 and np.isnan(a.grad) and play(y).html
    assert why(y, a).endswith(
        "∂y/∂x[0] = nan: 0 · ∞, as ∂root[0]/∂x[0] = ∞ in root[0] = √(x[0]), at x[0] = 0, "
        "while ∂y/∂root[0] = 0 in y = (root[0] if positive[0] else 0), at root[0] = 0"
    )


def test_the_log_of_a_vanished_softmax():
    "Published, as deeplearning4j 785: the share of a class is 0 to the last digit, and its logarithm -∞."
    x = {"z": np.array([0.0, 800.0])}
    nodes = [node("Softmax z -> p", axis=0), node("Gather p first -> p0"), node("Log p0 -> l"), node("Neg l -> loss")]
    with np.errstate(divide="ignore"):
        model = proto(nodes, x, {"first": np.array(0)}, outputs=["loss"])
    net = open_onnx(model, x)
    assert why(net.output, net.inputs["z"][0]).startswith(
        "∂loss/∂z[0] = nan: not finite from here on: l = log(p[0]) = log(0) = -∞, at p[0] = 0; and backward, 0 · ∞, as "
    )


# ---- Refused ---------------------------------------------------------------------------------------------------------


def test_what_is_too_large():
    "Counted before anything is built: exactly for products, and what is largest is named."
    model = models.mlp("Relu", None)
    net = open_onnx(model.proto, model.inputs)
    size = len(topological(Value.sum(*flat(net.output)))) - 1
    assert open_onnx(model.proto, model.inputs, limit=size) and size == 6 + 26 + 8 * 4 + 8 + 4 * 5
    with pytest.raises(
        ValueError,
        match=rf"would be {size} scalars, more than {size - 1} \(Gemm gemm_z 32, Gemm gemm_y 20, Relu relu_h 8\). Give fewer",
    ):
        open_onnx(model.proto, model.inputs, limit=size - 1)
    with pytest.raises(ValueError, match=r"would be more than 32 scalars, more than 10 \(its weights and inputs 32\)"):
        open_onnx(model.proto, model.inputs, limit=10)


@pytest.mark.parametrize(
    "inputs, options, message",
    [
        ([[1.0, 2.0]], {}, r"x has the shape \(2, 3\), and was given \(1, 2\)"),
        (
            {"z": 1.0},
            {"outputs": ["nothing"]},
            "the model has nothing called 'nothing': its inputs are x, and it computes",
        ),
        ({"h": [[1.0] * 4] * 2}, {"outputs": ["z"]}, "needs x as well"),
        ({"x": [["a"] * 3] * 2}, {}, "of type str, not a number"),
    ],
)
def test_what_does_not_fit(inputs, options, message):
    model = models.mlp("Relu", None)
    with pytest.raises((ValueError, TypeError), match=message):
        open_onnx(model.proto, inputs, **options)


def test_no_model(tmp_path):
    (tmp_path / "not.onnx").write_text("not")
    with pytest.raises(ValueError, match="not.onnx is no ONNX model"):
        open_onnx(tmp_path / "not.onnx", [1.0])
    x = arrays(14, a=(2,), b=(2,))
    with pytest.raises(ValueError, match="has 2 inputs: give a dict with 'a', 'b'"):
        open_onnx(proto([node("Add a b -> y")], x, {}), x["a"])
    with pytest.raises(ValueError, match="cannot be run on Values: .*Det"):
        open_onnx(proto([node("Det a -> y")], {"a": np.eye(2)}, {}), np.eye(2))


def test_a_package_that_is_missing(monkeypatch):
    "Says which, and how it is installed."
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'^open_onnx needs onnx: pip install "micrograd-es\[onnx\]"$'):
        open_onnx("mlp.onnx", [1.0])


# ---- From PyTorch and JAX --------------------------------------------------------------------------------------------


def torch_models():
    import torch

    class Recurrent(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.out = torch.nn.RNNCell(2, 3), torch.nn.Linear(3, 1)

        def forward(self, xs):
            h = torch.zeros(1, 3, dtype=xs.dtype)
            for t in range(xs.shape[0]):
                h = self.cell(xs[t : t + 1], h)
            return self.out(h)

    class Head(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k, self.v = (torch.nn.Linear(4, 3, bias=False) for _ in range(3))

        def forward(self, x):
            return torch.softmax(self.q(x) @ self.k(x).transpose(-1, -2) / 3**0.5, -1) @ self.v(x)

    class Loss(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scores = torch.nn.Linear(4, 3)
            self.sharpness = torch.nn.Parameter(torch.tensor(2.0))  # one of no dimension is learned as well

        def forward(self, x):
            return torch.nn.functional.cross_entropy(self.sharpness * self.scores(x), torch.tensor([0, 2, 1]))

    n = torch.nn
    torch.manual_seed(0)
    names = "ReLU Tanh Sigmoid Softplus GELU SiLU LeakyReLU ELU SELU CELU Mish Hardswish Hardtanh ReLU6 Softsign LogSigmoid Tanhshrink PReLU"
    acts = {name: getattr(n, name)() for name in names.split()}
    acts |= {"GELU(tanh)": n.GELU("tanh"), "Softmax": n.Softmax(-1), "LogSoftmax": n.LogSoftmax(-1)}
    yield from (
        (f"mlp {name}", n.Sequential(n.Linear(3, 4), act, n.Linear(4, 2)), (2, 3)) for name, act in acts.items()
    )
    yield "cnn", n.Sequential(n.Conv2d(1, 2, 3, padding=1), n.ReLU(), n.MaxPool2d(2), n.Conv2d(2, 2, 2), n.Tanh(), n.AvgPool2d(2), n.Flatten(), n.Linear(2, 2)), (1, 1, 6, 6)  # fmt: skip
    yield "rnn", Recurrent(), (4, 2)
    yield "attention", Head(), (3, 4)
    norm = n.Sequential(n.Linear(3, 4), n.BatchNorm1d(4), n.ReLU(), n.Dropout(), n.Linear(4, 2), n.LayerNorm(2))
    norm(torch.randn(50, 3) * 2 + 1)  # it gathers its statistics
    yield "norm", norm, (2, 3)
    groups = n.Sequential(
        n.Conv1d(4, 4, 2), n.GroupNorm(2, 4), n.InstanceNorm1d(4, affine=True), n.AdaptiveAvgPool1d(1)
    )
    yield "groups", groups, (2, 4, 5)
    yield "cross entropy", Loss(), (3, 4)
    yield "lstm", n.LSTM(2, 3), (4, 2)
    yield "transformer", n.TransformerEncoderLayer(4, 2, 8, batch_first=True), (1, 3, 4)


def test_from_torch():
    "Every number and every gradient of PyTorch's own, to 1e-12; under its names; and its module is left alone."
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    pytest.importorskip("onnxscript")
    import copy

    for name, module, shape in torch_models():
        x = torch.randn(shape)
        net = from_torch(module, x)
        loss, factors = weighed(net)
        loss.backward()
        twin, xs = copy.deepcopy(module).double().eval(), x.double().requires_grad_()
        out = twin(xs)
        out = out[0] if isinstance(out, tuple) else out
        (out.flatten() * torch.tensor(factors)).sum().backward()
        parameters = dict(twin.named_parameters())
        near([v.data for v in flat(net.output)], out.detach())
        assert parameters.keys() == net.weights.keys()
        assert module.training and next(module.parameters()).dtype == torch.float32
        leaves = [(net.weights[key], p.grad) for key, p in parameters.items()] + [(list(net.inputs.values()), xs.grad)]
        for ours, theirs in leaves:
            near([v.grad for v in flat(ours)], theirs)
        worst = max(np.abs(np.array([v.grad for v in flat(a)]) - b.numpy().ravel()).max() for a, b in leaves)
        print(f"{name:16} {len(topological(loss)):5} scalars, gradients within {worst:.0e}")
    with pytest.raises(TypeError, match="takes a torch.nn.Module and its inputs, not function"):
        from_torch(flat, x)


def test_torch_has_the_same_nan():
    "What is not chosen gets a gradient of 0, and what comes behind it makes a nan of that: here as there."
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    pytest.importorskip("onnxscript")

    class Behind(torch.nn.Module):
        def forward(self, x):
            return torch.where(x > 0, torch.sqrt(x), 0.0).sum()

    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    Behind()(x).backward()
    net = from_torch(Behind(), x)
    (a,) = net.inputs["x"]
    net.output.backward()
    assert np.isnan(x.grad.item()) and np.isnan(a.grad) and net.output.data == 0
    print(why(net.output, a))
    assert ": 0 · ∞, as ∂sqrt[0]/∂x[0] = ∞ in sqrt[0] = √(x[0]), at x[0] = 0, while" in why(net.output, a)


def test_from_jax():
    "A function of a tree of arrays, each an input under its way in the tree."
    jax = pytest.importorskip("jax")
    pytest.importorskip("jax2onnx", reason="jax2onnx is not installed (flax and orbax come with it)")

    def f(p, x):
        h = jax.numpy.tanh(x @ p["w"] + p["b"])
        return (h**2).sum() + jax.nn.softmax(x)[0, 0] + jax.nn.gelu(x).sum() + jax.nn.relu(x).sum()

    with jax.enable_x64(True):
        args = (
            {"w": jax.numpy.array([[0.1, 0.2], [0.3, -0.4]]), "b": jax.numpy.array([0.1, 0.2])},
            jax.numpy.array([[1.0, -2.0]]),
        )
        net = from_jax(f, *args)
        net.output.backward()
        near(net.output.data, f(*args))
        for ours, theirs in zip(net.inputs.values(), jax.tree_util.tree_leaves(jax.grad(f, argnums=(0, 1))(*args))):
            near([v.grad for v in flat(ours)], theirs)
    assert net.inputs["args[0]['w']"][1][0].label == "args[0]['w'][1,0]"
