"""Graphs of every kind, by name: GRAPHS[name]() answers a Graph, made anew and always the same.

Nothing in here looks behind the public names, so the modules there may move.
"""

import math
import random
from collections.abc import Callable
from functools import partial, wraps
from typing import NamedTuple

from micrograd_es import Value, argmax, dot, gelu, label_locals, leaky_relu, losses, mean, nn, softmax, swish
from micrograd_es.calculus import TABLE


class Graph(NamedTuple):
    "A root, the leaves that a sample of data has numbers for, and the leaves that training changes."

    root: Value
    inputs: list[Value]
    parameters: list[Value]

    @property
    def leaves(self):
        "Two of them, of both kinds if there are both."
        return (self.inputs[:1] + self.parameters[:1] + self.inputs[1:] + self.parameters[1:])[:2]


GRAPHS: dict[str, Callable[[], Graph]] = {}


def add(name, make, *given):
    "Into the corpus, with weights that are drawn anew in the same way each time."

    @wraps(make)
    def again():
        random.seed(name)
        return Graph(*make(*given))

    assert name not in GRAPHS
    GRAPHS[name] = again


def graph(make):
    "A builder, in the corpus under its own name."
    add(make.__name__, make)
    return make


def values(name, *numbers):
    return [Value(number, label=f"{name}{i}") for i, number in enumerate(numbers, 1)]


def wave(name, count, step=1.7):
    "Inputs that are no special numbers."
    return values(name, *(math.sin(step * i) for i in range(1, count + 1)))


# ---- By hand ---------------------------------------------------------------------------------------------------------


@graph
def slide():
    x, w, y = Value(1.0), Value(1.0), Value(2.0)
    loss = (x * w - y) ** 2
    label_locals()
    return loss, [x, y], [w]


@graph
def slide_without_labels():
    x, w, y = Value(1.0), Value(1.0), Value(2.0)
    return (x * w - y) ** 2, [x, y], [w]


@graph
def product():
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    return x * w, [x], [w]


@graph
def leaf_alone():
    x = Value(0.1, label="x")
    return x, [x], []


@graph
def square_as_product():
    a = Value(-1.5, label="a")
    return a * a, [a], []


@graph
def diamonds():
    x, w = Value(0.5), Value(-0.25)
    a = x * w
    b = a + a
    c = b * b + a
    d = c * b + x
    label_locals()
    return d.tanh() * c, [x], [w]


@graph
def many_ways():
    x = y = Value(0.9, label="x")
    for _ in range(12):
        y = y * 0.5 + y
    return y, [x], []


@graph
def constants_everywhere():
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    y = 2 * x + 3 - (1 / w) * 0 + 1e-30 * x + 1e30 - 1e30
    return (y / 7 - 0.1) ** 2 * -1 + Value.maximum(x, 0, 0.5) + Value.sum(w, 2, 2) + 2**x, [x], [w]


@graph
def ties():
    a, b, z = Value(1.0), Value(1.0), Value(0.0)
    least = Value.minimum(a, b, 1)
    y = z.relu() + abs(z) + Value.maximum(a, b) + Value.maximum(a, a, b) * least + leaky_relu(z) + (a - b).relu()
    label_locals()
    return y, [a, b], [z]


@graph
def saturated():
    x, w = Value(20.0), Value(1.0)
    h = (x * w).tanh()
    y = h + (x * w * -40).sigmoid() + (x * 2).softplus() + (x * w - 900).exp()
    label_locals()
    return y, [x], [w]


@graph
def blocked():
    x, w = Value(-2.0), Value(3.0)
    h = (x * w).relu()
    y = h * 5 + 1
    label_locals()
    return y, [x], [w]


@graph
def not_finite():
    x, zero, w = Value(-1.0), Value(0.0), Value(2.0)
    born = zero.log() + x.log() * w
    y = born + 1 / zero - (w * 1000).exp() * 0 + x**0.5 + zero**-1
    label_locals()
    return y, [x, zero], [w]


@graph
def log_of_zero():
    x, p = Value(2.0, label="x"), Value(0.0, label="p")
    return -(p.log() * x), [x], [p]


@graph
def log_of_minus_one():
    x, p = Value(2.0, label="x"), Value(-1.0, label="p")
    return -(p.log() * x), [x], [p]


def cube(x, told):
    "A node made by hand, that may tell its gradient."
    y = Value(x.data**3, (x,), "cube")

    def _backward():
        x.grad += 3 * x.data**2 * y.grad

    if told:
        y._backward = _backward
    return y


@graph
def made_by_hand():
    x, w = Value(2.0, label="x"), Value(0.5, label="w")
    return cube(x * w, told=True) + w, [x], [w]


@graph
def made_by_hand_without_backward():
    x, w = Value(2.0, label="x"), Value(0.5, label="w")
    return cube(x * w, told=False) + w, [x], [w]


