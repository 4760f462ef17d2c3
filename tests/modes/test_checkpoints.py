"Checkpointing: the gradients of backward() to the bit, with as few numbers alive as it says; and its pictures."

import gc
import math
import random
import re

import pytest

from micrograd_es import Value, checkpointed, draw_checkpoints, nn
from micrograd_es.calculus import CONSTANT
from micrograd_es.modes.checkpoints import best, most, plan


def chain():
    "One number that goes round."
    w, b = Value(0.9, label="w"), Value(0.1, label="b")
    return (lambda h, t: (w * h + b * math.cos(t)).tanh()), Value(0.3), None, [w, b]


def recurrent():
    "A recurrent network of three, whose last state is to sum up to something."
    rng = random.Random(5)
    U, W = [[[Value(rng.uniform(-1, 1)) for _ in range(n)] for _ in range(3)] for n in (2, 3)]
    xs = [[rng.uniform(-1, 1) for _ in range(2)] for _ in range(60)]

    def step(h, t):
        return [
            Value.sum(*[w * v for w, v in zip(q, h)], *[u * x for u, x in zip(p, xs[t])]).tanh() for p, q in zip(U, W)
        ]

    return step, [Value(0.1 * i) for i in range(3)], lambda h: (Value.sum(*h) - 1) ** 2, sum(U + W, [])


def module():
    "The package's own cell: its inputs stand before its state, so that weights hear from the first step first."
    random.seed(2)
    cell = nn.RNN(1, 2, 1).hidden
    return (lambda h, t: cell.at(t, [0.5, *h])), [0.0, 0.0], lambda h: h[0] * h[1], cell.parameters()


def whole(step, start, steps, loss):
    state = start
    for t in range(steps):
        state = step(state, t)
    root = loss(state) if loss else state
    root.backward()
    return root.data


@pytest.mark.parametrize("make", [chain, recurrent])
@pytest.mark.parametrize("steps, every", [(1, 1), (7, 1), (7, 3), (7, 7), (7, 50), (24, 5), (25, None), (60, 8)])
def test_gradients_to_the_bit(make, steps, every):
    "Of weights and of the start, whatever is kept; a gradient that stands there already is added to."
    step, start, loss, weights = make()
    given = weights + (start if isinstance(start, list) else [start])
    expected = whole(step, start, steps, loss), [v.grad for v in given]
    for v in given:
        v.grad = 0
    done = checkpointed(step, start, steps, every, loss)
    assert (done.loss, [v.grad for v in given]) == expected
    checkpointed(step, start, steps, every, loss)
    assert all(math.isclose(v.grad, 2 * g) for v, g in zip(given, expected[1]))


def test_a_layer_of_the_package():
    "There the same terms are added up in another order: the last bit may differ."
    step, start, loss, weights = module()
    expected = whole(step, start, 20, loss), [w.grad for w in weights]
    for w in weights:
        w.grad = 0
    assert checkpointed(step, start, 20, 6, loss).loss == expected[0]
    assert all(math.isclose(w.grad, g, rel_tol=1e-13) for w, g in zip(weights, expected[1]))


@pytest.mark.parametrize("make", [chain, recurrent])
@pytest.mark.parametrize("steps, every", [(12, 1), (24, 5), (36, 6), (36, 36), (50, None)])
def test_what_is_alive_is_counted(make, steps, every, monkeypatch):
    "Python itself is asked for every Value that there is, when a stretch goes back: no more than it says are alive."
    step, start, loss, weights = make()
    gc.collect()
    alive, calls = [], []
    before = {id(v) for v in gc.get_objects() if isinstance(v, Value)}

    def backward(root, original=Value.backward):
        alive.append(
            sum(isinstance(v, Value) and v.op is not CONSTANT and id(v) not in before for v in gc.get_objects())
        )
        original(root)

    monkeypatch.setattr(Value, "backward", backward)
    done = checkpointed(lambda h, t: [calls.append(t), step(h, t)][1], start, steps, every, loss)
    assert max(alive) == done.held and len(calls) == done.computed < 2 * steps
    assert len(alive) == math.ceil(steps / done.every)


