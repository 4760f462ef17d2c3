"""Every layer, loss and optimiser against PyTorch in float64: the number and every gradient, to 1e-12 of the largest.

Where PyTorch is missing, nn/test_layers.py and test_losses.py hold the same gradients against finite differences.
"""

import random
from functools import partial

import pytest

from micrograd_es import nn
from micrograd_es.engine import Value
from micrograd_es.losses import (
    bce,
    bce_with_logits,
    categorical_cross_entropy,
    cross_entropy,
    cross_entropy_with_logits,
    half_squared,
    hinge,
    kl_divergence,
    l1,
    l2,
    mae,
    max_margin,
    mse,
    nll,
    quadratic,
)
from micrograd_es.nn import MLP, RNN, BatchNorm, Conv1d, Conv2d, Embedding
from micrograd_es.nn.functional import gelu, leaky_relu, sigmoid, softmax, swish
from micrograd_es.optim import SGD, Adam, AdamW, cosine

torch = pytest.importorskip("torch")
F = torch.nn.functional


pytestmark = pytest.mark.usefixtures("seeded")


# ---- The comparison -------------------------------------------------------------------------------------------------


def values(*shape, low=-2.0, high=2.0):
    "Nested lists of random Values."
    n, *rest = shape
    return [values(*rest, low=low, high=high) if rest else Value(random.uniform(low, high)) for _ in range(n)]


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, list | tuple) else [x]


def numbers(x):
    return [numbers(part) for part in x] if isinstance(x, list | tuple) else x.data


def tensor(x):
    "The same numbers for PyTorch, as a leaf."
    return torch.tensor(numbers(x), dtype=torch.float64, requires_grad=True)


def near(ours, theirs):
    "Equal to 1e-12 of the largest."
    theirs = theirs.detach().flatten().tolist()
    size = max(map(abs, theirs))
    return len(ours) == len(theirs) and all(abs(a - b) <= 1e-12 * size for a, b in zip(ours, theirs))


def compare(ours, theirs, *leaves):
    "Their function of tensors and ours of Values: every output, and the gradient of a random mixture of them."
    tensors = [tensor(leaf) for leaf in leaves]
    out, expected = ours(*leaves), theirs(*tensors)
    outputs = flat(out)
    assert near([v.data for v in outputs], expected)
    weights = [random.uniform(0.5, 2) for _ in outputs]
    Value.sum(*[c * v for c, v in zip(weights, outputs)]).backward()
    (expected.flatten() * torch.tensor(weights, dtype=torch.float64)).sum().backward()
    for leaf, t in zip(leaves, tensors):
        assert near([v.grad for v in flat(leaf)], t.grad)


# ---- Perceptrons ----------------------------------------------------------------------------------------------------

ACTIVATIONS = {
    "linear": ("linear", lambda z: z),
    "relu": ("relu", torch.relu),
    "tanh": ("tanh", torch.tanh),
    "sigmoid": ("sigmoid", torch.sigmoid),
    "sigmoid(λ = 2)": (partial(sigmoid, lam=2.0), lambda z: torch.sigmoid(2 * z)),
    "softplus": ("softplus", F.softplus),
    "leaky_relu": ("leaky_relu", F.leaky_relu),
    "leaky_relu(0.2)": (partial(leaky_relu, slope=0.2), lambda z: F.leaky_relu(z, 0.2)),
    "swish": ("swish", F.silu),
    "swish(β = 1.5)": (partial(swish, beta=1.5), lambda z: z * torch.sigmoid(1.5 * z)),
    "gelu": ("gelu", lambda z: F.gelu(z, approximate="tanh")),
    "cos": ("cos", torch.cos),
    "sin": ("sin", torch.sin),
}


