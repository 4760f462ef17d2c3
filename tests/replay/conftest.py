"""What the tests of the replay share."""

import pytest

RUNNERS = ["numpy", "numba"]


@pytest.fixture(params=RUNNERS)
def runner(request):
    if request.param == "numba":
        pytest.importorskip("numba")
        pytest.importorskip("scipy")
    return request.param
