"The page in a real browser: Debian's Chromium, driven by playwright, with the network off; any request is a failure."

import json
import math
import random
import re

import pytest

from micrograd_es import Value, gelu, leaky_relu, play, swish
from micrograd_es.engine import function, topological
from micrograd_es.graph import Graph
from micrograd_es.graph.routes import is_constant
from micrograd_es.nn import RNN, Conv1d, Layer
from micrograd_es.player.board import Board
from micrograd_es.text.letters import number_text
from tests.support.labels import MARKUP
from tests.support.losses import layered, network, slide
from tests.support.sample import sampled

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the group `browser` has it")


def until(page, condition):
    "Wait. (playwright's own waiting needs eval, which the page's policy forbids.)"
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(condition)


def position(page):
    return page.evaluate("position")


def box(page, name):
    "The texts in the box of that name: title, data, grad."
    i = page.evaluate("name => nodes.findIndex(node => node.name === name)", name)
    return page.locator(f'.view:not([hidden]) [data-id="n{i}"] text').all_text_contents()


# ---- Steps -----------------------------------------------------------------------------------------------------------


def test_keys(show):
    page = show(slide())
    assert position(page) == 0 and box(page, "loss") == ["loss = v₁²", "data", "grad"]
    for key, expected in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 10), ("ArrowRight", 10),
                          ("Home", 0), ("ArrowLeft", 0)]:  # fmt: skip
        page.keyboard.press(key)
        assert position(page) == expected and page.url.endswith(f"#{expected}")
    page.keyboard.press("End")
    assert [box(page, name)[2] for name in ("x", "w", "y", "v₁")] == ["grad −2", "grad −2", "grad 2", "grad −2"]


def test_what_is_said_at_every_step(show):
    "Forward node by node, backward edge by edge, in words that a screen reader is given."
    page, said = show(slide()), []
    for _ in range(11):
        said.append(page.locator("#sentence").inner_text())
        page.keyboard.press("ArrowRight")
    assert page.locator("#sentence").get_attribute("aria-live") == "polite"
    assert said == [
        "3 leaves have their numbers: x = 1, w = 1 and y = 2. Next: forward, node by node.",
        "ŷ is made from x and w: ŷ = x · w = 1 · 1 = 1.",
        "v₁ is made from ŷ and y: v₁ = ŷ − y = 1 − 2 = −1.",
        "loss is made from v₁: loss = v₁² = (−1)² = 1.",
        "Now backward, from loss = 1. The gradient of loss by itself is 1.",
        "Upstream, loss has 1. Its local gradient by v₁ is 2 · v₁ = −2. Downstream, v₁ receives 1 × (−2) = −2.",
        "Upstream, v₁ has −2. Its local gradient by ŷ is 1. Downstream, ŷ receives −2 × 1 = −2.",
        "Upstream, v₁ has −2. Its local gradient by y is −1. Downstream, y receives −2 × (−1) = 2.",
        "Upstream, ŷ has −2. Its local gradient by x is w = 1. Downstream, x receives −2 × 1 = −2.",
        "Upstream, ŷ has −2. Its local gradient by w is x = 1. Downstream, w receives −2 × 1 = −2.",
        "Every leaf has its gradient. loss feels x, w and y most: raise x or w by 0.01, and loss falls by about 0.02; "
        "raise y, and it rises as much.",
    ]


def test_upstream_times_local_on_its_edge(show):
    page = show(slide(), "#7")
    edge = page.locator(".view:not([hidden]) g.edge.active")
    assert edge.locator("text").all_text_contents() == ["∂v₁/∂y = −1", "−2 × (−1) = 2"]
    assert page.locator(".view:not([hidden]) g.edge text.flow").all_text_contents().count("") == 2  # x and w: not yet
    assert page.locator("#formula math").count() == 4 and page.locator("#formula mfrac").count() == 3


def test_accumulation(show):
    "A node used twice: the second time its gradient is added, in the box, in the words, in the formula."
    x = Value(3.0, label="x")
    y = x * x + x
    y.label = "y"
    page = show(y, "#5")
    shown = []
    while position(page) < page.evaluate("steps.length - 1"):
        if page.evaluate("steps[position].parent") == 0:
            formula = page.locator("#formula math").nth(1).get_attribute("aria-label")
            shown.append((box(page, "x")[2], formula, page.locator("#sentence").inner_text().split(". ")[-1]))
        page.keyboard.press("ArrowRight")
    assert [grad for grad, _, _ in shown] == ["grad 1", "grad 1 + 3 = 4", "grad 4 + 3 = 7"]
    assert shown[2][2] == "It is added to what came before: 4 + 3 = 7 (use 3 of 3)."
    assert "+=" in page.evaluate("go(5), byId('formula').textContent")


