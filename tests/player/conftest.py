"The page of a graph in a real browser."

import pytest

from micrograd_es import play


@pytest.fixture
def show(window, tmp_path):
    "Open the page of a graph; at the end no error was logged, and nothing was asked of any network."
    trouble, pages = [], []

    def show(root, address="", scheme="light", size=(1280, 800), **options):
        file = tmp_path / f"page{len(pages)}.html"
        play(root, file, **options)
        page = window.new_page()
        pages.append(page)
        page.set_default_timeout(5000)
        page.set_viewport_size(dict(zip(("width", "height"), size)))
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.on("request", lambda request: request.url.startswith("file:") or trouble.append(request.url))
        page.goto(file.as_uri() + address)
        return page

    yield show
    for page in pages:
        page.close()
    assert trouble == []
