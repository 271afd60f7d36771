"""Exports, statements and reports are read from the replica, where there is one that holds enough.

What they say is never less than the page before them has shown (`app.database.replica`). Otherwise, and where the
replica fails meanwhile, they are read from the primary, as everything else is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.database.replica import WRITTEN, Replica, Unusable, replica
from app.database.routing import route_of, routed_to
from app.extensions import db
from app.transaction import end_reading

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger("billing.database")

_REPLICA, _PRIMARY = "replica", "primary"


def from_replica(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view that changes nothing read from the replica. It may run twice.

    Goes below the decorators that say who may see it: those read from the primary.
    """

    @wraps(view)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        server = replica.get()
        if server is None:
            metrics.LONG_READS.labels(_PRIMARY).inc()
            return view(*args, **kwargs)
        why = _why_not(server)
        if why is None:
            try:
                with routed_to(db.session(), server.engine):
                    found = view(*args, **kwargs)
            except (SQLAlchemyError, psycopg.Error):
                why = Unusable.FAILED
            else:
                metrics.LONG_READS.labels(_REPLICA).inc()
                return found
        metrics.LONG_READS.labels(why.value).inc()
        log.warning("replica_not_used", reason=why.value)
        return view(*args, **kwargs)

    return read


def carried_over(pieces: Iterator[R]) -> Iterator[R]:
    """Generate `pieces` from the server that the session reads from now: for responses streamed after the request."""
    engine = route_of(db.session())
    if engine is None:
        return pieces

    def carried() -> Iterator[R]:
        end_reading()
        with routed_to(db.session(), engine):
            yield from pieces

    return carried()


def _why_not(server: Replica) -> Unusable | None:
    position = db.session.scalar(WRITTEN)
    end_reading()
    return server.why_not(str(position))