def test_play_and_pause(show):
    page = show(slide())
    page.select_option("#speed", "700")
    page.evaluate("document.querySelector('#speed').options[2].value = 20")
    page.click("#play")
    until(page, "position === steps.length - 1")
    assert page.locator("#play").inner_text() == "Play" and page.locator("#next").is_disabled()
    page.evaluate("document.querySelector('#speed').options[2].value = 300")  # slow enough for a busy machine
    page.click("#play")  # once more, from the beginning
    until(page, "position > 0")
    page.click("#play")
    stopped = position(page)
    page.wait_for_timeout(400)
    assert position(page) == stopped
    page.click("h1")
    page.keyboard.press("Space")
    assert page.locator("#play").inner_text() == "Pause"


def test_slider_buttons_and_address(show):
    page = show(slide(), "#4")
    assert position(page) == 4
    page.locator("#step").fill("6")
    assert position(page) == 6 and page.locator("#step").get_attribute("aria-valuetext") == "6 of 10, Backward"
    page.focus("#step")
    page.keyboard.press("ArrowRight")
    assert position(page) == 7
    for button, expected in [("next", 8), ("back", 7), ("last", 10), ("first", 0)]:
        page.click(f"#{button}")
        assert position(page) == expected
    page.evaluate("location.hash = '#3'")
    until(page, "position === 3")
    for odd, expected in (("#999", 10), ("#-3", 0), ("#5", 5), ("#x", 0), ("#1e999", 1)):
        page.evaluate("odd => { location.hash = odd }", odd)
        until(page, f"position === {expected}")


# ---- A closer look ---------------------------------------------------------------------------------------------------


def test_numbers_are_written_as_in_python(show):
    numbers = [0.0, -0.0, 1.0, -2.0, 0.1, 1 / 3, 12345.678, 99999.5, 999999.0, 1e6, 1234567.8, 1e-4, 1e-5, -1.5e-9, 1e300, 1.0625,
               2.0625, 0.00012345, 9999.5, 1e15, 123456789.0]  # fmt: skip
    rng = random.Random(1)
    numbers += [rng.uniform(-10, 10) * 10 ** rng.randint(-8, 8) for _ in range(300)]
    assert show(slide()).evaluate("xs => xs.map(x => numberText(x))", numbers) == [number_text(x) for x in numbers]


def test_a_leaf_and_its_paths(show):
    "Each path in its colour, with its product; their sum is the gradient."
    x = Value(3.0, label="x")
    y = (x * x).tanh() * 0 + x * x
    y.label = "y"
    page = show(y, "#3")
    page.locator('.view:not([hidden]) [data-id="n0"]').click()
    assert page.locator("#detail-name").inner_text() == "x" and page.locator("#detail-name").evaluate(
        "e => e === document.activeElement"
    )
    assert (
        page.locator(".paths li").count() == 4
        and "The sum of its 4 paths is ∂y/∂x = 6." in page.locator("#detail").inner_text()
    )
    assert page.locator(".view:not([hidden]) .band").count() == sum(
        len(path["edges"]) for path in page.evaluate("paths(0)")
    )
    colours = page.locator(".swatch").evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert len(set(colours)) == 4
    page.keyboard.press("Escape")
    assert page.locator("#detail").is_hidden() and page.locator(".band").count() == 0 and position(page) == 3


# ---- What if ---------------------------------------------------------------------------------------------------------

UNARY = ["__neg__", "exp", "sin", "cos", "relu", "tanh", "sigmoid", "softplus", "__abs__", gelu, swish, leaky_relu]
POWERS = [lambda a, b: a / (b * b + 1), lambda a, b: (a * a + 1) ** b.tanh(), lambda a, b: a**3, lambda a, b: 2**b]
BINARY = ["__add__", "__sub__", "__mul__", "maximum", "minimum", "logsumexp"]


