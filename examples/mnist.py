"""The lecture's MNIST network (Yale; Nielsen), 784-30-10, trained from scalars: every weight, every product is a Value.

One sample's graph, 49,000 Values, is built once in plain Python; the replay finds its groups and runs them on ten
samples at a time. Sigmoids, weights and biases from N(0, 1), 50,000 pictures to learn from in minibatches of 10,
30 epochs, 10,000 pictures to test on; the quadratic cost with η = 3.0, cross-entropy with η = 0.5.

    python examples/mnist.py [--hidden 100] [--cost quadratic] [--epochs 30] [--seed 0]

Look at: the program printed at the start. The graph was made neuron by neuron, and matrix products stand in it.

Accuracy of the best epoch (of the last one) on the 10,000 test digits, for seeds 0, 1, 2, beside the lecture's:

    784-30-10   quadratic      95.42     94.83 (94.50)  95.05 (94.67)  95.09 (95.00)
    784-30-10   cross-entropy  95.49     95.18 (95.18)  95.15 (94.74)  95.29 (95.29)
    784-100-10  quadratic      96.59     96.24 (96.14)  88.27 (88.16)  96.62 (96.51)
    784-100-10  cross-entropy  96.82     96.67 (96.56)  96.70 (96.60)  96.88 (96.71)

In the run of 88 % outputs are saturated from the start: after four epochs the one for the 5 has never been above 0.014.
That is what the lecture says about the quadratic cost. Thirty epochs take about 16 s of one core (784-100-10: 32 s).
Needs NumPy; the pictures are downloaded, or taken from the folder MNIST_DIR.
"""

import argparse
import random
import time

import numpy as np

from micrograd_es import Value
from micrograd_es.data import mnist
from micrograd_es.losses import quadratic
from micrograd_es.nn import MLP, init
from micrograd_es.optim import SGD
from micrograd_es.replay import replay

RATE = {"cross-entropy": 0.5, "quadratic": 3.0}


def network(hidden, cost, inputs=784, outputs=10):
    "The graph of one sample, from Values, made ready for batches; and its parameters."
    net = MLP(inputs, [hidden, outputs], act="sigmoid", last="linear", init=init.normal, bias=init.normal)
    pixels, label = ([Value(0.0) for _ in range(n)] for n in (inputs, outputs))
    scores = net(pixels)
    if cost == "quadratic":
        loss = quadratic([z.sigmoid() for z in scores], label)
    else:  # the sum of -[y ln σ(z) + (1 - y) ln(1 - σ(z))], which is softplus(z) - y z
        loss = Value.sum(*[z.softplus() - y * z for z, y in zip(scores, label)])
    return replay(loss, [*pixels, *label], net.parameters(), outputs=scores), net.parameters()


def columns(images):
    "A row for each picture: its pixels, then its label, one-hot."
    pixels, labels = images.arrays()
    return np.hstack([pixels, np.eye(10)[labels]])


def accuracy(r, rows):
    "The share of the pictures whose highest score is the right one's."
    return float((r.predict(rows).argmax(1) == rows[:, -10:].argmax(1)).mean())


def run(known, unseen, hidden=30, cost="cross-entropy", epochs=30, seed=0, batch=10, show=lambda line: None):
    "Train; the accuracy on the unseen after every epoch."
    random.seed(seed)
    rng, start = np.random.default_rng(seed), time.perf_counter()
    r, parameters = network(hidden, cost, known.shape[1] - 10)
    sgd, history = SGD(parameters, RATE[cost]), []
    show(f"ready after {time.perf_counter() - start:.1f} s: {r.explain()}\n\n{heart(r.source)}\n")
    for epoch in range(1, epochs + 1):
        order, start = rng.permutation(len(known)), time.perf_counter()
        losses = [r.step(known[order[i : i + batch]], sgd) for i in range(0, len(known), batch)]
        speed = len(known) / (time.perf_counter() - start)
        history.append(accuracy(r, unseen))
        show(f"epoch {epoch:2}  loss {np.mean(losses):.4f}  test {history[-1]:.2%}  {speed:,.0f} examples/s")
    return history


def heart(source):
    "What is done in every step: the two functions of the program."
    return source[source.index("def forward") :].rstrip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hidden", type=int, default=30)
    parser.add_argument("--cost", choices=RATE, default="cross-entropy")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = vars(parser.parse_args())
    known, unseen = columns(mnist("train")[:50_000]), columns(mnist("test"))
    history = run(known, unseen, **options, show=lambda line: print(line, flush=True))
    print(f"best epoch: {max(history):.2%} of 10,000 new digits are read rightly, in the last {history[-1]:.2%}")


if __name__ == "__main__":
    main()
