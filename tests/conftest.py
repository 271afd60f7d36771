"""What every test stands on: a PostgreSQL of its own, the application, and Stripe's stand-in over HTTP."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import openid
from app.extensions import db
from config import Settings
from demo.application import create_app
from dev.testing import (
    TEMPLATE,
    Addresses,
    create_database,
    left_out,
    start_cluster,
)
from stripe_sandbox.testing import running
from tests.support import kept_templates
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import empty, inside, trust_connections
from tests.support.openid_provider import Provider
from tests.support.openid_provider import running as running_provider
from tests.support.programs import start_forks
from tests.support.provider_visits import use
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox
from tests.support.violations import WatchedBrowser, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


KEPT_CONNECTIONS = 12

pytest_plugins = [
    "tests.support.crossing",
    "tests.support.failures_named",
    "tests.support.processes",
    "tests.support.representatives",
]


def pytest_configure(config: Any) -> None:
    """Start one cluster for the whole run. Each process has a copy of the database in it that is migrated already."""
    # Nothing goes through a proxy; and `requests` looks for one in the whole environment twice a call where this
    # does not say so.
    os.environ["no_proxy"] = "localhost,127.0.0.1"
    # How long an example takes says something of the machine, and nothing of what is tested.
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    kept_templates.keep()
    if not hasattr(config, "workerinput"):
        config.add_cleanup(start_cluster())
        config.add_cleanup(start_forks())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what can't run here, because a browser is missing that it drives; `make test` says so."""
    markers = left_out()
    without = [item for item in items if any(map(item.get_closest_marker, markers))]
    items[:] = [item for item in items if item not in without]
    config.hook.pytest_deselected(items=without)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what has been imported out of every later collection of garbage: it stays to the end. Test processes that
    are forked have their templates compiled already."""
    if session.config.option.processes > 1:
        kept_templates.compile_all()
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def database(process_name: str) -> Addresses:
    return create_database(f"test_{process_name}", template=TEMPLATE)


@pytest.fixture(scope="session")
def database_url(database: Addresses) -> str:
    """The database as the application connects to it."""
    return database.application


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """Stripe's stand-in, checking each of its answers against the SDK's types."""
    with running(webhook_secret=WEBHOOK_SECRET) as process:
        yield Sandbox(process)


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The stand-in, empty and without faults; its webhooks wait until a test delivers them."""
    sandbox_process.start_over()
    return sandbox_process


@pytest.fixture(scope="session")
def settings(database: Addresses, sandbox_process: Sandbox) -> Settings:
    return Settings.from_environment(
        {
            "APP_ENV": "test",
            **database.settings,
            "PUBLIC_URL": "http://localhost:8000",
            "STRIPE_API_BASE": sandbox_process.url,
            "STRIPE_JS_URL": f"{sandbox_process.url}/endive/stripe.js",
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "STRIPE_TIMEOUT_SECONDS": "2",
            "LOG_LEVEL": "CRITICAL",
        }
    )


@pytest.fixture(scope="session")
def application(settings: Settings, statements_noted: None) -> Flask:
    app = create_app(settings)
    app.test_client_class = BrowserClient
    with app.app_context():
        trust_connections(db.engine)
    return app


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application on an empty database, in an application context."""
    with inside(application):
        empty()
        yield application
        db.session.rollback()
        # It would hold its locks for as long as the run lasts.
        assert db.engine.pool.checkedout() == 0, "A transaction was left open."  # type: ignore[attr-defined]
        # What a test of many threads has opened isn't kept: all test processes share one server.
        if db.engine.pool.checkedin() > KEPT_CONNECTIONS:
            db.engine.dispose()


@pytest.fixture(scope="session")
def provider_process() -> Iterator[Provider]:
    """The provider, for all tests."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(provider_process: Provider, app: Flask) -> Iterator[Provider]:
    """The provider, doing everything right, in the application's settings."""
    provider_process.start_over()
    use(provider_process, app)
    yield provider_process
    openid.set_up(None, "")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """A browser that no one is signed in with."""
    return Visitor(client)


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    # It allows one of itself in a process. Most runs of single files need no browser, and not the second that this
    # takes to import.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def _chromium(_playwright: Playwright) -> Iterator[Browser]:
    from tests.support.chromium import chromium

    with chromium(_playwright) as started:
        yield started


@pytest.fixture(scope="session")
def _firefox(_playwright: Playwright) -> Iterator[Browser]:
    from tests.support.firefox import firefox

    with firefox(_playwright) as started:
        yield started


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[WatchedBrowser]:
    """The browser, in which nothing may break the Content-Security-Policy: not in any page, window or frame."""
    with watched(_chromium) as watching:
        yield watching
