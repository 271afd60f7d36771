"""What the organization's phone numbers cost, and when the platform would release them while the wallet is dry.

Numbers are metered by the day, so their rent is charged like all usage, whatever the wallet has. Once a day's rent
takes posted credit to zero or below, the platform keeps that number for as many days as the catalog says, and then
releases it (docs/platform.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select

from app.billing import catalog
from app.billing.catalog import Plan
from app.billing.plans import terms
from app.billing.wallet import reserve
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, ResourceCount, Transfer, UsageEvent, Wallet
from app.money import Money, smallest_unit

RESERVED_DAYS = 30
"""The days of rent that owners are offered to keep."""
_NUMBERS = "phone_numbers"
_UNIT = "number-day"


@dataclass(frozen=True, slots=True)
class NumberLoss:
    """The day on which the platform would release a number; `number` is empty where it hasn't named them."""

    number: str
    day: date


def rent_of(organization: Organization, days: int, *, numbers: int | None = None) -> Money:
    """What so many days of rent cost beyond the plan's allowance, in whole smallest units, rounded up.

    `numbers` is how many there are; as the platform last reported, if None.
    """
    if numbers is None:
        numbers = count_of(organization.id)
    plan = terms.get_terms(organization).plan_at(utc_now())
    unit = smallest_unit(organization.currency)
    cost = sum((_cost(plan, meter, numbers * days, days) for meter in _rent_meters(plan)), Fraction(0))
    return Money(-(-cost // unit) * unit, organization.currency)


def count_of(org_id: UUID) -> int:
    """How many numbers the organization has, as the platform last reported."""
    query = select(ResourceCount.count).where(
        ResourceCount.org_id == org_id, ResourceCount.resource == _NUMBERS
    )
    return db.session.scalar(query) or 0


def follow(org_id: UUID) -> None:
    """Let a reserve that is so many days of rent be what they cost now. Without such a reserve nothing is locked."""
    days = db.session.scalar(select(Wallet.reserve_rent_days).where(Wallet.org_id == org_id))
    if days is not None:
        reserve.follow_rent(org_id, rent_of(db.session.get_one(Organization, org_id), days))


def find_followers() -> list[UUID]:
    """The organizations whose reserve follows their rent."""
    return list(db.session.scalars(select(Wallet.org_id).where(Wallet.reserve_rent_days.is_not(None))))


def find_losses(organization: Organization, wallet: Wallet, *, most: int) -> list[NumberLoss]:
    """The day on which each number would be released unless credit is added; none while there is credit.

    Soonest first, by number, and `most` of them at most: an organization may have any number. Four statements at
    most, and none while there is credit.
    """
    count = count_of(organization.id) if wallet.posted_micro <= 0 else 0
    since = dry_since(wallet) if count else None
    if since is None:
        return []
    first_unpaid = _first_unpaid(organization.id, since)
    known = db.session.get(ResourceCount, (organization.id, _NUMBERS))
    names = [*(known.names if known is not None else ())] or sorted(first_unpaid)
    kept = timedelta(days=catalog.current().number_days_kept)

    def lost(number: str) -> date:
        return organization.local_day(first_unpaid.get(number, since)) + kept

    found = [NumberLoss(name, lost(name)) for name in names[:count]]
    found += [NumberLoss("", organization.local_day(since) + kept)] * min(count - len(found), most)
    return sorted(found, key=lambda loss: (loss.day, loss.number))[:most]


def dry_since(wallet: Wallet) -> datetime | None:
    """When posted credit last became zero or less; None while there is some, or where there never was any."""
    if wallet.posted_micro > 0:
        return None
    last_with = (
        select(func.max(Transfer.seq))
        .where(Transfer.org_id == wallet.org_id, Transfer.balance_after_micro > 0)
        .scalar_subquery()
    )
    first_without = select(Transfer.posted_at).where(
        Transfer.org_id == wallet.org_id, Transfer.seq > func.coalesce(last_with, 0)
    )
    return db.session.scalar(first_without.order_by(Transfer.seq).limit(1))


def _first_unpaid(org_id: UUID, since: datetime) -> dict[str, datetime]:
    """When the rent of each number, as far as usage names it, was first charged without credit."""
    meters = [key for key, meter in catalog.current().meters.items() if meter.unit == _UNIT]
    query = (
        select(UsageEvent.number, func.min(UsageEvent.posted_at))
        .where(UsageEvent.org_id == org_id, UsageEvent.posted_at >= since)
        .where(UsageEvent.meter.in_(meters), UsageEvent.number.is_not(None))
        .group_by(UsageEvent.number)
    )
    return {row[0]: row[1] for row in db.session.execute(query) if row[0] is not None}


def _rent_meters(plan: Plan) -> list[str]:
    meters = catalog.current().meters
    return [key for key in plan.rates if key in meters and meters[key].unit == _UNIT]


def _cost(plan: Plan, meter: str, units: int, days: int) -> Fraction:
    included = Fraction(plan.allowance_of(meter) * days, 30)
    return max(units - included, Fraction(0)) * plan.rates[meter].first
