"""How tests look at the database: over every organization, and emptied by a superuser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask, current_app
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.extensions import db
from app.models.scope import Reason, see_all
from dev.database_roles import SUPERUSER
from dev.testing import reset


@contextmanager
def inside(app: Flask) -> Iterator[Flask]:
    """An application context whose session sees all organizations, as the tests' own code does."""
    with app.app_context():
        see_all(db.session(), Reason.TESTS)
        yield app


def empty() -> None:
    """Empty every table, also those that refuse it and those of other organizations."""
    reset(_kept(_owner_url().set(username=SUPERUSER)))


def trust_connections(engine: Engine) -> None:
    """Let an application take connections from its pool without asking the server first whether it is still there.

    It asks for each transaction, and the server of the tests is there all the time. What happens where one is gone is
    tested with servers that end, and with applications that ask.
    """
    engine.pool._pre_ping = False


def another_session() -> None:
    """Leave the current session for a new one that knows nothing yet."""
    db.session.remove()
    see_all(db.session(), Reason.TESTS)


def superuser() -> Engine:
    """The application's database as a role for which no wall holds."""
    return _engine(_owner_url().set(username=SUPERUSER))


@contextmanager
def as_superuser() -> Iterator[Connection]:
    """A transaction for which no wall holds, on a connection that is kept: for what many tests begin with."""
    with _kept(_owner_url().set(username=SUPERUSER)).begin() as connection:
        yield connection


@contextmanager
def behind_the_scenes() -> Iterator[Connection]:
    """A transaction that changes what can't be changed; what the session has locked is let go first."""
    db.session.commit()
    with superuser().begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection


def owner() -> Engine:
    """The application's database as the role that owns its tables."""
    return _engine(_owner_url())


def _owner_url() -> URL:
    return make_url(current_app.config["SETTINGS"].owner_url)


@cache
def _kept(url: URL) -> Engine:
    # Every test begins with this. The one connection is kept: a new one would first look up every table, which takes
    # four times as long. The server may have ended it since.
    return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)


@cache
def _engine(url: URL) -> Engine:
    # No connection is kept: no one may be connected to a database that is dropped or copied.
    return create_engine(url, poolclass=NullPool)
