"""The application with the console, on the database of all tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.extensions import db
from config import Settings
from demo.application import create_app
from tests.support.browsing import BrowserClient
from tests.support.console import Console, a_console
from tests.support.database import empty, inside, trust_connections


@pytest.fixture(scope="session")
def console_application(settings: Settings) -> Flask:
    app = create_app(replace(settings, operator_console=True, operator_credit_a_day=100))
    app.test_client_class = BrowserClient
    with app.app_context():
        trust_connections(db.engine)
    return app


@pytest.fixture
def app(console_application: Flask) -> Iterator[Flask]:
    """As the `app` of all tests, with the console."""
    with inside(console_application):
        empty()
        yield console_application
        db.session.rollback()
        assert db.engine.pool.checkedout() == 0, "A transaction was left open."  # type: ignore[attr-defined]


@pytest.fixture
def console(app: Flask) -> Console:
    """A browser with an operator of the finance role signed in."""
    return a_console(app)
