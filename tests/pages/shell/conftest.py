"""An application that trusts a shell, for everything that the shell's people see and do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from config import Settings
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import inside
from tests.support.portal_shell import ORIGIN, PortalShell, running


@pytest.fixture(scope="module")
def _running() -> Iterator[PortalShell]:
    with running() as shell:
        yield shell


@pytest.fixture
def shell(_running: PortalShell) -> PortalShell:
    """The shell, doing everything right."""
    _running.start_over()
    return _running


@pytest.fixture
def app(app: Flask, settings: Settings, shell: PortalShell) -> Iterator[Flask]:
    """The application, trusting the shell."""
    made = create_app(replace(settings, shell=shell.settings(), shell_origins=(ORIGIN,)))
    made.test_client_class = BrowserClient
    with inside(made):
        yield made
        db.session.rollback()


@pytest.fixture
def frame(app: Flask) -> Visitor:
    """A browser in whose frame no one is signed in."""
    return Visitor(app.test_client())
