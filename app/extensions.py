"""The extensions that are made once and bound to the application by `create_app`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import has_app_context, request
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from procrastinate import App as Jobs
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg import Connection
from psycopg import Error as PsycopgError
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from app import networks, tracing
from app.clock import Moment, clock, utc_now
from app.database import transactions
from app.database.routing import RoutedSession
from app.queues import QUEUE_OF


class Base(DeclarativeBase):
    """The base of all tables. Constraints are named by a convention, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _Limiter(Limiter):
    """Without looking for limits where there are none: the API counts by token (`app.api.limits`)."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware or request.blueprint != "api":
            super()._check_request_limit(callable_name, in_middleware)


def _network() -> str:
    return networks.network_of(request.remote_addr)


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession, "expire_on_commit": False})
migrate = Migrate(compare_type=True)
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = _Limiter(key_func=_network)
jobs = Jobs(connector=SyncPsycopgConnector())
"""The tasks; the worker replaces its connector (`app.jobs`)."""

_deferring = Jobs(connector=SyncPsycopgConnector())
"""Only enqueues jobs, on the connection of the caller's transaction. Also in the worker, where the connector of
`jobs` is asynchronous and can't use that connection."""


def driver_connection() -> Connection[Any]:
    """The driver's own connection of the current transaction, for statements over arrays of a thousand rows."""
    return transactions.driver_connection(db.session())


def _moment() -> Moment | None:
    return transactions.moment_of(db.session()) if has_app_context() else None


clock.ask = _moment


def enqueue(task: str, *, after: timedelta | None = None, **arguments: Any) -> None:
    """Enqueue a background task by its name, inside the caller's transaction, into the task's own queue.

    The job exists exactly when the transaction commits. `after` delays it. `arguments` must be JSON; where they name
    an organization (`org_id`) or a customer of Stripe's (`customer`), each of its waiting jobs moves the next one
    further back in the queue, so that ten thousand of one never delay the first of another.

    Raises the driver's error where the database refuses, as any other statement of the transaction does.
    """
    # Not `schedule_in`, which counts from this process's own clock.
    due = utc_now() + timedelta(seconds=int(after.total_seconds())) if after is not None else None
    _enqueue(task, due, arguments)


def enqueue_at(due: datetime, task: str, **arguments: Any) -> None:
    """As `enqueue`, for a job that runs at a time."""
    _enqueue(task, due, arguments)


def _enqueue(task: str, due: datetime | None, arguments: dict[str, Any]) -> None:
    connection, queue = driver_connection(), QUEUE_OF[task]
    options: dict[str, Any] = {"connection": connection, "queue": queue.value}
    if due is not None:
        options["schedule_at"] = due
    if (trace := tracing.carried()) is not None:
        arguments = arguments | {tracing.CARRIER: trace}
    whose = arguments.get("org_id") or arguments.get("customer")
    if whose is not None:
        row = connection.execute(_WAITING_BEFORE, (queue.value, whose)).fetchone()
        options["priority"] = -row[0] if row else 0
    try:
        _deferring.configure_task(name=task, **options).defer(**arguments)
    except ConnectorException as error:
        # The driver's own error says whether the database is away, full or locked, and what to answer.
        if isinstance(error.__cause__, PsycopgError):
            raise error.__cause__ from None
        raise


_WAITING_BEFORE = """
    SELECT count(*) FROM (
        SELECT FROM procrastinate_jobs
        WHERE status = 'todo' AND queue_name = %s AND coalesce(args ->> 'org_id', args ->> 'customer') = %s
        LIMIT 200) waiting
"""