LABELS = [
    "a{b}|c", "<b>&amp;\"'", "x", "x", "x", "v₁", "out", "w_1^2$%#~\\", "температура", "🙂", "two\nlines",
    "\u202ey\u202c", "d_x", "lambda", "math", "-1", "__proto__", "</script>", "*bold*`", "ŷ", "e\u0301",
    " ", "A very long label " * 5,
]  # fmt: skip


@graph
def students_labels():
    "Braces, markup, letters of all kinds, words that mean something, and equal labels."
    xs = [Value(0.5 + 0.125 * i, label=label) for i, label in enumerate(LABELS)]
    y = Value.sum(*[a * b for a, b in zip(xs, xs[1:])]) - Value(1.0, label="y{0}")
    y.label = "loss</title>"
    return y * xs[0], xs[:12], xs[12:]


@graph
def one_strange_label():
    x, w = Value(1.0, label="x{1}|<y>"), Value(2.0, label="x{1}|<y>")
    return (x * w).tanh(), [x], [w]


@graph
def chain_of_60():
    x, w = Value(0.7, label="x"), Value(0.9, label="w")
    y = x
    for i in range(30):
        y = [y.tanh, y.sin, y.exp, y.softplus, y.cos][i % 5]() * w
    return y, [x], [w]


@graph
def functions():
    x, w, b = Value(-0.6), Value(1.25), Value(0.3)
    z = w * x + b
    y = gelu(z) + swish(z, 1.5) + leaky_relu(z) + mean([z, x, 2.0 * w]) + dot([z, w], [b, x])
    label_locals()
    return y, [x], [w, b]


# ---- Every row of the table alone ------------------------------------------------------------------------------------


def rows():
    "Every row of the table, by its name: what one calls on Values."
    return dict(sorted(TABLE.methods.items()))


def applied(row, xs):
    "The row of as many of these as it takes: of three, if it takes any number of them."
    for count in (3, 1, 2):
        try:
            return row(*xs[:count]), xs[:count]
        except TypeError:
            pass
    raise TypeError(f"{row} takes neither one nor two nor three")


def alone(row, numbers):
    y, (x, *rest) = applied(row, [Value(number, label=name) for number, name in zip(numbers, "abc")])
    return y, [x], rest


POINTS = {"inside": (0.7, 1.3, 2.1), "below 0": (-0.7, 1.3, -2.1), "at 0": (0.0, 0.0, 0.0)}
for place, numbers in POINTS.items():
    for name, row in rows().items():
        add(f"row {name} {place}", alone, row, numbers)
    for n in (2, -1, 0.5, 0, 3):
        add(f"row power {n} {place}", alone, partial(lambda n, x: x**n, n), numbers)


# ---- Networks and losses ---------------------------------------------------------------------------------------------


@graph
def softmax_cross_entropy():
    z = values("z", 3.2, 5.1, -1.7)
    return losses.cross_entropy_with_logits(z, 0), [], z


@graph
def softmax_cross_entropy_of_soft_labels():
    z = values("z", 3.2, 5.1, -1.7)
    return losses.cross_entropy_with_logits(z, [0.25, 0.75, 0.0]), [], z


@graph
def softmax_cross_entropy_by_hand():
    z = values("z", 3.2, 5.1, -1.7)
    es = [x.exp() for x in z]
    total = es[0] + es[1] + es[2]
    p = es[0] / total
    loss = -p.log()
    label_locals()
    return loss, [], z


@graph
def softmax_of_three():
    z = values("z", 0.1, 0.7, 0.2)
    return softmax(z)[argmax(z)], [], z


LOSSES = {
    "squared": lambda p, q: losses.squared(p[0], q[0]),
    "half_squared": lambda p, q: losses.half_squared(p[0], q[0]),
    "mse": losses.mse,
    "mae": losses.mae,
    "quadratic": losses.quadratic,
    "bce": lambda p, q: losses.bce(p[0], q[0]),
    "bce_with_logits": lambda p, q: losses.bce_with_logits(p[0] - 3, q[0]),
    "nll": lambda p, q: losses.nll(p, 1),
    "categorical_cross_entropy": lambda p, q: losses.categorical_cross_entropy(p, q),
    "entropy": lambda p, q: losses.entropy(p),
    "cross_entropy": losses.cross_entropy,
    "kl_divergence": losses.kl_divergence,
    "hinge": lambda p, q: losses.hinge(p, 2),
    "max_margin": lambda p, q: losses.max_margin(p[0], -1),
    "l1_and_l2": lambda p, q: losses.l1(p, 0.1) + losses.l2(q, 0.01),
}


def loss_of_two(loss):
    p, q = values("p", 0.5, 0.3, 0.2), values("q", 0.25, 0.25, 0.5)
    return loss(p, q), q, p


for name, loss in LOSSES.items():
    add(f"loss {name}", loss_of_two, loss)


