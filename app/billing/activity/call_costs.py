"""What one call cost: its lines with the rate that priced each, corrections, and its active hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func, null, select

from app.billing.catalog import CatalogError, Meter, meters, rate_labels, versions
from app.billing.catalog.quantities import Units
from app.billing.catalog.rate_labels import RateLabel
from app.clock import utc_now
from app.extensions import db
from app.language import marked, translated
from app.models import Hold, HoldState, Organization, UsageEvent, UsageGroup
from app.money import Money, total

LONGEST = 255
"""The longest name of a call, in characters; the same as for other names in usage."""

LINES = 200
"""The most lines that are listed one by one. Only a call with very many corrections has more."""


class CallPart(StrEnum):
    """The parts of a call's cost, in display order."""

    CALLING = "calling"
    TELEPHONY = "telephony"
    SPEECH = "speech"
    MODEL = "model"

    @property
    def label(self) -> str:
        """What people call it, in the reader's language."""
        return translated(_PARTS[self])


_PARTS = {
    CallPart.CALLING: marked("Calling"),
    CallPart.TELEPHONY: marked("Telephony"),
    CallPart.SPEECH: marked("Speech"),
    CallPart.MODEL: marked("Model"),
}


@dataclass(frozen=True, slots=True)
class CallCostLine:
    """One meter's usage of one day, priced by one plan and posted on one day; or one correction.

    Of the `billable` units, which the rate's minimum and step make of `used`, `included` were covered by the
    allowance. `corrects` is the id of the event that a correction changes: its figures are differences then, and
    `used_at` is the time of that event. `rate` is unknown if the version of the catalog was not stored.
    """

    part: CallPart
    meter: str
    label: str
    used: Units
    billable: Units
    included: Units
    rate: RateLabel | None
    plan_key: str
    plan: str
    version: str
    amount: Money
    events: int
    used_at: datetime
    used_on: date
    posted_on: date
    corrects: str | None

    @property
    def is_late(self) -> bool:
        """Whether it was posted on another day than it was used."""
        return self.posted_on != self.used_on


@dataclass(frozen=True, slots=True)
class HoldInProgress:
    """Credit reserved for the call now; `used` has already been charged. `is_final`: there was not enough credit to
    extend it."""

    amount: Money
    used: Money
    since: datetime
    until: datetime
    is_final: bool


@dataclass(frozen=True, slots=True)
class CallCosts:
    """A call. It began and ended at about `first_at` and `last_at`, the times of its usage and holds.

    `others` counts the lines beyond those listed, which cost `others_cost` together; `total` covers all.
    """

    call: str
    lines: tuple[CallCostLine, ...]
    holds: tuple[HoldInProgress, ...]
    campaigns: tuple[str, ...]
    agents: tuple[str, ...]
    numbers: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    total: Money
    others: int
    others_cost: Money

    @property
    def parts(self) -> list[tuple[CallPart, list[CallCostLine], Money]]:
        """The lines of each part that has any, with their sum."""
        of = {part: [line for line in self.lines if line.part is part] for part in CallPart}
        currency = self.total.currency
        return [
            (part, own, total((line.amount for line in own), currency)) for part, own in of.items() if own
        ]

    @property
    def is_in_progress(self) -> bool:
        return bool(self.holds)


def get_call_costs(organization: Organization, call: str) -> CallCosts | None:
    """What a call cost, in two statements; None if nothing was charged for it and it has no active hold."""
    if not 0 < len(call) <= LONGEST or "\0" in call:
        return None
    rows = db.session.execute(_lines_of(organization, call)).all()
    holds = db.session.scalars(
        select(Hold)
        .where(Hold.org_id == organization.id, Hold.state == HoldState.ACTIVE, Hold.call == call)
        .where(Hold.expires_at > utc_now())
        .order_by(Hold.created_at)
    ).all()
    if not rows and not holds:
        return None
    currency = organization.currency
    lines = sorted((_line(row, currency) for row in rows), key=_order)
    times = [row.first_at for row in rows] + [row.last_at for row in rows] + [one.created_at for one in holds]
    return CallCosts(
        call=call,
        lines=tuple(lines[:LINES]),
        holds=tuple(_hold(hold, currency) for hold in holds),
        campaigns=_names([*(row.campaigns for row in rows), [hold.campaign for hold in holds]]),
        agents=_names([*(row.agents for row in rows), [hold.agent for hold in holds]]),
        numbers=_names(row.numbers for row in rows),
        first_at=min(times),
        last_at=max(times),
        total=total((line.amount for line in lines), currency),
        others=len(lines[LINES:]),
        others_cost=total((line.amount for line in lines[LINES:]), currency),
    )


