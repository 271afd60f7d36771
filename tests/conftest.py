"""What every test stands on: a PostgreSQL of its own, the application, and Stripe's stand-in over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from config import Settings
from dev.testing import create_database, migrate, reset, start_cluster

TEMPLATE = "template_of_tests"


def pytest_configure(config: Any) -> None:
    """Start one cluster for the whole run, and migrate the database that each process copies."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(start_cluster())
        migrate(create_database(TEMPLATE))


@pytest.fixture(scope="session")
def process_name() -> str:
    """The test process's own name, for what it doesn't share."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def database_url(process_name: str) -> str:
    return create_database(f"test_{process_name}", template=TEMPLATE)


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    """The settings of tests without Stripe: an address where nothing answers."""
    return Settings.from_environment(
        {
            "APP_ENV": "test",
            "DATABASE_URL": database_url,
            "STRIPE_API_BASE": "http://127.0.0.1:9",
            "LOG_LEVEL": "ERROR",
        }
    )


@pytest.fixture(scope="session")
def application(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application on an empty database, in an application context."""
    with application.app_context():
        reset(db.engine)
        yield application
        db.session.rollback()
