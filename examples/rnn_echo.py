"""A recurrent network with a memory of one bit (CSE471, IISER): after every bit it says the bit before.

Six tanh units, unrolled over eight bits: h ← tanh(W x + U h + b), the same W and U eight times over, so that their
gradients are sums over time. A harder task: have there been an odd number of ones so far?

Look at: a coin's loss is ln 2 = 0.69; one minibatch of 16 strings is 9,600 nodes and takes some 30 ms node by node, in
which the bit before is soon learned. The odd ones take 1500 minibatches: the graph of one string, made once, and the
replay, which sees every string's bits as numbers to be filled in.
"""

import random

import numpy as np

from micrograd_es import Value, mean
from micrograd_es.losses import bce_with_logits
from micrograd_es.nn import RNN
from micrograd_es.optim import Adam
from micrograd_es.replay import replay

LENGTH = 8


def echo(bits):
    "The bit before; before the first, 0."
    return [0, *bits[:-1]]


def parity(bits):
    "Whether there have been an odd number of ones, after each bit."
    return [sum(bits[: t + 1]) % 2 for t in range(len(bits))]


def strings():
    "All of them: 256."
    return [[n >> t & 1 for t in range(LENGTH)] for n in range(2**LENGTH)]


def signals(bits):
    "What the network is given: -1 and 1."
    return [2.0 * bit - 1 for bit in bits]


def scores(net, xs):
    "One for every bit: above 0 it says 1."
    return [z for (z,) in net([[x] for x in xs])]


def run(minibatches=300, task=echo, lr=0.02, units=6, held_out=56, seed=0, show=lambda line: None):
    "Node by node: train on all strings but some; the share of the bits of those that are right."
    random.seed(seed)
    every = strings()
    random.shuffle(every)
    held, known = every[:held_out], every[held_out:]
    net = RNN(1, units, 1)
    adam = Adam(net.parameters(), lr)
    for i in range(minibatches):
        batch = random.sample(known, 16)
        loss = mean([bce_with_logits(z, y) for bits in batch for z, y in zip(scores(net, signals(bits)), task(bits))])
        adam.zero_grad()
        loss.backward()
        adam.step()
        if i % 50 == 0:
            show(f"minibatch {i:4}  loss {loss.data:.4f}")
    right = [(z.data > 0) == y for bits in held for z, y in zip(scores(net, signals(bits)), task(bits))]
    return sum(right) / len(right)


def run_replay(minibatches=1500, task=parity, lr=0.02, units=6, seed=0, show=lambda line: None):
    "Through the replay: train on all strings; the share of their bits that are right."
    random.seed(seed)
    net, xs, ys = RNN(1, units, 1), [Value(0.0) for _ in range(LENGTH)], [Value(0.0) for _ in range(LENGTH)]
    out = scores(net, xs)
    r = replay(mean([bce_with_logits(z, y) for z, y in zip(out, ys)]), xs + ys, net.parameters(), outputs=out)
    show(r.explain())
    rows, adam = np.array([signals(bits) + task(bits) for bits in strings()]), Adam(net.parameters(), lr)
    for i in range(minibatches):
        loss = r.step(rows[random.sample(range(len(rows)), 16)], adam)
        if i % 250 == 0:
            show(f"minibatch {i:4}  loss {loss:.4f}")
    return float(((r.predict(rows) > 0) == rows[:, LENGTH:]).mean())


def main():
    print(f"the bit before: {run(show=print):.1%} of the bits of 56 strings it has never seen\n")
    print(f"odd number of ones: {run_replay(show=print):.1%} of the bits of all 256 strings")


if __name__ == "__main__":
    main()
