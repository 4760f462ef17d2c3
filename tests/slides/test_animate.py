"The steps as a picture that plays by itself: in real browsers, and as single pictures."

import re
from xml.etree import ElementTree

import pytest

from micrograd_es import Value, animate
from micrograd_es.graph import Graph
from micrograd_es.slides.story import Story
from tests.support.browsers import Firefox, WebKit
from tests.support.losses import network, slide
from tests.support.sample import sampled

SVG = "{http://www.w3.org/2000/svg}"


SEEN = (
    "[...document.querySelectorAll('text')].filter(t => getComputedStyle(t).visibility === 'visible')"
    ".map(t => t.textContent)"
)


def texts(svg):
    return [t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_step_is_a_picture():
    "Data comes with its node, a gradient with its edge, a sentence with its step."
    moving = animate(slide())
    story = Story(Graph(slide()))
    assert len(moving) == len(story.steps) == 11
    assert "data 1" not in texts(moving.frame(0))[3:] or texts(moving.frame(0)).count("data 1") == 2
    assert [sum(t.startswith("grad") for t in texts(moving.frame(i))) for i in (0, 3, 4, 5, 10)] == [0, 0, 1, 2, 6]
    for i in range(len(moving)):
        sentence = story.sentence(i, story.plain)
        assert " ".join(texts(moving.frame(i))[-len(moving.sentences[i]) :]) == sentence


@pytest.mark.parametrize("make", [slide, lambda: network(2, 2, 1)])
def test_without_script(make):
    "No script, nothing from elsewhere; whoever wants no movement sees the last step."
    svg = animate(make()).svg()
    assert "<script" not in svg and not re.search(r"href|url\(|@import", svg)
    assert "@media (prefers-reduced-motion: no-preference)" in svg and svg == animate(make()).svg()
    hidden = set(re.findall(r"^\.(s\S+) {visibility: hidden}", svg, re.MULTILINE))
    shown = [e.text for e in ElementTree.fromstring(svg).iter(f"{SVG}text") if e.get("class") not in hidden]
    assert shown == texts(animate(make()).frame(len(animate(make())) - 1))


def test_in_a_browser(window, tmp_path):
    "At four moments it shows what the steps of these moments are; and stops, if it is told to."
    moving = animate(slide(), tmp_path / "a.svg", seconds=2, loop=False)
    page = window.new_page()
    page.goto((tmp_path / "a.svg").as_uri())
    for i in (0, 3, 7, 10):
        page.evaluate("ms => document.getAnimations().forEach(a => { a.pause(); a.currentTime = ms; })", 2000 * i + 500)
        assert page.evaluate(SEEN) == texts(moving.frame(i)), i
    page.close()


@pytest.mark.parametrize("engine", sampled([Firefox, WebKit], 2))
def test_in_other_browsers(engine, from_npm, tmp_path):
    "They play it alike."
    moving = animate(slide(), tmp_path / "a.svg", seconds=2, loop=False)
    with engine.started(from_npm) as browser:
        browser.open((tmp_path / "a.svg").as_uri(), (1280, 800))
        for i in (0, 3, 7, 10):
            browser.evaluate(
                f"document.getAnimations().map(a => {{ a.pause(); a.currentTime = {2000 * i + 500}; }}).length"
            )
            calm = browser.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
            assert browser.evaluate(SEEN) == texts(moving.frame(len(moving) - 1 if calm else i)), i


def test_for_what_plays_no_svg(tmp_path):
    "GIF and PNG that move have a picture for every step."
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: the extra `animate` has it")
    pytest.importorskip("resvg_py", reason="resvg-py is not installed: the extra `animate` has it")
    for name in ("a.gif", "a.png"):
        moving = animate(slide(), tmp_path / name)
        with image.open(tmp_path / name) as picture:
            assert picture.n_frames == len(moving)
    paths = moving.save_frames(tmp_path / "steps", "png")
    assert [p.name for p in paths][::10] == ["step-00.png", "step-10.png"] and all(p.exists() for p in paths)


def test_what_it_refuses(tmp_path):
    with pytest.raises(ValueError, match="steps are saved as .svg, .gif, .png"):
        animate(slide(), tmp_path / "a.mp4")
    with pytest.raises(ValueError, match="single steps are 'svg' or 'png'"):
        animate(slide()).save_frames(tmp_path, "gif")
    with pytest.raises(ValueError, match="is a leaf"):
        animate(Value(1.0))
