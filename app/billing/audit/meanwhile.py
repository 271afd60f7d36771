"""Settings that two people change at the same time: the second one is refused, and sees what the first one did.

A form carries the settings as its page showed them, as text, which is compared under the lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.billing.audit.actors import name_for_reader
from app.billing.audit.entries import Action
from app.extensions import db
from app.models import AuditEvent


class ChangedMeanwhileError(Exception):
    """Someone else changed the settings since they were shown. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class OthersChange:
    """Who changed something last, and when."""

    by: str
    at: datetime


def check(seen: str | None, now: str) -> None:
    """Compare settings as they are `now` with what was `seen`, None if the caller saw nothing. Raises
    `ChangedMeanwhileError`."""
    if seen is not None and seen != now:
        raise ChangedMeanwhileError


def find_last(org_id: UUID, *actions: Action, subject: str | None = None) -> OthersChange | None:
    """The last change by one of these actions, of a subject if one is given."""
    query = select(AuditEvent.actor, AuditEvent.at).where(
        AuditEvent.org_id == org_id, AuditEvent.action.in_(actions)
    )
    if subject is not None:
        query = query.where(AuditEvent.subject == subject)
    row = db.session.execute(query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(1)).first()
    return OthersChange(name_for_reader(row.actor), row.at) if row else None
