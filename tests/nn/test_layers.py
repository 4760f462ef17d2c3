"""Layers beyond the perceptron: normalisation, dropout, convolution, recurrence, embedding, and what every Module can do.

Each against a plain loop over floats, or the lecture's numbers, and its gradients against finite differences.
"""

import itertools
import math
import random
import struct

import pytest

from micrograd_es import check
from micrograd_es.engine import Value, topological
from micrograd_es.nn import (
    MLP,
    RNN,
    BatchNorm,
    Conv1d,
    Conv2d,
    Dropout,
    Embedding,
    Layer,
    Module,
    Neuron,
    pool1d,
    pool2d,
    upsample1d,
    upsample2d,
)
from micrograd_es.saving import load, save

pytestmark = pytest.mark.usefixtures("seeded")


def floats(*shape):
    n, *rest = shape
    return [floats(*rest) if rest else random.uniform(-2, 2) for _ in range(n)]


def values(x):
    return [values(part) for part in x] if isinstance(x, list) else Value(x)


def flat(x):
    return [v for part in x for v in flat(part)] if isinstance(x, list) else [x]


def data(x):
    return [data(part) for part in x] if isinstance(x, list) else x.data


def mixture(x):
    "A random mixture of all the outputs: what to differentiate."
    return Value.sum(*[random.uniform(0.5, 2) * v for v in flat(x)])


# ---- Batch normalisation --------------------------------------------------------------------------------------------


def lectures_norm():
    "CSE471: x = 1, 2, 3, 4, γ = 1.5, β = 0.5, ε = 1e-5."
    norm, xs = BatchNorm(1), values([[1.0], [2.0], [3.0], [4.0]])
    norm.gamma[0].data, norm.beta[0].data = 1.5, 0.5
    return norm, xs, [row[0] for row in norm(xs)]


def test_batch_norm_of_the_lecture():
    "Forward and backward to all the digits given; the gradient of the inputs sums to 0, for a shift changes nothing."
    norm, xs, ys = lectures_norm()
    expected = [-1.51245312995339, -0.170817709984463, 1.17081770998446, 2.51245312995339]
    assert [y.data for y in ys] == pytest.approx(expected, rel=1e-13)
    Value.sum(*[dy * y for dy, y in zip((0.1, -0.2, 0.3, 0.4), ys)]).backward()
    dx = [x.grad for (x,) in xs]
    expected = [0.214659413265554, -0.375658668901124, 0.107331584907339, 0.0536676707282312]
    assert dx == pytest.approx(expected, rel=1e-12) and abs(sum(dx)) < 1e-15
    assert norm.gamma[0].grad == pytest.approx(0.626096529318833, rel=1e-13)
    assert norm.beta[0].grad == pytest.approx(0.6, rel=1e-15)


def test_batch_norm_normalises_each_feature():
    "Before γ and β: mean 0 and variance v / (v + ε), for features of any size; every gradient by differences."
    rows = [[1e-3 * a, 1e3 * b + 5e5, c] for a, b, c in floats(6, 3)]
    norm = BatchNorm(3)
    for column, raw in zip(zip(*data(norm(rows))), zip(*rows)):
        v = sum((x - sum(raw) / 6) ** 2 for x in raw) / 6
        assert abs(sum(column)) < 1e-9 and sum(y * y for y in column) / 6 == pytest.approx(v / (v + 1e-5), rel=1e-9)
    assert check(mixture(BatchNorm(2)(values(floats(4, 2))))).ok


def test_running_statistics():
    "From 0 and 1, a tenth of the way to the batch's mean and (biased) variance each time; in eval() they stay."
    norm, _, _ = lectures_norm()
    assert (norm.running_mean, norm.running_variance) == ([0.25], [pytest.approx(0.9 + 0.125, rel=1e-15)])
    norm([[1.0], [2.0], [3.0], [4.0]])
    assert norm.running_mean[0] == pytest.approx(0.475, rel=1e-15)
    for _ in range(200):
        norm([[1.0], [2.0], [3.0], [4.0]])
    assert (norm.running_mean[0], norm.running_variance[0]) == pytest.approx((2.5, 1.25), rel=1e-8)
    before = list(norm.running_mean)
    norm.eval()([[100.0]])
    assert norm.running_mean == before


