"""Consoles that cannot show ∂ or ₁ are shown what a keyboard has: nothing fails, nothing is lost, nothing becomes a ?."""

import ast
import os
import subprocess
import sys

import pytest

from micrograd_es import explain, paths, why
from micrograd_es.graph import Graph
from micrograd_es.text.keyboard import shown, typed
from micrograd_es.text.letters import spelled
from tests.support import ROOT
from tests.support.corpus import GRAPHS
from tests.support.record import SLIDE, command_lines, ran, tried
from tests.support.sample import sampled

ENCODINGS = "ascii", "cp437", "cp1252"


def lost(text, there):
    "What is odd about the text as it is there: a sign that became a ?, or that had no key and became a number."
    return [
        sign
        for sign in ("?", "\\x", "\\u")
        if there.count(sign) > text.replace("\N{REPLACEMENT CHARACTER}", "?").count(sign)
    ]


def test_every_sign_of_the_package_has_a_key():
    "Read from the source: whatever stands between quotes may be printed one day."
    texts = {
        node.value
        for path in (ROOT / "micrograd_es").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not node.value.isascii()
    }
    signs = {c for text in texts for c in text if c.isprintable()}
    assert len(signs) > 100 and {c for c in signs if lost(c, typed(c)) or not typed(c).isascii()} == set()


@pytest.mark.parametrize("name", sampled(GRAPHS, 6))
def test_views_of_the_corpus(name):
    "In every encoding; and what had two names has two names."
    graph = Graph(GRAPHS[name]().root)
    leaf = graph.leaves[0]
    for text in (tried(explain, graph), tried(paths, graph, leaf), tried(why, graph, leaf)):
        for encoding in ENCODINGS:
            there = shown(text, encoding)
            assert lost(text, there) == [] and there.encode(encoding) and shown(there, encoding) == there
    assert len({typed(name) for name in graph.names.values()}) == len(set(graph.names.values()))


@pytest.mark.parametrize("argv", list(command_lines()), ids=" ".join)
def test_every_command(argv):
    "On a console that knows ASCII alone it prints what it prints on others, as a keyboard has it."
    here, there = ran(argv), ran(argv, "ascii")
    for stream in ("status", "out", "err"):
        assert lost(here[stream], there[stream]) == [] and "Traceback" not in there[stream]
    assert here["out"] == there["out"] or not here["out"].isascii()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_process_of_its_own(encoding):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "micrograd_es", *SLIDE, "--wrt", "w"]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"d(loss)/d(w) = d(loss)/d(y_hat) * d(y_hat)/d(w) = -2 * x = -2 * 1 = -2" in done.stdout


@pytest.mark.parametrize("text, ascii, cp1252", [
    ("∂loss/∂v₁", "d(loss)/d(v1)", "d(loss)/d(v1)"),
    ("x² · y", "x^2 * y", "x² · y"),  # it has these
    ("x¹² ∞", "x^12 inf", "x^12 inf"),  # and not all of these: then none, lest ¹ be one thing and ² another
    ("x⁻² (w₁₂⁽¹⁾)²", "x^(-2) (w12^(1))^2", "x^(-2) (w12^(1))^2"),
    ("größe → ŷ", "gro\\xdfe -> y_hat", "größe -> y_hat"),
    ("∂my loss/∂m.w.", "d(my loss)/d(m.w).", "d(my loss)/d(m.w)."),
    ("日 \ud800", "\\u65e5 \\ud800", "\\u65e5 \\ud800"),
])  # fmt: skip
def test_what_is_shown(text, ascii, cp1252):
    assert (shown(text, "ascii"), shown(text, "cp1252")) == (ascii, cp1252)


@pytest.mark.parametrize("name", ["y_hat", "theta", "w_bar", "alpha", "x_tilde", "sigma"])
def test_names_are_as_they_were_typed(name):
    assert typed(spelled(name)) == name and typed(spelled(f"{name}_2")) == f"{name}2"
