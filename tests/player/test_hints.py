"A wrong number in the page gets the hint that diagnose() gives: the mistakes run there as Python wrote them."

import math
import random

import pytest

from micrograd_es import Value, diagnose, losses, play, softmax
from micrograd_es.graph import Graph
from micrograd_es.graph.routes import is_constant
from micrograd_es.mistakes import MISTAKES
from micrograd_es.mistakes.slips import slips
from micrograd_es.player.board import Board
from micrograd_es.player.hints import Hints
from tests.support.graphs import random_graph
from tests.support.losses import network, slide
from tests.support.sample import sampled

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the group `browser` has it")


def classes():
    z = [Value(v, label=f"z{i}") for i, v in enumerate((1.2, 0.4, -0.7))]
    return losses.cross_entropy_with_logits(z, 1) + 0.5 * softmax(z)[0].log2() ** 3 - z[2].cos() / z[0] + z[1].relu()


def reused():
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    c = a * b + a
    return (c * c - b / a).tanh() + c.maximum(a)


GRAPHS = [slide, reused, classes, lambda: network(2, 2, 1)]


def predicted(graph):
    "The nodes whose gradient the page asks for."
    return [v for v in graph.order[:-1] if not is_constant(v) and not v.op.flat]


def wrong_numbers(graph, rng):
    "(node, number): what each mistake makes of each node, and some numbers that none makes."
    for mistake in MISTAKES:
        try:
            wrong = mistake.gradients(graph)
        except OverflowError:
            continue
        for v in predicted(graph):
            if math.isfinite(wrong[v]):
                yield v, wrong[v]
                yield v, wrong[v] * rng.uniform(-3, 3)


FINDINGS = "asked => asked.map(([i, x]) => findings(i, x).map(f => f.mistakes.map(m => m.sentence)))"


@pytest.mark.parametrize("make", GRAPHS, ids=["slide", "reused", "classes", "2-2-1"])
def test_the_page_finds_what_diagnose_finds(show, make):
    "Mistake for mistake, at Python's numbers and at those of a what-if; who is right is never accused."
    root, rng = make(), random.Random(2)
    page = show(Graph(root, {}))
    for _ in range(2):
        graph = Graph(root, {})
        asked = list(wrong_numbers(graph, rng))
        asked = rng.sample(asked, min(150, len(asked))) + [(v, graph.gradients[v]) for v in predicted(graph)]
        found = page.evaluate(FINDINGS, [[graph.place[v], x] for v, x in asked])
        for (v, x), sentences in zip(asked, found):
            told = diagnose(graph, v, x)
            expected = {tuple(m.sentence for m in finding.mistakes) for finding in told.findings}
            assert {tuple(some) for some in sentences} == expected, (graph.names[v], x)
            assert not (told.right and sentences)
        for leaf in graph.leaves:
            leaf.data = leaf.data + rng.uniform(-0.3, 0.3)
        root.forward()
        page.evaluate(
            "leafData => setLeaves(Object.fromEntries(leafData))", [[graph.place[v], v.data] for v in graph.leaves]
        )


def test_every_mistake_is_written():
    "Each has a place in some graph; a graph in which it makes no difference does without."
    written = [Hints(Graph(make())).javascript() for make in GRAPHS]
    assert [m.name for m in MISTAKES if not any(m.sentence in text for text in written)] in ([], ["log10 for ln"])


def test_slips_of_every_row(show, monkeypatch):
    "A wrong value: the page says the likeliest slip that Python says, letter by letter, on random graphs of all rows."
    monkeypatch.setattr(Board, "svg", lambda self: '<svg viewBox="0 0 9 9"></svg>')
    monkeypatch.setattr("micrograd_es.player.page._image", lambda root: "")
    hinted = 0
    for seed in sampled(range(12), 3):
        root = random_graph(random.Random(seed), size=12, accept=lambda v: math.isfinite(v.data)).root
        graph = Graph(root, {})
        page = show(graph)
        asked = []
        for v in [v for v in graph.order if v.parents]:
            xs = [x.data for x in v.parents]
            tried = [
                -v.data,
                xs[0],
                xs[-1],
                sum(xs),
                math.prod(xs),
                xs[0] - xs[-1],
                max(xs),
                math.tanh(xs[0]),
                v.data * 7.3,
            ]
            asked += [(v, xs, x) for x in tried if math.isfinite(x)]
        found = page.evaluate(
            "asked => asked.map(([i, x]) => valueHint(i, x))", [[graph.place[v], x] for v, _, x in asked]
        )
        for (v, xs, x), hint in zip(asked, found):
            if any(is_constant(p) and not p.data.is_integer() for p in v.parents):
                continue  # the page writes as many of its digits as the line needs
            told = [slip.sentence for slip in slips(v, xs, x, graph.names)]
            if told:
                assert hint.replace("−", "-") == f"{told[0]}.".replace("−", "-")
                hinted += 1
        page.close()
    assert hinted > 20


