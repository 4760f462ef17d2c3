"The table run on text: every row in four languages, and what is written means what is computed."

import json
import math
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_es.calculus import TABLE
from micrograd_es.core.floats import floats
from micrograd_es.engine import Value
from micrograd_es.text.letters import latex_name, number_text
from micrograd_es.text.symbols import javascript, latex, plain, python
from micrograd_es.text.symbols import numpy as arrays

LANGUAGES = [plain, latex, python, javascript]
POINTS = [(0.3, 0.7, 1.9), (2.5, 0.4, 1.1), (1.0, 1.0, 1.0), (0.001, 36.0, 5.0), (17.0, 3.0, 0.01)]
HOSTILE = [
    "",
    "50%",
    "a{b}",
    "a_b^c",
    "$x$",
    "\\",
    "\\end{align*}",
    "a&b#c~d",
    "{",
    "}",
    "<b>",
    "größe",
    "ж",
    "x²",
    "a b",
]


ROWS = {**TABLE} | {f"x**{n:g}": (Value(1.0) ** n).op for n in (-2, -0.5, 0, 1, 2, 2.5)}
CASES = [pytest.param(op, "abc"[: op.arity or 3], id=name) for name, op in ROWS.items()]


# ---- Brackets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write, expected",
    [
        (lambda m, a, b, c: (a + b) * c, "(a + b) · c"),
        (lambda m, a, b, c: a + b * c, "a + b · c"),
        (lambda m, a, b, c: a - (b - c), "a - (b - c)"),
        (lambda m, a, b, c: a - b - c, "a - b - c"),
        (lambda m, a, b, c: a + (b - c), "a + b - c"),
        (lambda m, a, b, c: a / (b * c), "a / (b · c)"),
        (lambda m, a, b, c: a * b / c, "a · b / c"),
        (lambda m, a, b, c: a / b / c, "(a / b) / c"),
        (lambda m, a, b, c: a * (b / c), "a · (b / c)"),
        (lambda m, a, b, c: (a * b) ** 2, "(a · b)²"),
        (lambda m, a, b, c: (a**2) ** 3, "(a²)³"),
        (lambda m, a, b, c: a ** (b + c), "a^(b + c)"),
        (lambda m, a, b, c: a**-1, "a⁻¹"),
        (lambda m, a, b, c: 2**a, "2^a"),
        (lambda m, a, b, c: (-a) ** 2, "(-a)²"),
        (lambda m, a, b, c: -(a**2), "-a²"),
        (lambda m, a, b, c: -(a + b), "-(a + b)"),
        (lambda m, a, b, c: -a * b, "-a · b"),
        (lambda m, a, b, c: a * -b, "a · (-b)"),
        (lambda m, a, b, c: a - -b, "a - (-b)"),
        (lambda m, a, b, c: m.exp(a + b) * c, "exp(a + b) · c"),
        (lambda m, a, b, c: abs(a - b), "|a - b|"),
        (lambda m, a, b, c: 1 * a + b * 1, "a + b"),
        (lambda m, a, b, c: a**1 + b**0, "a + 1"),
        (lambda m, a, b, c: m("w₁⁽¹⁾") ** 2, "(w₁⁽¹⁾)²"),
    ],
)
def test_brackets(write, expected):
    "As many brackets as the meaning needs, and no more."
    assert str(write(plain, *map(plain, "abc"))) == expected


UNARY = [lambda m, a: -a, lambda m, a: m.tanh(a), lambda m, a: a**2]
UNARY += [lambda m, a: -2.0 * a, lambda m, a: a - 0.5, lambda m, a: 4.0 / a, lambda m, a: 1.0 - a]
BINARY = [lambda m, a, b: a + b, lambda m, a, b: a - b, lambda m, a, b: a * b, lambda m, a, b: a / b]


def formulas():
    "Formulas over a, b, c, as functions of the maths and the three inputs."
    return st.recursive(
        st.integers(0, 2).map(lambda i: lambda m, *xs: xs[i]),
        lambda inner: (
            st.builds(lambda f, g: lambda m, *xs: f(m, g(m, *xs)), st.sampled_from(UNARY), inner)
            | st.builds(
                lambda f, g, h: lambda m, *xs: f(m, g(m, *xs), h(m, *xs)), st.sampled_from(BINARY), inner, inner
            )
        ),
        max_leaves=12,
    )


