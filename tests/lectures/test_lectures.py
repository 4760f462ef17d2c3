"""Every worked number of the five lecture decks, recomputed: what the slide prints, and what is true.

`pytest -k lesson4.hinge_frog` runs one of them; `python -m tests.lectures` prints where the slides are wrong, and why.
"""

import inspect
import math
import subprocess
import sys
from collections import Counter

import pytest

from micrograd_es import Value, check, first_nonfinite
from tests.lectures import FIGURES, SOURCE, errata, inputs, recipes
from tests.support import ROOT

RECIPES = {
    name: function
    for name, function in inspect.getmembers(recipes, inspect.isfunction)
    if function.__module__ == recipes.__name__ and not name.startswith("_")
}
PRINTOUT = """\
	grad:  1.0 2.0 -2.0
	grad:  2.0 4.0 -7.84
	grad:  3.0 6.0 -16.2288
progress: 0 4.919240100095999
"""


def compute(recipe, given):
    assert recipe in RECIPES, f"recipes.py has no {recipe}"
    return numbers(RECIPES[recipe](**given))


def numbers(x):
    "The floats of Values, and of lists of them."
    return [numbers(part) for part in x] if isinstance(x, list) else x.data if isinstance(x, Value) else x


def agree(a, b, tolerance, scale=lambda b: max(1.0, abs(b))):
    "Number for number; infinities only with themselves, and nan with nothing."
    if isinstance(b, list):
        tolerances = tolerance if isinstance(tolerance, list) else [tolerance] * len(b)
        return (
            isinstance(a, list) and len(a) == len(b) and all(agree(*abt, scale=scale) for abt in zip(a, b, tolerances))
        )
    return a == b or (math.isfinite(b) and abs(a - b) <= tolerance * scale(b))


def shows(slide, x):
    "Would x be printed as on the slide: is it within half a unit of the last digit there?"
    return agree(x, slide["number"], slide["within"], scale=lambda b: 1.0)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES.keys())
def test_figure(figure):
    given, slide = inputs(figure), figure.get("slide", {})
    if "raises" in figure:
        with pytest.raises(ValueError) as error:
            compute(figure["recipe"], given)
        assert figure["raises"] in str(error.value)
        return

    truth = compute(figure["recipe"], given)
    assert agree(truth, figure["expected"], figure["tolerance"]), f"{truth} for {figure['expected']}"
    if "number" in slide:
        right = figure["verdict"] != "wrong"
        assert shows(slide, truth) == right, f"the slide has {slide['printed']}, and that is {figure['verdict']}"
    if "mistake" in figure:
        slip = compute(figure["mistake"]["recipe"], given | figure["mistake"]["inputs"])
        assert not agree(slip, truth, figure["tolerance"])
        assert "number" not in slide or shows(slide, slip), f"{figure['mistake']['how']} gives {slip}"
    if "instead" in figure:
        other = FIGURES[figure["instead"]]
        assert not agree(truth, compute(other["recipe"], inputs(other)), figure["tolerance"])


def test_the_collection():
    "159 figures of five decks; each recipe serves one at least; whatever is wrong says why."
    assert len(FIGURES) == len(SOURCE["figure"]) == 159
    assert Counter(figure["verdict"] for figure in FIGURES.values()) == {
        "exact": 23, "rounds": 10, "float64": 2, "wrong": 8, "misprint": 4, "trap": 2, "undefined": 1, "formal": 1,
        "alternative": 4, "convention": 1, "not_printed": 43, "constructed": 60,
    }  # fmt: skip
    used = {f["recipe"] for f in FIGURES.values()} | {
        f["mistake"]["recipe"] for f in FIGURES.values() if "mistake" in f
    }
    assert set(RECIPES) - used == {"training"}
    assert {f["deck"] for f in FIGURES.values()} == set(SOURCE["decks"])
    assert {f["fixture"] for f in FIGURES.values() if "fixture" in f} == set(SOURCE["fixtures"])
    for figure in FIGURES.values():
        if figure["verdict"] in ("wrong", "misprint", "trap", "undefined"):
            assert figure["note"]
        if figure["verdict"] in ("misprint", "trap"):
            assert "instead" in figure or "mistake" in figure
        if figure["verdict"] == "wrong":
            assert "number" in figure["slide"] and ("mistake" in figure or figure["id"] == "dlies4.onehot_q_sum")


def test_agreement_is_strict():
    nan, inf = math.nan, math.inf
    assert agree([1.0, [inf]], [1.0, [inf]], 0) and agree(1e9 + 1e-4, 1e9, 1e-12)
    assert not any(
        agree(a, b, 1e-12) for a, b in [(nan, nan), (1.0, nan), (nan, 1.0), (1.0, inf), (-inf, inf), (inf, 1.0)]
    )
    assert not agree([1.0], [1.0, 2.0], 1e-12) and not agree(1.0, [1.0], 1e-12)
    assert shows({"number": 2.6, "within": 0.05}, 2.625) and not shows({"number": 1000.0, "within": 0.5}, 1001.0)


def test_printout_to_the_last_digit(capsys):
    "Lesson4's four lines, character for character: the loss is the last example's, after its step."
    run = SOURCE["fixtures"]["printout"]
    for x, y, grad in zip(run["x"], run["y"], recipes.training_gradients(**run)):
        print("\tgrad: ", x, y, grad)
    print("progress:", 0, recipes.training_loss(**run))
    assert capsys.readouterr().out == PRINTOUT


def test_yale_needs_the_half():
    "With (y - a)² for a cost the neuron ends at 0.0610: the slide's 0.09 belongs to ½ (y - a)²."
    final = FIGURES["yale.final_output_06_09"]
    without = compute(final["recipe"], inputs(final) | {"loss": "squared"})
    assert f"{without:.4f}" == "0.0610" and not shows(final["slide"], without)


def test_an_error_spreads():
    "The frog's 10.9 would make Lesson4's mean loss 4.6, where it is 5.27."
    cat, car, frog = (
        numbers(recipes.hinge(s, k, 1.0)) for k, s in enumerate(SOURCE["fixtures"]["three_pictures"]["scores"])
    )
    assert f"{(cat + car + frog) / 3:.2f}" == "5.27" and f"{(cat + car + 10.9) / 3:.2f}" == "4.60"


def test_the_slides_step_is_the_referees():
    "The forward difference that `check` shows beside the gradient has Lesson4's h: a loss that falls so is -2.5 steep."
    w = Value(0.34)
    (row,) = check(1.25347 - 2.5 * (w - 0.34), w)
    assert row.ok and row.gradient == -2.5 and f"{row.forward:.6f}" == "-2.500000"


def test_nan_is_found_where_it_is_born():
    "CSE471's homework, its formula typed as it stands: the node that has no number is the logarithm of -22."
    prediction = Value(recipes.homework_output(**SOURCE["fixtures"]["homework"], head="relu").data)
    born = first_nonfinite(-(1 - prediction).log())
    assert born.op is Value.log.op and born.parents[0].data == -22


def test_errata():
    "The printed list has every figure of which a slide is wrong, with both numbers and the reason."
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "tests.lectures"],
        cwd=ROOT, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = done.stdout.removesuffix("\n")
    assert text == errata()
    for figure in FIGURES.values():
        if figure["verdict"] in ("wrong", "misprint", "trap", "undefined"):
            assert figure["id"] in text
    assert "slide    10.9\n    slip     the + 1 forgotten in both terms\n    true     12.9\n" in text
    assert "slide    0.89\n    slip     logarithm to base 10\n    true     2.040355152800171 nats\n" in text