def test_a_hint_as_it_is_read(show):
    "Two that explain the number are both said; one that nothing explains gets none, and no answer is given away."
    page = show(slide())
    page.evaluate("predict(['grad']); jump(5)")
    for guess, verdict in [
        ("-1", "Not yet. −1 comes out if the exponent is not brought down in front, as if d(x²)/dx were x."),
        ("77", "Not yet. Try again, or let it be shown."),
    ]:
        page.fill("#guess", guess)
        page.keyboard.press("Enter")
        assert page.locator("#verdict").inner_text().replace("-1", "−1").startswith(verdict[:30])
        assert "−2" not in page.locator("#verdict").inner_text()
        assert page.evaluate("document.activeElement.id") == "guess"


def test_values_are_predicted(show):
    "What is made is hidden until it is guessed, wherever it stood; the slip is named; moving on shows it."
    page = show(slide())
    page.click("#predict")
    page.select_option("#asks", "data")
    assert page.evaluate("position") == 0 and page.locator("#quiz").is_hidden()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "guess" and page.evaluate("position") == 2
    assert page.locator("#question").inner_text().startswith("v₁ = ?")
    hidden = page.locator('.view:not([hidden]) [data-id="n4"] text').all_text_contents()
    assert hidden[1] == "data ?" and "= −1" not in page.locator("#card").inner_text().replace("-1", "−1")
    assert page.locator("#summary").inner_text() == "loss = ?"
    page.locator("summary", has_text="All steps").click()
    assert "−1" not in page.locator("#steps li").nth(2).inner_text().replace("-1", "−1")
    page.focus("#guess")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    assert "3 is ŷ + y." in page.locator("#verdict").inner_text()
    page.fill("#guess", "-1")
    page.keyboard.press("Enter")
    assert page.locator("#verdict").inner_text() == "Right: −1."
    page.keyboard.press("Enter")  # Next
    assert page.evaluate("[position, document.activeElement.id]") == [3, "guess"]
    page.keyboard.press("ArrowRight")  # not guessed
    assert page.locator("#summary").inner_text() == "loss = 1" and page.locator("#quiz").is_hidden()
    page.select_option("#asks", "data grad")
    assert page.evaluate("position") == 0
    asked = []
    while page.evaluate("position < steps.length - 1"):
        page.evaluate("isAsking() ? showMe() : move(1)")
        asked += page.evaluate("asked ? [asked.of] : []")
    assert asked.count("data") == 3 and asked.count("grad") == 5


def test_the_field_gets_the_focus(show):
    "However one comes to a question; but nobody who moves a slider is taken away from it."
    page = show(slide())
    page.click("#predict")
    page.click("#next")
    assert page.evaluate("document.activeElement.id") == "guess"
    page.keyboard.press("ArrowRight")  # an empty field leaves the arrows to the steps
    assert page.evaluate("[position, document.activeElement.id]") == [6, "guess"]
    page.keyboard.type("12")
    page.keyboard.press("ArrowLeft")  # a filled one does not
    assert page.evaluate("position") == 6
    for control in ("#step", ".leaf-row input[type=range]"):
        page.focus(control)
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.matches('[type=range]')")


def test_a_row_that_only_python_knows(show):
    "It is asked for too; no mistake is looked for at it."
    x = Value(2.0, label="x")
    y = Value(8.0, (x,), "cube", label="y")
    y._backward = lambda: setattr(x, "grad", x.grad + 12.0 * y.grad)
    page = show(y)
    assert page.evaluate("[valueHint(1, 5), gradientHint(0, 2)]")[0] == ""
    assert "value of the node is given" in page.evaluate("gradientHint(0, 2)") and play(y).html
