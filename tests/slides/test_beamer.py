"The steps as slides: the text everywhere, and where there is TeX, what comes out of it."

import re
import shutil
import subprocess

import pytest

from micrograd_es import Value, beamer, losses, softmax
from micrograd_es.graph import Graph
from micrograd_es.slides.story import Story
from tests.support.losses import network, slide
from tests.support.sample import sampled


def cross_entropy():
    return -softmax([Value(z, label=f"z{i}") for i, z in enumerate((3.2, 5.1, -1.7), 1)])[0].log()


GRAPHS = {"slide": slide, "network": lambda: network(2, 2, 1), "cross entropy": cross_entropy}


def overlays(text):
    "The numbers of all overlays that are named."
    return {int(n) for spec in re.findall(r"\\only<(\d+-\d*)>", text) for n in spec.split("-") if n}


@pytest.mark.parametrize("name", GRAPHS)
def test_an_overlay_for_every_step(name):
    "With its sentence, and for each the formula of the worked solution; the same bytes every time."
    root = GRAPHS[name]()
    slides, story = beamer(root), Story(Graph(root))
    text = slides.document()
    assert len(slides) == len(story.steps) == max(overlays(text)) and min(overlays(text)) >= 1
    assert text == beamer(root).document()
    for i in range(len(story.steps)):
        sides = story.formula(i, story.latex.formulas)
        assert not sides or " = ".join(sides[1:]) in text
    assert text.isascii() and text.count("{") == text.count("}")


def test_a_frame_for_every_step():
    frames = beamer(slide(), frames=True).frames()
    assert frames.count(r"\begin{frame}") == len(beamer(slide())) and r"\only" not in frames.replace(
        r"\providecommand", ""
    )


def test_only_the_way_to_a_leaf():
    root = slide()
    w = next(v for v in Graph(root).leaves if v.label == "w")
    assert len(beamer(root, wrt=w)) == len(beamer(root)) - 2


def test_the_way_that_stands_out():
    "From x or from w to the loss there are three edges."
    lit = beamer(slide(), highlight="w").frames().count(r"\draw[graphactive,line width=1bp")
    assert (lit, beamer(slide()).frames().count(r"\draw[graphactive,line width=1bp")) == (3, 0)


def test_files(tmp_path):
    "A document to compile, or frames for \\input; nothing else."
    beamer(slide(), tmp_path / "a.tex")
    assert (tmp_path / "a.tex").read_text().startswith(r"\documentclass")
    beamer(slide()).save(tmp_path / "b.tex", document=False)
    assert r"\documentclass" not in (tmp_path / "b.tex").read_text()
    with pytest.raises(ValueError, match="slides are saved as .tex"):
        beamer(slide(), tmp_path / "a.pdf")


def test_what_is_no_story():
    with pytest.raises(ValueError, match="is a leaf, made from nothing"):
        beamer(Value(1.0))
    with pytest.raises(ValueError, match="too large to be told step by step"):
        beamer(network(4, 8, 8, 1))


@pytest.mark.skipif(
    not shutil.which("pdflatex"), reason="pdflatex is not installed: texlive-latex-recommended has Beamer"
)
@pytest.mark.parametrize("name", sampled(GRAPHS, 3))
def test_compiled(name, tmp_path):
    "A page for every step, and nothing sticks out of it."
    slides = beamer(GRAPHS[name](), tmp_path / "a.tex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    said = done.stdout.decode(errors="replace")
    if "beamer.cls' not found" in said or "tikz.sty' not found" in said:
        pytest.skip("Beamer or TikZ is not installed: texlive-latex-recommended and texlive-pictures have them")
    assert done.returncode == 0, said[-2000:]
    assert "Overfull" not in said and f"({len(slides)} pages" in said


def test_labels_that_mean_something_to_tex():
    "Are text: a class is shown what somebody typed."
    a, b = Value(2.0, label="50% & more_or_less"), Value(3.0, label=r"\input{x}")
    text = beamer(losses.mse([a * b], [1.0])).document()
    assert r"\text{50\% \& more\_or\_less}" in text and r"\input" not in text