def test_batch_norm_in_use():
    "The running statistics, example by example: one alone is welcome, and what else is in the batch does not matter."
    norm = BatchNorm(1)
    norm.running_mean[0], norm.running_variance[0], norm.gamma[0].data, norm.beta[0].data = 2.0, 4.0, 3.0, 1.0
    norm.eval()
    x = Value(5.0)
    ((alone,),) = norm([[x]])
    assert alone.data == pytest.approx(3 * (5 - 2) / math.sqrt(4 + 1e-5) + 1, rel=1e-14)
    assert norm([[x], [Value(-7.0)]])[0][0].data == alone.data and norm([]) == []
    alone.backward()
    assert x.grad == pytest.approx(3 / math.sqrt(4 + 1e-5), rel=1e-14)


@pytest.mark.parametrize("batch, message", [
    ([[1.0, 2.0]], "BatchNorm in training needs at least two examples, and was given 1"),
    ([], "BatchNorm in training needs at least two examples, and was given 0"),
    ([[1.0, 2.0], [1.0]], r"BatchNorm\(2\) takes a list of 2 inputs, and was given 1 of them"),
    ([1.0, 2.0], r"BatchNorm\(2\) takes a list of 2 inputs, and was given 1\.0"),
])  # fmt: skip
def test_batch_norm_refuses(batch, message):
    "Of one example the variance is 0, and nothing of it would be left; nothing is gathered from what is refused."
    norm = BatchNorm(2)
    with pytest.raises(ValueError, match=message):
        norm(batch)
    assert norm.running_mean == [0, 0] and norm.running_variance == [1, 1]


# ---- Dropout --------------------------------------------------------------------------------------------------------


def test_dropout_of_the_lecture():
    "h = 2, p = 1/4: 8/3 or 0, mean 2 and variance 4/3 within 4 standard errors of 10,000 masks."
    n, p, h = 10_000, 0.25, 2.0
    out = [v.data for v in Dropout(p, rng=random.Random(1))([Value(h)] * n)]
    assert set(out) == {0.0, h * (1 / 0.75)} and max(out) == pytest.approx(8 / 3, rel=1e-15)
    assert abs(sum(out) / n - h) < 4 * math.sqrt(p / (1 - p) / n) * h
    assert sum((x - h) ** 2 for x in out) / n == pytest.approx(4 / 3, rel=0.1)


def test_dropout_gradients():
    "1 / (1 - p) to what was kept, 0 to what was dropped."
    hs = values(floats(20))
    out = Dropout(0.5, rng=random.Random(2))(hs)
    Value.sum(*out).backward()
    assert [h.grad for h in hs] == [2.0 if v.data else 0.0 for v in out] and {h.grad for h in hs} == {0.0, 2.0}


def test_dropout_in_use():
    "Nothing happens, to the very nodes; with monte_carlo it goes on, and several answers differ."
    hs = values(floats(30))
    assert Dropout(0.9).eval()(hs) == hs
    doubtful = Dropout(0.5, rng=random.Random(3), monte_carlo=True).eval()
    answers = {Value.sum(*doubtful(hs)).data for _ in range(10)}
    assert len(answers) == 10
    assert [v.data for v in Dropout(0.0)(hs)] == [h.data for h in hs]


def test_masks_come_from_the_seed():
    "Of `random`, or of a generator of one's own."
    layer, hs = Dropout(0.5), values(floats(40))
    masks = []
    for _ in range(2):
        random.seed(9)
        masks.append(data(layer(hs)))
    assert masks[0] == masks[1] == data(Dropout(0.5, rng=random.Random(9))(hs)) != data(layer(hs))


@pytest.mark.parametrize("p", [1, 1.0, -0.1, 2, math.nan])
def test_dropout_refuses(p):
    "At p = 1, h / (1 - p) is 0/0."
    with pytest.raises(ValueError, match=rf"dropout with p = {p}: it must be at least 0 and less than 1"):
        Dropout(p)


