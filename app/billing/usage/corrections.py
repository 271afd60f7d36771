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
from uuid import UUID

import msgspec

from app.billing.catalog import Meter, rating, versions
from app.billing.usage import deductions
from app.billing.usage import rows as usage_rows
from app.billing.usage.corrected_events import Corrected, EventName, find_corrected
from app.billing.usage.counts import TooMuchError
from app.billing.usage.events import Refusal, Reported, beyond_the_wallet
from app.billing.usage.rater import Rater, RatingContext, RatingLine
from app.billing.usage.rows import RatedEvent
from app.billing.wallet import envelope_moves, ledger, line_details
from app.billing.wallet.batches import LockedWallet
from app.billing.wallet.correction_postings import CorrectionCharge, CorrectionPostings
from app.billing.wallet.lots import money_trail

_Targets = dict[EventName, Corrected]


@dataclass(slots=True)
class CorrectionResult:
    """The result of a batch's corrections; `costs` are differences in micro-units by organization."""

    accepted: int = 0
    refused: list[Refusal] = field(default_factory=list)
    costs: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    rated: list[RatedEvent] = field(default_factory=list)


def record(
    events: Sequence[Reported],
    rater: Rater,
    wallets: dict[UUID, LockedWallet],
    *,
    at: datetime,
) -> CorrectionResult:
    """Record new corrections of locked and settled wallets, which are changed; `batches.save` follows.

    A dozen statements at most, however many there are.
    """
    result = CorrectionResult()
    found = find_corrected(events)
    contexts = {context.name: context for context in rater.contexts.values()}
    lines = {key: _line(contexts[key[0]], one) for key, one in found.items()}
    for line in set(lines.values()):
        deductions.siblings(line)
    meters = {line: versions.find(line.plan.version).meter(line.meter) for line in set(lines.values())}
    rater.read()
    postings = CorrectionPostings(_envelopes(found, contexts, wallets))
    charged_by = money_trail.find_many(
        {(contexts[key[0]].org_id, one.posted_at) for key, one in found.items()}
    )
    for event in events:
        key = (rater.contexts[event.org_id].name, *(event.corrects or ("", "")))
        target = found.get(key)
        problem = _problem(event, target)
        if problem is not None or target is None:
            result.refused.append(problem or _unknown(event))
            continue
        wallet = wallets[event.org_id]
        try:
            rated = _rate(event, target, rater, line=lines[key], wallet=wallet, at=at)
        except TooMuchError:
            result.refused.append(beyond_the_wallet(event))
            continue
        if rated.charge.amount:
            meter = meters[rated.line]
            charged = charged_by.get((event.org_id, target.posted_at, meter.group.value))
            postings.add(wallet, _charge(rated, meter, charged))
        result.rated.append(rated)
        result.costs[event.org_id] += rated.charge.amount.micro
    result.accepted = len(result.rated)
    usage_rows.write(result.rated)
    postings.write(wallets)
    return result


def _envelopes(
    found: _Targets, contexts: dict[str, RatingContext], wallets: dict[UUID, LockedWallet]
) -> dict[tuple[UUID, str], envelope_moves.OpenEnvelope]:
    """The open envelopes of the campaigns that are corrected. Nothing is read where none is open."""
    return envelope_moves.find_many(
        {
            (org_id, one.campaign)
            for (name, _, _), one in found.items()
            if one.campaign is not None
            and wallets[org_id := contexts[name].org_id].envelope_ends_at is not None
        }
    )


def _line(context: RatingContext, target: Corrected) -> RatingLine:
    plan = versions.find(target.version).plan(target.plan)
    return context.line(target.meter, target.at, plan)


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


def _rate(
    event: Reported,
    target: Corrected,
    rater: Rater,
    *,
    line: RatingLine,
    wallet: LockedWallet,
    at: datetime,
) -> RatedEvent:
    """The difference that a correction makes; `target` is updated for the next one.

    Raises `TooMuchError`.
    """
    posted_at = ledger.own_posting_time(wallet, at)
    is_outdated = target.corrected_at is not None and event.at < target.corrected_at
    right = target.quantity if is_outdated else event.quantity
    billable = rating.billable_units(line.charged.rate, right)
    change = billable - target.billable
    if change >= 0:
        charge = rater.rate_units(line, change, most=max(wallet.posted + ledger.FURTHEST, 0))
    else:
        charge = deductions.deduct(line, -change)
    quantity = right - target.quantity
    target.quantity, target.billable = right, billable
    target.corrected_at = max(event.at, target.corrected_at or event.at)
    return RatedEvent(
        event=msgspec.structs.replace(
            event,
            call=target.call,
            campaign=target.campaign,
            agent=target.agent,
            number=target.number,
            direction=target.direction,
            country=target.country,
        ),
        line=line,
        at=target.at,
        posted_at=posted_at,
        posted_on=line.context.day_of(posted_at),
        quantity=quantity,
        charge=charge,
    )


def _charge(rated: RatedEvent, meter: Meter, corrects_seq: int | None) -> CorrectionCharge:
    """The difference as an adjustment that names the day of use, and the transfer that it corrects."""
    event = rated.event
    return CorrectionCharge(
        account=meter.group.account.value,
        amount=rated.charge.amount.micro,
        at=rated.posted_at,
        day=rated.posted_on,
        corrects_seq=corrects_seq,
        detail=line_details.of_correction(meter.label, rated.line.day, event.call),
        campaign=event.campaign,
    )
