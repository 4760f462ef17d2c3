"""Draws the pictures of README.md anew: python docs/pictures.py

Two of them if they are named: neurons.png, which needs MNIST, and page.png, which needs Chromium and playwright.
"""

import random
import shutil
import sys
import tempfile
from pathlib import Path

from micrograd_es import Value, data, draw, play, train
from micrograd_es.draw.render import by_wasm
from micrograd_es.train.pictures import png, signed, square

HERE = Path(__file__).parent


def slide() -> Value:
    "The decks' (x*w - y)**2 at x = 1, w = 1, y = 2."
    x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    loss = (x * w - y) ** 2
    loss.label = "loss"
    loss.backward()
    return loss


def graph() -> str:
    "With the route to w."
    return draw(slide(), highlight="w").source


PICTURES = {"graph.svg": graph}


def svg(name: str) -> bytes:
    "By the WebAssembly Graphviz, whose bytes are the same on every machine."
    return by_wasm(PICTURES[name]())


def page() -> bytes:
    "The page of play() as a projector shows it, at the step that brings w its gradient."
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": 1280, "height": 720})
        window.goto(play(slide()).save(Path(folder) / "page.html").as_uri())
        for key in "End", "ArrowLeft":
            window.keyboard.press(key)
        return window.screenshot()


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
    for draw_it in neurons, page:
        if (name := f"{draw_it.__name__}.png") in sys.argv:
            (HERE / name).write_bytes(draw_it())
