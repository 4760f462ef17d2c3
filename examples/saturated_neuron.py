"""A neuron that is badly wrong and hardly learns (Yale; Nielsen's book, chapter 3).

One sigmoid neuron, input 1, target 0, η = 0.15, 300 steps. From w = 0.6, b = 0.9 the quadratic cost brings its output
from 0.82 to 0.09; from w = b = 2, output 0.98, little changes for 150 steps: ∂C/∂w = a σ'(z), and σ' is nearly 0 out
there. Cross-entropy has ∂C/∂w = a: the more wrong, the faster.

Look at: the two columns that start at 0.98. (The deck's cost is ½(y - a)²; without the ½ the first run ends at 0.061.
It gives no η for its cross-entropy runs: the book says 0.005, which with the true gradient is slow; we take the same
0.15.)
"""

from micrograd_es import Value
from micrograd_es.losses import bce, half_squared
from micrograd_es.optim import SGD


def run(w, b, cost=half_squared, lr=0.15, epochs=300):
    "The neuron's (output, w, b) before the first step, then after each."
    w, b = Value(w, label="w"), Value(b, label="b")
    sgd, path = SGD([w, b], lr), []
    for _ in range(epochs + 1):
        a = (w * 1.0 + b).sigmoid()
        path.append((a.data, w.data, b.data))
        loss = cost(a, 0.0)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    return path


def main():
    runs = [run(w, b, cost) for cost in (half_squared, bce) for w, b in ((0.6, 0.9), (2.0, 2.0))]
    print("step    quadratic           cross-entropy")
    for epoch in range(0, 301, 50):
        print(f"{epoch:4}", *(f"{path[epoch][0]:9.4f}" for path in runs))


if __name__ == "__main__":
    main()
