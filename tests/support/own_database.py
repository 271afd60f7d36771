"""An application on a database of its own, for tests that change the schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app import create_app
from app.extensions import db
from config import Settings
from dev.testing import TEMPLATE, create_database, drop_database
from tests.support.database import another_session, inside


@contextmanager
def on_its_own(name: str, *, template: str | None = TEMPLATE) -> Iterator[Flask]:
    """In the context of an application whose database, a copy of `template` or empty, is dropped in the end."""
    database = create_database(name, template=template)
    app = create_app(
        Settings.from_environment({"APP_ENV": "test", **database.settings, "LOG_LEVEL": "ERROR"})
    )
    with inside(app):
        yield app
        another_session()
        db.engine.dispose()
    drop_database(name)
