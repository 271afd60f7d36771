"""What a forecast says of a balance: how long it lasts, when it is near its end, what is spent meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from app.billing.forecast import outlook
from app.billing.forecast.outlook import NO_LOTS, Dryness, Spend
from app.billing.forecast.profile import Profile
from app.billing.forecast.stored import profile_of
from app.billing.wallet.lots import left
from app.billing.wallet.lots.left import LotsLeft
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SpendForecast, Wallet
from app.money import Money

NOTICE = timedelta(hours=6)
"""Credit is near its end when it may run out within this time. In backtests this is two hours or more before it does
in more than 95 % of months, also of simulated years that no constant of the forecast was chosen with."""

RIGHT_OF_TEN = 8
"""In so many of ten backtests credit ran out within the band, rounded down: 0.86 on simulated years that no constant
of the forecast was chosen with, and 0.91 on those that they were. Pages say it, and a test compares it."""


class History(StrEnum):
    """What there is to forecast from."""

    LITTLE = "little"  # less than a week since the first call
    NONE_LATELY = "none_lately"  # nothing was spent in ninety days
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long an available balance lasts. `dryness` is None unless there is enough history."""

    history: History
    dryness: Dryness | None
    as_of: datetime | None


def lasts(
    row: SpendForecast | None, available_micro: int, now: datetime, credit: LotsLeft = NO_LOTS
) -> Lasting:
    """How long so much credit lasts, by a stored forecast, of which `credit` may expire before."""
    found = profile_of(row)
    if row is None or found is None:
        return Lasting(History.LITTLE, None, row.made_at if row else None)
    if not any(found.slots) and not found.surge:
        return Lasting(History.NONE_LATELY, None, row.made_at)
    return Lasting(History.ENOUGH, outlook.dry_at(found, max(available_micro, 0), now, credit), row.made_at)


def find_profile(organization: Organization) -> Profile | None:
    """The organization's stored profile; None without a week of history. One statement."""
    return profile_of(db.session.get(SpendForecast, (organization.id,), populate_existing=True))


@dataclass(frozen=True, slots=True)
class Standing:
    """An organization's available credit, how long it lasts, and the profile that says so."""

    available: Money
    lasting: Lasting
    profile: Profile | None


def gather(organization: Organization, now: datetime) -> Standing:
    """The organization's credit and its forecast. One statement, and one more where credit expires."""
    query = (
        select(Wallet, SpendForecast)
        .outerjoin(SpendForecast, SpendForecast.org_id == Wallet.org_id)
        .where(Wallet.org_id == organization.id)
    )
    wallet, row = db.session.execute(query, execution_options={"populate_existing": True}).one()
    available = wallet.available
    return Standing(available, lasts(row, available.micro, now, left.of(wallet)), profile_of(row))


def dry_at(organization: Organization, *, now: datetime | None = None) -> Dryness | None:
    """When the organization's available credit runs out; None without enough history. Statements as `gather`."""
    return gather(organization, now or utc_now()).lasting.dryness


def is_near(dryness: Dryness, now: datetime) -> bool:
    """Whether it is time to tell people that credit runs out."""
    return dryness.earliest is not None and dryness.earliest <= now + NOTICE


def spend_between(profile: Profile, begin: datetime, end: datetime) -> Spend:
    """What is expected to be spent between two times that are still to come. Nothing where they are over."""
    until_begin = outlook.spend_until(profile, profile.as_of, begin).about
    whole = outlook.spend_until(profile, profile.as_of, end).about
    return outlook.banded(profile, max(whole - until_begin, 0))
