"""Gradient descent on one weight (Lesson4): the model is y = x * w, the data say that w is 2.

The deck differentiates by hand, d/dw (x w - y)² = 2 x (x w - y), and prints every gradient and the last loss, at the
new w: `progress: 0 4.919240100095999`. The same digits come out of the graph, which was told no derivative.

Look at: w grows from 1 towards 2; after 100 epochs it is 2 to twelve digits.
"""

from micrograd_es import Value
from micrograd_es.losses import squared
from micrograd_es.optim import SGD

DATA = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]


def run(epochs, show=lambda *words: None):
    "One step for every point, `epochs` times; (w, the last point's loss after each epoch)."
    w, progress = Value(1.0, label="w"), []
    sgd = SGD([w], lr=0.01)
    for epoch in range(epochs):
        for x, y in DATA:
            loss = squared(x * w, y)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            show("\tgrad: ", x, y, w.grad)
        progress.append(loss.forward().data)  # the same graph, computed again with the new w
        show("progress:", epoch, progress[-1])
    return w.data, progress


def by_hand(epochs):
    "The deck's program."
    w, progress = 1.0, []
    for _ in range(epochs):
        for x, y in DATA:
            w = w - 0.01 * 2 * x * (x * w - y)
        progress.append((x * w - y) ** 2)
    return w, progress


def main():
    run(1, show=print)
    print("after 100 epochs by the graph: w =", run(100)[0])
    print("              and by hand:     w =", by_hand(100)[0])


if __name__ == "__main__":
    main()
