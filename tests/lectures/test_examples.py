"""The examples run, and each reaches its pass mark; where that takes long, a small run shows the same effect.

Each test runs an example by its `run(...)`; what `main()` reaches in full is written in examples/README.md.
"""

import importlib.util
import sys
from itertools import pairwise
from math import sqrt

import pytest

from tests.support import ROOT

FOLDER = ROOT / "examples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
SECONDS = "crater_unet dropout glyph_mlp gpt mnist mnist_cluster moons multi_label phasenet_mini rnn_echo softmax_classifier svm_classifier xavier_variance"


def example(name):
    "The file as a module; it may import its neighbours."
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(p.name for p in FOLDER.iterdir() if p.is_file() and p.name != "README.md"))
def test_is_listed(path):
    "A student who looks into the folder finds out what each file is for."
    assert f"| [{path}]({path})" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_says_what_to_look_at(name):
    assert "Look at: " in example(name).__doc__


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SECONDS.split()])
def test_main_prints(name, capsys):
    "The slower ones are run by their run() below."
    example(name).main()
    assert 1 < len(capsys.readouterr().out.splitlines()) < 30


@pytest.mark.parametrize("options", [{}, {"epochs": 20, "batch": 10}])
def test_softmax_classifier(options):
    softmax = example("softmax_classifier")
    accuracy, history = softmax.run(**options)
    assert accuracy >= 0.95 and history[-1] < history[0] / 2
    shares, loss, gradient = softmax.slide()
    assert [round(p, 2) for p in shares] == [0.13, 0.87, 0.0]
    assert loss == pytest.approx(2.04035515280017, rel=1e-12)  # the slide has 0.89, which is log10
    assert gradient == pytest.approx([-0.870017460982827, 0.869049535208266, 0.000967925774561044], rel=1e-12)


def test_svm_classifier():
    runs = [example("svm_classifier").run(lam, epochs=30) for lam in (0.0, 0.01, 0.1, 1.0)]
    assert all(accuracy >= 0.95 for accuracy, _, _ in runs)
    assert all(less < more for (_, _, more), (_, _, less) in pairwise(runs))  # ‖W‖ shrinks as λ grows
    assert all(less < more for (_, less, _), (_, more, _) in pairwise(runs))  # and the data loss pays


def test_numerical_gradient():
    numerical = example("numerical_gradient")
    assert (1.25322 - 1.25347) / 0.0001 == pytest.approx(-2.5, rel=1e-11)  # the slide
    rows = {h: errors for h, *errors in numerical.run()}
    for h in (1e-1, 1e-2, 1e-3):  # the forward error falls like h, the central one like h²
        assert rows[h][0] / rows[h / 10][0] == pytest.approx(10, rel=0.1)
    for h in (1e-1, 1e-2):
        assert rows[h][1] / rows[h / 10][1] == pytest.approx(100, rel=0.1)
    assert rows[1e-6][1] < 1e-7 < rows[1e-12][1]
    assert numerical.check(numerical.graph()[0]).ok


def test_gradient_descent():
    descent = example("gradient_descent")
    assert descent.run(1) == (1.260688, [4.919240100095999])
    w, progress = descent.run(100)
    assert abs(w - 2) < 1e-12 and progress[9] == pytest.approx(0.02141892242311795, abs=0, rel=1e-12)
    assert descent.by_hand(100)[0] == pytest.approx(w, abs=1e-15)


TRAJECTORIES = {  # the output at steps 0, 50, ..., 300, each computed to 50 digits
    (0.6, 0.9, "half_squared", 0.15): [
        0.8175744761936437,
        0.3870104444197765,
        0.21099625384384169,
        0.15273988563341817,
        0.12374742131804581,
        0.10605578302487083,
        0.09395569486364722,
    ],
    (2.0, 2.0, "half_squared", 0.15): [
        0.9820137900379085,
        0.9759333969488283,
        0.9641308469979145,
        0.9334174725573292,
        0.788736296995419,
        0.35721182938400314,
        0.20284842426777663,
    ],
    (0.6, 0.9, "bce", 0.15): [
        0.8175744761936437,
        0.07921463725832538,
        0.0371255345367939,
        0.0240651613277468,
        0.017765298571552693,
        0.014067187096687665,
        0.011638208968903767,
    ],
    (2.0, 2.0, "bce", 0.15): [
        0.9820137900379085,
        0.09850392651381701,
        0.04107222765599012,
        0.02568537837575266,
        0.01863830268860557,
        0.014610914550424903,
        0.012008741510817511,
    ],
    (0.6, 0.9, "bce", 0.005): [
        0.8175744761936437,
        0.751569152072135,
        0.6789282277457143,
        0.6052771415040296,
        0.5354904650929372,
        0.4725756333094985,
        0.41767929959888694,
    ],
    (2.0, 2.0, "bce", 0.005): [
        0.9820137900379085,
        0.9710126732256417,
        0.9539050917542707,
        0.9281625063016768,
        0.8912194374195058,
        0.8414815616272502,
        0.7795870642061689,
    ],
}


