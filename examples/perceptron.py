"""The perceptron (CSE471): one neuron learns AND and OR; XOR it cannot.

With a step for its activation there is no gradient to follow (a step is flat); Rosenblatt's rule moves the weights by
the error times the input. With a sigmoid the same neuron learns by gradient descent, and its update is the same
formula: for cross-entropy the gradient is (a - y) x.

Look at: 4 of 4, 4 of 4, and for XOR, which no straight line parts, never more than 3.
"""

import random

from micrograd_es import mean
from micrograd_es.losses import bce_with_logits
from micrograd_es.nn import Neuron
from micrograd_es.optim import SGD, fit

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TABLES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}


def right(neuron, examples):
    "How many of the four it answers correctly: yes where its sum is positive."
    return sum((neuron(xs).data > 0) == y for xs, y in examples)


def rosenblatt(name, rounds=20):
    "The step neuron and its rule, from zero; how many of the four are right."
    neuron, examples = Neuron(2, nonlin=False, init=lambda *_: 0.0), list(zip(INPUTS, TABLES[name]))
    for _ in range(rounds):
        for xs, y in examples:
            error = y - (neuron(xs).data > 0)
            neuron.b.data += error
            for w, x in zip(neuron.w, xs):
                w.data += error * x
    return right(neuron, examples)


def run(name, epochs=200, seed=0):
    "The sigmoid neuron and gradient descent; how many of the four are right."
    random.seed(seed)
    neuron, examples = Neuron(2, nonlin=False), list(zip(INPUTS, TABLES[name]))

    def loss(batch):
        return mean([bce_with_logits(neuron(xs), y) for xs, y in batch])

    fit(loss, examples, SGD(neuron.parameters(), lr=1.0), epochs)
    return right(neuron, examples)


def main():
    for name in TABLES:
        print(f"{name:<4} Rosenblatt's rule {rosenblatt(name)} of 4,  gradient descent {run(name)} of 4")


if __name__ == "__main__":
    main()
