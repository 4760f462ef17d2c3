"Optimisers against recurrences written out by hand, schedules at their ends, and a training loop that one can trust."

import inspect
import itertools
import math
import random
import re
import sys
from fractions import Fraction
from time import sleep

import pytest

from micrograd_es.engine import Value
from micrograd_es.losses import half_squared, mse
from micrograd_es.nn import MLP
from micrograd_es.optim import SGD, Adam, AdamW, Optimizer, cosine, fit, linear, minibatches, stepwise


def path(optimizer, w, steps=20):
    "Where w goes on the slope of (w - 3)² w, and the gradients it met."
    places, gradients = [w.data], []
    for _ in range(steps):
        optimizer.zero_grad()
        ((w - 3) ** 2 * w).backward()
        gradients.append(w.grad)
        optimizer.step()
        places.append(w.data)
    return places, gradients


# ---- One step and many ----------------------------------------------------------------------------------------------


def test_sgd_is_the_slide_to_the_bit():
    "w ← w - α ∂loss/∂w and nothing else: the same bits as the line a student writes."
    w = Value(0.7)
    places, gradients = path(SGD([w], lr=0.1), w)
    for before, gradient, after in zip(places, gradients, places[1:]):
        assert after == before - 0.1 * gradient


def test_the_lecture_to_the_last_digit():
    "Lesson4: x·w against y = 2x, one example at a time; `progress: 0 4.919240100095999` is the last loss after its step."
    w = Value(1.0)
    optimizer = SGD([w], lr=0.01)
    for x, y in ((1, 2), (2, 4), (3, 6)):
        loss = (x * w - y) ** 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.data == pytest.approx(7.31594304) and loss.forward().data == 4.919240100095999


def test_momentum():
    "v ← μ v + gradient, w ← w - α v; from rest on a slope of 1 the speed grows to 1 / (1 - μ)."
    w = Value(0.7)
    places, gradients = path(SGD([w], lr=0.01, momentum=0.9), w)
    v = 0.0
    for before, gradient, after in zip(places, gradients, places[1:]):
        v = 0.9 * v + gradient
        assert after == before - 0.01 * v
    w = Value(0.0)
    w.grad = 1.0
    optimizer = SGD([w], lr=1.0, momentum=0.5)
    steps = []
    for _ in range(60):
        at = w.data
        optimizer.step()
        steps.append(at - w.data)
    assert steps[:3] == [1.0, 1.5, 1.75] and steps[-1] == pytest.approx(2)


def test_weight_decay():
    "Adds λ w to the gradient: without any other, w shrinks by 1 - αλ each step."
    w = Value(2.0)
    optimizer = SGD([w], lr=0.1, weight_decay=0.5)
    for _ in range(10):
        optimizer.step()
    assert w.data == pytest.approx(2 * 0.95**10, rel=1e-14)


@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_adam(kind):
    "Both recurrences with exact fractions, all but the root: rounding is all that differs after twenty steps."
    w = Value(0.7)
    places, gradients = path(kind([w], lr=0.05, betas=(0.875, 0.75), eps=1e-3, weight_decay=0.25), w)
    b1, b2, m, v = Fraction(7, 8), Fraction(3, 4), Fraction(0), Fraction(0)
    for t, (before, gradient, after) in enumerate(zip(places, gradients, places[1:]), 1):
        g = Fraction(gradient) + (Fraction(before) / 4 if kind is Adam else 0)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        step = float(m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + 1e-3) + (0.25 * before if kind is AdamW else 0)
        assert after == pytest.approx(before - 0.05 * step, rel=1e-13)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_adams_first_step_is_the_learning_rate(size):
    "Whatever the gradient's size: m̂ / √v̂ is its sign. That is what freeing them from their start at 0 is for."
    w = Value(1.0)
    w.grad = -size
    Adam([w], lr=0.25, eps=0.0).step()
    assert w.data == 1.25


def test_decoupled_decay_does_not_meet_the_running_means():
    "AdamW with no gradient shrinks w by 1 - αλ; Adam lets λ w through m̂ / √v̂ and takes a whole α."
    adam, adamw = Value(1.0), Value(1.0)
    Adam([adam], lr=0.1, weight_decay=0.01).step()
    AdamW([adamw], lr=0.1, weight_decay=0.01).step()
    assert adam.data == pytest.approx(0.9, abs=1e-6) and adamw.data == pytest.approx(0.999, rel=1e-15)


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_parameters_do_not_mix(kind):
    "Each has its own memory: two trained together go where each goes alone."
    together = Value(0.7), Value(-1.0)
    optimizer = kind(iter(together), lr=0.05, **({"momentum": 0.9} if kind is SGD else {}))
    alone = []
    for start in (0.7, -1.0):
        w = Value(start)
        path(kind([w], lr=0.05, **({"momentum": 0.9} if kind is SGD else {})), w, 10)
        alone.append(w.data)
    for _ in range(10):
        optimizer.zero_grad()
        sum((w - 3) ** 2 * w for w in together).backward()
        optimizer.step()
    assert [w.data for w in together] == alone


