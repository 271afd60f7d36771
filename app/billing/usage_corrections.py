"""Corrections: an event that says what another one's quantity really was.

What was posted never changes; the difference is an adjustment of its own, in the history and in the totals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from app.billing import calling, catalog_versions, ledger, rating, usage_rows
from app.billing.arrays import columns
from app.billing.ledger import Entry
from app.billing.money import Money, half_up
from app.billing.rating import Charge
from app.billing.usage_events import Refusal, Reported
from app.billing.usage_rating import Line, Rater
from app.billing.usage_rows import RatedEvent
from app.extensions import driver_connection
from app.models import AccountName, TransferKind
from app.models.columns import uuid7

_CORRECTED = """
SELECT event.org_id, event.source, event.event_id, event.at, event.meter, event.plan, event.version,
    event.call, event.campaign, event.agent, event.corrects_id IS NOT NULL,
    event.quantity + coalesce(sum(other.quantity), 0)::bigint,
    event.billable + coalesce(sum(other.billable), 0)::bigint,
    event.included + coalesce(sum(other.included), 0)::bigint,
    event.amount_micro + coalesce(sum(other.amount_micro), 0)::bigint
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS asked (org_id, source, event_id)
JOIN usage_event event ON event.org_id = asked.org_id AND event.source = asked.source
    AND event.event_id = asked.event_id
LEFT JOIN usage_event other ON other.org_id = event.org_id AND other.corrects_source = event.source
    AND other.corrects_id = event.event_id
GROUP BY event.org_id, event.at, event.source, event.event_id"""


@dataclass(slots=True)
class Corrected:
    """An event as it stands after the corrections so far."""

    at: datetime
    meter: str
    plan: str
    version: str
    call: str | None
    campaign: str | None
    agent: str | None
    is_correction: bool
    quantity: int
    billable: int
    included: int
    amount: int


@dataclass(slots=True)
class Outcome:
    """What became of a batch's corrections; `costs` are differences in micro-units by organization."""

    accepted: int = 0
    refused: list[Refusal] = field(default_factory=list)
    costs: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))


def take(events: Sequence[Reported], rater: Rater, *, at: datetime) -> Outcome:
    """Take corrections that were never taken before, with their organizations' wallets locked.

    Units that turn out not to be used are taken off what was paid for first, then off what the allowance covered,
    at the rates by which they were charged; units that come on top are rated as usage of the same time.
    """
    outcome = Outcome()
    found = _corrected(events)
    for (org_id, _, _), one in found.items():
        _line(rater, org_id, one)
    rater.read()
    for event in events:
        target = found.get((event.org_id, *(event.corrects or ("", ""))))
        problem = _problem(event, target)
        if problem is not None or target is None:
            outcome.refused.append(problem or _unknown(event))
            continue
        rated = _rate(event, target, rater, at)
        usage_rows.write([rated], posted_at=at)
        _post(rated, at)
        outcome.accepted += 1
        outcome.costs[event.org_id] += rated.charge.amount.micro
    return outcome


def _corrected(events: Sequence[Reported]) -> dict[tuple[UUID, str, str], Corrected]:
    keys = sorted({(event.org_id, *event.corrects) for event in events if event.corrects})
    if not keys:
        return {}
    rows: Any = driver_connection().execute(_CORRECTED, columns(keys))
    return {(row[0], row[1], row[2]): Corrected(*row[3:]) for row in rows}


def _line(rater: Rater, org_id: UUID, target: Corrected) -> Line:
    plan = catalog_versions.find(target.version).plan(target.plan)
    return rater.line(org_id, target.meter, target.at, plan)


def _problem(event: Reported, target: Corrected | None) -> Refusal | None:
    if target is None:
        return _unknown(event)
    if target.is_correction:
        return Refusal(event.index, "corrects", "It names a correction. Name the event that was corrected.")
    if target.meter != event.meter:
        return Refusal(event.index, "meter", f"The event that it corrects is of {target.meter!r}.")
    return None


def _unknown(event: Reported) -> Refusal:
    return Refusal(
        event.index,
        "corrects",
        "There is no such event of this organization. Send that one first, then its correction.",
    )


def _rate(event: Reported, target: Corrected, rater: Rater, at: datetime) -> RatedEvent:
    """The difference that a correction makes; `target` is brought up to date, for one that follows."""
    line = _line(rater, event.org_id, target)
    billable = rating.billable_units(line.plan.rates[event.meter], event.quantity)
    change = billable - target.billable
    charge = rater.rate_units(line, change) if change >= 0 else _take_off(line, target, -change, rater)
    quantity = event.quantity - target.quantity
    target.quantity = event.quantity
    target.billable = billable
    target.included += charge.included
    target.amount += charge.amount.micro
    return RatedEvent(
        event=msgspec.structs.replace(event, call=target.call, campaign=target.campaign, agent=target.agent),
        digest=event.digest(),
        line=line,
        at=target.at,
        posted_on=line.place.day_of(ledger.posting_time(ledger.lock(event.org_id), at)),
        quantity=quantity,
        charge=charge,
    )


def _take_off(line: Line, target: Corrected, units: int, rater: Rater) -> Charge:
    """Units off what was paid for first, then off what the allowance covered."""
    paid = target.billable - target.included
    paid_off = min(units, paid)
    rate = line.plan.rates[line.meter]
    if len(rate.tiers) == 1:
        left = rating.cost_of(rate, paid - paid_off)
    else:
        left = half_up(Fraction(target.amount * (paid - paid_off), paid)) if paid else 0
    rater.give_back(line, included=units - paid_off, charged=paid_off)
    currency = line.place.currency
    return Charge(-units, paid_off - units, Money(left - target.amount, currency))


def _post(rated: RatedEvent, at: datetime) -> None:
    """Post the difference as an adjustment line that names the day it belongs to."""
    amount = rated.charge.amount
    wallet = ledger.lock(rated.event.org_id)
    if amount:
        meter = catalog_versions.find(rated.line.plan.version).meter(rated.line.meter)
        revenue, is_more = meter.group.account, amount.micro > 0
        used_on = rated.line.day
        day = f"{used_on.day} {used_on:%b %Y}"
        about = f", call {rated.event.call}" if rated.event.call else ""
        entry = Entry(
            kind=TransferKind.ADJUSTMENT,
            source=f"correction:{uuid7()}",
            debit=AccountName.WALLET if is_more else revenue,
            credit=revenue if is_more else AccountName.WALLET,
            amount=abs(amount),
            at=at,
            detail=f"{meter.label} on {day}{about}, corrected",
        )
        ledger.post(wallet, entry)
    calling.reassess(wallet, at)