def random_graph(rng, size):
    "Some operations on three leaves, every row among them; log, sqrt, / and ** on what is positive, if nearly 0 at times."
    leaves = [Value(rng.uniform(-2, 2)) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(size):
        a, b, kind = rng.choice(nodes), rng.choice(nodes), rng.random()
        if kind < 0.4:
            f = rng.choice(UNARY)
            nodes.append(f(a.tanh()) if callable(f) else getattr(a.tanh() if f == "exp" else a, f)())
        elif kind < 0.8:
            nodes.append(getattr(a, rng.choice(BINARY))(b))
        elif kind < 0.9:
            nodes.append(rng.choice([Value.log, Value.log2, Value.sqrt])(a * a + rng.choice([0.1, 1])))
        else:
            nodes.append(rng.choice(POWERS)(a, b))
    return Value.sum(*nodes[-4:]), leaves


def same(found, expected):
    "Within 1e-9; inf is inf and nan is nan."
    for a, b in zip(found, expected):
        a = float(a)
        assert a == b or math.isnan(a) and math.isnan(b) or a == pytest.approx(b, rel=1e-9, abs=1e-12)


ALL = """leafData => { setLeaves(Object.fromEntries(leafData));
    const text = x => Number.isFinite(x) ? x : String(x).replace("Infinity", "inf").replace("NaN", "nan");
    return [now.data.map(text), gradients().map(g => text(g ?? 0))]; }"""


def compared(page, root, leaves, numbers):
    "Put the numbers on the leaves, there and here."
    order = topological(root)
    for leaf, x in zip(leaves, numbers):
        leaf.data = x
    root.forward()
    data, grads = page.evaluate(ALL, [[order.index(v), v.data] for v in leaves if v in order])
    same(data, [v.data for v in order])
    arrived = Graph(root).gradients
    same(*zip(*[(g, arrived[v]) for g, v in zip(grads, order) if not is_constant(v)]))


def test_what_if_equals_the_engine(show, monkeypatch):
    "200 random graphs, twenty on every page (without a picture), each at new numbers: forward and backward as in Python."
    monkeypatch.setattr(Board, "svg", lambda self: '<svg viewBox="0 0 9 9"></svg>')
    monkeypatch.setattr("micrograd_es.player.page._image", lambda root: "")
    monkeypatch.setattr("micrograd_es.player.page.LIMIT", 1000)
    monkeypatch.setattr("micrograd_es.player.page.BOXES", 1000)
    rng = random.Random(4)
    graphs = [random_graph(rng, rng.randint(3, 9)) for _ in range(200)]
    for start in sampled(range(0, 200, 20), 3):
        some = graphs[start : start + 20]
        root = Value.sum(*[y for y, _ in some])
        leaves = [leaf for _, ls in some for leaf in ls]
        page = show(root)
        assert page.evaluate("computable()")
        for _ in range(2):
            compared(page, root, leaves, [rng.uniform(-3, 3) for _ in leaves])


@pytest.mark.parametrize("number", [0.0, -1.0, 1000.0, 1e-320, -1e300])
def test_what_if_at_the_edges(show, number):
    "What Python's engine answers, the page answers: log 0, 1/0, overflow, the root of a negative number."
    a, b = Value(0.5, label="a"), Value(2.0, label="b")
    roots = [a.log() * b, b / a, a.exp() + b, a.sqrt() * b, a**0.5, a**-2, a**b, a.softplus(), a.sigmoid(), a.tanh(),
             a.relu(), abs(a), Value.maximum(a, b), Value.logsumexp(a, b), a.log2()]  # fmt: skip
    root = Value.sum(*[r * 1 for r in roots])
    page = show(root)
    order = topological(root)
    a.data = number
    root.forward()
    data, _ = page.evaluate(ALL, [[order.index(a), number]])
    same(data, [v.data for v in order])


@pytest.mark.parametrize("power", [math.nan, math.inf, -math.inf, 0.0, 3.0])
def test_powers_of_one(show, power):
    "IEEE-754, and so Python: 1 to any power is 1, even to nan; (-1)^∞ is 1. JavaScript's own Math.pow says NaN."
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    root = a**b
    page = show(root)
    for base in (1.0, -1.0, 0.5, math.nan):
        a.data, b.data = base, power
        root.forward()
        data, grads = page.evaluate(ALL, [[0, base], [1, power]])
        same(data, [base, power, root.data])
        same(grads, [*root.local_grads, 1.0])


def test_sliders_boxes_and_reset(show):
    "A leaf is moved by its slider or its box; reset gives back the very bits."
    loss = slide()
    page = show(loss, "#10")
    python = page.evaluate("JSON.stringify([now.data, now.locals, gradients()])")
    row = page.locator('.leaf-row[data-leaf="1"]')
    row.locator("input[type=range]").fill("1.5")
    assert page.evaluate("now.data[root]") == 0.25 and box(page, "w")[1:] == ["data 1.5", "grad −1"]
    assert page.locator("#summary").inner_text() == "loss = 0.25 (what if; Python’s is 1)"
    row.locator("input[type=number]").fill("3")
    assert page.evaluate("now.data[root]") == 1 and row.locator("output").inner_text() == "grad 2"
    row.locator("input[type=number]").fill("")  # half-typed: nothing happens
    assert page.evaluate("now.data[1]") == 3
    page.click("#reset")
    assert page.evaluate("JSON.stringify([now.data, now.locals, gradients()])") == python
    assert row.locator("input[type=number]").input_value() == "1" and box(page, "w")[1:] == ["data 1", "grad −2"]


def test_descend(show):
    "w ← w − α · grad: the loss falls, by the numbers of Python, and its curve is drawn."
    loss = slide()
    page = show(loss, learn=loss.parents[0].parents[0].parents[1])
    page.click("#descend")
    assert page.evaluate("now.data[1]") == 1 + 0.1 * 2
    assert "loss fell from 1 to 0.64" in page.locator("#descended").inner_text()
    page.click("#descend10")
    losses = page.evaluate("losses")
    assert losses == sorted(losses, reverse=True) and len(losses) == 12 and losses[-1] < 0.01
    assert page.locator("#curve circle").count() == 12
    assert page.locator("#curve svg").get_attribute("aria-label").startswith("loss over 11 steps, from 1 to ")
    page.locator("#alpha").fill("2")
    page.click("#descend10")
    assert "α is too large" in page.locator("#descended").inner_text()
    page.locator("#alpha").fill("-1")
    page.click("#descend")
    assert "α, the learning rate, is a number above 0" in page.locator("#descended").inner_text()
    page.locator("#alpha").fill("0.1")
    page.locator('.leaf-row[data-leaf="1"] .learn').uncheck()
    page.click("#descend")
    assert "Tick" in page.locator("#descended").inner_text()
    page.click("#reset")
    assert page.locator("#curve").inner_html() == "" and page.evaluate("now.data[1]") == 1


def test_samples(show):
    """One is chosen: the leaves have its numbers, the others stay where they are, and it says which of them is on.

    Descending over the samples in turn is the lecture's training: w comes to 2.
    """
    loss = slide()
    page = show(loss, samples=[{"x": 1, "y": 2}, {"x": 2, "y": 4}, {"x": 3, "y": 6}])
    chooser = page.locator("#sample")
    texts = chooser.locator("option").all_text_contents()
    assert texts == ["none of them", "1: x = 1, y = 2", "2: x = 2, y = 4", "3: x = 3, y = 6"]
    w = 1.0
    for k in (1, 2, 3) * 4:
        chooser.select_option(index=k)
        loss = (k * w - 2 * k) ** 2
        assert page.evaluate("[root, 0, 3].map(i => now.data[i])") == pytest.approx([loss, k, 2 * k], rel=1e-14)
        page.click("#descend")
        w -= 0.1 * 2 * (k * w - 2 * k) * k
        assert page.evaluate("now.data[1]") == pytest.approx(w, rel=1e-12)
        assert chooser.evaluate("node => node.selectedIndex") == k
    assert abs(w - 2) < 0.01
    page.locator('.leaf-row[data-leaf="0"] input[type=number]').fill("7")
    assert chooser.evaluate("node => node.selectedIndex") == 0
    chooser.select_option(index=3)
    assert page.evaluate("now.data[0]") == 3
    page.click("#reset")
    assert chooser.evaluate("node => node.selectedIndex") == 1
    assert show(slide()).locator("#choosing").is_hidden()


def test_where_javascript_cannot_compute(show):
    "A node made by hand: its steps are played, and the page says why there is no what-if."
    x = Value(2.0, label="x")
    y = Value(8.0, (x,), "cube", label="y")
    y._backward = lambda: setattr(x, "grad", x.grad + 12.0 * y.grad)
    page = show(y, "#4")
    assert box(page, "x")[2] == "grad 12" and "only Python knows" in page.locator("#whatif").inner_text()


def test_a_row_more(show, monkeypatch):
    "A row added here in one line is played and computed; one that JavaScript has no function for is played."
    atan = function("atan", lambda m, x: m.atan(x), lambda m, y, x: (1 / (1 + x * x),))
    erf = function("erf", lambda m, x: m.erf(x), lambda m, y, x: (m.exp(-x * x) * 1.1283791670955126,))
    x = Value(2.0, label="x")
    root = atan(x)
    root.label = "y"
    page = show(root, "#3")
    assert "1 / (1 + x · x) = 0.2" in page.locator("#sentence").inner_text()
    compared(page, root, [x], [0.5])
    page = show(erf(x), "#3")
    assert "Downstream, x receives" in page.locator("#sentence").inner_text()
    assert "cannot be computed again" in page.locator("#whatif").inner_text()


# ---- Predict ---------------------------------------------------------------------------------------------------------


def test_predict_then_reveal(show):
    "Every gradient is hidden until it is guessed; the tolerance is said; the first try counts."
    page = show(slide())
    page.click("#predict")
    assert page.evaluate("position") == 4 and page.locator("#quiz").is_hidden()
    page.keyboard.press("ArrowRight")
    assert page.locator("#question").inner_text() == "∂loss/∂v₁ = ? (right within 1 %, or 0.01)"
    assert box(page, "v₁")[2] == "grad ?" and "−2" not in page.locator("#card").inner_text()
    assert "?" in page.locator("g.edge.active:visible text").all_text_contents()[1]
    page.fill("#guess", "two")
    page.keyboard.press("Enter")
    assert "Write a number" in page.locator("#verdict").inner_text()
    page.fill("#guess", "2")
    page.keyboard.press("Enter")
    assert page.locator("#verdict").inner_text() == (
        "Not yet. 2 comes out if the exponent is brought down but not lowered by one, as if d(x²)/dx were 2x²."
    )
    assert box(page, "v₁")[2] == "grad ?"
    page.fill("#guess", "-4/2")
    page.keyboard.press("Enter")
    assert page.locator("#verdict").inner_text() == "Right: −2." and box(page, "v₁")[2] == "grad −2"
    assert page.locator("#score").inner_text() == "Score: 0 of 1 at the first try"
    page.keyboard.press("Enter")  # Next has the focus
    page.fill("#guess", "−2,005")
    page.keyboard.press("Enter")
    assert page.locator("#score").inner_text() == "Score: 1 of 2 at the first try"
    page.click("#next")
    page.click("#reveal")
    assert page.locator("#verdict").inner_text() == "It is 2." and "1 of 3" in page.locator("#score").inner_text()
    assert "grad ?" in page.locator("output").all_inner_texts()
    page.click("#predict")  # enough
    assert page.locator("#quiz").is_hidden() and "grad ?" not in page.locator("output").all_inner_texts()


# ---- Forward mode ----------------------------------------------------------------------------------------------------


def test_forward_mode(show):
    "A switch: from a leaf on, tangents in the boxes; it asks before it tells, here too; and back again."
    page = show(slide())
    page.select_option("#mode", label="forward, d/dw")
    assert position(page) == 1 and page.locator("#phase").inner_text() == "Forward mode"
    page.keyboard.press("End")
    found = [box(page, name)[2] for name in ("x", "w", "ŷ", "v₁", "loss")]
    assert found == ["d/dw 0", "d/dw 1", "d/dw 1", "d/dw 1", "d/dw −2"]
    page.keyboard.press("ArrowLeft")
    assert page.locator("#formula math").first.get_attribute("aria-label") == "dloss/dw"
    page.locator(".view:not([hidden]) g.node", has_text="v₁ =").click()
    assert "how fast it moves with w" in page.locator("#detail-body").inner_text()
    page.keyboard.press("Escape")
    page.click("#predict")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#question").inner_text() == "dŷ/dw = ? (right within 1 %, or 0.01)"
    assert box(page, "ŷ")[2] == "d/dw ?" and page.locator("output").all_inner_texts() == ["grad ?"] * 3
    page.fill("#guess", "1")
    page.keyboard.press("Enter")
    assert page.locator("#verdict").inner_text() == "Right: 1." and box(page, "ŷ")[2] == "d/dw 1"
    page.select_option("#mode", label="reverse")
    page.keyboard.press("End")
    assert position(page) == 10 and box(page, "w")[2] == "grad −2" and page.locator("#quiz").is_hidden()


@pytest.mark.parametrize("root", [layered, lambda: network(2, 3, 1)])
def test_forward_mode_through_folded_networks(show, root):
    "From any leaf, in any of the main views, each step that is seen says something, and the last one the engine's gradient."
    graph = Graph(root(), {})
    page = show(graph)
    for leaf in (graph.leaves[0], graph.leaves[-1]):
        page.evaluate(f"setMode({graph.place[leaf]})")
        assert page.evaluate("reached()[root]") == pytest.approx(graph.gradients[leaf])
        for number in range(min(3, page.evaluate("graph.views.length"))):
            page.evaluate(f"changeView({number})")
            seen = "[...steps.keys()].filter(i => visible(steps[i]))"
            said = page.evaluate(f"{seen}.map(i => {{ go(i); return saidOf(steps[i], i); }})")
            assert all(re.fullmatch(r".{20,}\.", text) and not re.search("undefined|NaN", text) for text in said)
            assert f"= {number_text(graph.gradients[leaf])}".replace("-", "−") in said[-1] and len(said) > 5


# ---- Neurons ---------------------------------------------------------------------------------------------------------


def test_neurons_open_and_close(show):
    "Folded boxes say d(output)/d(input); opened they show their nodes; stepping skips what is folded away."
    page = show(network(2, 3, 1))
    views = page.locator(".view:not([hidden])")
    assert views.locator("g.folded").count() == 4 and page.evaluate("view") == 0
    seen = []
    while position(page) < page.evaluate("steps.length - 1"):
        page.keyboard.press("ArrowRight")
        seen.append(position(page))
        assert not page.locator("#sentence").inner_text().startswith("Inside")
    assert 15 < len(seen) < page.evaluate("steps.length - 1")
    page.evaluate("go(5)")
    assert re.match(r"Inside neuron z.*, which is folded: ", page.locator("#sentence").inner_text())
    views.locator("g.folded").first.click()
    assert views.locator("g.folded").count() == 3 and views.locator("g.cluster").count() == 2
    page.click("#folding >> text=Every node")
    assert views.locator("g.folded").count() == 0 and views.locator("g.cluster").count() == 5
    page.click("#folding >> text=Neurons")
    assert views.locator("g.folded").count() == 4
    page.click("#folding >> text=Folded")
    assert views.locator("g.folded").count() == 2 and views.locator("g.cluster").count() == 0


def recurrent():
    weights = (math.sin(i) for i in range(9999))
    return Value.sum(*[y for (y,) in RNN(1, 3, 1, init=lambda *_: next(weights))([[0.5], [-1.0], [2.0]])])


def convolution():
    weights = (math.sin(i) for i in range(9999))
    maps = Conv1d(1, 2, 2, act="relu", init=lambda *_: next(weights))([[Value(0.5), Value(-1.0), Value(2.0)]])
    return Layer(4, 1, act="linear", init=lambda *_: next(weights))([v for channel in maps for v in channel])


@pytest.mark.parametrize("root", [layered, recurrent, convolution, lambda: network(2, 3, 1)])
def test_every_line_is_in_the_picture(show, root):
    "In every view the page finds for every edge the line that Python drew, and draws none that stands for no edge."
    page = show(root())
    for number in range(page.evaluate("graph.views.length")):
        page.evaluate(f"changeView({number})")
        assert page.evaluate("[...lines.keys()].every(inView)")
        drawn = page.evaluate(
            "[...viewBoxes[view].querySelectorAll('g.edge')].map(e => e.dataset.id).filter(id => !lines.has(id))"
        )
        ends = "id.match(/\\d+/g).map(i => nodes[i])"  # of a line that no gradient takes
        assert page.evaluate(f"ids => ids.every(id => {ends}[0].constant || {ends}.some(node => node.flat))", drawn)


def test_layers_open_and_close(show):
    "By keyboard alone: a box opens to its neurons, one of those to its nodes; frames close; the focus stays with them."
    page = show(layered())
    focused = "document.activeElement.querySelector('text').textContent + ' ' + document.activeElement.ariaExpanded"
    view = page.locator(".view:not([hidden])")
    layer1 = page.evaluate("clusters.find(c => c.title === 'layer 1').out")
    assert view.locator("g.folded").count() == 3 and view.locator("g.cluster").count() == 0
    page.focus(f'.view:not([hidden]) [data-id="n{layer1}"]')
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "▾ layer 1 true" and view.locator("g.folded").count() == 10
    for _ in range(30):
        page.keyboard.press("Tab")
        if "neuron 3" in page.evaluate(focused):
            break
    assert page.evaluate(focused) == "▸ a₃⁽¹⁾, layer 1, neuron 3 false"
    page.keyboard.press(" ")
    assert page.evaluate(focused) == "▾ layer 1, neuron 3 true" and "the other 7 of layer 1" in " ".join(texts(page))
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "▸ a₃⁽¹⁾, layer 1, neuron 3 false"
    view.locator("g.cluster text").click()
    assert page.evaluate(focused) == "▸ layer 1 false" and view.locator("g.folded").count() == 3
    page.evaluate("openCluster(clusters.find(c => c.title === 'layer 2, neuron 2'))")
    view.locator("g.folded", has_text="the other 7").click()  # they come back
    assert view.locator("g.folded").count() == 10 and view.locator("g.cluster").count() == 1


def test_on_a_telephone(show):
    "The layers run from top to bottom at first; what is opened runs from left to right; closed, they stand again."
    page = show(network(2, 3, 1), size=(390, 800))
    tall = "graph.views[view].tall"
    assert page.evaluate(tall) and page.locator("#folding [aria-pressed=true]").inner_text() == "Folded"
    assert page.evaluate("document.querySelector('.view:not([hidden]) svg').getBoundingClientRect().width") <= 390
    page.locator(".view:not([hidden]) g.folded", has_text="layer 1").click()
    assert not page.evaluate(tall)
    page.locator(".view:not([hidden]) g.cluster text").click()
    assert page.evaluate(tall)


def texts(page):
    return page.locator(".view:not([hidden]) text").all_text_contents()


def test_a_layer_as_one_box(show):
    "Few steps; its box says from where to where its numbers go, and the sentence all of them: those of the engine."
    root = layered()
    page = show(root)
    order, grads = topological(root), Graph(root).gradients
    outs = [order[i] for i in page.evaluate("clusters.find(c => c.title === 'layer 1').outs")]
    said = []
    while position(page) < page.evaluate("steps.length - 1"):
        page.keyboard.press("ArrowRight")
        said.append(page.locator("#sentence").inner_text().replace("−", "-"))
        assert "which is folded" not in said[-1]
    assert len(said) < 45
    numbers = ", ".join(number_text(v.data) for v in outs[:-1])
    assert f"Layer 1 is computed from x0, x1, x2 and x3: its 8 outputs are {numbers} and " in " ".join(said)
    numbers = ", ".join(number_text(grads[v]) for v in outs[:-1])
    assert f"on to layer 1, summed over all its outputs: the gradients of its 8 outputs are now {numbers}" in " ".join(
        said
    )
    low, high = (number_text(f(grads[v] for v in outs)).replace("-", "−") for f in (min, max))
    assert f"grad {low} to {high}" in texts(page) and "4 → 8, 40 parameters" in texts(page)
    assert len([text for text in said if "passes upstream × local on to x" in text]) == 4
    assert page.locator("#leaves details").count() == 3
    assert "layer 2: 72 parameters" in page.locator("#leaves").inner_text()
    page.evaluate("togglePredict()")
    while position(page) < page.evaluate("steps.length - 1"):
        page.keyboard.press("Escape")
        page.evaluate("isAsking() ? showMe() : move(1)")
    assert "grad ?" in texts(page)  # those of the layers are asked for when they lie open


@pytest.mark.parametrize("root", [layered, recurrent, convolution])
def test_what_if_in_larger_networks(show, root):
    rng, root = random.Random(5), root()
    leaves = [v for v in topological(root) if not v.parents and not is_constant(v)]
    compared(show(root), root, leaves, [rng.uniform(-1, 1) for _ in leaves])


def test_a_folded_edge_carries_the_chain_rule(show):
    "Upstream of the neuron times the derivative of its output by that input is what arrives."
    page = show(network(2, 3, 1), "#57")
    assert not any(
        re.fullmatch("0|← 0", line) for line in page.locator(".view:not([hidden]) g.edge text").all_text_contents()
    )
    lines = page.locator(".view:not([hidden]) g.edge text.flow").all_text_contents()
    assert sum("×" in line for line in lines) > 8
    for line in filter(lambda line: "×" in line, lines):
        up, local, down = [float(x) for x in re.findall(r"[\d.e-]+", line.replace("−", "-"))]
        assert up * local == pytest.approx(down, rel=2e-3)


# ---- Labels ----------------------------------------------------------------------------------------------------------


def test_hostile_labels_stay_text(show):
    "All at once, on every side of the page; none of them runs, none of them is markup."
    leaves = [Value(1.0 + i, label=label) for i, label in enumerate(MARKUP)]
    root = Value.sum(*[a * b for a, b in zip(leaves, leaves[1:])])
    root.label = "<img src=x onerror=alert(1)>"
    page = show(root, title="</title><script>alert(1)</script>")
    assert page.title() == "</title><script>alert(1)</script>" and page.locator("img").count() == 0
    page.locator("summary").click()
    for leaf in (0, 2):
        page.locator(f'.view:not([hidden]) [data-id="n{leaf}"]').click()
    page.keyboard.press("End")
    text = page.locator("body").inner_text()
    assert all(label in text for label in MARKUP[:4]) and "\u202e" not in text and page.locator("script").count() == 2
    assert page.evaluate("document.querySelectorAll('[onerror], .view [style]:not(svg)').length") == 0


# ---- For everybody ---------------------------------------------------------------------------------------------------


STATES = {
    "step": "go(7)", "end": "go(steps.length - 1)", "detail": "showDetail(0)", "descended": "descend(10)",
    "predict": "togglePredict(), move(1)", "hint": "byId('guess').value = 2, byId('quiz').requestSubmit()",
    "values": "predict(wanted()), jump(5)", "words": "byId('all').open = true", "zoomed": "zoomTo(4)",
}  # fmt: skip


ROOTS = {"slide": slide, "network": lambda: network(2, 3, 1), "layers": layered}
LOOKS = [f"{name} {scheme}" for name in ROOTS for scheme in ("light", "dark")]


@pytest.mark.parametrize("look", sampled(LOOKS, 3))
def test_axe_finds_nothing(show, axe, look):
    "No violation of any rule, in any state of the page."
    name, scheme = look.split()
    page = show(ROOTS[name](), scheme=scheme)
    page.evaluate(axe)
    states = (
        {
            "detail": "showDetail(4)",
            "layer": "openCluster(clusters[0])",
            "neuron": "openCluster(clusters[4])",
            "predict": "togglePredict(), move(1)",
            "zoomed": "zoomTo(3)",
        }
        if page.evaluate("nodes.length > 9")
        else STATES
    )
    for name, state in states.items():
        page.evaluate(f"() => {{ {state.replace(', ', '; ')}; }}")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(done => done.violations)")
        assert [(name, v["id"], [n["html"][:100] for n in v["nodes"]]) for v in found] == []


def test_keyboard_only(show):
    "Tab reaches everything, the focus can be seen, Enter looks closer, Escape goes back to where one was."
    page = show(slide())
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "document.activeElement.id || document.activeElement.dataset.id || document.activeElement.type || ''"
        )
        if not here:
            break
        reached.append(here)
        visible = page.evaluate("""() => { const e = document.activeElement, s = getComputedStyle(e);
            return s.outlineStyle !== 'none' || getComputedStyle(e.querySelector('polygon') ?? e).strokeWidth === '4px'; }""")
        assert visible, here
    assert {"play", "next", "last", "speed", "predict", "step", "n0", "n5", "range", "number", "checkbox", "alpha", "descend",
            "reset", "larger", "fitted", "full"} <= set(reached)  # fmt: skip
    controls = page.locator(
        "button:enabled:visible, input:visible, select:visible, summary:visible, [tabindex='0']:visible"
    )
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY" and len(reached) + 1 == controls.count()
    for control, key, done in [("next", "Enter", "position === 1"), ("back", " ", "position === 0"), ("last", " ", "position === 10"),
                               ("first", "Enter", "position === 0"), ("larger", "Enter", "zoom > 1"), ("smaller", " ", "zoom === 1"),
                               ("step", "End", "position === 10"), ("play", " ", "timer !== null"), ("play", " ", "timer === null"),
                               ("predict", "Enter", "predicting.has('grad')"), ("asks", "ArrowDown", "predicting.has('data')"),
                               ("predict", " ", "!predicting.size"), ("descend", "Enter", "losses.length === 2"),
                               ("descend10", " ", "losses.length === 12"), ("reset", "Enter", "!now.changed")]:  # fmt: skip
        page.focus(f"#{control}")
        page.keyboard.press(key)
        until(page, done)
    page.keyboard.press("Home")
    page.focus('.view:not([hidden]) [data-id="n1"]')
    page.keyboard.press("Enter")
    assert page.locator("#detail-name").inner_text() == "w"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.id") == "n1"
    page.keyboard.press("ArrowRight")
    assert position(page) == 1


