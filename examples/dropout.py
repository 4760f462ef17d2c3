"""Dropout (CSE471): in training a unit is 0 with probability p, and h / (1 - p) otherwise, so that its mean stays h.

In use nothing is dropped. Or everything goes on as in training, many times over (Monte-Carlo dropout): where the
answers scatter, the network is in doubt.

Look at: the mean of many masks; the network has learned |x| from points between -1 and 1, and at 3 it doubts.
"""

import random
from statistics import fmean, pstdev

from micrograd_es import Value
from micrograd_es.losses import mse
from micrograd_es.nn import Dropout, Layer, Module, init
from micrograd_es.optim import Adam, fit


def masks(h=2.0, p=0.25, n=10_000, seed=0):
    "What n masks make of h: (the kept value, the mean, the variance)."
    dropout, unit = Dropout(p, random.Random(seed)), Value(h)
    values = [dropout([unit])[0].data for _ in range(n)]
    return max(values), fmean(values), pstdev(values) ** 2


class Net(Module):
    "One hidden layer, with dropout behind it."

    def __init__(self, hidden, p, rng):
        self.hidden = Layer(1, hidden, "relu", init=init.he_normal)
        self.dropout = Dropout(p, rng)
        self.out = Layer(hidden, 1, "linear", init=init.xavier_normal)

    def __call__(self, xs):
        return self.out(self.dropout(self.hidden(xs)))


def run(epochs=200, p=0.2, seed=0, answers=200, asked=(0.5, 1.0, 3.0)):
    "Learn |x|; for every x asked, (the answer in use, the mean of many Monte-Carlo answers, their spread)."
    random.seed(seed)
    rng = random.Random(seed)
    net = Net(16, p, rng)
    points = [(x / 10, abs(x / 10)) for x in range(-10, 11)]

    def loss(batch):
        return mse([net([x]) for x, _ in batch], [y for _, y in batch])

    fit(loss, points, Adam(net.parameters(), lr=0.02), epochs, rng=rng)
    net.eval()
    quiet = [net([x]).data for x in asked]
    net.dropout.monte_carlo = True
    scattered = [[net([x]).data for _ in range(answers)] for x in asked]
    return [(x, answer, fmean(many), pstdev(many)) for x, answer, many in zip(asked, quiet, scattered)]


def main():
    kept, mean, variance = masks()
    print(f"h = 2, p = 1/4: kept {kept:.4f} (8/3), mean {mean:.3f} (2), variance {variance:.3f} (4/3)")
    for x, answer, mean, spread in run():
        print(f"x = {x}:  in use {answer:.2f},  Monte Carlo {mean:.2f} ± {spread:.2f}")


if __name__ == "__main__":
    main()
