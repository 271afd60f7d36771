"""How long a request waits for a database lock: less than a job does, because someone waits for its
response."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context
from sqlalchemy import event, text
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from app.billing.wallet import lock_queue
from app.extensions import db

OF_REQUESTS = "1500ms"
OF_JOBS = "10s"
OF_HURRIED = "50ms"

_KEY = "lock_timeout"


def init_app(app: Flask) -> None:
    """Use the short timeout while a request is served."""
    app.before_request(mark_impatient)


def hurry() -> None:
    """Wait for each lock only briefly until the session's transaction ends: the request has waited for others."""
    db.session.execute(text(f"SET LOCAL lock_timeout = '{OF_HURRIED}'"))


def mark_impatient() -> None:
    """Someone waits for what is done from here on."""
    lock_queue.impatient.set(True)


@event.listens_for(Pool, "checkout")
def _set_timeout(driver: Any, entry: ConnectionPoolEntry, _: Any) -> None:
    """A connection keeps its timeout, so each one is set once in a web process or a worker."""
    wanted = OF_REQUESTS if has_request_context() else OF_JOBS
    if entry.info.get(_KEY, OF_JOBS) == wanted:
        return
    with driver.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{wanted}'")
    # Otherwise a rollback would undo it.
    driver.commit()
    entry.info[_KEY] = wanted