@settings(deadline=None)
@given(formulas())
def test_what_is_written_is_what_is_meant(f):
    "Any formula, written and read again by Python: the same bits for machines, the same number for people."
    xs = (0.7, -1.3, 2.9)
    try:
        meant = f(floats, *xs)
    except (ZeroDivisionError, OverflowError):
        return
    names = dict(zip("abc", xs)) | {"math": math, "tanh": math.tanh}
    again = eval(str(f(python, *map(python, "abc"))), names)
    assert again == meant or math.isnan(again) and math.isnan(meant)
    text = str(f(plain, *map(plain, "abc"))).replace("·", "*").replace("²", "**2")
    if abs(meant) < 1e6:
        assert eval(text, names) == pytest.approx(meant, rel=1e-6, abs=1e-6)


# ---- Every row -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op, xs", CASES)
def test_prints_in_every_language(op, xs):
    "A formula and one local gradient for each input; nothing that Python would print of an object shines through."
    for language in LANGUAGES:
        texts = [language.formula(op, *xs), *language.local_gradients(op, "y", *xs)]
        assert len(texts) == 1 + len(xs)
        assert all(str(t) and not re.search("Symbol|lambda|object|None", str(t)) for t in texts)


@pytest.mark.parametrize("op, xs", CASES)
def test_python_text_gives_the_engines_bits(op, xs):
    "Python source of forward and of partials, run by Python, gives the very floats of the engine."
    forward, partials = python.formula(op, *xs), python.local_gradients(op, "y", *xs)
    for point in POINTS:
        y, local = op.evaluate(*point[: len(xs)])
        names = {"math": math, "y": y, **dict(zip(xs, point))}
        assert [eval(str(t), names) for t in (forward, *partials)] == [y, *local]


