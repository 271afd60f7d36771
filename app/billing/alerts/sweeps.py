"""What a sweep looks at: forecasts, which change without anything being posted, and levels that were reached."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from app.billing.alerts.outgoing import find_stale, task_of
from app.extensions import db
from app.models import AlertLevel

__all__ = ["find_judged", "find_stale", "task_of"]


def find_judged() -> list[UUID]:
    """The organizations to judge again: those with forecasts, and those with a level that was reached, whose job may
    have been lost."""
    query = (
        select(AlertLevel.org_id)
        .where(or_(AlertLevel.hours.is_not(None), AlertLevel.raised_at.is_not(None)))
        .distinct()
        .order_by(AlertLevel.org_id)
    )
    return list(db.session.scalars(query))
