"""The audit trail: every change by a person or by the house on its own, with who, what, when and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.extensions import db
from app.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, with the address they came from, or a part of the house."""

    name: str
    user_id: UUID | None = None
    address: str | None = None


STRIPE = Actor("stripe")
OPERATOR = Actor("operator")


def note(org_id: UUID, actor: Actor, action: str, subject: str, **details: Any) -> None:
    """Add a line to the trail, in the caller's transaction. `details` are JSON without secrets."""
    db.session.add(
        AuditEvent(
            org_id=org_id,
            actor=actor.name,
            user_id=actor.user_id,
            action=action,
            subject=subject,
            address=actor.address,
            details=details,
        )
    )