@pytest.mark.parametrize("last", ["linear", "softmax"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_mlp(name, last):
    "3-4-1-3: a layer of one in the middle, every activation, softmax at the end."
    act, theirs = ACTIVATIONS[name]
    model = MLP(3, [4, 1, 3], act=act, last=last, bias=nn.init.uniform)
    parts = [([n.w for n in layer.neurons], [n.b for n in layer.neurons]) for layer in model.layers]

    def network(x, *flat_parts):
        for i in range(3):
            x = F.linear(x, flat_parts[2 * i], flat_parts[2 * i + 1])
            x = theirs(x) if i < 2 else torch.softmax(x, -1) if last == "softmax" else x
        return x

    compare(lambda x, *_: model(x), network, values(3), *[part for layer in parts for part in layer])


# ---- Layers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(training):
    "Five examples of three features; the gradient flows through mean and variance in training, not in use."
    norm = BatchNorm(3)
    norm.gamma, norm.beta = values(3), values(3)
    norm.running_mean, norm.running_variance = [0.5, -0.1, 0.0], [2.0, 0.7, 1.3]
    norm.train(training)
    mean, variance = (torch.tensor(x, dtype=torch.float64) for x in (norm.running_mean, norm.running_variance))

    def theirs(x, gamma, beta):
        return F.batch_norm(x, mean, variance, gamma, beta, training=training, momentum=0.1, eps=1e-5)

    before = list(norm.running_variance)
    compare(lambda x, *_: norm(x), theirs, values(5, 3), norm.gamma, norm.beta)
    assert near(norm.running_mean, mean)
    # PyTorch gathers the unbiased variance, n/(n-1) of ours (the slide's): what was added is 5/4 of what we added.
    added = [(a - 0.9 * b) * 5 / 4 + 0.9 * b if training else a for a, b in zip(norm.running_variance, before)]
    assert near(added, variance)


@pytest.mark.parametrize("stride, padding", [(1, 0), (2, 0), (1, 1), (2, 2), (3, 1), (1, 4)])
def test_conv1d(stride, padding):
    conv = Conv1d(2, 3, 3, stride, padding)
    compare(
        lambda x, *_: conv(x),
        lambda x, w, b: F.conv1d(x[None], w, b, stride, padding),
        values(2, 8), conv.w, conv.b,
    )  # fmt: skip


@pytest.mark.parametrize("stride, padding", [(1, 0), (2, 0), (1, 1), (2, 2), (3, 1)])
def test_conv2d(stride, padding):
    "On an image that is no square, through an activation."
    conv = Conv2d(2, 2, 3, stride, padding, act="tanh")
    compare(
        lambda x, *_: conv(x),
        lambda x, w, b: torch.tanh(F.conv2d(x[None], w, b, stride, padding)),
        values(2, 5, 6), conv.w, conv.b,
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pooling_and_upsampling(size):
    "Max and mean, with something left over at the end, and the way back up."
    for ours, theirs, shape in (
        (partial(nn.pool1d, size=size), lambda x: F.max_pool1d(x, size), (2, 7)),
        (partial(nn.pool1d, size=size, kind="mean"), lambda x: F.avg_pool1d(x, size), (2, 7)),
        (partial(nn.pool2d, size=size), lambda x: F.max_pool2d(x, size), (2, 5, 7)),
        (partial(nn.pool2d, size=size, kind="mean"), lambda x: F.avg_pool2d(x, size), (2, 5, 7)),
        (partial(nn.upsample1d, times=size), lambda x: F.interpolate(x[None], scale_factor=size)[0], (2, 3)),
        (partial(nn.upsample2d, times=size), lambda x: F.interpolate(x[None], scale_factor=size)[0], (2, 3, 2)),
    ):
        compare(ours, theirs, values(*shape))


@pytest.mark.parametrize("act", ["tanh", "relu"])
@pytest.mark.parametrize("hidden", [1, 3])
def test_rnn(act, hidden):
    "Five steps of backpropagation through time, against torch.nn.RNN and a linear layer."
    model = RNN(2, hidden, 2, act=act)
    for p in model.parameters():
        p.data = random.uniform(-1, 1)
    neurons, out = model.hidden.neurons, model.out.neurons

    def theirs(x, w, b, v, c):
        rnn = torch.nn.RNN(2, hidden, nonlinearity=act, dtype=torch.float64)
        own = {"weight_ih_l0": w[:, :2], "weight_hh_l0": w[:, 2:], "bias_ih_l0": b, "bias_hh_l0": 0 * b}
        return torch.func.functional_call(rnn, own, (x,))[0] @ v.T + c

    leaves = [n.w for n in neurons], [n.b for n in neurons], [n.w for n in out], [n.b for n in out]
    compare(lambda x, *_: model(x), theirs, values(5, 2), *leaves)


def test_embedding():
    "A symbol that comes twice gets both gradients; one that does not come, none."
    table = Embedding(4, 3)
    compare(lambda _: [table(i) for i in (2, 0, 2)], lambda t: F.embedding(torch.tensor([2, 0, 2]), t), table.vectors)


def test_dropout():
    "With its own mask: kept values are scaled by 1 / (1 - p), dropped ones get no gradient."
    layer = nn.Dropout(0.4, rng=random.Random(1))
    rng = random.Random(1)
    mask = torch.tensor([(rng.random() >= 0.4) / 0.6 for _ in range(12)], dtype=torch.float64)
    compare(layer, lambda x: x * mask, values(12))


def test_softmax():
    "Of moderate scores: in saturation 1 - a cancels in both libraries (the losses from logits are made for that)."
    compare(softmax, lambda z: torch.softmax(z, -1), values(5, low=-3, high=3))
    compare(lambda z: [gelu(v) for v in z], lambda z: F.gelu(z, approximate="tanh"), values(6, low=-5, high=5))


# ---- Losses ---------------------------------------------------------------------------------------------------------


def d(*xs):
    return torch.tensor(xs, dtype=torch.float64)


LABEL = [0.1, 0.2, 0.3, 0.4]
BITS = 1 / torch.log(d(2.0))[0]
LOSSES = {  # ours and theirs, of four scores
    "half_squared": (lambda z: half_squared(z[0], z[1]), lambda z: F.mse_loss(z[0], z[1]) / 2),
    "mse": (lambda z: mse(z, LABEL), lambda z: F.mse_loss(z, d(*LABEL))),
    "mae": (lambda z: mae(z, LABEL), lambda z: F.l1_loss(z, d(*LABEL))),
    "quadratic": (lambda z: quadratic(z, LABEL), lambda z: F.mse_loss(z, d(*LABEL), reduction="sum") / 2),
    "bce of 1": (lambda z: bce(z[0].sigmoid(), 1), lambda z: F.binary_cross_entropy(torch.sigmoid(z[0]), d(1)[0])),
    "bce, soft": (
        lambda z: bce(z[0].sigmoid(), z[1].sigmoid()),
        lambda z: F.binary_cross_entropy(torch.sigmoid(z[0]), torch.sigmoid(z[1])),
    ),
    "bce_with_logits of 0": (
        lambda z: bce_with_logits(z[0], 0),
        lambda z: F.binary_cross_entropy_with_logits(z[0], d(0)[0]),
    ),
    "bce_with_logits, soft": (
        lambda z: [bce_with_logits(a, y) for a, y in zip(z, LABEL)],
        lambda z: F.binary_cross_entropy_with_logits(z, d(*LABEL), reduction="none"),
    ),
    "categorical": (
        lambda z: categorical_cross_entropy(softmax(z), 3),
        lambda z: F.cross_entropy(z, torch.tensor(3)),
    ),
    "categorical, soft": (
        lambda z: categorical_cross_entropy(softmax(z), LABEL),
        lambda z: F.cross_entropy(z, d(*LABEL)),
    ),
    "nll": (lambda z: nll(softmax(z), 2), lambda z: F.nll_loss(F.log_softmax(z, -1)[None], torch.tensor([2]))),
    "cross_entropy_with_logits": (
        lambda z: [cross_entropy_with_logits(z, k) for k in range(4)],
        lambda z: F.cross_entropy(z.expand(4, 4), torch.arange(4), reduction="none"),
    ),
    "cross_entropy_with_logits, soft": (
        lambda z: cross_entropy_with_logits(z, LABEL),
        lambda z: F.cross_entropy(z, d(*LABEL)),
    ),
    "cross_entropy_with_logits, smoothed": (
        lambda z: cross_entropy_with_logits(z, [0.025, 0.925, 0.025, 0.025]),
        lambda z: F.cross_entropy(z, torch.tensor(1), label_smoothing=0.1),
    ),
    "cross_entropy, bits": (
        lambda z: cross_entropy(LABEL, softmax(z)),
        lambda z: F.cross_entropy(z, d(*LABEL)) * BITS,
    ),
    "kl_divergence": (
        lambda z: kl_divergence(LABEL, softmax(z)),
        lambda z: F.kl_div(F.log_softmax(z, -1), d(*LABEL), reduction="sum") * BITS,
    ),
    "kl_divergence of both": (
        lambda z: kl_divergence(softmax(z[:2]), softmax(z[2:])),
        lambda z: F.kl_div(*[F.log_softmax(s, -1) for s in (z[2:], z[:2])], reduction="sum", log_target=True) * BITS,
    ),
    "hinge": (
        lambda z: hinge(z, 1),
        lambda z: 4 * F.multi_margin_loss(z[None], torch.tensor([1])),
    ),
    "hinge, Δ = 3": (
        lambda z: hinge(z, 2, delta=3),
        lambda z: 4 * F.multi_margin_loss(z[None], torch.tensor([2]), margin=3.0),
    ),
    "max_margin": (
        lambda z: [max_margin(z[0], 1), max_margin(z[1], -1)],
        lambda z: torch.relu(1 - z[:2] * d(1, -1)),
    ),
    "l1": (lambda z: l1(z, 0.3), lambda z: 0.3 * z.abs().sum()),
    "l2": (lambda z: l2(z, 0.3), lambda z: 0.3 * (z * z).sum()),
}


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    for _ in range(5):
        compare(*LOSSES[name], values(4, low=-4, high=4))


# ---- Optimisers -----------------------------------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": (SGD, torch.optim.SGD, {}),
    "momentum": (SGD, torch.optim.SGD, {"momentum": 0.9}),
    "momentum and decay": (SGD, torch.optim.SGD, {"momentum": 0.5, "weight_decay": 0.1}),
    "Adam": (Adam, torch.optim.Adam, {}),
    "Adam and decay": (Adam, torch.optim.Adam, {"betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1}),
    "AdamW": (AdamW, torch.optim.AdamW, {}),
    "AdamW and decay": (AdamW, torch.optim.AdamW, {"betas": (0.8, 0.9), "weight_decay": 0.2}),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_twenty_steps(name):
    "On five parameters of a bent valley, each step of twenty; the learning rate constant, then along a cosine."
    ours, theirs, options = OPTIMIZERS[name]
    for schedule in (lambda t: 0.02, cosine(0.05, 0.001, 20)):
        w = values(5)
        t = tensor(w)
        mine, other = ours(w, lr=schedule, **options), theirs([t], lr=1.0, **options)

        def valley(x):
            return sum((x[i + 1] - x[i] * x[i]) ** 2 + (1 - x[i]) ** 2 for i in range(4))

        for step in range(20):
            other.param_groups[0]["lr"] = schedule(step)
            for optimizer, loss in ((mine, valley(w)), (other, valley(t))):
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            assert near([v.data for v in w], t)


def test_defaults_are_pytorchs():
    "Adam's and AdamW's: who changes the import keeps the numbers."
    t = [torch.zeros(1, requires_grad=True)]
    for ours, theirs in ((Adam, torch.optim.Adam), (AdamW, torch.optim.AdamW)):
        mine, group = ours([Value(0.0)]), theirs(t).param_groups[0]
        assert (mine.lr, mine.betas, mine.eps, mine.weight_decay) == tuple(
            group[key] for key in ("lr", "betas", "eps", "weight_decay"))  # fmt: skip
