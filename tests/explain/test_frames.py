"The worked solution as slides: everything is on them, and where there is TeX, nothing sticks out of them."

import re
import shutil
import subprocess

import pytest

from micrograd_es import Value, check, explain, paths
from micrograd_es.explain.frames import terms, width
from micrograd_es.graph import Graph
from tests.support.corpus import GRAPHS
from tests.support.losses import network, slide
from tests.support.sample import sampled

MANY = 200  # rows of align*, of a graph that nobody puts on slides


def explained():
    "(name, explanation) for the graphs of the corpus that can be."
    for name, make in GRAPHS.items():
        try:
            told = explain(make().root)
        except ValueError:
            continue
        if len(told.forward) + len(told.steps) < MANY:
            yield name, told
    yield "network", explain(network(2, 2, 1))


EXPLAINED = dict(explained())


def joined(text):
    "The equations one after the other, however they are laid out."
    text = re.sub(r"\\begin\{frame\}\{.*\}|\\end\{frame\}|\\(begin|end)\{align\*\}|\\intertext.*", "", text)
    text = re.sub(r"\\resizebox\{[\d.]+\\linewidth\}\{!\}\{\$\\displaystyle (.*?)\$\}", r"\1", text)
    return re.sub(r"\\\\$|&|\\quad|\s", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", EXPLAINED)
def test_nothing_is_lost(name):
    "What one align* has is on the frames, in the same order, and on as many of them as are needed."
    told = EXPLAINED[name]
    if not told.graph.notes:
        frames = told.latex(lines=12)
        assert joined(frames) == joined(told.latex())
        pages = re.findall(r"align\*\}\n(.*?)\n\\end\{align", frames, re.DOTALL)
        assert all(len(page.splitlines()) <= 12 for page in pages)
        assert len(told.latex(lines=6).split("begin{frame}")) >= len(pages) + 1


def test_a_long_line_goes_on_under_its_equals_sign():
    "A sum of many is parted at its signs, outside brackets; one that no sign parts is made smaller."
    told = explain(Value.sum(*[Value(1.5, label=f"x{i}") for i in range(30)]))
    rows = told.latex(lines=12).splitlines()
    assert sum(row.startswith(r"&\quad +") for row in rows) >= 4 and r"\resizebox" not in told.latex(lines=12)
    assert max(width(row.strip("\\")) for row in rows) < 60
    assert terms(r"a + \left(b - c\right) - \frac{d + e}{f}") == ["a", r"+ \left(b - c\right)", r"- \frac{d + e}{f}"]
    assert terms(r"\text{a \} + b} + c") == [r"\text{a \} + b}", "+ c"]  # a brace of somebody's label
    name = Value(2.0, label="a very long name, of which nothing can be parted " * 2)
    assert r"\resizebox{0.4" in explain(name * 2).latex(lines=12)


def test_an_equation_stays_on_one_frame():
    "Where it begins it ends, if a frame has room for it at all."
    for page in EXPLAINED["network"].latex(lines=12).split(r"\begin{frame}")[1:]:
        first = page.splitlines()[2]
        assert not first.startswith("&")


def test_paths_and_check():
    "Every path, its product, and their sum, factored; the table of finite differences, row by row."
    h = Value(2.0, label="h")
    q = h * h + h.tanh()
    found = paths(q, h)
    text = found.latex()
    assert (
        text.count(r"\leftarrow h \\") == 3 and text.count(r"\quad") == 3 and r"\frac{\partial" in text.splitlines()[-2]
    )
    assert joined(found.latex(lines=12)) == joined(text)
    table = check(q, h).latex()
    assert table.count(r"\\") == 2 and "$h$ & $" in table and table.endswith(r"\end{tabular}\endgroup")
    assert r"\cdot 10^{" in table and "e-" not in table


@pytest.mark.skipif(
    not shutil.which("pdflatex"), reason="pdflatex is not installed: texlive-latex-recommended has Beamer"
)
def test_compiled(tmp_path):
    "The corpus on slides: no row is too wide, no frame too high."
    told = [each.latex(lines=12) for each in sampled(EXPLAINED.values(), 4)]
    for root in (slide(), network(2, 2, 1)):
        for leaf in Graph(root).leaves[:3]:
            told += [paths(root, leaf).latex(lines=12)]
        told += [f"\\begin{{frame}}{{Checked}}\n{check(root).latex()}\n\\end{{frame}}"]
    told = [each for each in told if each.isascii()]  # pdflatex has no letters for the others
    assert len(told) > 20
    document = ["\\documentclass{beamer}", "\\begin{document}", *told, "\\end{document}"]
    (tmp_path / "a.tex").write_text("\n".join(document))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300)
    said = done.stdout.decode(errors="replace")
    if "beamer.cls' not found" in said:
        pytest.skip("Beamer is not installed: texlive-latex-recommended has it")
    assert done.returncode == 0, said[-2000:]
    assert "Overfull" not in said, re.findall("Overfull.*", said)
    assert f"({sum(each.count('begin{frame}') for each in told)} pages" in said