def test_javascript_text_gives_the_engines_numbers():
    "JavaScript source of every row, run by node; its maths library may round in another way."
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not on the PATH")
    lines, expected = [], []
    for op, xs in (case.values for case in CASES):
        for point in POINTS:
            y, local = op.evaluate(*point[: len(xs)])
            texts = [javascript.formula(op, *xs), *javascript.local_gradients(op, "y", *xs)]
            function = f"({','.join([*xs, 'y'])}) => [{','.join(map(str, texts))}]"
            lines.append(f"({function})({','.join(map(repr, [*point[: len(xs)], y]))})")
            expected.append([y, *local])
    program = f"console.log(JSON.stringify([{','.join(lines)}]))"
    done = subprocess.run([node, "-"], input=program, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [pytest.approx(numbers, rel=1e-12) for numbers in expected]


def balanced(text):
    "Do the braces of this LaTeX close in order, and the \\left and \\right?"
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and text.count(r"\left") == text.count(r"\right")


@pytest.mark.parametrize("op, xs", CASES)
def test_latex_is_latex(op, xs):
    "Every row is LaTeX that a converter reads, also over names and numbers that have an exponent already."
    convert = pytest.importorskip("latex2mathml.converter").convert
    for names in (xs, ["w₁₂⁽¹⁾", "ŷ", "50%"][: len(xs)], [latex(1e-9), latex(-2.0), latex(math.inf)][: len(xs)]):
        for symbol in [latex.formula(op, *names), *latex.local_gradients(op, "y", *names)]:
            assert balanced(symbol.text), symbol
            assert not re.search(r"\^\{[^{}]*\}\^", symbol.text), f"{symbol}: LaTeX stops at a double superscript"
            assert convert(symbol.text).startswith("<math")


def test_lecture_forms():
    "People read the derivative as the slide has it; machines the form that keeps its digits."
    assert str(plain.local_gradients(Value.tanh.op, "a", "z")) == "[1 - a²]"
    assert str(plain.local_gradients(Value.sigmoid.op, "a", "z")) == "[a · (1 - a)]"
    assert str(plain.local_gradients((Value(1.0) ** 2).op, "y", "s")) == "[2 · s]"
    assert "math.exp" in str(python.local_gradients(Value.tanh.op, "a", "z"))


def test_operation_of_ones_own():
    "An operation that is no row of the table has a name, and that is all one can write."
    op = Value(1.0, (Value(2.0),), "cube").op
    assert [str(language.formula(op, "x")) for language in (plain, python)] == ["cube(x)", "cube(x)"]


# ---- Names and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, expected",
    [
        ("x", "x"),
        ("x1", "x_{1}"),
        ("v₁", "v_{1}"),
        ("ŷ", r"\hat{y}"),
        ("y\u0302", r"\hat{y}"),
        ("ŷ₂", r"\hat{y}_{2}"),
        ("w₁₂⁽¹⁾", "w_{12}^{(1)}"),
        ("w₁,₁₀⁽²⁾", "w_{1,10}^{(2)}"),
        ("δ₄", r"\delta_{4}"),
        ("λ", r"\lambda"),
        ("Σ", r"\Sigma"),
        ("ο", r"\text{ο}"),
        ("x̄ᵢ", r"\bar{x}_{i}"),
        ("θ̂₂", r"\hat{\theta}_{2}"),
        ("Wₕₕ", "W_{hh}"),
        ("W_hy", "W_{hy}"),
        ("h_prev", r"h_{\mathrm{prev}}"),
        ("loss", r"\mathrm{loss}"),
        ("w[0]", r"\text{w[0]}"),
        ("learning_rate", r"\text{learning\_rate}"),
        ("50%", r"\text{50\%}"),
    ],
)
def test_latex_name(name, expected):
    "Hats, indices and Greek letters become LaTeX, all else is text."
    assert latex_name(name) == expected


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_in_latex(name):
    "Whatever a label holds, the formula around it stays whole."
    text = rf"\frac{{{latex_name(name)}}}{{2}}"
    assert balanced(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[$%&#]", text) and r"\end" not in text
    pytest.importorskip("latex2mathml.converter").convert(text)


@pytest.mark.parametrize(
    "x, expected",
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-2.0, "-2"), (0.1, "0.1"), (1 / 3, "0.3333"), (-0.70710678, "-0.7071"),
        (999999.0, "999999"), (1e6, "1e+06"), (12345.678, "12346"), (1e-9, "1e-09"), (1e300, "1e+300"), (1e16, "1e+16"),
        (math.inf, "∞"), (-math.inf, "-∞"), (math.nan, "nan"),
    ],
)  # fmt: skip
def test_number_text(x, expected):
    "Whole numbers whole, four digits of others, and no inf that looks like a name."
    assert number_text(x) == expected


@settings(deadline=None)
@given(st.floats(-1e300, 1e300))
def test_numbers_survive_being_written(x):
    "For machines every digit; for people four significant ones, whatever the size."
    assert eval(python(x).text) == x == json.loads(javascript(x).text)
    assert float(number_text(x)) == pytest.approx(x, rel=5.1e-4)


def test_infinities_for_machines():
    "inf and nan are spelled as each language has them."
    assert [str(javascript(x)) for x in (math.inf, -math.inf, math.nan)] == ["Infinity", "-Infinity", "NaN"]
    assert [eval(str(python(x))) for x in (math.inf, -math.inf)] == [math.inf, -math.inf]
    assert math.isnan(eval(str(python(math.nan))))


def test_numbers_in_latex():
    "A power of ten is one, inf and nan are spelled out: the e of \\text{nan} is no exponent."
    found = [str(latex(x)) for x in (1e-9, math.inf, -math.inf, math.nan)]
    assert found == [r"1 \cdot 10^{-9}", r"\infty", r"-\infty", r"\text{nan}"]


@pytest.mark.parametrize("x", [0.0, -0.5, 1e300, math.inf, -math.inf, math.nan])
def test_numbers_of_numpy_and_python_are_those_numbers(x):
    "What stands in an exported program is read back to the bit, also where numbers end."
    np = pytest.importorskip("numpy")
    for text in (arrays.number(x), python.number(x)):
        assert repr(float(eval(text, {"np": np}))) == repr(x)