# ---- Convolution ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stride, padding, n", [(1, 0, 7), (2, 0, 8), (1, 1, 7), (3, 2, 6), (1, 3, 1)])
def test_conv1d_is_a_plain_loop(stride, padding, n):
    "On a padded copy of the signal, over channels and taps; the kernel is not flipped."
    conv, signal = Conv1d(2, 3, 3, stride, padding), floats(2, n)
    padded = [[0.0] * padding + channel + [0.0] * padding for channel in signal]
    out = conv(values(signal))
    for o, t in itertools.product(range(3), range((n + 2 * padding - 3) // stride + 1)):
        expected = conv.b[o].data
        for c, k in itertools.product(range(2), range(3)):
            expected += conv.w[o][c][k].data * padded[c][t * stride + k]
        assert out[o][t].data == pytest.approx(expected, rel=1e-13)
    assert len(out) == 3 and {len(channel) for channel in out} == {(n + 2 * padding - 3) // stride + 1}
    assert check(mixture(out)).ok


@pytest.mark.parametrize("stride, padding", [(1, 0), (2, 1)])
def test_conv2d_is_a_plain_loop(stride, padding):
    "On an image that is no square."
    conv, image = Conv2d(2, 2, 3, stride, padding), floats(2, 4, 6)
    h, w = ((n + 2 * padding - 3) // stride + 1 for n in (4, 6))
    out = conv(values(image))
    assert (len(out), len(out[0]), len(out[0][0])) == (2, h, w)
    for o, i, j in itertools.product(range(2), range(h), range(w)):
        expected = conv.b[o].data
        for c, k, m in itertools.product(range(2), range(3), range(3)):
            y, x = i * stride + k - padding, j * stride + m - padding
            expected += conv.w[o][c][k][m].data * image[c][y][x] if 0 <= y < 4 and 0 <= x < 6 else 0
        assert out[o][i][j].data == pytest.approx(expected, rel=1e-13)
    assert check(mixture(out), *conv.parameters()).ok


def test_shared_weight_gradient_is_the_sum_over_positions():
    "One weight node at all five places; its gradient is what five separate weights would get together."
    conv, signal = Conv1d(1, 1, 2), floats(6)
    out = conv([signal])[0]
    weights = floats(5)
    Value.sum(*[c * v for c, v in zip(weights, out)]).backward()
    for k, w in enumerate(conv.w[0][0]):
        assert w.grad == pytest.approx(sum(c * signal[t + k] for t, c in enumerate(weights)), rel=1e-13)
    assert conv.b[0].grad == pytest.approx(sum(weights), rel=1e-14)
    assert len({id(p) for v in out for p in topological(v) if p in set(conv.parameters())}) == 3
    assert [name for name, _ in conv.named_parameters()] == ["w.0.0.0", "w.0.0.1", "b.0"]


def test_convolution_by_hand():
    "An edge detector sees the one step in the signal; with ReLU only where it rises."
    conv = Conv1d(1, 1, 2, act="relu")
    conv.w[0][0][0].data, conv.w[0][0][1].data = -1.0, 1.0
    assert data(conv([[0.0, 0.0, 3.0, 3.0, 1.0]])) == [[0.0, 3.0, 0.0, 0.0]]


def test_padding_makes_no_nodes():
    "What lies outside is not there, rather than there and 0: at the edge 2 products, in the middle 3."
    out = Conv1d(1, 1, 3, padding=1)(values([[1.0, 2.0, 3.0]]))[0]
    assert [len(v.parents) for v in out] == [3, 4, 3]


@pytest.mark.parametrize("call, message", [
    (lambda: Conv1d(1, 1, 3)([[1.0, 2.0]]), "a window of 3 does not fit into 2 values with padding 0"),
    (lambda: Conv2d(1, 1, 3, padding=1)([[[]]]), "a window of 3 does not fit into 0 values with padding 1"),
    (lambda: Conv1d(2, 1, 2)([[1.0, 2.0]]), r"Conv1d\(2, 1, 2\) takes a list of 2 inputs, and was given 1 of them"),
    (lambda: Conv2d(1, 1, 2)([]), r"Conv2d\(1, 1, 2\) takes a list of 1 inputs, and was given 0 of them"),
    (lambda: Conv1d(2, 1, 2)([[1.0, 2.0, 3.0], [1.0, 2.0]]), "takes a list of 3 inputs, and was given 2 of them"),
    (lambda: Conv1d(2, 1, 2)([[1.0, 2.0], [1.0, 2.0, 3.0]]), "takes a list of 2 inputs, and was given 3 of them"),
    (lambda: Conv2d(1, 1, 2)([[[1.0, 2.0], [1.0]]]), "takes a list of 2 inputs, and was given 1 of them"),
    (lambda: Conv2d(1, 1, 2)([[[1.0, 2.0], [1.0, 2.0, 3.0]]]), "takes a list of 2 inputs, and was given 3 of them"),
    (lambda: pool1d([[1.0, 2.0]], 3), "a window of 3 does not fit into 2 values with padding 0"),
    (lambda: pool2d([[[1.0, 2.0]]], 2), "a window of 2 does not fit into 1 values with padding 0"),
    (lambda: pool1d([[1.0, 2.0]], 2, "sum"), 'pooling by \'sum\': it is "max" or "mean"'),
])  # fmt: skip
def test_convolution_refuses(call, message):
    "What does not fit, and channels or rows of different lengths: the rest would be dropped, or read as 0, in silence."
    with pytest.raises(ValueError, match=message):
        call()


def test_pooling():
    "Neighbours of each channel; what is left over at the end is dropped; a gradient goes to the largest, or to all."
    signal = values([[1.0, 5.0, 2.0, -1.0, 9.0], [0.0, -2.0, -3.0, -3.5, 9.0]])
    assert data(pool1d(signal, 2)) == [[5.0, 2.0], [0.0, -3.0]] and data(pool1d(signal, 2, "mean"))[0] == [3.0, 0.5]
    image = values([[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 9.0, 9.0, 9.0]]])
    assert data(pool2d(image, 2)) == [[[6.0, 8.0]]] and data(pool2d(image, 2, "mean")) == [[[3.5, 5.5]]]
    Value.sum(*flat(pool2d(image, 2)), *flat(pool2d(image, 2, "mean"))).backward()
    assert [v.grad for v in image[0][1]] == [0.25, 1.25, 0.25, 1.25] and [v.grad for v in image[0][2]] == [0] * 4


def test_upsampling_shares_nodes():
    "The very same node, so its gradients add up; and pooling undoes it."
    signal, image = values(floats(2, 3)), values(floats(1, 2, 3))
    up, up2 = upsample1d(signal, 2), upsample2d(image, 2)
    assert up[1] == [v for v in signal[1] for _ in range(2)]
    assert up2[0][0] == up2[0][1] == [v for v in image[0][0] for _ in range(2)] and len(up2[0]) == 4
    Value.sum(*flat(up), *flat(up2)).backward()
    assert {v.grad for v in flat(signal)} == {2.0} and {v.grad for v in flat(image)} == {4.0}
    assert data(pool1d(up, 2)) == data(signal) and data(pool2d(up2, 2, "mean")) == data(image)


# ---- Sequences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden, nout", [(3, 2), (1, 1)])
def test_rnn_is_a_plain_loop(hidden, nout):
    "h ← tanh(W x + U h + b), y = V h + c; backward() is backpropagation through time, right for every weight."
    model, xs = RNN(2, hidden, nout), floats(4, 2)
    for p in model.parameters():
        p.data = random.uniform(-1, 1)
    h = [0.0] * hidden
    outputs = model(values(xs))
    for x, out in zip(xs, outputs):
        h = [math.tanh(n.b.data + sum(w.data * v for w, v in zip(n.w, x + h))) for n in model.hidden.neurons]
        expected = [n.b.data + sum(w.data * v for w, v in zip(n.w, h)) for n in model.out.neurons]
        assert [v.data for v in out] == pytest.approx(expected, rel=1e-13)
    assert check(mixture(outputs)).ok


def test_rnn_shares_its_weights():
    "Forty steps deep, the same (2+3+1)·3 + (3+1)·1 = 22 parameters; and the first input moves the last output."
    model = RNN(2, 3, 1)
    xs = values(floats(40, 2))
    leaves = {v for v in topological(model(xs)[-1][0]) if v in set(model.parameters())}
    assert len(model.parameters()) == len(leaves) == 22
    model(xs[:5])[-1][0].backward()
    assert xs[0][0].grad != 0 and xs[5][0].grad == 0 and model([]) == []


def test_rnn_refuses():
    "An input of the wrong length, at whatever step, and a bare number."
    for xs, given in (([[1.0, 2.0], [1.0]], "1 of them"), ([0.5], "0.5"), ([[1.0, 2.0, 3.0]], "3 of them")):
        with pytest.raises(ValueError, match=rf"RNN\(2, 3, 1\) takes a list of 2 inputs, and was given {given}"):
            RNN(2, 3, 1)(xs)


def test_embedding():
    "The vector's own nodes: what comes twice is moved twice; a number that is no symbol's is an IndexError, -1 too."
    table = Embedding(3, 2)
    (Value.sum(*table(1)) + Value.sum(*table(1)) + table(2)[0]).backward()
    assert table(1) is table.vectors[1] and [[v.grad for v in row] for row in table.vectors] == [[0, 0], [2, 2], [1, 0]]
    assert [name for name, _ in table.named_parameters()][:3] == ["vectors.0.0", "vectors.0.1", "vectors.1.0"]
    for i in (3, -1, 100):
        with pytest.raises(IndexError, match=f"Embedding has the symbols 0 to 2, not {i}"):
            table(i)
    with pytest.raises(TypeError):
        table("a")


# ---- What every module can do ---------------------------------------------------------------------------------------


class Everything(Module):
    "One of each, in attributes, lists, and lists of lists; with one weight in two places."

    def __init__(self):
        self.conv = Conv1d(1, 2, 3, padding=1, act="tanh")
        self.blocks = [[Layer(2, 3, act="tanh"), BatchNorm(3)], [Dropout(0.5), RNN(3, 2, 1)]]
        self.table = Embedding(2, 3)
        self.scale = Value(0.5)
        self.heads = (MLP(3, [2, 1]), Neuron(2))
        self.tied = self.heads[1].w[0]
        self.name, self.settings = "everything", {"ignored": Value(1.0)}

    def __call__(self, signals):
        (layer, norm), (dropout, rnn) = self.blocks
        rows = [[channel[0] for channel in self.conv(signal)] for signal in signals]
        rows = [dropout(row) for row in norm([layer(row) for row in rows])]
        vector = [a * self.scale + b for a, b in zip(rows[0], self.table(1))]
        return [self.heads[0](vector), self.heads[1]([self.tied, rnn(rows)[-1][0]])]


SIGNALS = [[[0.1, -0.4, 0.3]], [[1.0, 0.2, 0.0]], [[-0.5, 0.5, 0.9]]]


def test_named_parameters():
    "Each once, by the way to it, in the order of the attributes; what is no Value, Module or list is none."
    model = Everything()
    names = [name for name, _ in model.named_parameters()]
    assert names[:3] == ["conv.w.0.0.0", "conv.w.0.0.1", "conv.w.0.0.2"] and len(set(names)) == len(names)
    for name in ("blocks.0.0.neurons.2.b", "blocks.0.1.gamma.1", "blocks.1.1.hidden.neurons.0.w.4", "table.vectors.1.2",
                 "scale", "heads.0.layers.1.neurons.0.b", "heads.1.w.0"):  # fmt: skip
        assert name in names
        x = model
        for key in name.split("."):
            x = x[int(key)] if isinstance(x, list | tuple) else getattr(x, key)
        assert x is dict(model.named_parameters())[name]
    assert "tied" not in names and not any("settings" in name for name in names)
    assert model.parameters() == [p for _, p in model.named_parameters()] and len(names) == len(set(model.parameters()))


def test_gradients_through_everything():
    "Convolution, layer, batch norm, recurrence, embedding and perceptron in one graph, against finite differences."
    model = Everything()
    model.blocks[1][0].eval()
    model.tied.data, model.heads[1].w[1].data, model.heads[1].b.data = 0.7, 0.6, 2.0  # away from the kink of its ReLU
    out = mixture(model(SIGNALS))
    result = check(out, *model.parameters())
    assert result.ok and sum(row.gradient != 0 for row in result) > 30


def test_train_and_eval():
    "Reach every module, however deep, and answer the module itself."
    model = Everything()
    assert model.training and model.eval() is model
    inside = list(model.modules())
    assert inside[0] is model and {type(m) for m in inside} >= {Conv1d, BatchNorm, Dropout, RNN, Embedding, MLP, Neuron}
    assert not any(m.training for m in inside)
    first, second = (data(model(SIGNALS)) for _ in range(2))
    assert first == second
    assert all(m.training for m in model.train().modules())
    assert len({model(SIGNALS)[0].data for _ in range(20)}) > 1
    assert Module.training and not model.train(False).training


def test_zero_grad():
    model = Everything()
    mixture(model(SIGNALS)).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())


def test_summary():
    "A line for each part, in lists of lists too, whose counts add up to the total (a tied weight counts once there)."
    model = Everything()
    lines = model.summary().splitlines()
    names = ["conv", "blocks.0.0", "blocks.0.1", "blocks.1.0", "blocks.1.1", "table", "heads.0", "heads.1", "total"]
    assert [line.split()[0] for line in lines] == names
    counts = [int(line.split()[-1].replace(",", "")) for line in lines]
    assert counts[:-1] == [8, 9, 6, 0, 15, 6, 11, 3] and counts[-1] == sum(counts[:-1]) + 1 == len(model.parameters())
    assert len({len(line) for line in lines}) == 1
    assert Neuron(2).summary().split() == ["ReLUNeuron(2)", "3", "total", "3"] and Module().summary().split()[-1] == "0"


def test_named_buffers():
    "Batch norm's statistics, from wherever it stands: the lists themselves."
    model = Everything()
    norm = model.blocks[0][1]
    buffers = dict(model.named_buffers())
    assert list(buffers) == ["blocks.0.1.running_mean", "blocks.0.1.running_variance"]
    assert buffers["blocks.0.1.running_mean"] is norm.running_mean
    assert [name for name, _ in norm.named_buffers()] == ["running_mean", "running_variance"]
    assert list(MLP(2, [2]).named_buffers()) == []


# ---- Saving ---------------------------------------------------------------------------------------------------------


def bits(model):
    numbers = [p.data for p in model.parameters()] + [x for _, xs in model.named_buffers() for x in xs]
    return struct.pack(f"{len(numbers)}d", *numbers)


def test_save_and_load(tmp_path):
    "A trained model of everything comes back to the bit, statistics too, and answers with the same bits."
    model, other = Everything(), Everything()
    for _ in range(3):
        mixture(model(SIGNALS)).backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad
    assert bits(model) != bits(other) and dict(model.named_buffers()) != dict(other.named_buffers())
    save(model, tmp_path / "model.json")
    load(other, tmp_path / "model.json")
    assert bits(other) == bits(model) and other.tied is other.heads[1].w[0]
    assert data(other.eval()(SIGNALS)) == data(model.eval()(SIGNALS))
    assert other.blocks[0][1].running_mean is dict(other.named_buffers())["blocks.0.1.running_mean"]


@pytest.mark.parametrize("a, b, message", [
    (lambda: MLP(2, [3, 1]), lambda: MLP(2, [4, 1]), "the file lacks layers.0.neurons.3.w.0"),
    (lambda: MLP(2, [3, 1]), lambda: MLP(2, [3]), "the module lacks layers.1.neurons.0.w.0"),
    (lambda: BatchNorm(2), lambda: Embedding(2, 2), "another model"),
])  # fmt: skip
def test_another_model_is_refused(a, b, message, tmp_path):
    "And nothing of it is changed."
    model = b()
    before = bits(model)
    save(a(), tmp_path / "model.json")
    with pytest.raises(ValueError, match=message):
        load(model, tmp_path / "model.json")
    assert bits(model) == before


def test_activation_is_not_saved(tmp_path):
    "Numbers only: a sigmoid network's file fits a tanh network of the same shape, as the docstring of saving says."
    model, other = MLP(2, [2, 1], act="sigmoid"), MLP(2, [2, 1], act="tanh")
    save(model, tmp_path / "m")
    load(other, tmp_path / "m")
    assert bits(model) == bits(other) and model([1.0, 2.0]).data != other([1.0, 2.0]).data


# ---- Sizes -----------------------------------------------------------------------------------------------------------


def test_initialisers_are_told_how_many_come_in_and_go_out():
    "Of a convolution: channels times the area of its kernel; of a neuron by itself: one comes out."
    told = set()
    Conv2d(3, 5, 2, init=lambda nin, nout: told.add((nin, nout)) or 0.0)
    Conv1d(3, 5, 4, init=lambda nin, nout: told.add((nin, nout)) or 0.0)
    assert told == {(12, 20)}
    told.clear()
    Neuron(7, init=lambda nin, nout: told.add((nin, nout)) or 0.0)
    assert told == {(7, 1)}


def test_batch_norm_of_two():
    "Two examples are enough: they become -1 and 1."
    (low,), (high,) = BatchNorm(1, eps=0.0)([[Value(3.0)], [Value(5.0)]])
    assert (low.data, high.data) == (-1, 1)


def test_a_convolution_as_it_comes():
    "Stride 1, no padding, biases of 0; with padding, what lies outside counts as nothing, on every side."
    layer = Conv2d(1, 1, 2, init=lambda nin, nout: 1.0)
    image = [[[Value(3 * i + j + 1.0) for j in range(3)] for i in range(2)]]
    assert [[v.data for v in row] for row in layer(image)[0]] == [[12, 16]] and layer.b[0].data == 0
    padded = Conv2d(1, 1, 2, padding=1, init=lambda nin, nout: 1.0)(image)[0]
    assert [[v.data for v in row] for row in padded] == [[1, 3, 5, 3], [5, 12, 16, 9], [4, 9, 11, 6]]


def test_the_first_vector_of_an_embedding():
    "They count from 0."
    layer = Embedding(3, 2)
    assert layer(0) == layer.vectors[0] and layer(2) == layer.vectors[2]
