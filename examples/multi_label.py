"""Several labels at once (IISER): one sigmoid for each, and the sum of their binary cross-entropies.

The deck's outputs 0.1, 0.3, 0.9, 0.1, 0.8 sum to 2.2: they are five probabilities, not one distribution, for a picture
may show a cat and a car. Here a point of the plane has five labels, each the answer to a question of its own.

Look at: the outputs of a point do not sum to 1, and need not.
"""

import random

from micrograd_es import mean
from micrograd_es.losses import bce, bce_with_logits
from micrograd_es.nn import Layer
from micrograd_es.optim import Adam, fit

QUESTIONS = {
    "right of the middle": lambda x, y: x > 0,
    "above it": lambda x, y: y > 0,
    "above the diagonal": lambda x, y: y > x,
    "far right": lambda x, y: x > 0.5,
    "top right": lambda x, y: x + y > 0.7,
}


def slide():
    "The sum of the five losses, for the deck's outputs and labels of our own, 0, 0, 1, 0, 1."
    return sum(bce(a, y) for a, y in zip([0.1, 0.3, 0.9, 0.1, 0.8], [0, 0, 1, 0, 1])).data


def run(points=100, epochs=100, seed=0):
    "(The share of labels that are right, the share of points with all five right, the layer, the last loss)."
    random.seed(seed)
    places = [(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(points)]
    examples = [(place, [float(ask(*place)) for ask in QUESTIONS.values()]) for place in places]
    scores = Layer(2, len(QUESTIONS), "linear")

    def loss(batch):
        return mean([sum(bce_with_logits(z, y) for z, y in zip(scores(xs), labels)) for xs, labels in batch])

    history = fit(loss, examples, Adam(scores.parameters(), lr=0.3), epochs)
    right = [[(z.data > 0) == y for z, y in zip(scores(xs), labels)] for xs, labels in examples]
    return sum(map(sum, right)) / (5 * points), sum(map(all, right)) / points, scores, history[-1]


def main():
    print(f"the slide's five outputs: loss {slide():.6f}")
    labels, points, scores, loss = run()
    print(f"trained to loss {loss:.3f}: {labels:.1%} of the labels right, {points:.1%} of the points in all five")
    outputs = [z.sigmoid().data for z in scores([0.6, 0.9])]
    for question, p in zip(QUESTIONS, outputs):
        print(f"    (0.6, 0.9) is {question}: {p:.3f}")
    print(f"    sum {sum(outputs):.3f}")


if __name__ == "__main__":
    main()
