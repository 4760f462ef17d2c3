"""The ways out of the toy give the same numbers: the array program on NumPy, PyTorch, JAX and ONNX, and every layer."""

import random
import subprocess
import sys
from functools import partial

import pytest

from micrograd_es import Value, nn
from micrograd_es.nn.functional import swish
from micrograd_es.replay import replay
from micrograd_es.train import network
from tests.support import ROOT
from tests.support.sample import sampled

np = pytest.importorskip("numpy")
from micrograd_es.replay.pure.program import Pure  # noqa: E402
from tests.support.networks import attention, batch_inside_the_graph, convolution, perceptron, random_graph, recurrence  # noqa: E402

NETWORKS = [perceptron, convolution, recurrence, attention, batch_inside_the_graph]


pytestmark = pytest.mark.usefixtures("seeded")


def made(make):
    "A replay of one of the networks, and a batch for it."
    loss, inputs, parameters, samples = make()
    return replay(loss, inputs, parameters), np.random.default_rng(1).normal(size=(samples, len(inputs)))


def drawn(seed):
    "A replay of a random graph of all rows, and a batch for it."
    inputs, parameters, loss = random_graph(random.Random(seed))
    return replay(loss, inputs, parameters), np.random.default_rng(seed).normal(size=(3, len(inputs)))


def near(ours, theirs, tolerance=1e-12):
    "Equal to 1e-12 of the largest."
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max(initial=0) <= tolerance * max(1.0, np.abs(theirs).max(initial=0))


def mnist(hidden=30):
    "The lecture's network."
    return network(hidden, "cross-entropy").r, np.random.default_rng(0).normal(size=(10, 794))


# ---- The array program ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", NETWORKS)
def test_the_array_program_of_networks(make):
    "A function of two arrays gives the losses of the replay, in far fewer statements than scalars."
    r, batch = made(make)
    pure = Pure(r.plan)
    program = pure.run(np)
    near(program["loss"](r.weights, batch), r.loss_and_gradients(batch)[0])
    near(program["predict"](r.weights, batch), r.predict(batch))
    assert "@" in pure.loss and pure.loss.count("\n") < r.plan.scalars / 2


@pytest.mark.parametrize("block", sampled(range(3), 3))
def test_the_array_program_of_random_graphs(block):
    "Anything irregular too: 20 graphs of all rows a block."
    for seed in range(20 * block, 20 * block + 20):
        r, batch = drawn(seed)
        program = Pure(r.plan).run(np)
        near(program["loss"](r.weights, batch), r.loss_and_gradients(batch)[0])
        near(program["predict"](r.weights, batch), r.predict(batch))


def test_what_it_answers():
    "Outputs that depend on the sample and others that do not, inputs and parameters among them; statements unneeded go."
    x, w, v = Value(2.0), Value(3.0), Value(4.0)
    r = replay(x * w, [x], [v, w], outputs=[w, x, v * w, (x * w).exp()])
    batch = np.array([[1.0], [2.0], [5.0]])
    near(Pure(r.plan).run(np)["predict"](r.weights, batch), r.predict(batch))
    assert "exp" in Pure(r.plan).predict and "exp" not in Pure(r.plan).loss


def test_it_is_the_program_on_the_slide():
    "The lecture's network: a matrix product, a bias and a sigmoid a layer, under names that a student reads."
    r, _ = mnist()
    assert Pure(r.plan).predict == (
        "def predict(parameters, batch):\n"
        "    # layer 1: 30 x sums of products\n"
        "    w0 = parameters[0:23550].reshape(30, 785)[:, 0:784]\n"
        "    b0 = parameters[784:23550:785]\n"
        "    y0 = batch[:, 0:784] @ w0.T + b0\n"
        "    # layer 1: 30 x σ\n"
        "    y1 = sigmoid(y0)\n"
        "    # layer 2: 10 x sums of products\n"
        "    w2 = parameters[23550:23860].reshape(10, 31)[:, 0:30]\n"
        "    b2 = parameters[23580:23860:31]\n"
        "    y2 = y1 @ w2.T + b2\n"
        "    return y2"
    )


def test_a_new_row_is_exported(monkeypatch):
    "One line in the table, and its function with its local gradient stands in the program."
    from micrograd_es.engine import function

    row = function("cube", lambda m, x: m.pow(x, 3) + m.sin(0 * x), lambda m, y, x: (3 * m.pow(x, 2),))
    monkeypatch.setattr(Value, "cube", row, raising=False)
    x, w = Value(0.0), Value(2.0)
    r = replay((x * w).cube(), [x], [w])
    assert "def cube(x):" in Pure(r.plan).text and "def d_cube(y, x):" in Pure(r.plan).text
    near(Pure(r.plan).run(np)["loss"](r.weights, np.array([[1.5]])), 27.0)


