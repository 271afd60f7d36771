"""Makes and stores profiles: once an hour where something was spent, and once a day where nothing was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from app.billing import hours
from app.billing.forecast import campaigns, profile
from app.billing.forecast.profile import Profile
from app.extensions import db
from app.models import Organization, SpendForecast

_A_DAY = timedelta(days=1)
_AHEAD = timedelta(hours=1)

_STALE = text("""
    SELECT counted.org_id FROM spend_count counted LEFT JOIN spend_forecast made ON made.org_id = counted.org_id
    WHERE made.made_at IS NULL OR made.made_at < :a_day_ago OR made.made_at > :ahead
""")


def find_stale(now: datetime) -> list[UUID]:
    """The organizations whose forecast is missing, a day old, or of a time that hasn't come: of a clock that was put
    back."""
    return list(db.session.scalars(_STALE, {"a_day_ago": now - _A_DAY, "ahead": now + _AHEAD}))


def refresh(org_id: UUID, *, now: datetime) -> None:
    """Make the organization's profile from its hours as they are now, and store it. Doesn't commit.

    Locks its own row only.
    """
    organization = db.session.get_one(Organization, org_id)
    spent = {one.hour: one.micro for one in hours.of(org_id, now - profile.HISTORY)}
    running = campaigns.find_running(organization, now)
    made = profile.fit(spent, organization.timezone, now, running)
    began = min(spent, default=None)
    row = db.session.get(SpendForecast, (org_id,), with_for_update=True)
    if row is None:
        row = SpendForecast(org_id=org_id)
        db.session.add(row)
    row.made_at, row.began, row.timezone = now, began, organization.timezone
    row.slots = list(made.slots) if made else None
    row.day_ratio = made.day_ratio if made else 1.0
    row.few_ratio = made.few_ratio if made else 1.0
    row.spread = made.spread if made else 0.0
    row.surge_micro = made.surge if made else 0
    row.surge_until = made.surge_until if made else now
    db.session.flush()


def profile_of(row: SpendForecast | None) -> Profile | None:
    """The profile that a row has stored; None without enough history for one."""
    if row is None or row.slots is None:
        return None
    return Profile(
        timezone=row.timezone,
        as_of=row.made_at.astimezone(UTC),
        slots=tuple(row.slots),
        day_ratio=row.day_ratio,
        few_ratio=row.few_ratio,
        spread=row.spread,
        surge=row.surge_micro,
        surge_until=row.surge_until.astimezone(UTC),
    )
