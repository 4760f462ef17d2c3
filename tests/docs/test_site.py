"""The site is built whole, without a warning, with every example run; it works from a folder, on a telephone too.

Where Sphinx is installed: `.ci/run` sees to that.
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from urllib.parse import unquote, urldefrag

import pytest

from tests.support import ROOT

pytestmark = pytest.mark.skipif(
    not all(map(find_spec, ("sphinx", "myst_parser", "furo"))), reason="no Sphinx: pip install --group docs"
)
PHONE = ["docs/index", "docs/reference/draw", "docs/training", "docs/promises", "notebooks/04_yale", "README"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, ROOT / "docs" / "build.py", "--no-lab", folder]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, timeout=300)
    assert not done.returncode and not done.stderr, done.stdout + done.stderr
    return folder


class Page(HTMLParser):
    "The places in a page that one can go to, where its links go, and what it loads."

    def __init__(self, path):
        super().__init__()
        self.places, self.links, self.loaded = set(), [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.places.add(given.get("id"))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag != "a":
            self.loaded += [x for x in (given.get("src"), given.get("href")) if x and not x.startswith("data:")]


def test_every_link_leads_somewhere(site):
    "And whatever a page loads lies in the folder: no other machine is asked for anything."
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 30
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            address, place = urldefrag(link)
            if re.match(r"https?:|mailto:", address):
                assert link not in page.loaded, f"{path} loads {link}"
                continue
            goal = (path.parent / unquote(address.partition("?")[0])).resolve() if address else path
            assert goal.exists(), f"{path}: {link}"
            if place and goal in pages:
                assert place in pages[goal].places, f"{path}: {link}"
    for style in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", style.read_text("utf-8")), style


def test_it_fits_a_telephone(site, window):
    "No page is wider than the screen; what is wide in it scrolls by itself. And nothing is missing from file://."
    page = window.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for name in PHONE:
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/docs/index.html")
    assert not said


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site, window, axe, scheme):
    "Contrast, headings, alternatives of pictures, and what scrolls: to be reached by the tab key."
    page = window.new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto((site / "notebooks" / "04_yale.html").as_uri())
    page.evaluate(axe)
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'], iframes: false}"
    found = page.evaluate(f"axe.run({rules}).then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
    assert not found