# ---- PyTorch ---------------------------------------------------------------------------------------------------------


NO_TORCH = "PyTorch is not installed (it is too large for the test group)"


def torch_of(x):
    pytest.importorskip("torch", reason=NO_TORCH)
    from micrograd_es.export import to_torch

    return to_torch(x)


def through_torch(r, batch):
    "The loss and the gradients of a replay, by autograd."
    torch = pytest.importorskip("torch", reason=NO_TORCH)
    module = torch_of(r)
    loss = module(torch.tensor(batch))
    if loss.requires_grad:
        loss.backward()
    gradients = module.weights.grad
    return loss.item(), np.zeros_like(r.weights) if gradients is None else gradients.numpy()


@pytest.mark.parametrize("make", NETWORKS)
def test_networks_in_torch(make):
    "Losses, gradients and predictions; the state dict holds the parameters, in the replay's order."
    r, batch = made(make)
    loss, gradients = through_torch(r, batch)
    near(loss, r.loss_and_gradients(batch)[0])
    near(gradients, r.loss_and_gradients(batch)[1])
    import torch

    module = torch_of(r)
    near(module.predict(torch.tensor(batch)).detach(), r.predict(batch))
    assert list(module.state_dict()) == ["weights"]
    near(module.state_dict()["weights"], r.weights, 0)


def test_random_graphs_in_torch():
    "All rows of the table, with the table's own local gradients: 40 graphs."
    for seed in range(40):
        r, batch = drawn(seed)
        loss, gradients = through_torch(r, batch)
        near(loss, r.loss_and_gradients(batch)[0])
        near(gradients, r.loss_and_gradients(batch)[1])


def kinks():
    "Every row with a kink, at it: relu, abs, a tie of three, and a power of zero."
    x, w, u = Value(0.0), Value(0.0), Value(0.0)
    loss = (w * x).relu() + (w + x).relu() + abs(w) + 3 * Value.maximum(w, u, x) + Value.minimum(w, u) + (w**2).exp()
    return replay(loss + (2 * x + u).softplus(), [x], [w, u]), np.zeros((2, 1))


def test_kinks_in_torch():
    "There PyTorch's own derivative of the formula would be another one."
    r, batch = kinks()
    near(through_torch(r, batch)[1], r.loss_and_gradients(batch)[1])


def test_torch_trains_it():
    "Three steps of PyTorch's own SGD are three steps of ours; float32, a second derivative and vmap work."
    from micrograd_es.optim import SGD

    r, batch = made(perceptron)
    module = torch_of(r)
    import torch

    theirs, ours = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9), SGD(r.parameters, 0.1, momentum=0.9)
    for _ in range(3):
        theirs.zero_grad()
        module(torch.tensor(batch)).backward()
        theirs.step()
        r.step(batch, ours)
    near(module.weights.detach(), r.weights)
    assert torch_of(replay(r.loss, r.inputs, r.parameters, dtype=np.float32)).weights.dtype == torch.float32
    single = module.float()(torch.tensor(batch, dtype=torch.float32))
    assert single.dtype == torch.float32
    near(single.item(), r.loss_and_gradients(batch)[0], 1e-5)
    x, one = Value(0.3), Value(1.0)
    row = torch_of(replay((one * x).sigmoid(), [x], [one]))
    point = torch.tensor([[0.3]], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(row(point), point, create_graph=True)
    (bend,) = torch.autograd.grad(slope, point)
    s = x.sigmoid().data
    near(bend.item(), s * (1 - s) * (1 - 2 * s))
    many = torch.func.vmap(torch.func.grad(lambda b: row(b[None])))(torch.tensor([[0.3], [0.3]], dtype=torch.float64))
    near(many.detach(), [[s * (1 - s)]] * 2)


# ---- Layer by layer --------------------------------------------------------------------------------------------------

LAYERS = {
    "perceptron": (lambda: nn.MLP(3, [4, 1, 2], act="tanh", last="softmax", bias=nn.init.uniform), (3,)),
    "one neuron": (lambda: nn.Neuron(3, act="sigmoid"), (3,)),
    "one of each": (
        lambda: nn.MLP(3, [4] * 6, act=["relu", "sigmoid", "softplus", "leaky_relu", "swish", "gelu"]),
        (3,),
    ),
    "rows PyTorch calls otherwise": (
        lambda: nn.MLP(2, [3, 3, 2], act=["sin", "cos", "exp"]),
        (2,),
    ),
    "own functions": (lambda: nn.MLP(2, [3, 3, 1], act=[partial(swish, beta=1.5), lambda z: z * z + 2, swish]), (2,)),
    "conv1d": (lambda: nn.Conv1d(2, 3, 3, stride=2, padding=1, act="relu"), (2, 7)),
    "conv2d": (lambda: [nn.Conv2d(1, 2, 3, padding=1, act=lambda z: z.tanh()), nn.Conv2d(2, 1, 2)], (1, 5, 6)),
    "batch norm": (lambda: [nn.Layer(3, 4), gathered(nn.BatchNorm(4)).eval(), nn.Dropout(0.5).eval()], (3,)),
}


def gathered(norm):
    norm.running_mean, norm.running_variance = [0.5, -0.1, 0.0, 1.0], [2.0, 0.7, 1.3, 0.1]
    return norm


def answer(module, sample):
    "What a module, or one after the other, makes of a sample (nested lists of Values)."
    for part in module if isinstance(module, list) else [module]:
        sample = part([sample])[0] if isinstance(part, nn.BatchNorm) else part(sample)
    return sample


def values(array):
    return [values(part) for part in array] if array.ndim else Value(float(array))


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, list) else [x]


