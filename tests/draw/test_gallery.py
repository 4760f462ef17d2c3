"The pictures of docs/gallery: that they are what draw() makes, and how they read on a slide of 12.8 x 7.2 cm."

import importlib.util

import pytest

from micrograd_es import draw
from micrograd_es.draw.looks import THEMES
from micrograd_es.draw.size import text_size
from tests.support import ROOT
from tests.support.pictures import measure

spec = importlib.util.spec_from_file_location("gallery", ROOT / "docs" / "gallery.py")
gallery = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gallery)

# Points of text at least, edges that cross at most. Of a 4-4-2 whose lines are straight, 36 + 6 cross in any order.
HELD = {
    "slide": (10, 0),
    "mlp-2-2-1": (9.9, 0),
    "mlp-2-3-1": (10, 1),
    "mlp-4-4-2": (8.5, 42),
    "mlp-4-8-8-1": (9.5, 0),
    "mlp-4-8-8-2": (8.5, 0),
    "softmax-cross-entropy": (12.5, 0),
    "rnn": (8.5, 0),
    "rnn-of-two": (6.5, 0),
    "conv1d": (8, 0),
    "u-net": (8, 0),
    "attention": (4, 7),
}


@pytest.mark.parametrize("name", gallery.PICTURES)
def test_current(name):
    "In every theme; `python docs/gallery.py` draws them anew."
    for theme in THEMES:
        path = gallery.HERE / f"{name}{'' if theme == 'light' else f'.{theme}'}.svg"
        assert path.read_bytes() == gallery.svg(name, theme), path


def test_nothing_else_lies_there():
    assert len(list(gallery.HERE.glob("*.svg"))) == len(gallery.PICTURES) * len(THEMES)


@pytest.mark.parametrize("name", gallery.PICTURES)
def test_readable(name):
    "The text is large enough, few edges cross, no label lies on another; and the size was foreseen, to a tenth."
    picture = draw(gallery.loss(name))
    measured, (least, most) = measure(picture), HELD[name]
    assert measured.text >= least and measured.crossings <= most and not measured.overlaps
    assert text_size(picture.drawing) == pytest.approx(measured.text, rel=0.12)
