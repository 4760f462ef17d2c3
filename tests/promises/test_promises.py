"docs/promises.md: its table of conventions is true, and whatever it names as a proof is there."

import re

import pytest

from micrograd_es.expression.parser import parse
from tests.support import ROOT

PAGE = (ROOT / "docs" / "promises.md").read_text("utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| ([^|]+=[^|]+) \| (\S+) \| ([^|]+) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("formula, at, value, gradient", ROWS, ids=[f"{row[0]} at {row[1]}" for row in ROWS])
def test_conventions(formula, at, value, gradient):
    "At kinks and beyond the finite numbers, to the digits that are printed."
    numbers = dict(assignment.split("=") for assignment in at.split())
    root, names = parse(formula, **{name: float(x) for name, x in numbers.items()})
    root.backward()
    assert f"{root.data:.4g}" == value and [f"{names[x].grad + 0.0:.4g}" for x in numbers] == gradient.split()


def test_what_is_named_is_there():
    "Every command, every figure's function, every test file; and the table is not empty."
    assert len(ROWS) == 22
    for module, figure in re.findall(r"`python -m tests\.([\w.]+) ?(\w*)", PAGE):
        path = ROOT / "tests" / f"{module.replace('.', '/')}.py"
        assert path.exists()
        assert not figure or re.search(rf"def {figure}\(|\"{figure}\": ", path.read_text("utf-8"))
    for file in re.findall(r"`(tests/[\w/]+\.py)`", PAGE):
        assert (ROOT / file).exists()
