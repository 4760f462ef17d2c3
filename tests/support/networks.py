"""What is trained: (loss, inputs, parameters, number of samples) of each kind of network, and random graphs of all rows."""

import random

from micrograd_es import Value, data, dot, losses, mean, nn, softmax
from micrograd_es.calculus import TABLE

ROWS = list(TABLE.methods.values())


def perceptron():
    xs, y = [Value(0.0) for _ in range(3)], Value(0.0)
    net = nn.MLP(3, [5, 4, 2], act=["tanh", "sigmoid", "linear"])
    loss = losses.squared(net(xs)[0], y) + net(xs)[1].softplus() + losses.l2(net.parameters(), 0.01)
    return loss, [*xs, y], net.parameters(), 7


def convolution():
    image = [[[Value(0.0) for _ in range(8)] for _ in range(8)]]
    first, second = nn.Conv2d(1, 3, 3, act="relu"), nn.Conv2d(3, 2, 3, padding=1)
    out = second(nn.pool2d(first(image), 2))
    loss = Value.sum(*[v * v for channel in out for row in channel for v in row])
    return loss, [v for row in image[0] for v in row], first.parameters() + second.parameters(), 3


def recurrence():
    rnn, steps = nn.RNN(1, 4, 1), [[Value(0.0)] for _ in range(6)]
    loss = mean([losses.bce_with_logits(out[0], 1) for out in rnn(steps)])
    return loss, [x for (x,) in steps], rnn.parameters(), 5


def attention():
    tokens = [[Value(0.0) for _ in range(3)] for _ in range(4)]
    query, key, value = (nn.Layer(3, 3, act="linear") for _ in range(3))
    q, k, v = ([layer(t) for t in tokens] for layer in (query, key, value))
    outs = []
    for t in range(len(tokens)):
        weights = softmax([dot(q[t], k[s]) for s in range(t + 1)])
        outs.append([dot(weights, [v[s][i] for s in range(t + 1)]) for i in range(3)])
    loss = mean([losses.cross_entropy_with_logits(out, 1) for out in outs])
    parameters = [p for layer in (query, key, value) for p in layer.parameters()]
    return loss, [x for t in tokens for x in t], parameters, 2


def batch_inside_the_graph():
    points = data.moons(20, 0.1, random.Random(0))
    net = nn.MLP(2, [8, 8, 1])
    xs = [[Value(x) for x in point] for point, _ in points]
    margins = [losses.max_margin(net(x), 2 * label - 1) for x, (_, label) in zip(xs, points, strict=True)]
    return mean(margins) + losses.l2(net.parameters(), 1e-4), [v for x in xs for v in x], net.parameters(), 1


def tame(x):
    "Into (-1, 1), so that no row is driven to where only rounding is left."
    return x.tanh()


def random_graph(rng):
    "Every row of the table, on shared nodes of both kinds, in any order."
    inputs = [Value(rng.uniform(-2, 2)) for _ in range(rng.randint(1, 4))]
    parameters = [Value(rng.uniform(-2, 2)) for _ in range(rng.randint(1, 5))]
    pool = [*inputs, *parameters, Value(0.5)]
    for _ in range(rng.randint(1, 60)):
        a, b, c = (rng.choice(pool) for _ in range(3))
        row = rng.choice(ROWS)
        count = row.op.arity
        if row.op.symbol in ("log", "log2", "sqrt", "**", "/"):
            made = row(2 + tame(a), 2 + tame(b)) if count == 2 else row(2 + tame(a))
        elif count is None:
            made = row(a, b, c, a)
        else:
            made = row(tame(a), tame(b)) if count == 2 else row(tame(a))
        pool.append(
            rng.choice([made, made, sum((rng.choice(pool) * rng.choice(pool) for _ in range(4)), made) * 0.1 - b])
        )
    return inputs, parameters, sum(tame(v) for v in pool[-5:])


def irregular(operations, last, rng):
    "Each node made of any two among the `last` ones: hardly any two that are alike stand on one level."
    inputs, parameters = ([Value(rng.uniform(-1, 1)) for _ in range(n)] for n in (4, 16))
    pool, rows = [*inputs, *parameters], [Value.__add__, Value.__sub__, Value.__mul__, Value.tanh, Value.sin]
    for _ in range(operations):
        row = rng.choice(rows)
        pool.append(row(*[rng.choice(pool[-last:]) for _ in range(row.op.arity)]))
    used = {x for v in pool for x in v.parents}
    return mean([tame(v) for v in pool if v not in used]), inputs, parameters