def test_optimizer_alone_is_plain_descent():
    "The base class is what a student's own optimiser starts from: override direction()."

    class Sign(Optimizer):
        def direction(self, i, gradient, w):
            return math.copysign(1.0, gradient)

    w = Value(1.0)
    w.grad = -7.0
    Optimizer([w], 0.5).step()
    assert w.data == 4.5
    Sign([w], 0.5).step()
    assert w.data == 5.0


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_no_parameters(kind):
    "A used-up generator, or a module without any: nothing would ever be learned."
    with pytest.raises(ValueError, match=r"an optimiser needs parameters: module\.parameters\(\) gave none"):
        kind([], lr=0.1)


def test_zero_grad():
    "Only its own parameters' gradients, back to the 0 of before any backward."
    w, other = Value(1.0), Value(1.0)
    (w * other).backward()
    SGD([w], 0.1).zero_grad()
    assert repr(w) == "Value(data=1.0, grad=0)" and other.grad == 1


# ---- Schedules ------------------------------------------------------------------------------------------------------


def test_schedules():
    "Where they start, half way, where they end, and after it."
    assert [linear(1.0, 0.1, 90)(t) for t in (0, 45, 90, 1000)] == [1.0, 0.55, 0.1, 0.1]
    assert [cosine(1.0, 0.2, 100)(t) for t in (0, 25, 50, 100, 1000)] == pytest.approx(
        [1.0, 0.6 + 0.4 * math.sqrt(0.5), 0.6, 0.2, 0.2], rel=1e-15)  # fmt: skip
    assert [stepwise(0.8, 0.5, 10)(t) for t in (0, 9, 10, 25)] == [0.8, 0.8, 0.4, 0.2]
    for schedule in (linear(1, 0, 7), cosine(1, 0, 7), stepwise(1, 0.3, 2)):
        rates = [schedule(t) for t in range(12)]
        assert rates == sorted(rates, reverse=True) and rates[0] == 1 and all(type(rate) is float for rate in rates[:7])


def test_learning_rate_as_a_schedule():
    "It is asked once a step, counted from 0, however many parameters there are; `lr` tells that of the step to come."
    asked = []

    def schedule(step):
        asked.append(step)
        return 10.0**-step

    ws = [Value(0.0) for _ in range(3)]
    optimizer = SGD(ws, lr=schedule)
    for w in ws:
        w.grad = -1.0
    for _ in range(3):
        optimizer.step()
    assert asked == [0, 1, 2] and [w.data for w in ws] == [1.11] * 3
    assert optimizer.lr == 1e-3 and SGD(ws, lr=0.5).lr == 0.5


# ---- Minibatches and fit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n, size", [(10, 3), (10, 10), (10, 1), (10, 99), (1, 1)])
def test_every_example_once_an_epoch(n, size):
    "In batches of that size, the last one smaller; in a new order that the seed decides."
    batches = list(minibatches(range(n), size, random.Random(0)))
    assert sorted(itertools.chain(*batches)) == list(range(n))
    assert [len(b) for b in batches[:-1]] == [min(size, n)] * (len(batches) - 1) and 0 < len(batches[-1]) <= size
    assert batches == list(minibatches(range(n), size, random.Random(0)))
    rng = random.Random(0)
    first, second = (list(itertools.chain(*minibatches(range(100), 7, rng))) for _ in range(2))
    assert first != second and first != sorted(first)


def test_minibatch_of_nothing():
    with pytest.raises(ValueError, match="a minibatch of 0 examples: it needs at least one"):
        list(minibatches([1, 2, 3], 0))


def line(w, b, few):
    return mse([w * x + b for x, _ in few], [y for _, y in few])


EXAMPLES = [(x / 4, 3 * x / 4 - 1) for x in range(-4, 5)]


def test_fit_finds_the_line():
    "y = 3x - 1 from nine points: full batches and small ones; the history falls from the first loss to none."
    for batch in (None, 4):
        w, b = Value(0.0), Value(0.0)
        first = line(w, b, EXAMPLES).data
        history = fit(lambda few: line(w, b, few), EXAMPLES, SGD([w, b], 0.3), 60, batch, random.Random(1))  # noqa: B023
        assert (w.data, b.data) == pytest.approx((3, -1), abs=1e-4) and len(history) == 60
        assert history[-1] < 1e-7 < history[0] <= first * (1 + 1e-15)
        if batch is None:
            assert history[0] == pytest.approx(first, rel=1e-15) and history == sorted(history, reverse=True)


