"""Encrypting again what an older key encrypted, so that the key can be dropped.

A code that is used does that for its own secret (`authenticator_apps.verify`); this does it for those that no one
uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models import AuthenticatorApp, Operator
from app.models.scope import Reason, seeing_all
from app.people.factors import encryption
from app.people.factors.encryption import UnreadableError
from app.transaction import transaction

ENCRYPTED = frozenset({"authenticator_app.encrypted_secret", "operator.encrypted_secret"})
"""Every column with something encrypted, as `table.column`."""
_TABLES: tuple[tuple[Any, Any], ...] = ((AuthenticatorApp, AuthenticatorApp.user_id), (Operator, Operator.id))
"""Each with whom its secrets are encrypted for."""
_AT_A_TIME = 200


@dataclass(slots=True)
class Outcome:
    """How many were encrypted again, and how many no known key can read."""

    renewed: int = 0
    unreadable: int = 0


@seeing_all(Reason.PEOPLE)
def reencrypt() -> Outcome:
    """Encrypt with the newest key whatever an older one encrypted. Commits by itself, some rows at a time, and locks
    only these."""
    outcome = Outcome()
    for table, whose in _TABLES:
        after: UUID | None = UUID(int=0)
        while after is not None:
            with transaction():
                after = _renew_some(table, whose, after, outcome)
    return outcome


def _renew_some(table: Any, whose: Any, after: UUID, outcome: Outcome) -> UUID | None:
    """The id of the last row looked at; None after the last of all."""
    some = select(table).where(table.id > after).order_by(table.id).limit(_AT_A_TIME).with_for_update()
    rows = list(db.session.scalars(some, execution_options={"populate_existing": True}))
    current = encryption.current()
    for row in rows:
        if not current.is_outdated(row.encrypted_secret):
            continue
        owner: UUID = getattr(row, whose.key)
        try:
            secret = current.decrypt(row.encrypted_secret, owner)
        except UnreadableError:
            outcome.unreadable += 1
            continue
        row.encrypted_secret = current.encrypt(secret, owner)
        outcome.renewed += 1
    return rows[-1].id if rows else None


@seeing_all(Reason.PEOPLE)
def count_outdated() -> int:
    """How many the newest key didn't encrypt."""
    current = encryption.current()
    stored = [one for table, _ in _TABLES for one in db.session.scalars(select(table.encrypted_secret))]
    return sum(current.is_outdated(one) for one in stored)
