"""micrograd's demo, two moons that no straight line parts (Karpathy), in full: 2-16-16-1 ReLU units, 100 points.

The loss is max(0, 1 - y · score) over the points, and 0.0001 Σ w²; 100 steps on all points, α from 1.0 down to 0.1.
The demo makes a new graph of 33,000 nodes at every step. Here `run` does so too; `run_replay` makes the graph of one
point, once, and runs it on 100 points at a time.

Look at: both ways have the same losses, and the map at the end, in which the border winds between the moons.
"""

import random
import time

import numpy as np

from micrograd_es import Value, mean
from micrograd_es.data import moons
from micrograd_es.losses import l2, max_margin
from micrograd_es.nn import MLP
from micrograd_es.optim import SGD, fit, linear
from micrograd_es.replay import fit as fit_replay
from micrograd_es.replay import replay


def start(points, noise, seed):
    "The points, their labels -1 and 1, a network, and what moves it."
    random.seed(seed)
    examples = [(xs, 2.0 * label - 1) for xs, label in moons(points, noise, random.Random(seed))]
    net = MLP(2, [16, 16, 1])
    return examples, net


def run(steps=100, points=100, noise=0.1, seed=1):
    "Node by node; the loss of every step."
    examples, net = start(points, noise, seed)

    def loss(batch):
        return mean([max_margin(net(xs), y) for xs, y in batch]) + l2(net.parameters(), 1e-4)

    return fit(loss, examples, SGD(net.parameters(), linear(1.0, 0.1, steps)), steps)


def run_replay(steps=100, points=100, noise=0.1, seed=1):
    "Through the replay; the losses, the share of the points on their side, and the replay."
    examples, net = start(points, noise, seed)
    xs, y = [Value(0.0), Value(0.0)], Value(0.0)
    score = net(xs)
    r = replay(max_margin(score, y) + l2(net.parameters(), 1e-4), [*xs, y], net.parameters(), outputs=[score])
    rows = np.array([[*point, label] for point, label in examples])
    history = fit_replay(r, rows, SGD(net.parameters(), linear(1.0, 0.1, steps)), steps)
    return history, float(((r.predict(rows)[:, 0] > 0) == (rows[:, 2] > 0)).mean()), r


def chart(r, wide=64, high=20):
    "The plane from -1.5 to 2.5 and from 1.5 down to -1: a # where the score is above 0."
    grid = [(x, y, 0.0) for y in np.linspace(1.5, -1, high) for x in np.linspace(-1.5, 2.5, wide)]
    marks = np.where(r.predict(grid)[:, 0] > 0, "#", ".").reshape(high, wide)
    return "\n".join("".join(line) for line in marks)


def main():
    for way in (run, run_replay):
        begin = time.perf_counter()
        answer = way()
        seconds, losses = time.perf_counter() - begin, answer if way is run else answer[0]
        print(f"{way.__name__:10} {seconds:7.2f} s, losses {', '.join(f'{x:.9f}' for x in losses[:3])}, ...")
    history, share, r = answer
    print(f"loss {history[-1]:.4f}, {share:.0%} of the points on their side\n\n{chart(r)}")


if __name__ == "__main__":
    main()
