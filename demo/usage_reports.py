"""Usage of one organization, by day, for the demo's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app.billing import catalog
from app.billing.plans import terms as plan_terms
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.clock import utc_now
from app.extensions import db
from app.models import Allowance, Organization
from app.money import Money

NOON = time(12)


@dataclass(frozen=True, slots=True)
class Used:
    """`quantity` whole units of `meter`, used on `day` in the organization's zone: at noon where no time is given.

    Empty names are none.
    """

    meter: str
    quantity: int
    day: date
    campaign: str = ""
    agent: str = ""
    call: str = ""
    number: str = ""
    hold: str = ""
    clock: time = NOON
    direction: str = ""
    country: str = ""


def record(organization: Organization, source: str, used: Sequence[Used], *, at: datetime) -> Money:
    """Charge usage of days, none of it later than `at`; returns what it cost now.

    `source` names the report: the same one again costs nothing. Raises `CatalogError` for an unknown meter.
    """
    for one in used:
        catalog.current().meter(one.meter)
    plan = plan_terms.get_terms(organization).plan_at(at)
    parts = [
        (str(place) if number == 0 else f"{place}.{number}", one, quantity)
        for place, one in enumerate(used)
        for number, quantity in enumerate(_in_events(one.quantity, plan.rates[one.meter].most))
    ]
    events = [
        Reported(
            index=index,
            org_id=organization.id,
            source=source,
            id=id_,
            meter=one.meter,
            quantity=quantity,
            at=_time_of(organization, one, at),
            campaign=one.campaign or None,
            agent=one.agent or None,
            call=one.call or None,
            number=one.number or None,
            hold=one.hold or None,
            direction=one.direction or None,
            country=one.country or None,
        )
        for index, (id_, one, quantity) in enumerate(parts)
    ]
    receipt = ingest.ingest(events, at=at)
    return Money(receipt.costs[organization.id], organization.currency)


def _in_events(quantity: int, most: int) -> list[int]:
    """A day's usage in as many events as it takes, because one may only count so much."""
    whole, rest = divmod(quantity, most)
    return [most] * whole + ([rest] if rest or not whole else [])


def units_costing(organization: Organization, meter: str, amount: Money) -> int:
    """How many units of `meter` cost about `amount` now, with what is left of the allowance used up first."""
    now = utc_now()
    terms = plan_terms.get_terms(organization)
    plan = terms.plan_at(now)
    period = terms.period_of(organization.local_day(now))
    allowance = db.session.get(
        Allowance, (organization.id, period, plan.pool_of(meter)), populate_existing=True
    )
    left = max(plan.allowance_of(meter) - (allowance.used if allowance else 0), 0)
    return left + round(amount.micro / plan.rates[meter].first)


def _time_of(organization: Organization, used: Used, at: datetime) -> datetime:
    then = datetime.combine(used.day, used.clock, ZoneInfo(organization.timezone))
    return min(then, at) if used.day == organization.local_day(at) else then