def perceptron(*sizes, act="tanh", last="linear"):
    xs, net = wave("x", sizes[0]), nn.MLP(sizes[0], sizes[1:], act=act, last=last)
    out = net(xs)
    if sizes[-1] > 1:
        loss = losses.cross_entropy_with_logits(out, 1)
        return loss, xs, net.parameters()
    y = Value(1.0, label="y")
    return losses.squared(out, y), [*xs, y], net.parameters()


add("mlp 2-2-1", perceptron, 2, 2, 1)
add("mlp 2-3-1", partial(perceptron, act="relu"), 2, 3, 1)
add("mlp 2-3-2 softmax", partial(perceptron, act="sigmoid", last="softmax"), 2, 3, 2)
add("mlp 4-8-8-2", perceptron, 4, 8, 8, 2)
add("mlp of 600 nodes", perceptron, 8, 16, 8, 1)


@graph
def neuron():
    xs, n = wave("x", 3), nn.Neuron(3, act="sigmoid")
    return n(xs), xs, n.parameters()


@graph
def regularised():
    xs, y, net = wave("x", 2), Value(0.5, label="y"), nn.MLP(2, [2, 1])
    return losses.half_squared(net(xs), y) + losses.l2(net.parameters(), 0.01), [*xs, y], net.parameters()


@graph
def shared_over_samples():
    net, loss, inputs = nn.MLP(1, [2, 1], act="tanh"), 0, []
    for x, y in zip(wave("x", 3), wave("y", 3, 0.9)):
        inputs += x, y
        loss = loss + losses.squared(net([x]), y)
    return loss, inputs, net.parameters()


@graph
def rnn():
    xs, net = wave("x", 3), nn.RNN(1, 2, 1)
    outs = net([[x] for x in xs])
    return mean([losses.bce_with_logits(out[0], 1) for out in outs]), xs, net.parameters()


@graph
def conv1d():
    xs, net = wave("x", 6), nn.Conv1d(1, 2, 3, stride=2, padding=1, act="relu")
    return Value.sum(*[v * v for channel in net([xs]) for v in channel]), xs, net.parameters()


@graph
def conv2d():
    xs, net = wave("x", 16), nn.Conv2d(1, 2, 3, act="tanh")
    image = net([[xs[i : i + 4] for i in range(0, 16, 4)]])
    return Value.sum(*[v for channel in nn.pool2d(image, 2) for row in channel for v in row]), xs, net.parameters()


@graph
def batch_norm():
    xs, net = wave("x", 6), nn.BatchNorm(2)
    rows = net([xs[:2], xs[2:4], xs[4:]])
    return mean([v * v * v for row in rows for v in row]), xs, net.parameters()


@graph
def embedding():
    table, layer = nn.Embedding(3, 2), nn.Layer(2, 3, act="linear")
    loss = mean([losses.cross_entropy_with_logits(layer(table(i)), (i + 1) % 3) for i in (0, 1, 1)])
    return loss, [], table.parameters() + layer.parameters()


@graph
def attention():
    xs = wave("x", 6)
    tokens = [xs[:2], xs[2:4], xs[4:]]
    query, key, value = (nn.Layer(2, 2, act="linear") for _ in range(3))
    q, k, v = ([layer(token) for token in tokens] for layer in (query, key, value))
    outs = []
    for t in range(len(tokens)):
        weights = softmax([dot(q[t], k[s]) / math.sqrt(2) for s in range(t + 1)])
        outs.append([dot(weights, [v[s][i] for s in range(t + 1)]) for i in range(2)])
    loss = mean([losses.cross_entropy_with_logits(out, 1) for out in outs])
    return loss, xs, query.parameters() + key.parameters() + value.parameters()


# ---- Random ----------------------------------------------------------------------------------------------------------


def random_graph(seed):
    "Any rows on nodes that are used again and again; labelled, if the seed is even."
    rng, table = random.Random(seed), list(rows().values())
    leaves = [Value(rng.choice([rng.uniform(-3, 3), rng.choice([-2.0, -1.0, 0.5, 1.0, 2.0])])) for _ in range(4)]
    nodes = list(leaves)
    for _ in range(3 + seed):
        xs = [rng.choice(nodes[-6:]) for _ in range(3)]
        xs[rng.randrange(1, 3)] = rng.choice([*nodes[-3:], rng.choice([2, 0.5, -1.0])])
        y = xs[0] ** rng.choice([-1, 0.5, 2, 3]) if rng.random() < 0.2 else applied(rng.choice(table), xs)[0]
        if abs(y.data) < 1e4:  # a nan is not
            nodes.append(y)
    for leaf, name in zip(leaves, "xywb"):
        leaf.label = "" if seed % 2 else name
    return sum(nodes[-3:]) + Value.sum(*leaves), leaves[:2], leaves[2:]


for seed in range(30):
    add(f"random {seed}", random_graph, seed)
