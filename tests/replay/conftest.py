"""What the tests of the replay share."""

from types import SimpleNamespace

import pytest

RUNNERS = ["numpy", "numba"]


@pytest.fixture(params=RUNNERS)
def runner(request):
    if request.param == "numba":
        pytest.importorskip("numba")
        pytest.importorskip("scipy")
    return request.param


@pytest.fixture(params=RUNNERS)
def uncompiled(request, monkeypatch):
    "The runner; numba's as the Python that it is, so that many graphs of all kinds need no compiling."
    if request.param == "numba":
        numba = pytest.importorskip("numba")
        pytest.importorskip("scipy")
        from micrograd_es.replay.with_numba import compiling

        monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
        monkeypatch.setattr(compiling, "sys", SimpleNamespace(modules={}))
    return request.param
