"""The pictures of docs/gallery, each as `draw(loss)` makes it: python docs/gallery.py draws them anew.

Small networks as lectures have them, laid out to be read on a slide of 16:9; `python docs/gallery.py --measure` prints
how large their text is there, and how many of their edges cross.
"""

import math
import random
import sys
from pathlib import Path

from micrograd_es import Value, dot, draw, losses, nn, softmax
from micrograd_es.draw.looks import THEMES
from micrograd_es.draw.render import by_wasm

HERE = Path(__file__).parent / "gallery"


def wave(name: str, count: int, step: float = 1.7) -> list[Value]:
    "x₁, x₂, ...: numbers that are nothing special."
    return [Value(round(math.sin(step * i), 2), label=f"{name}{'₀₁₂₃₄₅₆₇₈₉'[i]}") for i in range(1, count + 1)]


def slide() -> Value:
    "The lecture's (x · w - y)²."
    x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    return (x * w - y) ** 2


def perceptron(*sizes: int) -> Value:
    "A network, and its squared loss or, of several outputs, its cross-entropy."
    out = nn.MLP(sizes[0], sizes[1:], act="tanh")(wave("x", sizes[0]))
    return losses.cross_entropy_with_logits(out, 1) if sizes[-1] > 1 else losses.squared(out, Value(1.0, label="y"))


def softmax_cross_entropy() -> Value:
    "Three scores and the loss of the first class, whose gradient is p - y."
    return losses.cross_entropy_with_logits(wave("z", 3), 0)


def rnn() -> Value:
    "Three steps of a recurrent network, whose weights are the same at each."
    outs = nn.RNN(1, 1, 1)([[x] for x in wave("x", 3)])
    return losses.squared(outs[-1][0], Value(1.0, label="y"))


def rnn_of_two() -> Value:
    "The same with two hidden neurons, and a loss at every step."
    outs = nn.RNN(1, 2, 1)([[x] for x in wave("x", 3)])
    return losses.mse([out for (out,) in outs], wave("y", 3, 0.9))


def convolution() -> Value:
    "One kernel at four places of a signal."
    ((*outs,),) = nn.Conv1d(1, 1, 3, act="relu")([wave("x", 6)])
    return losses.mse(outs, wave("y", 4, 0.9))


class UNet(nn.Module):
    "Down by a pool, up again, and what was fine beside what is coarse."

    def __init__(self) -> None:
        self.down = nn.Conv1d(1, 1, 3, padding=1, act="tanh")
        self.bottom = nn.Conv1d(1, 1, 3, padding=1, act="tanh")
        self.up = nn.Conv1d(2, 1, 3, padding=1)

    def __call__(self, x: list[list[Value]]) -> list[list[Value]]:
        fine = self.down(x)
        coarse = self.bottom(nn.pool1d(fine, 2))
        return self.up(fine + nn.upsample1d(coarse, 2))


def unet() -> Value:
    ((*outs,),) = UNet()([wave("x", 4)])
    return losses.mse(outs, wave("y", 4, 0.9))


class Head(nn.Module):
    "Attention of the last token: how much of each value, by how its query meets each key."

    def __init__(self, size: int) -> None:
        self.query, self.key, self.value = (nn.Layer(size, size, act="linear") for _ in range(3))

    def __call__(self, tokens: list[list[Value]]) -> list[Value]:
        query = self.query(tokens[-1])
        weights = softmax([dot(query, self.key(token)) for token in tokens])
        values = [self.value(token) for token in tokens]
        return [dot(weights, column) for column in zip(*values)]


def attention() -> Value:
    xs = wave("x", 4)
    return losses.cross_entropy_with_logits(Head(2)([xs[:2], xs[2:]]), 1)


PICTURES = {
    "slide": slide,
    "mlp-2-2-1": lambda: perceptron(2, 2, 1),
    "mlp-2-3-1": lambda: perceptron(2, 3, 1),
    "mlp-4-4-2": lambda: perceptron(4, 4, 2),
    "mlp-4-8-8-1": lambda: perceptron(4, 8, 8, 1),
    "mlp-4-8-8-2": lambda: perceptron(4, 8, 8, 2),
    "softmax-cross-entropy": softmax_cross_entropy,
    "rnn": rnn,
    "rnn-of-two": rnn_of_two,
    "conv1d": convolution,
    "u-net": unet,
    "attention": attention,
}


def loss(name: str) -> Value:
    "The graph of a picture, after its backward(); always the same."
    random.seed(name)
    root = PICTURES[name]()
    root.label = "loss"
    root.backward()
    return root


def svg(name: str, theme: str = "light") -> bytes:
    "By the WebAssembly Graphviz, whose bytes are the same on every machine."
    return by_wasm(draw(loss(name), theme=theme).source)


if __name__ == "__main__" and "--measure" in sys.argv:
    sys.path.insert(0, str(HERE.parent.parent))
    from tests.support.pictures import measure

    for name in PICTURES:
        print(f"{name:22} {measure(draw(loss(name)))}")
elif __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name in PICTURES:
        for theme in THEMES:
            suffix = "" if theme == "light" else f".{theme}"
            (HERE / f"{name}{suffix}.svg").write_bytes(svg(name, theme))
