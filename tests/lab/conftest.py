"The lab, built once, and opened once for the tests of a file: Python needs some seconds to start."

import pytest

from micrograd_es.lab import lab
from micrograd_es.lab.parts import PINNED, verified
from micrograd_es.system.files import cache_folder

READY = 120_000  # milliseconds for Python to start on a busy machine


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    "The page as a file; skipped where its parts are not here and cannot be fetched."
    file = tmp_path_factory.mktemp("lab") / "lab.html"
    try:
        return lab(file)
    except RuntimeError as error:
        if all(verified(pinned, cache_folder("lab")) for pinned in PINNED):
            raise
        pytest.skip(str(error))


class Page:
    "What a person does in the lab, and sees."

    def __init__(self, page, trouble):
        self.page, self.trouble = page, trouble

    def waits(self, selector, **options):
        return self.page.wait_for_selector(selector, **options)

    @property
    def answers(self):
        return int(self.page.evaluate("document.documentElement.dataset.answers ?? 0"))

    def next_answer(self, do):
        before = self.answers
        do()
        self.waits(f"html:not([data-answers='{before}'])", state="attached")
        self.waits("#stop:disabled")

    def types(self, text):
        "In the place of what is there; as from a clipboard, so the editor completes no brackets."
        self.page.focus(".cm-content")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def runs(self, text):
        self.next_answer(lambda: self.types(text))

    def looks_at(self, name):
        self.next_answer(lambda: self.page.click(f"#tab-{name}"))

    def text(self, selector):
        return self.page.inner_text(selector)

    @property
    def program(self):
        return self.page.evaluate(
            "[...document.querySelectorAll('.cm-line')].map(line => line.textContent).join('\\n')"
        )


@pytest.fixture(scope="module")
def opened(window, built):
    "Open it, offline, and wait for Python; at the end no error was logged, and nothing was asked of any network."
    trouble, pages = [], []

    def opened(address="", scheme="light", size=(1280, 800), python=True):
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(20_000)
        page.set_viewport_size(dict(zip(("width", "height"), size)))
        page.emulate_media(color_scheme=scheme)
        page.on("console", lambda message: message.type == "error" and trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith(("file:", "blob:", "data:")) or trouble.append(request.url),
        )
        page.goto(built.as_uri() + address)
        page.wait_for_selector(".cm-line")
        if python:
            page.wait_for_selector("html[data-ready]", timeout=READY)
        if python and not address:
            page.wait_for_selector("html[data-answers]")
        return Page(page, trouble)

    yield opened
    for page in pages:
        page.close()
    assert trouble == []


@pytest.fixture(scope="module")
def bench(opened):
    return opened()
