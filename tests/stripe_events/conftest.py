"""What tests of handling and of retries begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.arrived_events import Story
from tests.support.sandbox import Sandbox


@pytest.fixture
def story(app: Flask, sandbox: Sandbox) -> Story:
    return Story(app)