def _lines_of(organization: Organization, call: str) -> Any:
    """One row per meter, day and price, however many events a call has; each correction has its own."""
    event, zone = UsageEvent, organization.timezone
    is_correction = event.corrects_id.is_not(None)
    used_on = func.date(func.timezone(zone, event.at)).label("used_on")
    posted_on = func.date(func.timezone(zone, event.posted_at)).label("posted_on")
    own = case((is_correction, event.event_id), else_=null()).label("own")
    return (
        select(
            event.meter,
            event.plan,
            event.version,
            used_on,
            posted_on,
            own,
            func.max(event.corrects_id).label("corrects"),
            func.sum(event.quantity).label("quantity"),
            func.sum(event.billable).label("billable"),
            func.sum(event.included).label("included"),
            func.sum(event.amount_micro).label("amount"),
            func.count().label("events"),
            func.min(event.at).label("first_at"),
            func.max(event.at).label("last_at"),
            func.array_agg(event.campaign.distinct()).label("campaigns"),
            func.array_agg(event.agent.distinct()).label("agents"),
            func.array_agg(event.number.distinct()).label("numbers"),
        )
        .where(event.org_id == organization.id, event.call == call)
        .group_by(event.meter, event.plan, event.version, used_on, posted_on, event.source, own)
    )


def _line(row: Any, currency: str) -> CallCostLine:
    meter = meters.get_meter(row.meter)
    plan, rate = row.plan, None
    try:
        plan_catalog = versions.find(row.version)
        own = plan_catalog.plan(row.plan)
        meter, plan = plan_catalog.meter(row.meter), own.name
        rate = rate_labels.describe(row.meter, meter, own.rates[row.meter], currency)
    except CatalogError:
        # Usage whose catalog version is unknown is still shown, by the names that are left.
        pass
    return CallCostLine(
        part=_part_of(meter),
        meter=row.meter,
        label=meter.label,
        used=Units(int(row.quantity), meter.unit),
        billable=Units(int(row.billable), meter.unit),
        included=Units(int(row.included), meter.unit),
        rate=rate,
        plan_key=row.plan,
        plan=plan,
        version=row.version,
        amount=Money(int(row.amount), currency),
        events=row.events,
        used_at=row.first_at,
        used_on=row.used_on,
        posted_on=row.posted_on,
        corrects=row.corrects,
    )


def _part_of(meter: Meter) -> CallPart:
    """Tokens belong to the model; the rest of the models group is speech."""
    if meter.group is UsageGroup.MODELS:
        return CallPart.MODEL if meter.unit == "token" else CallPart.SPEECH
    return CallPart(meter.group.value)


def _order(line: CallCostLine) -> tuple[Any, ...]:
    return (
        list(CallPart).index(line.part),
        line.label,
        line.corrects is not None,
        line.used_at,
        line.posted_on,
    )


def _hold(hold: Hold, currency: str) -> HoldInProgress:
    return HoldInProgress(
        amount=Money(hold.amount_micro, currency),
        used=Money(hold.used_micro, currency),
        since=hold.created_at,
        until=hold.expires_at,
        is_final=hold.is_final,
    )


def _names(found: Iterable[Iterable[str | None]]) -> tuple[str, ...]:
    return tuple(sorted({name for names in found for name in names if name}))
