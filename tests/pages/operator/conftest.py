"""The application with the console, on the database of all tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from jinja2 import Undefined
from jinja2.utils import missing

from app.extensions import db
from app.models import Organization
from config import Settings
from demo.application import create_app
from tests.factories import a_person, an_organization
from tests.support.browsing import BrowserClient
from tests.support.console import Console, a_console
from tests.support.database import empty, inside, trust_connections

SHELL = "https://shell.example"


class NothingMissing(Undefined):
    """What a page asks of a row that doesn't have it is a mistake, which would only leave a gap."""

    def __init__(self, hint: Any = None, obj: Any = missing, *others: Any, **named: Any) -> None:
        super().__init__(hint, obj, *others, **named)
        if obj is not missing:
            self._fail_with_undefined_error()


@pytest.fixture(scope="session")
def console_application(settings: Settings) -> Flask:
    app = create_app(
        replace(settings, operator_console=True, operator_credit_a_day=100, shell_origins=(SHELL,))
    )
    app.test_client_class = BrowserClient
    app.jinja_env.undefined = NothingMissing
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


@pytest.fixture
def harbor(app: Flask) -> Organization:
    made = an_organization("Harbor Dental")
    a_person("owner@harbor.example", organization=made)
    return made
