"""The rows of the brake, to read."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models import Brake, BrakeStop


def find_own(org_id: UUID) -> Brake | None:
    """Where the organization's brake differs from the settings; None if it doesn't."""
    return db.session.get(Brake, org_id, populate_existing=True)


def find_open(org_id: UUID) -> BrakeStop | None:
    """The stop that no one has answered yet. Certain only while the wallet is locked."""
    query = select(BrakeStop).where(BrakeStop.org_id == org_id, BrakeStop.answered_at.is_(None))
    return db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def find_newest_answered(org_id: UUID) -> BrakeStop | None:
    """The stop that was answered last, however."""
    query = select(BrakeStop).where(BrakeStop.org_id == org_id, BrakeStop.answered_at.is_not(None))
    newest = query.order_by(BrakeStop.answered_at.desc(), BrakeStop.id.desc()).limit(1)
    return db.session.scalars(newest, execution_options={"populate_existing": True}).one_or_none()
