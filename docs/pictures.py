"""Draws the pictures of README.md anew: python docs/pictures.py (neurons.png, which needs MNIST, if it is named)"""

import random
import sys
from pathlib import Path

from micrograd_es import Value, data, draw, train
from micrograd_es.draw.render import by_wasm
from micrograd_es.train.pictures import png, signed, square

HERE = Path(__file__).parent


def graph() -> str:
    "The decks' (x*w - y)**2 at x = 1, w = 1, y = 2, with the route to w."
    x, w, y = Value(1.0), Value(1.0), Value(2.0)
    loss = (x * w - y) ** 2
    loss.backward()
    return draw(loss, highlight=w).source


PICTURES = {"graph.svg": graph}


def svg(name: str) -> bytes:
    "By the WebAssembly Graphviz, whose bytes are the same on every machine."
    return by_wasm(PICTURES[name]())


def neurons() -> bytes:
    "What three epochs of MNIST add to the weights of the first ten neurons, side by side."
    import numpy as np

    random.seed(0)
    net, _ = network = train.network()
    start = train.first_layer(net)
    known, unseen = train.table(data.mnist("train")[:50_000]), train.table(data.mnist("test"))
    train.run(network, known, unseen, epochs=3)
    network.r.write()
    learned = [signed(square(row)) for row in (train.first_layer(net) - start)[:10]]
    gap = np.full((28, 2, 3), 255, "uint8")
    return png(np.hstack([part for tile in learned for part in (tile, gap)][:-1]))


if __name__ == "__main__":
    for name in PICTURES:
        (HERE / name).write_bytes(svg(name))
    if "neurons.png" in sys.argv:
        (HERE / "neurons.png").write_bytes(neurons())
