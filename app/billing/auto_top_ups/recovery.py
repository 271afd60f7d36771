"""Organizations whose auto top-up has to be looked at without anything having happened: a new try, a month that has
begun, a job that was lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from app.clock import utc_now
from app.extensions import db
from app.models import AutoTopUp, WalletWatch, WatchKind

LOST_AFTER = timedelta(minutes=2)
"""How long a watch may have fired without anything being planned, before its job counts as lost."""


def find_due() -> list[UUID]:
    """The organizations, in a fixed order."""
    now = utc_now()
    is_planned = AutoTopUp.next_try_at.is_not(None)
    has_fired = (WalletWatch.fired_at < now - LOST_AFTER) & ~is_planned
    query = (
        select(AutoTopUp.org_id)
        .join(
            WalletWatch,
            (WalletWatch.org_id == AutoTopUp.org_id)
            & (WalletWatch.kind == WatchKind.AUTO_TOP_UP)
            & (WalletWatch.name == ""),
        )
        .where(AutoTopUp.is_on, or_(AutoTopUp.next_try_at <= now, has_fired))
        .order_by(AutoTopUp.org_id)
    )
    return list(db.session.scalars(query))
