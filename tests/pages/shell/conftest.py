"""An application that trusts a shell, for everything that the shell's people see and do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app import shell as trusted_shell
from app.extensions import db
from config import Settings
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import inside, trust_connections
from tests.support.portal_shell import ORIGIN, PortalShell, running


@pytest.fixture(scope="session")
def _running() -> Iterator[PortalShell]:
    with running() as running_shell:
        yield running_shell


@pytest.fixture(scope="session")
def trusting(settings: Settings, _running: PortalShell) -> Flask:
    """The application that trusts it, made once: that takes as long as several tests."""
    made = create_app(replace(settings, shell=_running.settings(), shell_origins=(ORIGIN,)))
    made.test_client_class = BrowserClient
    with made.app_context():
        trust_connections(db.engine)
    return made


@pytest.fixture
def shell(_running: PortalShell) -> PortalShell:
    """The shell, doing everything right."""
    _running.start_over()
    return _running


@pytest.fixture
def app(app: Flask, trusting: Flask, shell: PortalShell) -> Iterator[Flask]:
    """The application, trusting the shell, of which it knows nothing yet."""
    with inside(trusting):
        trusted_shell.set_up(shell.settings())
        yield trusting
        db.session.rollback()


@pytest.fixture
def frame(app: Flask) -> Visitor:
    """A browser in whose frame no one is signed in."""
    return Visitor(app.test_client())
