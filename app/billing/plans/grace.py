"""Until when a renewal that failed can be paid before the plan is lost: said here to page, mail and job alike.

A plan stays in force for the grace days of the version of the catalog that it was chosen from, to the end of
the last of them in the organization's zone. What is promised as a day is kept to its last second, also where
the organization moves to another zone meanwhile: then to the end of the day, there, in which that second is.
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
    """`last_day` is the organization's own, and the last on which the plan stays in force; at `over_at` it
    does no more."""

    last_day: date
    over_at: datetime


def deadline(
    failed_at: datetime, version: str | None, zone: ZoneInfo, promised_until: datetime | None = None
) -> Deadline:
    """Until when a renewal can be paid that first failed at `failed_at`, of a plan of this version of the catalog.

    `promised_until` is the moment that was promised before the organization moved to this zone.
    """
    current = versions.find(version) if version else catalog.current()
    last_day = failed_at.astimezone(zone).date() + timedelta(days=current.grace_days)
    if promised_until is not None:
        last_day = max(last_day, (promised_until - timedelta(microseconds=1)).astimezone(zone).date())
    # Where clocks go forward at midnight, this is the moment at which they do: the first of the next day.
    midnight = datetime.combine(last_day + timedelta(days=1), time(), zone)
    return Deadline(last_day, midnight.astimezone(UTC))


def deadline_of(organization: Organization, row: Subscription | None) -> Deadline | None:
    """The deadline of an organization's renewal; None where none is open."""
    if row is None or row.status is not SubscriptionStatus.PAST_DUE or row.failed_at is None:
        return None
    return deadline(row.failed_at, row.version, ZoneInfo(organization.timezone), row.promised_until)


def record_deadline(organization: Organization) -> None:
    """Remember until when an open renewal can be paid; before the organization moves to another zone.

    In the caller's transaction. Locks the wallet, as anyone who changes a subscription does.
    """
    ledger.lock(organization.id)
    row = db.session.get(Subscription, (organization.id,), with_for_update=True, populate_existing=True)
    found = deadline_of(organization, row)
    if row is not None and found is not None:
        row.promised_until = found.over_at
        db.session.flush()


def is_suspended(organization: Organization, row: Subscription, now: datetime | None = None) -> bool:
    """Whether the free plan is in force because the renewal wasn't paid in time, noted already or not."""
    if row.suspended_at is not None:
        return True
    found = deadline_of(organization, row)
    return found is not None and found.over_at <= (now or utc_now())