def test_history_is_the_mean_over_examples():
    "A last batch that is smaller counts for less: with no learning every epoch has the loss of all the examples."
    w = Value(1.0)
    history = fit(
        lambda few: mse([w * x for x in few], [0] * len(few)), range(7), SGD([w], 0.0), 3, 3, random.Random(2)
    )
    assert history == pytest.approx([13.0] * 3, rel=1e-14)  # (0 + 1 + 4 + 9 + 16 + 25 + 36) / 7


def test_fit_is_the_loop_a_student_writes():
    "Seed for seed and bit for bit, on a network; and the gradients of one batch do not leak into the next."
    random.seed(5)
    ours, theirs = MLP(1, [3, 1], act="tanh"), MLP(1, [3, 1], act="tanh")
    for a, b in zip(ours.parameters(), theirs.parameters()):
        b.data = a.data
    fit(lambda few: line_of(ours, few), EXAMPLES, SGD(ours.parameters(), 0.1), 3, 4, random.Random(3))
    rng = random.Random(3)
    for _ in range(3):
        for few in minibatches(EXAMPLES, 4, rng):
            theirs.zero_grad()
            line_of(theirs, few).backward()
            for p in theirs.parameters():
                p.data -= 0.1 * p.grad
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]


def line_of(model, few):
    return mse([model([x]) for x, _ in few], [y for _, y in few])


@pytest.mark.parametrize("lr, number", [(1.5, r"(inf|nan)"), (math.inf, "(inf|nan)")])
def test_a_loss_that_explodes(lr, number):
    "Stops at once, says the epoch and what to try, and takes no step with a gradient that is not a number."
    w = Value(1.0)
    optimizer = SGD([w], lr=lr)
    with pytest.raises(FloatingPointError, match=rf"the loss is {number} in epoch \d+: try a smaller learning rate"):
        fit(lambda few: half_squared(4 * w, 1.0), [0], optimizer, epochs=1000)
    assert optimizer.steps > 0


LINE = r"epoch (\d+)/12  loss (\d+\.\d{4})  accuracy (\d+\.\d\d)%  [\d,]+ examples/s"


def with_progress(progress=True, pause=0.0):
    "Twelve epochs of four examples, one at a time; the longer the loss, the longer the line."
    w, shares = Value(100.0), iter(range(12))

    def loss(few):
        sleep(pause)
        return half_squared(w, 0.0)

    return fit(loss, [0] * 4, SGD([w], 0.5), 12, 1, progress=progress, accuracy=lambda: next(shares) / 12)


def test_progress_goes_to_stderr_alone(capsys):
    "Nothing unless asked; stdout is for results; into a file a line for every epoch."
    with_progress(progress=False)
    assert capsys.readouterr() == ("", "")
    with_progress()
    out, err = capsys.readouterr()
    found = [re.fullmatch(LINE, line).groups() for line in err.splitlines()]
    assert out == "" and [int(epoch) for epoch, _, _ in found] == list(range(1, 13))
    assert [share for _, _, share in found] == [f"{100 * i / 12:.2f}" for i in range(12)]
    assert float(found[0][1]) == pytest.approx(5000 * (1 + 1 / 4 + 1 / 16 + 1 / 64) / 4, abs=1e-4)


def test_progress_on_a_terminal(capsys, monkeypatch):
    """A line for every epoch, which overwrites itself, digits of longer ones too, with a bar in the middle of it.

    Under the last one stands the curve.
    """
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    history = with_progress(pause=0.03)
    lines, curve = capsys.readouterr().err.split("\n\n", 1)
    bars = 0
    for epoch, line in enumerate(lines.split("\n"), 1):
        nothing, *texts = line.split("\r")
        screen = ""
        for text in texts:
            screen = text + screen[len(text) :]
            shown = re.fullmatch(
                LINE.replace("  accuracy", "(?:  accuracy").replace("%", "%)?") + r"(  \[#*\.*\])? *", screen
            )
            assert shown and int(shown[1]) == epoch and nothing == "", screen
            bars += shown[4] is not None
        assert re.fullmatch(LINE + " *", screen)
    assert epoch == 12 and bars >= 3 and curve.rstrip("\n") == str(history) and "12\n" in curve


def test_defaults():
    "Those of the papers and of PyTorch, ten passes, and nothing printed that nobody asked for."
    given = {f: {n: p.default for n, p in inspect.signature(f).parameters.items()} for f in (SGD, Adam, AdamW, fit)}
    adam = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8}
    assert given[SGD].items() >= {"lr": 0.01, "momentum": 0.0, "weight_decay": 0.0}.items()
    assert given[Adam].items() >= (adam | {"weight_decay": 0.0}).items()
    assert given[AdamW].items() >= (adam | {"weight_decay": 0.01}).items()
    assert given[fit].items() >= {"epochs": 10, "progress": False}.items()
