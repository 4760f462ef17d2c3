import pytest

from tests.support.losses import slide

loss = pytest.fixture(slide, name="loss")
