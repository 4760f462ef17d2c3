"""A multiclass support vector machine with regularisation (Lesson4): L = 1/N Σ Lᵢ + λ R(W), R(W) = Σ w².

Lᵢ is the hinge loss: every wrong class should score at least Δ = 1 less than the true one, and pays what is missing.
For the deck's three pictures that is 2.9, 0 and 12.9. (The slide prints 10.9 for the third: it forgot the +1 twice.)

Look at: the larger λ, the smaller the weights, and the more the data loss has to pay for it.
"""

import math
import random

from micrograd_es import mean
from micrograd_es.data import blobs
from micrograd_es.losses import hinge, l2
from micrograd_es.nn import Layer
from micrograd_es.optim import SGD, fit

CENTERS = [(0, 2), (-2, -1), (2, -1)]
PICTURES = [(3.2, 5.1, -1.7), (1.3, 4.9, 2.0), (2.2, 2.5, -3.1)]  # the scores of a cat, a car, a frog


def guess(scores):
    "The class with the largest score."
    return scores.index(max(scores))


def run(lam=0.0, epochs=200, seed=0):
    "Train on 90 points; (the share classified correctly, the data loss, ‖W‖)."
    random.seed(seed)
    points = blobs(90, CENTERS, 0.8, random.Random(seed))
    scores = Layer(2, 3, act="linear")
    weights = [w for neuron in scores.neurons for w in neuron.w]  # the biases may be as large as they like

    def data_loss(batch):
        return mean([hinge(scores(x), label) for x, label in batch])

    fit(lambda batch: data_loss(batch) + l2(weights, lam), points, SGD(scores.parameters(), lr=0.1), epochs)
    accuracy = sum(guess(scores(x)) == label for x, label in points) / len(points)
    return accuracy, data_loss(points).data, math.sqrt(sum(w.data**2 for w in weights))


def main():
    print("the slide's pictures:", [round(hinge(scores, true).data, 6) for true, scores in enumerate(PICTURES)])
    for lam in (0.0, 0.01, 0.1, 1.0):
        accuracy, loss, norm = run(lam)
        print(f"λ = {lam:<4}  {accuracy:.1%} right,  data loss {loss:.3f},  ‖W‖ {norm:.3f}")


if __name__ == "__main__":
    main()
