"""Who commits: only the functions that a button, a job or a command calls, never what they call.

A use case uses `with transaction():` once for each atomic step. It commits its claim before it calls Stripe, so that
no lock is held over the network. A function that is called within one says in its docstring what it locks, and
doesn't commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import db

_KEY = "within_transaction"


@contextmanager
def transaction() -> Iterator[None]:
    """Commit the block, or roll it back on an error.

    What the session read or wrote before belongs to it. Raises `RuntimeError` if nested: a use case that calls
    another would commit half of its own work.
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
    """End the transaction that reads have begun before something slow, so that no connection or lock is held
    meanwhile.

    What was read stays usable. Raises `RuntimeError` within a use case's transaction, or if something was changed:
    that needs an explicit commit.
    """
    session = db.session()
    if (
        session.info.get(_KEY)
        or session.new
        or session.deleted
        or any(map(session.is_modified, session.dirty))
    ):
        raise RuntimeError("Commit changes with `with transaction():`.")
    session.commit()
