"""Whether an automatic charge may be made now, asked before each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.billing import hours
from app.billing.brake import rows, stopping
from app.billing.brake.band import WEEKS, Band, band_of
from app.billing.brake.charges import PER_DAY, PER_HOUR, pace_refusal
from app.billing.brake.limits import Limits, limits_of
from app.models import BrakeAnswer, Organization
from app.money import Money

STOPPED = "brake"
"""Why nothing is charged: an hour took more than the band, and no one has answered yet."""

__all__ = ["PER_DAY", "PER_HOUR", "STOPPED", "Waiting", "check", "get_band"]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is charged now, for a `reason`; it may be again at `until`, if that is known."""

    reason: str
    until: datetime | None = None


def check(organization: Organization, amount: Money, at: datetime) -> Waiting | None:
    """Why so much may not be charged automatically now; None if it may.

    The wallet is locked; in the caller's transaction. The first charge out of the band is stopped, and owners are
    asked once. Nothing but an answer ends that: an hour in which nothing was spent because credit ran out says
    nothing about the next one.
    """
    if rows.find_open(organization.id) is not None:
        return Waiting(STOPPED)
    limits = limits_of(organization)
    spent = hours.spent_since(organization.id, at - _HOUR)
    if spent > limits.floor and not _may_resume(organization, spent, at):
        band = get_band(organization, limits, amount, at)
        if spent > band.most:
            stopping.stop(organization, spent, band, at)
            return Waiting(STOPPED)
    refusal = pace_refusal(organization.id, limits, at)
    return Waiting(*refusal) if refusal is not None else None


def get_band(organization: Organization, limits: Limits, amount: Money, at: datetime) -> Band:
    """The band of the hour that ends at a time, for a charge of so much."""
    past = hours.of(organization.id, at - timedelta(weeks=WEEKS, hours=2))
    by_hour = {one.hour: max(one.micro, 0) for one in past}
    return band_of(at, ZoneInfo(organization.timezone), by_hour, floor=limits.floor, charge=amount.micro)


def _may_resume(organization: Organization, spent: int, at: datetime) -> bool:
    """Whether someone has said that so much may go on: for good, or this time."""
    own = rows.find_own(organization.id)
    if own is not None and own.accepted_micro is not None and spent <= own.accepted_micro:
        return True
    newest = rows.find_newest_answered(organization.id)
    if newest is None or newest.answer is not BrakeAnswer.ONCE or newest.until is None:
        return False
    return at < newest.until and spent <= (newest.up_to_micro or 0)
