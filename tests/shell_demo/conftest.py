"""The example without a browser, and without billing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from shell_demo.application import create_app
from shell_demo.people import PEOPLE

OWN = {"Origin": "http://localhost"}
"""What a browser says of a request by a page of the portal's own."""


@pytest.fixture
def portal() -> FlaskClient:
    """A browser at the portal."""
    made = create_app(billing="http://billing.example", people=PEOPLE)
    return made.test_client()