def masked(rng):
    """Attention as it may come: heads, sequences of different lengths, masks of any kind, and what is joined under them.

    Causal, a window, padding, a mask that nobody ordered; a softmax, one without its shift, the largest, the mean.
    """
    heads, size = rng.randint(1, 3), rng.randint(1, 3)
    width = heads * size
    lengths = [rng.randint(1, 6) for _ in range(rng.randint(1, 3))]
    inputs = [Value(0.0) for _ in range(sum(lengths) * 2)]
    tokens = [inputs[i : i + 2] for i in range(0, len(inputs), 2)]
    matrices = [[[Value(rng.gauss(0, 0.7)) for _ in range(2)] for _ in range(width)] for _ in range(3)]
    scale, bias = Value(rng.uniform(-1, 1)), Value(rng.uniform(-1, 1))
    seen = rng.choice([
        lambda t, n: range(t + 1), lambda t, n: range(n), lambda t, n: range(max(0, t - 1), t + 1),
        lambda t, n: range(t, n), lambda t, n: sorted({t, *rng.sample(range(n), rng.randint(0, n - 1))}),
    ])  # fmt: skip
    made = rng.choice([
        lambda s: s, lambda s: s * 0.5, lambda s: s * scale, lambda s: s + bias, lambda s: scale - s, lambda s: (s * s + 1).log(),
        lambda s: s.tanh() * -2.0, lambda s: s / 3 - bias * scale,
    ])  # fmt: skip
    joined = rng.choice([
        softmax, softmax, lambda xs: [x.exp() / Value.sum(*[x.exp() for x in xs]) for x in xs],
        lambda xs: [x - Value.logsumexp(*xs) for x in xs], lambda xs: [x * Value.maximum(*xs) for x in xs],
        lambda xs: [x - mean(xs) for x in xs], lambda xs: [x.relu() for x in xs],
    ])  # fmt: skip
    outs, start = [], 0
    for n in lengths:
        q, k, v = ([[dot(row, x) for row in w] for x in tokens[start : start + n]] for w in matrices)
        for t in range(n):
            for h in range(0, width, size):
                few, mine = list(seen(t, n)), slice(h, h + size)
                shares = joined([made(dot(q[t][mine], k[u][mine])) for u in few])
                outs += [dot(shares, [v[u][i] for u in few]) for i in range(h, h + size)]
        start += n
    parameters = [w for rows in matrices for row in rows for w in row] + [scale, bias]
    return Value.sum(*[tame(out) * tame(out + bias) for out in outs]), inputs, parameters


def sums_of_products(rng):
    "Rows that meet: all of them, some, parts of them, twice the same, with minus signs, with other terms beside."
    lefts, rights, length = rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 4)
    xs, ws = ([[Value(rng.uniform(-1, 1)) for _ in range(length)] for _ in range(n)] for n in (lefts, rights))
    bs = [Value(rng.uniform(-1, 1)) for _ in range(3)]
    inputs, parameters = [v for row in xs for v in row], [v for row in ws for v in row] + bs
    pools = [xs, ws, [[v.tanh() for v in row] for row in xs], [[v * 2 for v in row] for row in ws]]
    one, other, made = rng.choice(pools), rng.choice(pools), []
    how = rng.choice(["grid", "some", "beginnings", "ends", "beside", "twice", "minus", "nested"])
    for a in one:
        for b in other:
            terms = [p * q for p, q in zip(a, b, strict=True)]
            if how == "some" and rng.random() < 0.4:
                continue
            if how == "beginnings":
                terms = terms[: rng.randint(1, length)]
            if how == "ends":
                terms = terms[rng.randint(0, length - 1) :]
            if how == "minus":
                terms = [-t if rng.random() < 0.5 else t for t in terms]
            total = Value.sum(*terms)
            if how == "beside":
                total = total + rng.choice(bs) - rng.choice(inputs)
            if how == "nested":
                total = total - dot(a, rng.choice(other))
            made += [total, dot(a, b)] if how == "twice" else [total]
    made = made or [inputs[0] * parameters[0]]
    after = rng.choice([lambda v: v, lambda v: v * bs[0], lambda v: (v + 2).exp()])
    made = [after(v) for v in made]
    loss = Value.sum(*[tame(v) for v in made])
    return loss + dot(made, made) if rng.random() < 0.3 else loss, inputs, parameters
