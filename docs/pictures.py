"""Draws the pictures of README.md anew: python docs/pictures.py"""

from pathlib import Path

from micrograd_es import Value, draw
from micrograd_es.picture import by_wasm

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


if __name__ == "__main__":
    for name in PICTURES:
        (HERE / name).write_bytes(svg(name))
