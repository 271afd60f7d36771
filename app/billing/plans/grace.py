"""The deadline for paying a failed renewal before the plan is lost: the same for page, email and job.

A plan stays in force for the grace days of the catalog version that it was chosen from, until the end of the last one
in the organization's time zone. A promised day is kept to its last second, even if the organization changes its time
zone: then until the end of the day in the new zone that contains that second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.billing import catalog
from app.billing.catalog import versions
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, Subscription, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class Deadline:
    """`last_day` is in the organization's time zone, and the last day on which the plan stays in force; `over_at` is
    when it ends."""

    last_day: date
    over_at: datetime


def deadline(
    failed_at: datetime, version: str | None, zone: ZoneInfo, promised_until: datetime | None = None
) -> Deadline:
    """The deadline of a renewal that first failed at `failed_at`, for a plan of this catalog version.

    `promised_until` is the moment promised before the organization changed to this time zone.
    """
    current = versions.find(version) if version else catalog.current()
    last_day = failed_at.astimezone(zone).date() + timedelta(days=current.grace_days)
    if promised_until is not None:
        last_day = max(last_day, (promised_until - timedelta(microseconds=1)).astimezone(zone).date())
    # If clocks go forward at midnight, this is that moment: the first of the next day.
    midnight = datetime.combine(last_day + timedelta(days=1), time(), zone)
    return Deadline(last_day, midnight.astimezone(UTC))


def deadline_of(organization: Organization, row: Subscription | None) -> Deadline | None:
    """The deadline of an organization's renewal; None if none is open."""
    if row is None or row.status is not SubscriptionStatus.PAST_DUE or row.failed_at is None:
        return None
    return deadline(row.failed_at, row.version, ZoneInfo(organization.timezone), row.promised_until)


def record_deadline(organization: Organization) -> None:
    """Record the deadline of an open renewal, before the organization changes its time zone.

    In the caller's transaction. Locks the wallet, like every change of a subscription.
    """
    ledger.lock(organization.id)
    row = db.session.get(Subscription, (organization.id,), with_for_update=True, populate_existing=True)
    found = deadline_of(organization, row)
    if row is not None and found is not None:
        row.promised_until = found.over_at
        db.session.flush()


def is_suspended(organization: Organization, row: Subscription, now: datetime | None = None) -> bool:
    """Whether the free plan is in force because the renewal wasn't paid in time, recorded yet or not."""
    if row.suspended_at is not None:
        return True
    found = deadline_of(organization, row)
    return found is not None and found.over_at <= (now or utc_now())