def parameters_of(module):
    return [p for part in (module if isinstance(module, list) else [module]) for p in part.parameters()]


def eagerly(module, batch):
    "The answers of the samples, flat, and the gradient of their weighted sum by parameter."
    rows = [flat(answer(module, values(sample))) for sample in batch]
    outputs = [v for row in rows for v in row]
    Value.sum(*[(1 + i % 3) * v for i, v in enumerate(outputs)]).backward()
    return [v.data for v in outputs], {id(p): p.grad for p in parameters_of(module)}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_in_torch(name):
    "An nn.Sequential in float64 with the same outputs, and the same gradient for every weight."
    make, shape = LAYERS[name]
    module, batch = make(), np.random.default_rng(2).normal(size=(4, *shape))
    outputs, gradients = eagerly(module, batch)
    theirs = torch_of(module)
    import torch

    from micrograd_es.export.layers import steps

    assert type(theirs) is torch.nn.Sequential
    answers = theirs(torch.tensor(batch)).flatten()
    near(answers.detach(), outputs)
    (answers * torch.tensor([1.0 + i % 3 for i in range(len(answers))], dtype=torch.float64)).sum().backward()
    ours = [gradients[id(v)] for step in steps(module, "PyTorch") for part in step.weights.values() for v in flat(part)]
    near(torch.cat([p.grad.flatten() for p in theirs.parameters()]), ours)


def test_sequences_in_torch():
    "A recurrent network is nn.RNN and nn.Linear with one bias each, an embedding is nn.Embedding."
    rnn, embedding = nn.RNN(2, 3, 2), nn.Embedding(5, 2)
    xs = np.random.default_rng(3).normal(size=(4, 2))
    theirs = torch_of(rnn)
    import torch

    near(theirs(torch.tensor(xs)[None]).detach()[0], [[v.data for v in row] for row in rnn(xs.tolist())])
    assert sum(p.numel() for p in theirs.parameters() if p.requires_grad) == len(rnn.parameters())
    near(torch_of(embedding)(torch.tensor([3, 0])).detach(), [[v.data for v in embedding(i)] for i in (3, 0)])


def test_weights_from_torch():
    "A state dict of equal shapes comes back into a module: everything or, with what differs named, nothing."
    pytest.importorskip("torch", reason=NO_TORCH)
    from micrograd_es.export import load_state_dict

    module = [nn.MLP(3, [4, 2]), nn.BatchNorm(2), nn.RNN(2, 3, 1)]
    state = {name: t + 1 for name, t in torch_of(module).state_dict().items()}
    load_state_dict(module, state)
    again = torch_of(module).state_dict()
    for name in state:
        if not name.endswith(("num_batches_tracked", "bias_hh_l0", "bias_ih_l0")):
            near(again[name], state[name], 0)
    near(again["4.bias_ih_l0"] + again["4.bias_hh_l0"], state["4.bias_ih_l0"] + state["4.bias_hh_l0"], 0)
    before = [p.data for p in module[0].parameters()]
    with pytest.raises(ValueError, match=r"2.weight has the shape \(2, 4\), and Layer.weight \(2, 5\)"):
        load_state_dict(nn.MLP(3, [5, 2]), {**torch_of(nn.MLP(3, [5, 2])).state_dict(), "2.weight": state["2.weight"]})
    with pytest.raises(ValueError, match="the state dict has 4 tensors, and the module 6"):
        load_state_dict(nn.MLP(3, [4, 2, 2]), torch_of(nn.MLP(3, [4, 2])).state_dict())
    assert before == [p.data for p in module[0].parameters()]


