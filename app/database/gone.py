"""Connections that are of no more use: lost ones, and those to a server that takes no changes any more.

A lost connection has already undone its transaction: a failing rollback must not cost a request its response.

The driver raises if a rollback can't be sent. That happened after the response was ready, when the session is closed
at the end of the request, or in the handler that was about to return 503; either way the response was a 500.

A primary that was demoted may still run. Connections to it answer and read, and refuse each change; a new one goes to
the server that takes changes, where the address names both (`target_session_attrs=read-write`).
"""

from __future__ import annotations

from typing import Any

import psycopg
import structlog
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from app.database.conditions import first_line

log = structlog.get_logger("billing.database")


def ignore_failed_rollbacks(engine: Engine) -> None:
    """Ignore a failed rollback on a lost connection. The connection is closed, and the pool replaces it."""
    dialect: Any = engine.dialect
    undo = dialect.do_rollback

    def do_rollback(connection: Any) -> None:
        try:
            undo(connection)
        except psycopg.OperationalError as error:
            driver = getattr(connection, "driver_connection", connection)
            if not driver.closed:
                log.warning("connection_lost", error=first_line(error))
            driver.close()

    dialect.do_rollback = do_rollback


def leave_demoted_servers(engine: Engine) -> None:
    """Close all of the pool's connections once one of them refuses changes, as if the server were gone."""
    event.listen(engine, "handle_error", _leave)


def _leave(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, ReadOnlySqlTransaction):
        context.is_disconnect = context.invalidate_pool_on_disconnect = True
