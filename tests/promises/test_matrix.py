"""The same answers under -O, -W error and the other switches, with nothing installed, and in every other Python here.

(`python -m tests.promises.matrix` tries all switches in all of them, and CPython 3.14 in WebAssembly.)
"""

import sys

import pytest

from tests.promises import matrix

HERE = f"{sys.implementation.name} {'.'.join(map(str, sys.version_info[:3]))}"
OTHERS = {name: path for name, path in matrix.pythons().items() if name != HERE}


@pytest.fixture(scope="module")
def here():
    "What this Python answers: to the engine's program, and to all of it."
    engine, everything = (
        matrix.answer([sys.executable, "-"], p) for p in (matrix.ENGINE, matrix.ENGINE + matrix.PACKAGE)
    )
    assert engine and len(everything.splitlines()) > 60 and everything.startswith(engine)
    return {False: engine, True: everything}


@pytest.mark.parametrize("switch", [switch for switch in matrix.SWITCHES if switch])
def test_switches(switch, here):
    "No assert decides anything, no warning is given, no package is needed."
    assert matrix.answer([sys.executable, *matrix.SWITCHES[switch], "-"], matrix.ENGINE + matrix.PACKAGE) == here[True]


@pytest.mark.parametrize("name", OTHERS)
def test_other_pythons(name, here):
    "To twelve digits; a Python older than 3.11, such as Debian's PyPy, runs the engine alone."
    program = matrix.ENGINE + matrix.PACKAGE * matrix.is_new(name)
    assert matrix.answer([OTHERS[name], "-W", "error", "-"], program) == here[matrix.is_new(name)]