class Own(nn.Module):
    def __call__(self, x):
        return x


def test_what_has_no_counterpart():
    "Says so, and what to do instead; a function with an `if` or a weight in it is noticed."
    with pytest.raises(TypeError, match=r"Own has no counterpart in PyTorch.*export replay\(loss"):
        torch_of(Own())
    slope = Value(0.1)
    with pytest.raises(TypeError, match="has a Value of its own"):
        torch_of(nn.Layer(2, 2, act=lambda z: z.maximum(slope * z)))
    with pytest.raises(TypeError, match="not the same graph for every number"):
        torch_of(nn.Layer(2, 2, act=lambda z: z if z.data > 0 else 0.1 * z))
    with pytest.raises(TypeError, match="do different things"):
        layer = nn.Layer(2, 2)
        layer.neurons[0] = nn.Neuron(2, act="tanh")
        torch_of(layer)


# ---- JAX -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jax():
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        yield jax


def through_jax(jax, r, batch):
    from micrograd_es.export import to_jax

    return jax.jit(jax.value_and_grad(to_jax(r)))(r.weights, batch)


@pytest.mark.parametrize("make", sampled(NETWORKS, 3))
def test_networks_in_jax(make, jax):
    "jit and grad of the pure function; predict as well."
    from micrograd_es.export import to_jax

    r, batch = made(make)
    loss, gradients = through_jax(jax, r, batch)
    near(loss, r.loss_and_gradients(batch)[0])
    near(gradients, r.loss_and_gradients(batch)[1])
    near(jax.jit(to_jax(r, "predict"))(r.weights, batch), r.predict(batch))


def test_random_graphs_in_jax(jax):
    "Three short ones only: JAX compiles each."
    short = [(r, batch) for r, batch in map(drawn, range(30)) if 3 < len(r.plan.groups) < 12]
    for r, batch in short[:3]:
        loss, gradients = through_jax(jax, r, batch)
        near(loss, r.loss_and_gradients(batch)[0])
        near(gradients, r.loss_and_gradients(batch)[1])


def test_kinks_and_vmap_in_jax(jax):
    "The table's derivative at kinks; vmap gives one gradient for each sample, whose mean is the batch's."
    from micrograd_es.export import to_jax

    r, batch = kinks()
    near(through_jax(jax, r, batch)[1], r.loss_and_gradients(batch)[1])
    r, batch = made(perceptron)
    each = jax.jit(jax.vmap(jax.grad(to_jax(r)), in_axes=(None, 0)))(r.weights, batch[:, None])
    near(each.mean(0), r.loss_and_gradients(batch)[1])


def test_float32_in_jax(jax):
    "As JAX is when nobody has asked for more; and a function that is not there."
    from micrograd_es.export import to_jax

    r, batch = made(perceptron)
    with jax.enable_x64(False):
        loss, gradients = through_jax(jax, r, batch)
    assert loss.dtype == gradients.dtype == np.float32
    near(gradients, r.loss_and_gradients(batch)[1], 1e-5)
    with pytest.raises(ValueError, match='"loss" or "predict"'):
        to_jax(r, "gradient")


def test_mnist_in_jax(jax):
    "The lecture's network compiles in seconds (measured: 0.3 s on a free core), for scalars it never ended."
    import time

    r, batch = mnist()
    start = time.perf_counter()
    loss, gradients = through_jax(jax, r, batch)
    assert time.perf_counter() - start < 10  # a busy machine may take its time
    near(loss, r.loss_and_gradients(batch)[0])
    near(gradients, r.loss_and_gradients(batch)[1])


# ---- ONNX ------------------------------------------------------------------------------------------------------------


def through_onnx(x, batch, folder, dtype=float):
    "Written, read back and run by onnxruntime."
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    from micrograd_es.export import to_onnx

    to_onnx(x, folder / "model.onnx", dtype)
    options = runtime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    session = runtime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    return session.run(None, {"batch": batch.astype(dtype) if batch.dtype.kind == "f" else batch})[0]