def test_about_twice_the_root():
    "Of n steps of one number each: some 2√n numbers, and no other k does much better; all are kept for k = 1 and k = n."
    for steps in (16, 36, 100, 400):
        costs = {k: most(steps, k) for k in range(1, steps + 1)}
        assert 2 * math.sqrt(steps) - 2 <= costs[best(steps)] <= 2 * math.sqrt(steps) + 3
        assert costs[best(steps)] <= min(costs.values()) + 2 and min(costs[1], costs[steps]) >= steps


def test_the_plan_is_what_happens():
    "The picture's count for a chain of one operation a step, but for what hands a gradient on to the stretch before."
    for steps, every in [(9, 3), (36, 6), (30, 4), (20, 20)]:
        done = checkpointed(lambda h, t: h.sin(), Value(0.4), steps, every)
        assert abs(done.held - most(steps, every)) <= 2


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: checkpointed(lambda h, t: h, 1.0, 0), ValueError, "steps is a whole number of 1 or more, not 0"),
        (
            lambda: checkpointed(lambda h, t: h, 1.0, 3, 1.5),
            ValueError,
            "every is a whole number of 1 or more, not 1.5",
        ),
        (
            lambda: checkpointed(lambda h, t: 2.0, 1.0, 3),
            TypeError,
            "checkpointed: step 0: 2.0 is of type float, not a l",
        ),
        (
            lambda: checkpointed(lambda h, t: [2.0], [1.0], 3),
            TypeError,
            "checkpointed: step 0: 2.0 is of type float, not",
        ),
        (
            lambda: checkpointed(lambda h, t: h, [1.0, 2.0], 3),
            ValueError,
            "the last state has 2 numbers: give the loss",
        ),
        (
            lambda: checkpointed(lambda h, t: [h, h], 1.0, 3),
            ValueError,
            "step 0 made 2 numbers of 1: a state keeps its",
        ),
        (lambda: checkpointed(lambda h, t: h, "h", 3), TypeError, "checkpointed: start: 'h' is of type str"),
    ],
)
def test_refused(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


# ---- The picture -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2, 9, 36])
def test_a_picture_for_every_k(steps, tmp_path):
    "The page has all of them and shows one; each has a bar for every number, and says how many there are at once."
    found = draw_checkpoints(steps)
    page = found.save(tmp_path / "page.html").read_text("utf-8")
    figures = page.split("<figure ")[1:]
    assert [int(re.match(r'data-k="(\d+)"', figure)[1]) for figure in figures] == list(range(1, steps + 1))
    assert [k for k, figure in enumerate(figures, 1) if not re.match(r'data-k="\d+" hidden', figure)] == [best(steps)]
    for k, figure in enumerate(figures, 1):
        numbers = {number for made, read in plan(steps, k) for number in (made, *read)}
        assert len(re.findall(r"M[\d.]+ [\d.]+h\d+\.\d\d", figure)) == len(numbers)
        assert f"one state in {k} kept: {most(steps, k)} numbers held at once" in figure
    assert "https://" not in page and "script-src 'sha256-" in page
    assert found.save(tmp_path / "a.svg").read_text("utf-8").startswith("<svg") and "<iframe" in found._repr_html_()


def test_the_slider(window, tmp_path):
    "It chooses which picture is seen, and the policy lets it."
    page, trouble = window.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.goto(draw_checkpoints(9).save(tmp_path / "page.html").as_uri())
    for k in (3, 1, 9):
        page.locator("#k").fill(str(k))
        seen = page.locator("figure:visible")
        assert seen.count() == 1 and seen.get_attribute("data-k") == str(k) == page.locator("#shown").inner_text()
    page.close()
    assert trouble == []


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: draw_checkpoints(65), "a chain of 65 steps is too long to be drawn: 64 at most"),
        (lambda: draw_checkpoints(9.5), "draw_checkpoints: steps is a whole number of 1 or more, not 9.5"),
        (lambda: draw_checkpoints(9, 10), "every=10: of 9 steps, one in 9 at most can be kept"),
        (lambda: draw_checkpoints(9).save("page.png"), "page.png: the page is saved as .html, the picture as .svg"),
    ],
)
def test_no_picture(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
