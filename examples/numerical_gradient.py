"""The numerical gradient (Lesson4): (L(w + h) - L(w)) / h, one weight at a time, as the referee of the chain rule.

The deck raises the first of its weights by h = 0.0001; the loss falls from 1.25347 to 1.25322: the slope is -2.5. It
does not say which loss. Ours is a cross-entropy of the same nine weights, as 3 scores of 3 inputs.

Look at: the forward difference is wrong in proportion to h, the central one to h². Yet a tiny h is worse again: the
two losses then agree in nearly all their digits, and little is left when they are subtracted.
"""

from micrograd_es import Value, check, dot
from micrograd_es.check import slope
from micrograd_es.losses import cross_entropy_with_logits

WEIGHTS = [0.34, -1.11, 0.78, 0.12, 0.55, 2.81, -3.1, -1.5, 0.33]
INPUT = [1.0, -0.5, 0.25]


def graph():
    "(the loss, its nine weights), with names."
    w = [Value(number, label=f"w{i}") for i, number in enumerate(WEIGHTS)]
    scores = [dot(w[row : row + 3], INPUT) for row in (0, 3, 6)]
    return cross_entropy_with_logits(scores, 0), w


def run(steps=(1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)):
    "For every h, how far the forward and the central difference are from the chain rule."
    loss, (w, *_) = graph()
    loss.backward()

    def at(number):
        w.data = number
        return loss.forward().data

    x, exact, rows = w.data, w.grad, []
    for h in steps:
        forward, central = (at(x + h) - at(x)) / h, slope(at, x, h)
        rows.append((h, abs(forward - exact), abs(central - exact)))
    return rows


def main():
    print(f"the slide: (1.25322 - 1.25347) / 0.0001 = {(1.25322 - 1.25347) / 0.0001:.4f}\n")
    print(check(graph()[0]), "\n")
    print("h       error of the forward difference    of the central one")
    for h, forward, central in run():
        print(f"{h:.0e}   {forward:15.1e} {central:25.1e}")


if __name__ == "__main__":
    main()
