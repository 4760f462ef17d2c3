"""Xavier initialisation (CSE471): weights of variance 2 / (n_in + n_out) neither fade a signal nor blow it up.

A linear layer multiplies the variance of what flows through it by n_in σ². Five layers, 64-48-48-32-32-16, five such
factors: with σ = 0.01 next to nothing comes out, with σ = 1 a hundred million times too much.

Look at: the variance behind each layer, for the three ways to start.
"""

import random
from statistics import pvariance

from micrograd_es import Value
from micrograd_es.nn import MLP, init

SIZES = [64, 48, 48, 32, 32, 16]
STARTS = {"σ = 0.01": init.scaled(0.01), "Xavier": init.xavier_normal, "σ = 1": init.scaled(1.0)}


def run(start, examples=20, seed=0):
    "The variance of N(0, 1) inputs, and then behind each of the five linear layers."
    random.seed(seed)
    net = MLP(SIZES[0], SIZES[1:], act="linear", init=STARTS[start])
    batch = [[Value(random.gauss(0, 1)) for _ in range(SIZES[0])] for _ in range(examples)]
    variances = []
    for layer in [None, *net.layers]:
        batch = [layer(xs) for xs in batch] if layer else batch
        variances.append(pvariance([x.data for xs in batch for x in xs]))
    return variances


def main():
    print("            ", *(f"{size:>8}" for size in SIZES))
    for start in STARTS:
        print(f"{start:<12}", *(f"{variance:8.1e}" for variance in run(start)))
    print(f"784 -> 30: σ = {init.xavier_sigma(784, 30):.6f}, uniform between ±{init.xavier_bound(784, 30):.6f}")


if __name__ == "__main__":
    main()
