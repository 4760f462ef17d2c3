"""A convolution is one small set of weights, used at every position (DLiES, after Zhang's derivation).

A 2×2 kernel and a sigmoid on a 3×3 picture: four outputs, each with the same four weights. By hand,

    ∂loss/∂w[k][l] = Σ over positions i, j of ∂loss/∂a[i][j] · a (1 - a) · x[i + k][j + l]

In the graph nobody writes this sum: a weight is one node with four edges, and gradients that meet at a node add up.

Look at: the four terms of one weight, their sum, the chain rule through the graph, and the measured slope.
"""

from micrograd_es import check
from micrograd_es.losses import quadratic
from micrograd_es.nn import Conv2d

IMAGE = [[0.5, -1.0, 0.25], [1.5, 0.75, -0.5], [-0.25, 1.0, 2.0]]
KERNEL = [[0.3, -0.2], [0.5, 0.1]]
TARGETS = [1.0, 0.0, 0.0, 1.0]


def run():
    "For each weight (its terms by hand, position by position; its gradient by the graph), and the finite differences."
    conv = Conv2d(1, 1, 2, act="sigmoid")
    weights = {(k, m): w for k, row in enumerate(conv.w[0][0]) for m, w in enumerate(row)}
    for (k, m), w in weights.items():
        w.data, w.label = KERNEL[k][m], f"w{k}{m}"
    conv.b[0].label = "b"
    outputs = [a for row in conv([IMAGE])[0] for a in row]
    loss = quadratic(outputs, TARGETS)
    loss.backward()
    positions = [(0, 0), (0, 1), (1, 0), (1, 1)]
    deltas = [(a.data - y) * a.data * (1 - a.data) for a, y in zip(outputs, TARGETS)]
    terms = {(k, m): [delta * IMAGE[i + k][j + m] for (i, j), delta in zip(positions, deltas)] for k, m in weights}
    return terms, {place: w.grad for place, w in weights.items()}, check(loss, *weights.values(), *conv.b)


def main():
    terms, gradients, measured = run()
    print("w[0][0] at its four positions:", *(f"{term:+.6f}" for term in terms[0, 0]))
    print(f"their sum {sum(terms[0, 0]):.15f}\nby graph  {gradients[0, 0]:.15f}\n")
    print(measured)


if __name__ == "__main__":
    main()
