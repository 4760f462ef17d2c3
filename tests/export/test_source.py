"""The backward pass as a Python program: it runs with nothing installed, and checks itself against the graph."""

import random
import subprocess
import sys

import pytest

from micrograd_es import Value, nn
from micrograd_es.export import source
from micrograd_es.losses import squared


def run(text):
    "The names of the program, after its assertions have held."
    scope = {}
    exec(compile(text, "<source>", "exec"), scope)
    return scope


def test_random_graphs():
    "All rows of the table, shared nodes, kinks: 60 graphs, whose every gradient is the engine's."
    pytest.importorskip("numpy")
    from tests.support.networks import random_graph

    for seed in range(60):
        inputs, parameters, loss = random_graph(random.Random(seed))
        for i, v in enumerate([*inputs, *parameters]):
            v.label = f"x{i}"
        scope = run(source(loss))
        loss.backward()
        size = max([1.0, *(abs(v.grad) for v in [*inputs, *parameters])])
        for v in [*inputs, *parameters]:
            assert abs(scope.get(f"d_{v.label}", 0.0) - v.grad) <= 1e-12 * size


def test_it_needs_nothing(tmp_path):
    "A network's program in a fresh Python, without this package: silent, because all its assertions hold."
    net, x = nn.MLP(2, [3, 1], act="tanh"), [Value(0.5, label="x1"), Value(-1.0, label="x2")]
    text = source(squared(net(x), 1.0))
    (tmp_path / "backprop.py").write_text(text, "utf-8")
    done = subprocess.run([sys.executable, "-I", "backprop.py"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "micrograd" not in text and text.count(" += ") >= 3


def test_it_notices_a_mistake():
    "With one local gradient spoiled, or a forgotten +=, an assertion fails."
    a, b = Value(3.0, label="a"), Value(4.0, label="b")
    text = source(a * b + a)
    run(text)
    for right, wrong in (("d_a += ", "d_a = "), ("v1 * a", "v1 * b"), ("a * b\n", "a + b\n")):
        assert right in text
        with pytest.raises(AssertionError):
            run(text.replace(right, wrong, 1))


def test_names():
    "Labels that Python can read are kept; others, and those that would hide something, get a number."
    labels = ["w", "w", "lambda", "d_w", "max", "w₁", "ŷ", "v1", ""]
    leaves = [Value(float(i), label=label) for i, label in enumerate(labels, 1)]
    scope = run(source(Value.sum(*leaves).maximum(2.0)))
    assert scope["w"] == 1.0 and scope["v1"] == 8.0 and scope["ŷ"] == 7.0
    assert scope["d_w"] == 1.0


def test_it_follows_the_leaves():
    "A leaf changed since the graph was made counts with the number that it has now; the graph is not touched."
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0
    assert run(source(y))["d_x"] == 6.0 and y.data == 4.0 and x.grad == 0


def test_edges():
    "A leaf alone; a sum of thousands of terms; a number that is not finite; an operation of one's own."
    assert run(source(Value(2.0, label="x")))["d_x"] == 1.0
    xs = [Value(1.0) for _ in range(2000)]
    run(source(Value.sum(*xs)))
    with pytest.raises(ValueError, match="not all are finite"):
        source(Value(0.0).log())
    with pytest.raises(TypeError, match="no row of the table"):
        source(Value(1.0, (Value(1.0),), "mine"))
