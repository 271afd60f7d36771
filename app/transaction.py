"""Who commits: only the functions that a button, a job or a command calls, never what they call.

A use case uses `with transaction():` once for each atomic step. It commits its claim before it calls Stripe, so that
no lock is held over the network. A function that is called within one says in its docstring what it locks, and
doesn't commit.

What allowed a request may end while it waits for a lock: it is checked again at the end of each transaction
(`check_before_commits`), until Stripe is asked to do what was decided (`decided`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.extensions import db

_KEY = "within_transaction"
_CHECK = "checked_before_commits"


@contextmanager
def transaction() -> Iterator[None]:
    """Commit the block, or roll it back on an error, also of what is checked before commits.

    What the session read or wrote before belongs to it. Raises `RuntimeError` if nested: a use case that calls
    another would commit half of its own work.
    """
    session = db.session()
    if session.info.get(_KEY):
        raise RuntimeError("A use case commits its own transactions: it can't be part of another one's.")
    session.info[_KEY] = True
    try:
        yield
        # What is still to be written may wait for a lock, too.
        session.flush()
        if (check := session.info.get(_CHECK)) is not None:
            check()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_KEY, None)


def check_before_commits(check: Callable[[], None]) -> None:
    """Call `check` at the end of each of the session's transactions from now on, within it: all locks are held by
    then. What it raises undoes the transaction."""
    db.session().info[_CHECK] = check


def decided() -> None:
    """Check nothing before commits any more: what was committed stands.

    Called before Stripe is asked to charge, cancel or remove something. What comes of that is recorded, whatever has
    ended meanwhile.
    """
    db.session().info.pop(_CHECK, None)


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