@pytest.mark.parametrize("name", LAYERS)
def test_layers_in_onnx(name, tmp_path):
    "Layer by layer, for four samples and for one, in float64 and float32 (onnxruntime has no float64 convolution)."
    make, shape = LAYERS[name]
    module, batch = make(), np.random.default_rng(2).normal(size=(4, *shape))
    outputs, _ = eagerly(module, batch)
    if "conv" not in name:
        near(through_onnx(module, batch, tmp_path).ravel(), outputs)
    single = through_onnx(module, batch[:1], tmp_path, np.float32)
    assert single.dtype == np.float32
    near(single.ravel(), outputs[: len(outputs) // 4], 1e-5)


def test_embedding_in_onnx(tmp_path):
    embedding = nn.Embedding(5, 2)
    near(through_onnx(embedding, np.array([[3, 0]]), tmp_path)[0], [[v.data for v in embedding(i)] for i in (3, 0)])


def test_what_a_viewer_shows(tmp_path):
    "Few nodes, weights called as in nn.Sequential, a batch of any size, the shape of the answer."
    onnx = pytest.importorskip("onnx")
    from micrograd_es.export import to_onnx

    to_onnx(nn.MLP(3, [4, 2], act="tanh"), tmp_path / "mlp.onnx")
    graph = onnx.load(tmp_path / "mlp.onnx").graph
    assert [node.op_type for node in graph.node] == ["MatMul", "Add", "Tanh", "MatMul", "Add", "Identity"]
    assert [array.name for array in graph.initializer] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    sizes = [[d.dim_param or d.dim_value for d in x.type.tensor_type.shape.dim] for x in (*graph.input, *graph.output)]
    assert sizes == [["samples", 3], ["samples", 2]]


@pytest.mark.parametrize("make", NETWORKS)
def test_the_scalar_graph_in_onnx(make, tmp_path):
    "The very scalar graph, as its array program, for any number of samples."
    r, batch = made(make)
    near(through_onnx(r, batch, tmp_path), r.predict(batch))
    near(through_onnx(r, np.vstack([batch, batch]), tmp_path), r.predict(np.vstack([batch, batch])))


def test_random_graphs_in_onnx(tmp_path):
    "All rows of the table: 30 graphs."
    for seed in sampled(range(30), 3):
        r, batch = drawn(seed)
        near(through_onnx(r, batch, tmp_path), r.predict(batch))


def test_log1p_in_onnx(tmp_path):
    "ONNX has none; ours keeps its digits where 1 + x has none left, and its limits."
    x, one = Value(0.0), Value(1.0)
    xs = np.array([[-800.0], [-40.0], [-1e-3], [0.0], [3.0], [800.0]])
    answers = through_onnx(replay((one * x).softplus(), [x], [one]), xs, tmp_path)
    assert answers == pytest.approx(np.logaddexp(0, xs), rel=1e-14, abs=0)


def test_what_onnx_has_not(tmp_path):
    "A row that calls what ONNX lacks, and a module that has no counterpart: nothing is written."
    pytest.importorskip("onnx")
    from micrograd_es.engine import function
    from micrograd_es.export import to_onnx

    x, w = Value(0.5), Value(1.0)
    y = function("lgamma", lambda m, x: m.lgamma(x), lambda m, y, x: (1.0,))(w * x)
    with pytest.raises(TypeError, match="ONNX has no operation for lgamma"):
        to_onnx(replay(y, [x], [w]), tmp_path / "x.onnx")
    with pytest.raises(TypeError, match="RNN is not exported to ONNX layer by layer"):
        to_onnx(nn.RNN(1, 2, 1), tmp_path / "x.onnx")
    with pytest.raises(TypeError, match="Own has no counterpart in ONNX"):
        to_onnx(Own(), tmp_path / "x.onnx")
    assert list(tmp_path.iterdir()) == []


# ---- What is missing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "package, extra, name",
    [
        ("torch", "torch", "to_torch"),
        ("jax", "jax", "to_jax"),
        ("onnx", "onnx", "to_onnx"),
        ("safetensors", "safetensors", "save_safetensors"),
        ("distributed", "cluster", "Workers"),
        ("numpy", "fast", "to_torch"),
    ],
)
def test_a_missing_engine_is_named(package, extra, name):
    "And the extra that brings it."
    program = f"import sys; sys.modules['{package}'] = None\nfrom micrograd_es.export import {name}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert f'ImportError: {name} needs {package}: pip install "micrograd-es[{extra}]"' in done.stderr


def test_what_is_no_replay():
    pytest.importorskip("jax")
    from micrograd_es.export import to_jax

    with pytest.raises(TypeError, match="to_jax takes a replay"):
        to_jax(nn.MLP(2, [1]))
