"What the page says is what explain() says: every line of both, letter by letter, in a real browser."

import math
import random

import pytest

from micrograd_es import Value, explain, losses, play, softmax
from micrograd_es.player.board import Board
from micrograd_es.text.symbols import plain
from tests.support.graphs import random_graph
from tests.support.histories import history
from tests.support.losses import network, slide
from tests.support.sample import sampled

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the group `browser` has it")

PAGE = """() => {
    const grads = gradients();
    return nodes.map((node, i) => [node.name, equationText(words.made(i)),
                                   uses[i].length && i !== root ? equationText(words.chain(i, uses[i], grads, grads[i])) : ""]);
}"""


def leaves(*numbers):
    "x₁, x₂, ...: a name with an index."
    return [Value(x, label="x" + "₁₂₃₄₅₆"[i]) for i, x in enumerate(numbers)]


def chosen():
    "What has been wrong before, and what could be: saturation, ties, kinks, signs, exponents."
    a, b, h = Value(0.7, label="a"), Value(-1.3, label="b"), Value(2.0, label="h⁽²⁾")
    x, y, z = leaves(-2.0, 3.0, 3.0)
    zero = Value(0.0, label="o")
    yield from ((f"tanh({n})", Value(float(n), label="x").tanh()) for n in (3, 6, -3, -6, 1, 0))
    yield "tanh(3) twice", x * y.tanh() + y.tanh() * -2
    yield "slide", slide()
    yield "MLP", network(2, 2, 1)
    yield "softmax", -softmax([a, b, h])[0].log()
    yield "cross entropy", losses.cross_entropy_with_logits([a, b, h], 1)
    yield "relu at 0", zero.relu() * 2 + zero
    yield "abs at 0", abs(zero) - zero.sigmoid()
    yield "ties", Value.maximum(y, z, 3.0) * Value.minimum(y, z) + Value.maximum(x, y)
    yield "negative", (-a - b) * (-x) / -(b * x) - (a - -b)
    yield "quotients", (a / b) / (x / y) - (b / a) ** 2 + 1 / x
    yield "powers", x**2 + h**3 + h**2 * a**-1 + a**0.5 - x**-3 + h**1 + h**0 + 2**x + a**b + y**z + h**h
    yield "the same twice", a * a + b * b * b + x / x - (a - a)
    yield "functions", x.sin() - x.cos() + y.log() * y.log2() / y.sqrt() + x.exp() + x.softplus() + x.sigmoid()
    yield "logsumexp", Value.logsumexp(a, b, x) * b
    yield "large", (Value(123456.0, label="l") * 1e7 + Value(1e-7, label="s")) ** 2
    yield "not finite", zero.log() + 1 / zero + Value(1000.0, label="t").exp() * zero + zero.sqrt()
    yield "of a negative number", x.log() * b + x.sqrt() + x**0.5 + x**y
    yield "0 to the power 0", zero ** Value(0.0, label="p") + Value(0.0, label="q") ** y
    yield "overflow", Value(1e200, label="u") ** 2 + Value(-1e200, label="w") * 1e200


def cases():
    "Those, and 80 random graphs, four on a page."
    yield from chosen()
    for i in sampled(range(20), 4):
        rng = random.Random(7 + i)
        graphs = [random_graph(rng, size=12, accept=lambda v: math.isfinite(v.data)) for _ in range(4)]
        yield f"random graphs {i}", Value.sum(*[graph.root for graph in graphs])
    for i in sampled(range(20), 4):
        rng = random.Random(70 + i)
        roots = [history(rng).root for _ in range(4)]
        yield f"histories {i}", Value.sum(*roots)


def told(root):
    "name -> the forward line and the backward one, as explain() writes them."
    worked = explain(root)
    forward, backward = worked.lines(plain)
    lines = {worked.names[v]: [" = ".join(sides), ""] for v, sides in zip(worked.forward, forward)}
    for step, (_, sides) in zip(worked.steps, backward):
        lines[worked.names[step.node]][1] = " = ".join(sides)
    return lines


def test_the_page_says_what_explain_says(show, monkeypatch, tmp_path):
    "Every line, forward and backward, of a hundred graphs, on pages without a picture."
    monkeypatch.setattr(Board, "svg", lambda self: '<svg viewBox="0 0 9 9"></svg>')
    monkeypatch.setattr("micrograd_es.player.page._image", lambda root: "")
    page, different, count = show(slide()), [], 0
    for name, root in cases():
        root.label = "r"
        expected = told(root)
        play(root, tmp_path / "next.html")
        page.goto((tmp_path / "next.html").as_uri())
        found = {v: [line.replace("−", "-") for line in lines] for v, *lines in page.evaluate(PAGE)}
        for v, lines in expected.items():
            count += len(lines)
            different += [f"{name}\n  explain: {a}\n  page:    {b}" for a, b in zip(lines, found[v]) if a and a != b]
    assert different == [], "\n".join(different)
    assert count > 600
