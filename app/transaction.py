"""Who commits: the functions that a button, a job or a command calls, and nothing that they call.

A use case says `with transaction():` once for each step that is to be there as a whole. Before it asks Stripe, its
claim is committed, so that no lock is held over the network. A function that is called from within says in its
docstring what it locks, and commits nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import db

_KEY = "within_transaction"


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what is done within, or nothing of it where an error ends it.

    What the session read or wrote before belongs to it. Raises `RuntimeError` within another one: who calls a use
    case from a use case would commit half of its own work.
    """
    session = db.session()
    if session.info.get(_KEY):
        raise RuntimeError("A use case commits its own transactions: it can't be part of another one's.")
    session.info[_KEY] = True
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_KEY, None)


def end_reading() -> None:
    """End the transaction that reads have begun, before something slow: no connection and no lock waits for that.

    What was read stays usable. Raises `RuntimeError` within a transaction of a use case, and where something was
    changed: that is committed by saying so.
    """
    session = db.session()
    if (
        session.info.get(_KEY)
        or session.new
        or session.deleted
        or any(map(session.is_modified, session.dirty))
    ):
        raise RuntimeError("What was changed is committed by `with transaction():`.")
    session.commit()
