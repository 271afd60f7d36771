"""Set-ups that each test process walks through once, and from then on puts back as they were.

A subscriber takes forty calls of Stripe's stand-in and a hundred statements, and hundreds of tests begin with one.
What is put back are the rows and the stand-in's objects that walking through it left, as old as they were then.
`tests/test_saved_states.py` compares both ways for each set-up, row by row and object by object.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar, cast

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app
from psycopg import sql

from app.billing import catalog
from app.extensions import db
from dev.testing import filled_tables
from stripe_sandbox.control_client import ControlClient, ControlError
from tests.support.database import as_superuser
from tests.support.sandbox import Sandbox

P = ParamSpec("P")
R = TypeVar("R")

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(\+00:00|Z)")
_INSERT = sql.SQL(
    "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::{0}, %s::jsonb)"
)


@dataclass(frozen=True, slots=True)
class _Saved:
    """The rows of each table as JSON, and how to find the objects that were returned."""

    rows: dict[str, str]
    returned: Any


_saved: dict[str, _Saved] = {}
_always_walks = ContextVar("always_walks", default=False)


def walked_once(walk: Callable[P, R]) -> Callable[P, R]:
    """Put a set-up back where it was walked through before with the same arguments, catalog and settings.

    It returns objects of the database, texts, or nothing. It is walked through where anything is there already, in the
    database or at the stand-in, because then it may go another way; and on each day again, because the day on which a
    period ends depends on it.
    """

    @wraps(walk)
    def put_back_or_walk(*args: P.args, **options: P.kwargs) -> R:
        db.session.commit()
        if _is_of_another([*args, *options.values()]) or _is_filled():
            return walk(*args, **options)
        name = _name(walk, *args, **options)
        if not _always_walks.get():
            try:
                later = timedelta(seconds=_stand_in().restore(name))
            except ControlError as refused:
                if refused.response.status_code != HTTPStatus.NOT_FOUND:  # it isn't empty
                    return walk(*args, **options)
            else:
                insert_rows(_saved[name].rows, later=later)
                return cast("R", _find(_saved[name].returned))
        returned = walk(*args, **options)
        db.session.commit()
        _stand_in().save(name)
        _saved[name] = _Saved(read_rows(), _how_to_find(returned))
        return returned

    return put_back_or_walk


def filled_once(fill: Callable[P, R]) -> Callable[P, R]:
    """As `walked_once`, for set-ups that call nothing of Stripe's and say of each time when it is: those stay as they
    are, so it is filled once for the whole run."""

    @wraps(fill)
    def put_back_or_fill(*args: P.args, **options: P.kwargs) -> R:
        db.session.commit()
        if _is_filled():
            return fill(*args, **options)
        name = _name(fill, *args, **options)
        if name in _saved and not _always_walks.get():
            insert_rows(_saved[name].rows)
        else:
            returned = fill(*args, **options)
            db.session.commit()
            _saved[name] = _Saved(read_rows(), _how_to_find(returned))
        return cast("R", _find(_saved[name].returned))

    return put_back_or_fill


@contextmanager
def always_walking() -> Iterator[None]:
    """Inside, what begins with nothing is walked through, and saved once more."""
    token = _always_walks.set(True)
    try:
        yield
    finally:
        _always_walks.reset(token)


def _name(walk: Callable[..., Any], *args: Any, **options: Any) -> str:
    """A name for all that decides which way a set-up goes."""
    given = inspect.signature(walk).bind(*args, **options)
    given.apply_defaults()
    chosen = [(name, one) for name, one in given.arguments.items() if not isinstance(one, Flask | Sandbox)]
    assert all(one is None or isinstance(one, str | int) for _, one in chosen), chosen
    deciding = (walk.__qualname__, chosen, catalog.current(), _settings(), datetime.now(UTC).date())
    return hashlib.sha256(repr(deciding).encode()).hexdigest()


def _is_of_another(given: list[Any]) -> bool:
    """Whether a set-up is of another application than the one whose database and stand-in are looked at."""
    return any(isinstance(one, Flask) and one.config["SETTINGS"] is not _settings() for one in given)


def _settings() -> Any:
    return current_app.config["SETTINGS"]


def _stand_in() -> ControlClient:
    return _client(_settings().stripe_api_base)


@cache
def _client(url: str) -> ControlClient:
    return ControlClient(url)


def _is_filled() -> bool:
    with as_superuser() as connection:
        return bool(filled_tables(connection))


def read_rows() -> dict[str, str]:
    """The rows of each table that has any, as JSON."""
    with as_superuser() as connection:
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        return {
            table: connection.exec_driver_sql(
                f'SELECT jsonb_agg(to_jsonb(one))::text FROM "{table}" one'
            ).scalar_one()
            for table in filled_tables(connection)
        }


def insert_rows(tables: dict[str, str], *, later: timedelta = timedelta()) -> None:
    """Put rows into their tables, which are empty, with every time in them later."""
    with as_superuser() as connection:
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        with driver.pipeline():
            # Triggers and foreign keys have had their say when it was walked through.
            driver.execute("SET LOCAL session_replication_role = replica")
            for table, rows in tables.items():
                driver.execute(_INSERT.format(sql.Identifier(table)), [_moved(rows, later)])


def _moved(rows: str, later: timedelta) -> str:
    """The same rows, with every time in them later."""
    if not later:
        return rows

    def move(found: re.Match[str]) -> str:
        return (datetime.fromisoformat(found[1]) + later).isoformat() + found[2]

    return _TIME.sub(move, rows)


@dataclass(frozen=True, slots=True)
class _Key:
    model: type[Any]
    key: Any


def _how_to_find(returned: Any) -> Any:
    if isinstance(returned, tuple):
        return tuple(map(_how_to_find, returned))
    return (
        returned
        if returned is None or isinstance(returned, str)
        else _Key(type(returned), sa.inspect(returned).identity)
    )


def _find(returned: Any) -> Any:
    if isinstance(returned, tuple):
        return tuple(map(_find, returned))
    return db.session.get_one(returned.model, returned.key) if isinstance(returned, _Key) else returned
