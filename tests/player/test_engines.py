"The page in Firefox and in WebKit, from file://, by keyboard alone; that it works in Chromium is told at length elsewhere."

import time

import pytest

from micrograd_es import play
from tests.support.browsers import Firefox, WebKit
from tests.support.losses import network, slide
from tests.support.sample import sampled


@pytest.fixture(scope="module", params=sampled([Firefox, WebKit], 2), ids=lambda kind: kind.__name__.lower())
def other(request, from_npm):
    with request.param.started(from_npm) as browser:
        yield browser


@pytest.fixture
def show(other, tmp_path):
    "Open the page of a graph; at the end there was no trouble."

    def show(root, size=(1280, 800)):
        play(root, tmp_path / "page.html")
        other.open((tmp_path / "page.html").as_uri(), size)
        return other

    yield show
    assert other.trouble() == []


def sentence(page):
    return page.evaluate("byId('sentence').innerText")


def typed(page, text):
    for letter in text:
        page.press(letter)


def test_steps(show):
    page = show(slide())
    said = [sentence(page)]
    for _ in range(10):
        page.press("ArrowRight")
        said.append(sentence(page))
    assert said[1] == "ŷ is made from x and w: ŷ = x · w = 1 · 1 = 1." and len(set(said)) == 11
    for key, expected in [("ArrowLeft", 9), ("Home", 0), ("End", 10), ("ArrowLeft", 9)]:
        page.press(key)
        assert page.evaluate("[position, location.hash]") == [expected, f"#{expected}"]
    assert page.evaluate("byId('formula').getBoundingClientRect().height") > 20


def test_formulas_are_typeset(show):
    "A fraction stands higher than a line: MathML is not just a row of letters."
    page = show(slide())
    page.press("End")
    page.press("ArrowLeft")
    line = "parseFloat(getComputedStyle(document.querySelector('.equation')).fontSize)"
    assert page.evaluate(f"document.querySelector('#formula mfrac').getBoundingClientRect().height / {line}") > 1.5


def test_what_if(show):
    "Typed into a box, and descended: the numbers are the engine's."
    loss = slide()
    page = show(loss)
    page.evaluate("document.querySelector('.leaf-row[data-leaf=\"1\"] input[type=number]').select()")
    typed(page, "3")
    assert page.evaluate("byId('summary').innerText") == "loss = 1 (what if; Python’s is 1)"
    assert page.evaluate("now.data[1]") == 3
    page.evaluate("byId('descend').focus()")
    page.press("Enter")
    loss.parents[0].parents[0].parents[1].data = 3.0
    loss.forward()
    loss.backward()
    assert page.evaluate("now.data[1]") == pytest.approx(3.0 - 0.1 * loss.parents[0].parents[0].parents[1].grad)
    assert page.evaluate("document.querySelectorAll('#curve circle').length") == 2


def test_predict(show):
    "The field has the focus; a wrong number gets a hint, a right one is right."
    page = show(slide())
    page.evaluate("byId('predict').focus()")
    page.press("Enter")
    page.evaluate("document.activeElement.blur()")
    page.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "guess"
    typed(page, "2")
    page.press("Enter")
    assert "the exponent is brought down but not lowered by one" in page.evaluate("byId('verdict').innerText")
    typed(page, "-2")
    page.press("Enter")
    assert page.evaluate("byId('verdict').innerText") == "Right: −2."
    page.press("Enter")
    assert page.evaluate("[position, document.activeElement.id]") == [6, "guess"]


SEEN = """(() => { const box = viewBoxes[view].querySelector('.node.active')?.getBoundingClientRect();
    const frame = byId('views').getBoundingClientRect(); return frame.bottom <= innerHeight + 1 && (!box || box.left >= frame.left &&
    box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom); })()"""


def test_every_step_is_seen(show):
    "Soon: where nobody asked for less motion the picture glides."
    page = show(network(2, 3, 1))
    page.evaluate("changeView(graph.views.findIndex(v => !v.closed.length))")
    for step in range(1, 58, 4):
        page.evaluate(f"jump({step})")
        assert any(page.evaluate(SEEN) or time.sleep(0.05) for _ in range(40)), step


def test_boxes_open(show):
    page = show(network(2, 3, 1))
    folded = "document.querySelectorAll('.view:not([hidden]) g.folded').length"
    before = page.evaluate(folded)
    page.evaluate("document.querySelector('.view:not([hidden]) g.folded').focus()")
    page.press("Enter")
    assert page.evaluate(folded) == before - 1
    page.press("Escape")
    page.evaluate("document.querySelector('.view:not([hidden]) g.leaf').focus()")
    name = page.evaluate("document.activeElement.querySelector('.title').textContent")
    page.press("Enter")
    assert page.evaluate("byId('detail-name').innerText") == name
