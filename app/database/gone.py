"""A server that is gone has undone its transactions: rolling one back then must not cost a request its answer.

The driver raises where a rollback can't be sent. That came up after the answer was made already, when the session is
closed at the request's end, or in the handler that was about to say 503; either way the process answered 500.
"""

from __future__ import annotations

from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine

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
                log.warning("connection_lost", error=str(error).splitlines()[0])
            driver.close()

    dialect.do_rollback = do_rollback
