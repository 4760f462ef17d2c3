"""A small U-Net that finds craters (DLiES, Lesson4; DeepMoon, Silburt et al. 2019).

A picture of one crater in noise; the target is its rim, a ring of ones. Down: a convolution, pooling to half the size,
a convolution. Up: every pixel becomes 2×2, and beside it is laid what the first convolution saw, at full size: the
skip. Then two more convolutions, a sigmoid for each pixel, binary cross-entropy.

Look at: the same network without its skip must draw the rim from 2×2 blocks, and its loss stays higher.

A picture of 16×16 and 4 and 8 channels (777 parameters) make 139,000 nodes and take half a second. The full training,
run(1200, 8, side=16, channels=4), cross-entropy below 0.10, is for the replay. Here a picture has 8×8 pixels, and the
network 3 and 6 channels.
"""

import math
import random

from micrograd_es import Value, mean
from micrograd_es.losses import bce_with_logits
from micrograd_es.nn import Conv2d, Module, pool2d, upsample2d
from micrograd_es.optim import Adam


def crater(rng, side):
    "(A picture of one channel, its rim): a dark bowl, a bright rim, and noise."
    radius = rng.uniform(side / 6, side / 3)
    y, x = (rng.uniform(radius, side - 1 - radius) for _ in "yx")
    away = [[math.hypot(i - y, j - x) - radius for j in range(side)] for i in range(side)]
    rim = [[float(abs(d) < 0.6) for d in row] for row in away]
    light = [[Value(math.exp(-(d**2)) - 0.5 * (d < 0) + rng.gauss(0, 0.2)) for d in row] for row in away]
    return [light], rim


class UNet(Module):
    "One level down and up again, with the skip or without it; a score for each pixel."

    def __init__(self, channels, skip=True):
        self.skip = skip
        self.down = Conv2d(1, channels, 3, padding=1, act="leaky_relu")
        self.deep = Conv2d(channels, 2 * channels, 3, padding=1, act="leaky_relu")
        self.up = Conv2d(3 * channels if skip else 2 * channels, channels, 3, padding=1, act="leaky_relu")
        self.score = Conv2d(channels, 1, 1)

    def __call__(self, image):
        fine = self.down(image)
        coarse = upsample2d(self.deep(pool2d(fine, 2)), 2)
        return self.score(self.up(coarse + fine if self.skip else coarse))[0]


def loss(net, examples):
    "The binary cross-entropy, a pixel."
    pixels = [
        pair for image, rim in examples for scores, wanted in zip(net(image), rim) for pair in zip(scores, wanted)
    ]
    return mean([bce_with_logits(z, y) for z, y in pixels])


def run(steps=60, batch=4, side=8, channels=3, skip=True, seed=0):
    "(The loss of the first and of the last ten minibatches, the number of parameters)."
    random.seed(seed)
    rng = random.Random(seed)
    net = UNet(channels, skip)
    adam, history = Adam(net.parameters(), lr=0.02), []
    for _ in range(steps):
        value = loss(net, [crater(rng, side) for _ in range(batch)])
        adam.zero_grad()
        value.backward()
        adam.step()
        history.append(value.data)
    return sum(history[:10]) / len(history[:10]), sum(history[-10:]) / len(history[-10:]), len(net.parameters())


def main():
    for skip in (True, False):
        first, last, count = run(skip=skip)
        print(f"{'with' if skip else 'without'} the skip, {count} parameters:  loss {first:.3f} -> {last:.3f}")


if __name__ == "__main__":
    main()