def test_reduced_motion(browser, show):
    page = show(slide(), "#6")
    assert page.locator("g.edge.active:visible > path").evaluate("e => getComputedStyle(e).animationName") == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.locator("g.edge.active:visible > path").evaluate("e => getComputedStyle(e).animationName") == "backward"


@pytest.mark.parametrize("width", [320, 360, 1280, 1920])
def test_nothing_is_cut_off(show, width):
    "The page never scrolls sideways, only a large picture within it; and letters keep a size that can be read."
    for root, address in ((slide(), "#8"), (network(2, 3, 1), "#36")):
        page = show(root, address, size=(width, 1080 if width == 1920 else 800))
        page.evaluate("showDetail(0); descend(1)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        heights = page.locator(".view:not([hidden]) text.title").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect().height)"
        )
        assert min(heights) > (18 if width == 1920 else 10)
    assert float(page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")) >= (
        23 if width == 1920 else 15
    )


def test_print(show):
    "One page for a slide's graph, with the picture and all steps in words, and none of the controls."
    page = show(slide(), "#10")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.emulate_media(media="print")
    assert page.locator("#steps li").count() == 11 and page.locator("#controls").is_hidden()
    assert page.locator("#whatif").is_hidden() and page.locator("svg:visible").count() == 1
    large = show(network(2, 3, 1), "#57").pdf(format="A4")
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", large)) <= 4


def test_in_a_frame(browser, tmp_path):
    "As in a notebook: srcdoc, without an address of its own; under the outer page's eyes no error."
    trouble = []
    (tmp_path / "outer.html").write_text(
        f"<!doctype html><title>notebook</title>{play(slide())._repr_html_()}", "utf-8"
    )
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto((tmp_path / "outer.html").as_uri())
    frame = page.frames[1]
    frame.click("#last")
    assert "Every leaf has its gradient" in frame.locator("#sentence").inner_text() and trouble == []
    assert json.loads(page.evaluate("JSON.stringify(document.images[0].naturalWidth > 100)"))
    context.close()
