"""The lecture's MNIST network (Yale; Nielsen), 784-30-10, trained from scalars: every weight, every product is a Value.

One sample's graph, 49,000 Values, is built once in plain Python; the replay finds its groups and runs them on ten
samples at a time. Sigmoids, weights and biases from N(0, 1), 50,000 pictures to learn from in minibatches of 10,
30 epochs, 10,000 pictures to test on; the quadratic cost with η = 3.0, cross-entropy with η = 0.5.

    python examples/mnist.py [--hidden 100] [--cost quadratic] [--epochs 30] [--seed 0]

The network, its costs and its training are those of the command `micrograd-es train mnist`, which makes pictures too:
micrograd_es/train/digits.py. Nothing in them is a matrix.

Look at: the program printed at the start. The graph was made neuron by neuron, and matrix products stand in it.

Accuracy of the best epoch (of the last one) on the 10,000 test digits, for seeds 0, 1, 2, beside the lecture's:

    784-30-10   quadratic      95.42     95.20 (95.19)  94.92 (94.67)  94.97 (94.84)
    784-30-10   cross-entropy  95.49     95.44 (95.22)  95.34 (95.03)  95.53 (95.28)
    784-100-10  quadratic      96.59     96.66 (96.53)  96.51 (96.33)  87.20 (87.10)
    784-100-10  cross-entropy  96.82     96.85 (96.80)  96.77 (96.66)  96.72 (96.70)

In the run of 87 % outputs are saturated from the start: after two epochs from there, those for the 5 and the 8 have not
been above 0.032. That is what the lecture says about the quadratic cost. Thirty epochs take some 15 s of one core
(784-100-10: 40 s).
Needs NumPy; the pictures are downloaded, or taken from the folder MNIST_DIR.
"""

import argparse
import random
import time

from micrograd_es.data import mnist
from micrograd_es.train import RATE, network, run, table


def heart(source):
    "What is done in every step: the two functions of the program."
    return source[source.index("def forward") :].rstrip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hidden", type=int, default=30)
    parser.add_argument("--cost", choices=RATE, default="cross-entropy")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random.seed(options.seed)
    start = time.perf_counter()
    both = network(options.hidden, options.cost)
    print(
        f"ready after {time.perf_counter() - start:.1f} s: {both.r.explain()}\n\n{heart(both.r.source)}\n", flush=True
    )
    known, unseen = table(mnist("train")[:50_000]), table(mnist("test"))
    history = run(both, known, unseen, RATE[options.cost], options.epochs, seed=options.seed, progress=True)
    best, last = max(history.accuracies), history.accuracies[-1]
    print(f"best epoch: {best:.2%} of 10,000 new digits are read correctly, in the last {last:.2%}")


if __name__ == "__main__":
    main()
