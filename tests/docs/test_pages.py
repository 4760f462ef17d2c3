"Read without building anything: every snippet is one that is run, every command works, every option has its example."

import inspect
import re
import shlex
from glob import glob
from importlib import import_module

import pytest

import micrograd_es
from micrograd_es.classroom import own, sheet, sheets
from micrograd_es.cli import main
from tests.support import ROOT
from tests.support.handing_in import answers, csv_of, page_of, saved
from tests.support.pages import PAGES, blocks, commands

REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))
TEXT = {path.stem: path.read_text("utf-8") for path in REFERENCE}
DOCUMENTED = {name for text in TEXT.values() for name in re.findall(r"^\.\. auto\w+:: ([\w.]+)", text, re.M)}

# Where the Python is run that no doctest and no example runs.
ELSEWHERE = {
    "README.md": "the table: tests/promises/test_readme.py compares it with calculus.py",
    "clusters.md": "tests/export/test_workers.py; and a script for torchrun, which a suite without PyTorch cannot run",
}
# What is too large to be typed for a test.
LONG = {
    "train mnist": "it needs MNIST, and half a minute: tests/train runs it on less",
    "lab lab.html": "10 MB, from npm: tests/lab",
    "lab lab.html mine.py": "the same",
}

FEW = {"worksheet": ["--sheets", "2"], "quiz": ["--variants", "2"], "train": ["--epochs", "1"]}  # the last one counts


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_is_a_doctest_or_an_example(path):
    "And nothing that only looks like a program that works: README's doctests are run by pytest, examples by the site."
    untold = [text for text in blocks(path, "python") if not text.startswith(">>> ")]
    doctests = [text for text in blocks(path, "python") if text not in untold]
    assert not untold or path.name in ELSEWHERE, untold
    assert not doctests or path.name == "README.md", "pytest runs doctests of README.md alone: make it an {example}"


def test_every_command_works(tmp_path, monkeypatch, capsys):
    "In a folder that has what a class handed in."
    monkeypatch.chdir(tmp_path)
    level = own("(x*w - y)**2", {"x": "1..3", "w": "-2..2", "y": "0..4"})
    given = [(sheet("chain-1-1"), "Ann"), (sheets(level, 1)[0], "Ben")]
    (tmp_path / "handed-in").mkdir()
    for page, name in given:
        saved(tmp_path / "handed-in", name, page_of(page, name, answers(page)), "html")
        saved(tmp_path / "handed-in", name, csv_of(page, name, answers(page)))
        saved(tmp_path, "answers" if name == "Ben" else name, csv_of(page, name, answers(page)))
    typed = {command for path in PAGES for command in commands(path) if "..." not in command} - LONG.keys()
    assert len(typed) > 10
    for command in sorted(typed):
        words = [found for word in shlex.split(command) for found in (sorted(glob(word)) if "*." in word else [word])]
        assert not main([*words, *FEW.get(words[0], ())]), f"{command}\n{capsys.readouterr()}"


def test_everything_public_is_in_the_reference():
    "By its name in micrograd_es, or where it is at home."
    modules = {name for name in micrograd_es.__all__ if inspect.ismodule(getattr(micrograd_es, name))}
    assert {f"micrograd_es.{name}" for name in set(micrograd_es.__all__) - modules} <= DOCUMENTED
    for room in "classroom", "export", "nn", "optim", "replay":
        module = import_module(f"micrograd_es.{room}")
        names = getattr(module, "__all__", None) or [name for name, x in vars(module).items() if inspect.isclass(x)]
        missing = {f"micrograd_es.{room}.{name}" for name in names} - DOCUMENTED
        assert {name for name in missing if name.rpartition(".")[2] not in ALSO.get(room, ())} == set()


ALSO = {  # said in a sentence there, or by another name
    "classroom": {"MISTAKES", "LEVELS", "FORMATS", "diagnose"},
    "nn": {"functional"},
    "optim": {"Optimizer"},
}


def test_help_names_all_of_it():
    "`pydoc micrograd_es` begins with what there is to call, and for what."
    assert set(micrograd_es.__all__) <= set(re.findall(r"\w+", inspect.getdoc(micrograd_es)))


SHOWN = {page: re.findall(r"autofunction:: ([\w.]+)", TEXT[page]) for page in ("draw", "play", "explain", "slides")}


@pytest.mark.parametrize("name", sorted({*sum(SHOWN.values(), []), "micrograd_es.replay.replay"}))
def test_every_option_is_shown(name):
    "An example on the page of the reference calls the function with it, or stands under it as a heading."
    page = next((page for page, names in SHOWN.items() if name in names), "replay")
    module, _, function = name.rpartition(".")
    examples = "".join(blocks(ROOT / "docs" / "reference" / f"{page}.md", "{example}"))
    headings = re.findall(r"^#+ (.*)", TEXT[page], re.M)
    for option, kind in inspect.signature(getattr(import_module(module), function)).parameters.items():
        if kind.default is not inspect.Parameter.empty and name not in SAME:
            calls = rf"\b{function}\((?:[^()]|\([^()]*\))*\b{option}="
            assert re.search(calls, examples) or any(option in heading.split(", ") for heading in headings), option


SAME = {"micrograd_es.draw_dot": "draw by micrograd's name, with its two options"}
