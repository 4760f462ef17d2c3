"""A softmax classifier (Lesson4): scores W x + b, their softmax, and -log of the true class's share.

The deck scores a cat, a car and a frog: (3.2, 5.1, -1.7) become 24.5, 164.0, 0.18, then 0.13, 0.87, 0.00; the cat's
loss is -log 0.13. The slide prints 0.89, which is log10: the loss, with the natural logarithm, is 2.04. Here three
clouds of points stand for the three classes, and gradient descent finds the nine numbers of W and b.

Look at: the gradient of a score is its share, less 1 for the true class; minibatches get there in fewer epochs.
"""

import random

from micrograd_es import Value, mean, softmax
from micrograd_es.data import blobs
from micrograd_es.losses import cross_entropy_with_logits
from micrograd_es.nn import Layer
from micrograd_es.optim import SGD, fit

CENTERS = [(0, 2), (-2, -1), (2, -1)]


def guess(scores):
    "The class with the largest score."
    return scores.index(max(scores))


def run(epochs=200, batch=None, seed=0):
    "Train W and b on 90 points; (the share that is classified correctly, the loss after each epoch)."
    random.seed(seed)  # the starting weights
    rng = random.Random(seed)  # the points, and their order in minibatches
    points = blobs(90, CENTERS, 0.8, rng)
    scores = Layer(2, 3, act="linear")

    def loss(batch):
        return mean([cross_entropy_with_logits(scores(x), label) for x, label in batch])

    history = fit(loss, points, SGD(scores.parameters(), lr=0.5), epochs, batch, rng)
    return sum(guess(scores(x)) == label for x, label in points) / len(points), history


def slide():
    "The deck's cat: (shares, loss, gradient of the three scores)."
    scores = [Value(3.2), Value(5.1), Value(-1.7)]
    loss = cross_entropy_with_logits(scores, 0)
    loss.backward()
    return [p.data for p in softmax(scores)], loss.data, [s.grad for s in scores]


def main():
    shares, loss, gradient = slide()
    print("the slide's cat:  softmax", [round(p, 2) for p in shares], f" loss {loss:.4f}")
    print("                  gradient", [round(g, 4) for g in gradient], " = softmax - (1, 0, 0)")
    for epochs, batch in ((200, None), (20, 10)):
        accuracy, history = run(epochs, batch)
        how = f"{epochs} epochs, " + (f"minibatches of {batch}" if batch else "all 90 points at once")
        print(f"{how}:  loss {history[0]:.3f} -> {history[-1]:.3f},  {accuracy:.1%} right")


if __name__ == "__main__":
    main()
