"""Corrections: events that state the correct quantity of another event.

What was posted never changes; the difference is a separate adjustment, in the history and in the totals. Of several
corrections of an event the one with the latest `time` counts, in whatever order they arrive; with equal times, the
last to arrive.

It is rated by the totals of the period, not by what the event itself was charged: which event was wrong, and in which
order corrections arrive, doesn't affect the result. Units that turn out not to be used are first deducted from the
meter's charged units. If these don't suffice, the allowance regains some, which immediately cover charged units of
the same allowance and period, the most expensive first. So an allowance is always used up before anything is charged,
and a period ends as if the correct quantities had been reported in the first place:

- exactly, where one meter draws on the allowance and one plan rates the period;
- in the number of charged units, where several meters share it. Which meter's units those are depends on what was
reported first, with or without corrections: an allowance covers whatever uses it first. So two results differ by at
most the charged units times the difference between the highest and the lowest rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.billing.catalog import rating, versions
from app.billing.usage import deductions
from app.billing.usage import rows as usage_rows
from app.billing.usage.counts import TooMuchError
from app.billing.usage.events import Refusal, Reported, beyond_the_wallet
from app.billing.usage.rater import Rater, RatingLine
from app.billing.usage.rows import RatedEvent
from app.billing.wallet import calling_state, envelope_moves, ledger, line_details
from app.billing.wallet.ledger import Entry
from app.billing.wallet.lots import money_trail
from app.database.arrays import columns
from app.extensions import driver_connection
from app.ids import uuid7
from app.models import AccountName, TransferKind

_CORRECTED = """
SELECT event.org_id, event.source, event.event_id, event.at, event.meter, event.plan, event.version,
    event.call, event.campaign, event.agent, event.number, event.direction, event.country,
    event.posted_at, event.corrects_id IS NOT NULL,
    event.quantity + coalesce(sum(other.quantity), 0)::bigint,
    event.billable + coalesce(sum(other.billable), 0)::bigint,
    max(key.at)
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS asked (org_id, source, event_id)
JOIN usage_event event ON event.org_id = asked.org_id AND event.source = asked.source
    AND event.event_id = asked.event_id
LEFT JOIN usage_event other ON other.org_id = event.org_id AND other.corrects_source = event.source
    AND other.corrects_id = event.event_id
LEFT JOIN usage_key key ON key.org_id = other.org_id AND key.source = other.source AND key.event_id = other.event_id
GROUP BY event.org_id, event.at, event.source, event.event_id"""


_NAMES = ("call", "campaign", "agent", "number", "direction", "country")
"""What a correction has from the event that it corrects."""


@dataclass(slots=True)
class Corrected:
    """An event after its corrections so far; `corrected_at` is the time of the latest one.

    That is removed once the correction is so old that an earlier one would not be accepted any more.
    """

    at: datetime
    meter: str
    plan: str
    version: str
    call: str | None
    campaign: str | None
    agent: str | None
    number: str | None
    direction: str | None
    country: str | None
    posted_at: datetime
    is_correction: bool
    quantity: int
    billable: int
    corrected_at: datetime | None


@dataclass(slots=True)
class CorrectionResult:
    """The result of a batch's corrections; `costs` are differences in micro-units by organization."""

    accepted: int = 0
    refused: list[Refusal] = field(default_factory=list)
    costs: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    rated: list[RatedEvent] = field(default_factory=list)


def record(events: Sequence[Reported], rater: Rater, *, at: datetime) -> CorrectionResult:
    """Record new corrections, with their organizations' wallets locked."""
    result = CorrectionResult()
    found = _corrected(events)
    for (org_id, _, _), one in found.items():
        deductions.siblings(_line(rater, org_id, one))
    rater.read()
    for event in events:
        target = found.get((event.org_id, *(event.corrects or ("", ""))))
        problem = _problem(event, target)
        if problem is not None or target is None:
            result.refused.append(problem or _unknown(event))
            continue
        try:
            rated = _rate(event, target, rater, at)
        except TooMuchError:
            result.refused.append(beyond_the_wallet(event))
            continue
        usage_rows.write([rated])
        _post(rated, target)
        result.accepted += 1
        result.rated.append(rated)
        result.costs[event.org_id] += rated.charge.amount.micro
    return result


def _corrected(events: Sequence[Reported]) -> dict[tuple[UUID, str, str], Corrected]:
    keys = sorted({(event.org_id, *event.corrects) for event in events if event.corrects})
    if not keys:
        return {}
    rows: Any = driver_connection().execute(_CORRECTED, columns(keys))
    return {(row[0], row[1], row[2]): Corrected(*row[3:]) for row in rows}


def _line(rater: Rater, org_id: UUID, target: Corrected) -> RatingLine:
    plan = versions.find(target.version).plan(target.plan)
    return rater.line(org_id, target.meter, target.at, plan)


def _problem(event: Reported, target: Corrected | None) -> Refusal | None:
    if target is None:
        return _unknown(event)
    if target.is_correction:
        return Refusal(event.index, "corrects", "It refers to a correction. Refer to the original event.")
    if target.meter != event.meter:
        return Refusal(event.index, "meter", f"The event that it corrects is of {target.meter!r}.")
    return None


def _unknown(event: Reported) -> Refusal:
    return Refusal(
        event.index,
        "corrects",
        "This organization has no such event. Send the event first, then its correction.",
    )


def _rate(event: Reported, target: Corrected, rater: Rater, at: datetime) -> RatedEvent:
    """The difference that a correction makes; `target` is updated for the next one.

    Raises `TooMuchError`.
    """
    line = _line(rater, event.org_id, target)
    wallet = ledger.lock(event.org_id)
    posted_at = ledger.own_posting_time(wallet, at)
    is_outdated = target.corrected_at is not None and event.at < target.corrected_at
    right = target.quantity if is_outdated else event.quantity
    billable = rating.billable_units(line.charged.rate, right)
    change = billable - target.billable
    if change >= 0:
        charge = rater.rate_units(line, change, most=max(wallet.posted_micro + ledger.FURTHEST, 0))
    else:
        charge = deductions.deduct(line, -change)
    quantity = right - target.quantity
    target.quantity, target.billable = right, billable
    target.corrected_at = max(event.at, target.corrected_at or event.at)
    return RatedEvent(
        event=msgspec.structs.replace(event, **{name: getattr(target, name) for name in _NAMES}),
        digest=event.digest(),
        line=line,
        at=target.at,
        posted_at=posted_at,
        posted_on=line.context.day_of(posted_at),
        quantity=quantity,
        charge=charge,
    )


def _post(rated: RatedEvent, target: Corrected) -> None:
    """Post the difference as an adjustment that names the day of use, and the transfer that it corrects."""
    amount = rated.charge.amount
    wallet = ledger.lock(rated.event.org_id)
    if amount:
        meter = versions.find(rated.line.plan.version).meter(rated.line.meter)
        revenue, is_more = meter.group.account, amount.micro > 0
        used_on = rated.line.day
        entry = Entry(
            kind=TransferKind.ADJUSTMENT,
            source=f"correction:{uuid7()}",
            debit=AccountName.WALLET if is_more else revenue,
            credit=revenue if is_more else AccountName.WALLET,
            amount=abs(amount),
            at=rated.posted_at,
            corrects_seq=money_trail.find_usage(wallet, meter.group, target.posted_at),
            detail=line_details.of_correction(meter.label, used_on, rated.event.call),
        )
        ledger.post(wallet, entry)
        envelope_moves.correct(wallet, rated.event.campaign, amount.micro, at=rated.posted_at)
    calling_state.reassess(wallet, rated.posted_at)
