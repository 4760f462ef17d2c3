"""The GPT of examples/gpt.py as a person writes it for NumPy: batches of arrays, forward, backward, Adam.

benchmarks/replay.py runs it beside the replay; `agrees` sees first that both have the same loss and gradient.
"""

import numpy as np


class Twin:
    "The weights of a replay of the example's graph, as matrices: views of one flat array, in the replay's order."

    def __init__(self, r, block, symbols, size=16, heads=4):
        self.block, self.symbols, self.size, self.heads = block, symbols, size, heads
        self.flat, self.gradient = r.weights, np.zeros_like(r.weights)
        shapes = {"token": (size, symbols), "place": (block, size)}
        shapes |= dict.fromkeys(("query", "key", "value", "joined"), (size, size))
        shapes |= {"up": (4 * size, size), "down": (size, 4 * size), "answer": (symbols, size)}
        self.w, self.dw, start = {}, {}, 0
        for name, shape in shapes.items():
            stop = start + shape[0] * shape[1]
            self.w[name], self.dw[name] = (a[start:stop].reshape(shape) for a in (self.flat, self.gradient))
            start = stop
        start = size * symbols + block * size
        self.qkv, self.dqkv = (a[start : start + 3 * size * size].reshape(-1, size) for a in (self.flat, self.gradient))
        self.mask = np.triu(np.ones((block, block), bool), 1)
        self.m, self.v, self.steps = np.zeros_like(self.flat), np.zeros_like(self.flat), 0

    def loss_and_gradient(self, rows):
        w, dw, t, d, h = self.w, self.dw, self.block, self.size, self.heads
        n, k = len(rows), self.size // self.heads
        letters = rows[:, :-t].reshape(n, t + 1, self.symbols)
        x, y = letters[:, :-1].reshape(n * t, -1), letters[:, 1:].reshape(n * t, -1)
        x0 = ((x @ w["token"].T).reshape(n, t, d) + w["place"]).reshape(n * t, d)
        (x1, s1), scale = norm(x0), k**-0.5
        x2, s2 = norm(x1)
        query, key, value = (x2 @ self.qkv.T).reshape(n, t, 3, h, k).transpose(2, 0, 3, 1, 4)
        scores = query @ key.swapaxes(-1, -2) * scale
        scores[..., self.mask] = -np.inf
        scores -= scores.max(-1, keepdims=True)
        shares = np.exp(scores, out=scores)
        shares /= shares.sum(-1, keepdims=True)
        seen = (shares @ value).transpose(0, 2, 1, 3).reshape(n * t, d)
        x3 = x1 + seen @ w["joined"].T
        x4, s4 = norm(x3)
        up = np.maximum(x4 @ w["up"].T, 0)
        x5 = x3 + up @ w["down"].T
        z = x5 @ w["answer"].T
        top = z.max(-1, keepdims=True)
        e = np.exp(z - top)
        total = e.sum(-1, keepdims=True)
        counts = rows[:, -t:].reshape(n * t, 1) / n
        loss = ((top + np.log(total) - (y * z).sum(-1, keepdims=True)) * counts).sum()

        dz = (e / total - y) * counts
        np.matmul(dz.T, x5, out=dw["answer"])
        dx5 = dz @ w["answer"]
        np.matmul(dx5.T, up, out=dw["down"])
        dup = dx5 @ w["down"] * (up > 0)
        np.matmul(dup.T, x4, out=dw["up"])
        dx3 = dx5 + norm_back(x3, s4, dup @ w["up"])
        np.matmul(dx3.T, seen, out=dw["joined"])
        dseen = (dx3 @ w["joined"]).reshape(n, t, h, k).transpose(0, 2, 1, 3)
        dshares = dseen @ value.swapaxes(-1, -2)
        dscores = shares * (dshares - (dshares * shares).sum(-1, keepdims=True)) * scale
        dqkv = np.empty((n, t, 3, h, k))
        dquery, dkey, dvalue = dqkv.transpose(2, 0, 3, 1, 4)
        np.matmul(dscores, key, out=dquery)
        np.matmul(dscores.swapaxes(-1, -2), query, out=dkey)
        np.matmul(shares.swapaxes(-1, -2), dseen, out=dvalue)
        dqkv = dqkv.reshape(n * t, 3 * d)
        np.matmul(dqkv.T, x2, out=self.dqkv)
        dx1 = dx3 + norm_back(x1, s2, dqkv @ self.qkv)
        dx0 = norm_back(x0, s1, dx1)
        np.matmul(dx0.T, x, out=dw["token"])
        dx0.reshape(n, t, d).sum(0, out=dw["place"])
        return loss, self.gradient

    def step(self, rows, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
        "One step of Adam."
        loss, g = self.loss_and_gradient(rows)
        self.steps += 1
        self.m += (1 - b1) * (g - self.m)
        self.v += (1 - b2) * (g * g - self.v)
        m, v = self.m / (1 - b1**self.steps), self.v / (1 - b2**self.steps)
        self.flat -= lr * m / (np.sqrt(v) + eps)
        return loss


def norm(x):
    "RMS norm, and the scale."
    scale = ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5
    return x * scale, scale


def norm_back(x, scale, dy):
    return dy * scale - x * (scale**3 * (dy * x).sum(-1, keepdims=True) / x.shape[-1])


def agrees(twin, r, rows):
    "Have both the same loss and gradient?"
    (loss, gradient), (other, theirs) = twin.loss_and_gradient(rows), r.loss_and_gradients(rows)
    return abs(loss - other) < 1e-12 and np.allclose(gradient, theirs, rtol=1e-9, atol=1e-13)
