"""Which server a session's transactions go to: the primary, unless it was sent elsewhere for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine
from sqlalchemy.orm import Session

_KEY = "routed_to"


class RoutedSession(FlaskSession):
    """The application's session, whose transactions can be sent to another server."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        """The engine of a statement."""
        if bind is None and (route := route_of(self)) is not None:
            return route
        return super().get_bind(mapper, clause, bind, **kwargs)


def route_of(session: Session) -> Engine | None:
    """Where a session was sent; None for the primary."""
    found: Engine | None = session.info.get(_KEY)
    return found


@contextmanager
def routed_to(session: Session, engine: Engine | None) -> Iterator[None]:
    """Send a session's transactions to `engine`, or to the primary for None, within the block.

    The transaction before has to be over, and the block's last one ends with it. Raises `RuntimeError` within one.
    """
    before = route_of(session)
    if before is engine:
        yield
        return
    if session.in_transaction():
        raise RuntimeError("A transaction stays on its server: end it first.")
    session.info[_KEY] = engine
    try:
        yield
        # Not rolled back, because that would forget what was read.
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_KEY] = before
