"""The house style: ruff reads everything, mypy reads the package. Where they are installed: .ci/run sees to that."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.support import ROOT


@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check .", "mypy"])
def test_style(command):
    tool, *arguments = command.split()
    if not find_spec(tool):
        pytest.skip(f"{tool} is not installed: pip install --group style")
    done = subprocess.run([sys.executable, "-m", tool, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
