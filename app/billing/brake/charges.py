"""How many automatic charges there were lately: what is under way or paid counts, what was declined doesn't."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.billing.brake.limits import Limits
from app.extensions import db
from app.models import TopUp, TopUpStatus

PER_HOUR, PER_DAY = "brake_hour", "brake_day"
"""Why nothing is charged: as many automatic charges as there may be within an hour, or within 24."""

_HOUR, _DAY = timedelta(hours=1), timedelta(hours=24)
_COUNTED = (TopUpStatus.PAYING, TopUpStatus.ACTION, TopUpStatus.SUCCEEDED)


def pace_refusal(org_id: UUID, limits: Limits, at: datetime) -> tuple[str, datetime] | None:
    """Why one more would be too many, and until when; None if it isn't. The wallet is locked."""
    times = _times(org_id, at - _DAY)
    found = []
    for reason, most, span in ((PER_HOUR, limits.per_hour, _HOUR), (PER_DAY, limits.per_day, _DAY)):
        within = [one for one in times if one > at - span]
        if len(within) >= most:
            found.append((reason, within[-most] + span))
    return max(found, key=lambda one: one[1], default=None)


def _times(org_id: UUID, since: datetime) -> list[datetime]:
    """When each was claimed, the oldest first."""
    query = select(TopUp.claimed_at).where(
        TopUp.org_id == org_id,
        TopUp.auto_month.is_not(None),
        TopUp.status.in_(_COUNTED),
        TopUp.claimed_at > since,
    )
    return [at for at in db.session.scalars(query.order_by(TopUp.claimed_at)) if at is not None]
