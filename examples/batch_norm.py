"""Batch normalisation (CSE471): γ (x - μ) / √(variance + ε) + β, with the batch's own mean and variance.

In training every example is seen beside the others of its batch, and the gradient of one goes through all of them:
push them all up together and nothing changes, so the gradients sum to 0. In use there may be no batch: running means
of μ and of the variance, gathered in training, take their place.

Look at: what comes out has mean 0 and a variance just under 1 (ε is in the root); after training, one example alone.
"""

import random
from statistics import fmean, pvariance

from micrograd_es import Value, dot
from micrograd_es.nn import BatchNorm


def slide():
    "x = 1, 2, 3, 4 with γ = 1.5, β = 0.5, and dy = 0.1, -0.2, 0.3, 0.4 from above: (y, ∂/∂x, ∂/∂γ, ∂/∂β)."
    norm, xs = BatchNorm(1), [Value(x) for x in (1, 2, 3, 4)]
    norm.gamma[0].data, norm.beta[0].data = 1.5, 0.5
    ys = [y for (y,) in norm([[x] for x in xs])]
    dot([0.1, -0.2, 0.3, 0.4], ys).backward()
    return [y.data for y in ys], [x.grad for x in xs], norm.gamma[0].grad, norm.beta[0].grad


def run(batches=100, size=20, seed=0):
    "Batches of N(10, 3²): (mean and variance that come out of the last, what they should be, the trained layer)."
    rng, norm = random.Random(seed), BatchNorm(1)
    for _ in range(batches):
        xs = [rng.gauss(10, 3) for _ in range(size)]
        out = [y.data for (y,) in norm([[Value(x)] for x in xs])]
    variance = pvariance(xs)
    return (fmean(out), pvariance(out)), (0.0, variance / (variance + norm.eps)), norm


def main():
    y, dx, dgamma, dbeta = slide()
    print("y     ", *(f"{v:8.4f}" for v in y))
    print("∂/∂x  ", *(f"{v:8.4f}" for v in dx), f"   sum {sum(dx):.1e}")
    print(f"∂/∂γ   {dgamma:8.4f}\n∂/∂β   {dbeta:8.4f}\n")
    (mean, variance), (_, expected), norm = run()
    print(
        f"a batch of N(10, 3²) comes out with mean {mean:.1e}, variance {variance:.9f} = var / (var + ε) {expected:.9f}"
    )
    print(f"gathered: mean {norm.running_mean[0]:.3f}, variance {norm.running_variance[0]:.3f}")
    norm.eval()
    print(f"in use, x = 13 alone becomes {norm([[Value(13.0)]])[0][0].data:.3f}")


if __name__ == "__main__":
    main()
