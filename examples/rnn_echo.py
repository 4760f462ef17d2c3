"""A recurrent network with a memory of one bit (CSE471, IISER): after every bit it says the bit before.

Six tanh units, unrolled over eight bits: h ← tanh(W x + U h + b), the same W and U eight times over, so that their
gradients are sums over time. A harder task: have there been an odd number of ones so far? `python examples/rnn_echo.py
parity` takes a minute for it.

Look at: a coin's loss is ln 2 = 0.69; one minibatch of 16 strings is 9,600 nodes and takes some 30 ms, so the whole
training can be run node by node.
"""

import random
import sys

from micrograd_es import Value, mean
from micrograd_es.losses import bce_with_logits
from micrograd_es.nn import RNN
from micrograd_es.optim import Adam


def echo(bits):
    "The bit before; before the first, 0."
    return [0, *bits[:-1]]


def parity(bits):
    "Whether there have been an odd number of ones, after each bit."
    return [sum(bits[: t + 1]) % 2 for t in range(len(bits))]


def strings(length=8):
    "All of them: 256."
    return [[n >> t & 1 for t in range(length)] for n in range(2**length)]


def run(minibatches=300, task=echo, lr=0.02, units=6, held_out=56, seed=0, show=lambda line: None):
    "Train on all strings but some; the share of the bits of the held-out strings that are right (0: of all strings)."
    random.seed(seed)
    every = strings()
    random.shuffle(every)
    held, known = every[:held_out] or every, every[held_out:]
    net = RNN(1, units, 1)
    adam = Adam(net.parameters(), lr)

    def scores(bits):
        return [z for (z,) in net([[Value(2.0 * bit - 1)] for bit in bits])]

    for i in range(minibatches):
        batch = random.sample(known, 16)
        loss = mean([bce_with_logits(z, y) for bits in batch for z, y in zip(scores(bits), task(bits))])
        adam.zero_grad()
        loss.backward()
        adam.step()
        if i % 50 == 0:
            show(f"minibatch {i:4}  loss {loss.data:.4f}")
    right = [(z.data > 0) == y for bits in held for z, y in zip(scores(bits), task(bits))]
    return sum(right) / len(right)


def main(task="echo"):
    if task == "echo":
        print(f"{run(show=print):.1%} of the bits of 56 strings it has never seen")
    else:
        print(f"{run(1500, parity, held_out=0, show=print):.1%} of the bits of all 256 strings")


if __name__ == "__main__":
    main(*sys.argv[1:])
