"The proof of the one-table design: a row added here, in one line, is at once known to everything else."

import math
import re
from inspect import signature

import pytest

from micrograd_es import check, draw, explain, gradient, mermaid, paths, why
from micrograd_es.calculus import TABLE, unary
from micrograd_es.engine import Value
from micrograd_es.expression.parser import parse
from micrograd_es.text.symbols import javascript, latex, plain, python


@pytest.fixture
def x(monkeypatch):
    "A Value at 2, while the table has a row more."
    row = unary("atan", lambda m, x: m.atan(x), lambda m, y, x: 1 / (1 + x * x))
    monkeypatch.setattr(Value, "atan", row, raising=False)
    return Value(2.0, label="x")


def test_numbers(x):
    "Its value, its gradient, and the second derivative that nobody wrote down: -2x / (1 + x²)²."
    y = x.atan()
    y.backward()
    (slope,) = gradient(y, x)
    (curvature,) = gradient(slope, x)
    assert (y.data, x.grad, slope.data) == (math.atan(2), 0.2, 0.2)
    assert curvature.data == pytest.approx(-4 / 25)


def test_formulas(x):
    "Four languages; the machines' text gives the engine's bits."
    op = Value.atan.op
    assert str(plain.formula(op, "x")) == "atan(x)" and str(plain.local_gradients(op, "y", "x")[0]) == "1 / (1 + x · x)"
    assert str(latex.formula(op, "x")) == r"\operatorname{atan}\left(x\right)"
    assert str(latex.local_gradients(op, "y", "x")[0]) == r"\frac{1}{1 + x \cdot x}"
    assert str(javascript.formula(op, "x")) == "Math.atan(x)" and str(python.formula(op, "x")) == "math.atan(x)"
    assert str(javascript.local_gradients(op, "y", "x")[0]) == "1.0 / (1.0 + x * x)"


def test_help(x):
    "A row explains itself, before and after its method is written out: one that somebody adds, too."
    for _ in range(2):
        assert Value.atan.__doc__ == "y = atan(x), and ∂y/∂x = 1 / (1 + x · x)."
        assert str(signature(Value.atan)) == "(self)" and repr(x.atan).startswith("<bound method atan of Value(")
        x.atan()


def test_help_for_every_row():
    "Each has a sentence and the signature of its method; so has one that makes nothing of text."
    for name, method in TABLE.methods.items():
        assert re.fullmatch(r"y = .+, and ∂y/∂.+ = .+\.", method.__doc__), name
        assert str(signature(method)) in ("(self)", "(self, other)", "(self, n)", "(*xs)")
    assert unary("odd", lambda m, x: x, lambda m, y, x: 1.0 if x > 0 else -1.0).__doc__ == "The operation odd."


def test_reading(x):
    "A formula that is typed may call it, and has it checked, explained and drawn."
    root, names = parse("atan(w*x)", w=1, x=2)
    root.backward()
    assert root.data == math.atan(2) and names["w"].grad == 0.4
    assert check(root).ok


def test_explaining(x):
    "The worked solution, the path and the reason name it."
    y = x.atan() * 3
    assert "∂y/∂x = ∂y/∂v₁ · ∂v₁/∂x = 3 · 1 / (1 + x · x)" in str(explain(y, wrt=x)).replace(
        "(1 / (1 + x · x))", "1 / (1 + x · x)"
    )
    assert r"\operatorname{atan}\left(x\right)" in explain(y).latex()
    assert paths(y, x).total == pytest.approx(0.6) and "1 / (1 + x · x)" in paths(y, x).factored()
    assert why(y, x).startswith("∂y/∂x = 0.6")
    assert check(y).ok


def test_drawing(x):
    "The box has its formula, the edge its local gradient, in the picture and in Mermaid."
    y = x.atan()
    assert "y = atan(x)" in draw(y).source and "1 / (1 + x · x) = 0.2" in draw(y).source
    assert '0.2"' in mermaid(y)
    assert y._repr_html_().startswith("<img")
