"""What tests of the API start from."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.platform import Platform


@pytest.fixture
def platform(app: Flask) -> Platform:
    return Platform(app)
