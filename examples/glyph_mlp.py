"""Cross-entropy against the quadratic cost on digits (Yale; Nielsen), with a small MNIST that needs no network.

The deck trains 784-30-10 sigmoid units on MNIST, minibatches of 10, weights from N(0, 1): 95.49 % with cross-entropy.
The quadratic cost comes near (95.42 %) only with its own learning rate, 3 instead of 0.5, and many epochs. Here
64-30-10 units learn 1000 digits of 5x7 dots in noisy pictures of 8x8, for 30 epochs.

Look at: the same network, the same start, the same η = 0.5; the quadratic cost lags far behind, because wrong outputs
that are saturated hardly move it. Its own η = 3 helps, and is not enough.

A minibatch is 26,000 nodes: a training takes five minutes node by node, `run`, and half a second through the replay,
`run_replay`, on the graph of one picture. The network and its costs are those of `micrograd-es train glyphs`.
"""

import random

from micrograd_es import Value, mean, train
from micrograd_es.data import glyphs, one_hot
from micrograd_es.nn import MLP, init
from micrograd_es.optim import SGD, fit


def digits(pictures, tests, noise, seed):
    "Pictures to learn from, and others that are never seen."
    rng = random.Random(seed)
    return glyphs(pictures, rng, noise), glyphs(tests, rng, noise)


def run(cost, lr=0.5, pictures=1000, epochs=30, tests=500, noise=0.25, seed=0, progress=False):
    "Node by node; the share of the tests that are read correctly."
    known, unseen = digits(pictures, tests, noise, seed)
    random.seed(seed)
    net = MLP(64, [30, 10], act="sigmoid", last="linear", init=init.normal, bias=init.normal)

    def loss(batch):
        return mean([train.cost_of(cost, net(xs), [Value(y) for y in one_hot(label, 10)]) for xs, label in batch])

    fit(loss, known, SGD(net.parameters(), lr), epochs, 10, random.Random(seed), progress)
    answers = [(net(xs), label) for xs, label in unseen]
    return sum(outputs.index(max(outputs)) == label for outputs, label in answers) / len(answers)


def run_replay(cost, lr=0.5, pictures=1000, epochs=30, tests=500, noise=0.25, seed=0, progress=False):
    "The same training through the replay."
    known, unseen = map(train.table, digits(pictures, tests, noise, seed))
    random.seed(seed)
    return train.run(train.network(30, cost, inputs=64), known, unseen, lr, epochs, 10, seed, progress).accuracies[-1]


def main():
    for cost, lr in (("cross-entropy", 0.5), ("quadratic", 0.5), ("quadratic", 3.0)):
        share = run_replay(cost, lr)
        print(f"{cost:13}  η = {lr}   {share:.1%} of 500 new pictures are read correctly")


if __name__ == "__main__":
    main()
