"""A script of microgpt's shape: a GPT of 4,192 scalar weights learns names, letter by letter; written for eager.py.

One layer of four heads, rmsnorm, a softmax whose shift is a plain number, relu squared, Adam on lists of floats. Of a
Value it asks no more than such a script does: + - * / **, exp, log, relu, backward(), data and grad. So it runs on any
class that has them, and not a line of it favours one.
"""

import random

SIZE, HEADS, BLOCK = 16, 4, 16
LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the dot stands before a name and after it
NAMES = "aluvo amberin beluna coraluno dalovin emma feluna gorimel harunel isorin".split()


def weights(Value):
    rng = random.Random(42)
    shapes = dict(token=(len(LETTERS), SIZE), place=(BLOCK, SIZE), answer=(len(LETTERS), SIZE))
    shapes |= {name: (SIZE, SIZE) for name in ("query", "key", "value", "joined")}
    shapes |= dict(up=(4 * SIZE, SIZE), down=(SIZE, 4 * SIZE))
    return {
        name: [[Value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }


def linear(x, w):
    return [sum(wi * xi for wi, xi in zip(row, x)) for row in w]


def softmax(scores):
    top = max(z.data for z in scores)
    exps = [(z - top).exp() for z in scores]
    total = sum(exps)
    return [e / total for e in exps]


def rmsnorm(x):
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def gpt(w, letter, place, keys, values):
    "What comes after this letter: a score for each. keys and values are those of the places before, and grow by one."
    x = rmsnorm([a + b for a, b in zip(w["token"][letter], w["place"][place])])
    before, x = x, rmsnorm(x)
    query = linear(x, w["query"])
    keys.append(linear(x, w["key"]))
    values.append(linear(x, w["value"]))
    size, x = SIZE // HEADS, []
    for h in range(0, SIZE, size):
        mine = range(h, h + size)
        shares = softmax([sum(query[j] * key[j] for j in mine) / size**0.5 for key in keys])
        x += [sum(share * value[j] for share, value in zip(shares, values)) for j in mine]
    x = [a + b for a, b in zip(linear(x, w["joined"]), before)]
    before, x = x, [xi.relu() ** 2 for xi in linear(rmsnorm(x), w["up"])]
    x = [a + b for a, b in zip(linear(x, w["down"]), before)]
    return linear(x, w["answer"])


def loss_of(w, name):
    "How surprised the model is by each letter of the name, on average."
    letters, keys, values = [LETTERS.index(c) for c in f".{name}."], [], []
    losses = []
    for place, (letter, following) in enumerate(zip(letters, letters[1:])):
        losses.append(-softmax(gpt(w, letter, place, keys, values))[following].log())
    return (1 / len(losses)) * sum(losses)


class Training:
    "Each call is a step: one name forward and backward, then Adam. The losses stay."

    def __init__(self, Value):
        self.weights, self.losses = weights(Value), []
        self.params = [p for matrix in self.weights.values() for row in matrix for p in row]
        self.m, self.v = [0.0] * len(self.params), [0.0] * len(self.params)

    def __call__(self):
        n = len(self.losses) + 1
        loss = loss_of(self.weights, NAMES[(n - 1) % len(NAMES)])
        loss.backward()
        m, v = self.m, self.v
        for i, p in enumerate(self.params):
            m[i] = 0.85 * m[i] + 0.15 * p.grad
            v[i] = 0.99 * v[i] + 0.01 * p.grad**2
            p.data -= 0.01 * (m[i] / (1 - 0.85**n)) / ((v[i] / (1 - 0.99**n)) ** 0.5 + 1e-8)
            p.grad = 0
        self.losses.append(loss.data)


def agree(losses):
    "The engines computed the same, or their times say nothing."
    first, *others = losses
    for other in others:
        assert len(other) == len(first) and max(abs(a - b) for a, b in zip(first, other)) <= 1e-9, (first, other)
