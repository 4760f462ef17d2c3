"The lab in Firefox and in WebKit, from file://: it opens, one types, and sees; that it works in Chromium is told at length elsewhere."

import time

import pytest

from tests.support.browsers import Firefox, WebKit
from tests.support.sample import sampled

SOON = 60  # seconds, for Python to start on a busy machine


@pytest.fixture(scope="module", params=sampled([Firefox, WebKit], 2), ids=lambda kind: kind.__name__.lower())
def other(request, from_npm, built):
    with request.param.started(from_npm) as browser:
        browser.open(built.as_uri(), (1280, 800))
        yield browser


def until(page, condition):
    end = time.monotonic() + SOON
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < end, page.evaluate("document.getElementById('state').innerText")
        time.sleep(0.1)


def test_opens_types_sees(other):
    "The first example is drawn; a line more, and its number is in the picture."
    until(other, "document.querySelector('#view g.node')")
    assert "grad -2" in other.evaluate("document.getElementById('view').textContent")
    other.evaluate("document.querySelector('.cm-content').focus()")
    for _ in range(7):
        other.press("ArrowDown")
    for letter in "x+5":
        other.press(letter)
    until(other, "document.getElementById('view').textContent.includes('data 6')")
    assert other.evaluate("document.getElementById('output').innerText").startswith("Value(data=6.0")
    trouble = [said for said in other.trouble() if not str(said).startswith(("blob:", "data:"))]
    assert trouble == []
