"""The ledger's transfers one by one, for the platform's own books. People read `app.billing.activity.history`."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.models import Organization, Transfer


def older_than(organization: Organization, seq: int | None, *, limit: int) -> list[Transfer]:
    """Transfers before the position `seq`, or the newest, newest first. One statement, by index."""
    query = (
        select(Transfer).where(Transfer.org_id == organization.id).order_by(Transfer.seq.desc()).limit(limit)
    )
    return list(db.session.scalars(query if seq is None else query.where(Transfer.seq < seq)))