@pytest.mark.parametrize("w, b, cost, lr", TRAJECTORIES)
def test_saturated_neuron(w, b, cost, lr):
    saturated = example("saturated_neuron")
    path = saturated.run(w, b, getattr(saturated, cost), lr)
    expected = TRAJECTORIES[w, b, cost, lr]
    assert [a for a, _, _ in path[::50]] == pytest.approx(expected, abs=1e-12, rel=0)
    assert len(path) == 301


def test_saturated_neuron_weights():
    saturated = example("saturated_neuron")
    assert saturated.run(0.6, 0.9)[-1][1:] == pytest.approx((-1.28313243342155, -0.98313243342155), abs=1e-12)
    _, w, b = saturated.run(2.0, 2.0)[-1]
    assert w == b == pytest.approx(-0.684292910952006, abs=1e-12)


def test_vanishing_gradient():
    vanishing = example("vanishing_gradient")
    assert vanishing.slide() == pytest.approx(0.121938332427543 / 0.0173450210708401, rel=1e-12)
    for weight in (1.0, -1.0, 0.5):
        gradients, loss, net = vanishing.run(init=lambda *_: weight)  # noqa: B023
        assert all(abs(upper) >= 4 * abs(lower) > 0 for lower, upper in pairwise(gradients))
    relu = vanishing.run("relu")[0]
    assert relu == [1.0] * 10


def test_batch_norm():
    batch_norm = example("batch_norm")
    y, dx, dgamma, dbeta = batch_norm.slide()
    assert y == pytest.approx([-1.51245312995339, -0.170817709984463, 1.17081770998446, 2.51245312995339], rel=1e-12)
    assert [*dx, dgamma, dbeta] == pytest.approx(
        [0.214659413265554, -0.375658668901124, 0.107331584907339, 0.0536676707282312, 0.626096529318833, 0.6],
        rel=1e-11,
    )
    out, expected, norm = batch_norm.run()
    assert out == pytest.approx(expected, abs=1e-12)
    assert norm.running_mean[0] == pytest.approx(10, abs=0.5)
    assert norm.running_variance[0] == pytest.approx(9, rel=0.2)
    before = list(norm.running_mean), list(norm.running_variance)
    norm.eval()
    ((alone,),) = norm([[13.0]])
    assert alone.data == pytest.approx((13 - before[0][0]) / sqrt(before[1][0] + norm.eps), rel=1e-12)
    assert (norm.running_mean, norm.running_variance) == before  # nothing is gathered in use


def test_dropout():
    dropout = example("dropout")
    kept, mean, variance = dropout.masks(h=2.0, p=0.25, n=10_000)
    assert kept == pytest.approx(8 / 3, rel=1e-15)
    assert abs(mean - 2) <= 4 * sqrt(0.25 / (0.75 * 10_000)) * 2
    assert variance == pytest.approx(4 / 3, rel=0.05)
    known, _, beyond = dropout.run(epochs=100, answers=100)
    assert abs(known[1] - 0.5) < 0.15 and beyond[3] > 3 * known[3]  # where it was never taught, it doubts


def test_xavier_variance():
    xavier = example("xavier_variance")
    gains = {start: v[-1] / v[0] for start in xavier.STARTS for v in [xavier.run(start, examples=8)]}
    assert 1 / 3 < gains["Xavier"] < 3
    assert gains["σ = 0.01"] < 1e-10 and gains["σ = 1"] > 1e7


def test_multi_label():
    multi = example("multi_label")
    assert multi.slide() == pytest.approx(0.895900042226421, rel=1e-12)
    labels, _, scores, _ = multi.run(points=60, epochs=60)
    assert labels >= 0.95
    assert sum(z.sigmoid().data for z in scores([0.6, 0.9])) > 1.5  # five probabilities, no distribution


def test_perceptron():
    perceptron = example("perceptron")
    for learn in (perceptron.rosenblatt, perceptron.run):
        assert learn("AND") == learn("OR") == 4 and learn("XOR") < 4


def test_cnn_by_hand():
    terms, gradients, measured = example("cnn_by_hand").run()
    for place, gradient in gradients.items():
        assert gradient == pytest.approx(sum(terms[place]), abs=1e-12) and len(terms[place]) == 4
    assert measured.ok and len(measured) == 5


def test_rnn_echo():
    rnn = example("rnn_echo")
    assert rnn.echo([1, 0, 1]) == [0, 1, 0] and rnn.parity([1, 0, 1]) == [1, 1, 0]
    assert rnn.run(minibatches=60) == 1.0
