"""Compares a carrier's list of calls with the usage that was reported, and proposes corrections.

What is compared is the seconds of each call, with its corrections so far. A proposal is a usage event like any other,
whose id is made of what it is about: so it is recorded once, however often the same list is compared and applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

from sqlalchemy import func, select

from app.billing.catalog import meters
from app.billing.usage import ingest, keys
from app.billing.usage.carrier_records import CarrierCall
from app.billing.usage.events import Reported
from app.billing.usage.ingest import Receipt
from app.extensions import db
from app.models import Organization, UsageEvent, UsageGroup
from app.money import Money, total

SOURCE = "carrier-comparison"
"""The source of events that were proposed here."""
_PIECE = 1_000


@dataclass(slots=True)
class OwnEvent:
    """An event of a call, with its quantity after its corrections so far."""

    source: str
    id: str
    meter: str
    at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call as it was reported: its events in seconds, the newest last, and what they cost."""

    call: str
    events: tuple[OwnEvent, ...]
    cost: Money

    @property
    def seconds(self) -> int:
        return sum(event.quantity for event in self.events)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`missing` are calls that only the carrier has, `extra` those that only we have, in the time that the list
    covers, and `different` those whose seconds differ by more than what was tolerated. `alike` are those whose names
    differ only in capital letters, spaces or marks: they may be the same call, so nothing is proposed of them.
    """

    same: int
    missing: tuple[CarrierCall, ...]
    extra: tuple[OwnCall, ...]
    different: tuple[tuple[CarrierCall, OwnCall], ...]
    alike: tuple[tuple[CarrierCall, OwnCall], ...]
    their_cost: Decimal
    our_cost: Money


def compare(organization: Organization, calls: Sequence[CarrierCall], *, tolerated: int = 0) -> Comparison:
    """Compare a carrier's calls with the organization's, by the call's name. `tolerated` are seconds."""
    own = _own(organization, _events_of(organization, [one.call for one in calls]))
    between = _names_between(organization, calls)
    extra = _own(organization, _events_of(organization, sorted(between - {one.call for one in calls})))
    matched = [(one, own[one.call]) for one in calls if one.call in own]
    different = [pair for pair in matched if abs(pair[0].seconds - pair[1].seconds) > tolerated]
    folded = {_folded(one.call): one for one in extra.values()}
    missing = [one for one in calls if one.call not in own]
    alike = [(one, folded[_folded(one.call)]) for one in missing if _folded(one.call) in folded]
    known = {theirs.call for theirs, _ in alike} | {ours.call for _, ours in alike}
    costs = [*(ours.cost for _, ours in matched), *(one.cost for one in extra.values())]
    return Comparison(
        same=len(matched) - len(different),
        missing=tuple(one for one in missing if one.call not in known),
        extra=tuple(one for one in extra.values() if one.call not in known),
        different=tuple(different),
        alike=tuple(alike),
        their_cost=sum((one.cost or Decimal() for one in calls), Decimal()),
        our_cost=total(costs, organization.currency),
    )


def propose(
    organization: Organization, found: Comparison, *, at: datetime, meter: str | None = None
) -> list[Reported]:
    """The events that make our seconds the carrier's: corrections of what differs and, with a `meter`, what is
    missing. What only we have is left alone: another carrier may have it."""
    proposed = []
    for theirs, ours in found.different:
        proposed += _corrections(organization, theirs, ours, at)
    for theirs in found.missing if meter is not None else ():
        id_ = _id_of("missing", theirs.call)
        proposed.append(
            Reported(
                0,
                organization.id,
                SOURCE,
                id_,
                meter or "",
                theirs.seconds,
                theirs.start,
                call=theirs.call,
            )
        )
    return [_at(event, index) for index, event in enumerate(proposed)]


def apply(proposed: Sequence[Reported], *, at: datetime) -> Receipt:
    """Record proposed events, those that are not recorded yet, in the caller's transaction."""
    key_of = {one.index: (str(one.org_id), keys.key_of(one.source, one.id)) for one in proposed}
    known = keys.contents_of(set(key_of.values()))
    fresh = [one for one in proposed if key_of[one.index] not in known]
    receipt = Receipt(duplicates=len(proposed) - len(fresh))
    for start in range(0, len(fresh), _PIECE):
        part = ingest.ingest(fresh[start : start + _PIECE], at=at)
        receipt.accepted += part.accepted
        receipt.duplicates += part.duplicates
        receipt.refused += part.refused
    return receipt


def _corrections(
    organization: Organization, theirs: CarrierCall, ours: OwnCall, at: datetime
) -> list[Reported]:
    """The difference is put on the newest event; if that can't take it all, on those before it."""
    left, found = theirs.seconds - ours.seconds, []
    for event in reversed(ours.events):
        right = max(event.quantity + left, 0)
        if right != event.quantity:
            id_ = _id_of(event.source, event.id, str(event.quantity), str(right))
            corrects = (event.source, event.id)
            found.append(
                Reported(
                    0, organization.id, SOURCE, id_, event.meter, right, at, call=ours.call, corrects=corrects
                )
            )
            left -= right - event.quantity
        if not left:
            break
    return found


def _events_of(organization: Organization, calls: Collection[str]) -> dict[str, list[OwnEvent]]:
    """The events in seconds of calls, by call, each after its corrections. Tokens and speech have other units."""
    found: dict[str, dict[tuple[str, str], OwnEvent]] = defaultdict(dict)
    changed: dict[tuple[str, str], int] = defaultdict(int)
    names = sorted(calls)
    for start in range(0, len(names), _PIECE):
        query = select(UsageEvent).where(
            UsageEvent.org_id == organization.id, UsageEvent.call.in_(names[start : start + _PIECE])
        )
        for row in db.session.scalars(query.order_by(UsageEvent.at, UsageEvent.event_id)):
            if meters.get_meter(row.meter).group is not UsageGroup.CALLING:
                continue
            if row.corrects_source is not None and row.corrects_id is not None:
                changed[row.corrects_source, row.corrects_id] += row.quantity
            else:
                key = (row.source, row.event_id)
                found[row.call or ""][key] = OwnEvent(*key, row.meter, row.at, row.quantity)
    for events in found.values():
        for key, event in events.items():
            event.quantity += changed.get(key, 0)
    return {call: list(events.values()) for call, events in found.items()}


def _own(organization: Organization, found: dict[str, list[OwnEvent]]) -> dict[str, OwnCall]:
    costs: dict[str, int] = {}
    names = sorted(found)
    for start in range(0, len(names), _PIECE):
        query = (
            select(UsageEvent.call, func.sum(UsageEvent.amount_micro))
            .where(UsageEvent.org_id == organization.id, UsageEvent.call.in_(names[start : start + _PIECE]))
            .group_by(UsageEvent.call)
        )
        costs |= {call or "": int(amount) for call, amount in db.session.execute(query)}
    return {
        call: OwnCall(call, tuple(events), Money(costs.get(call, 0), organization.currency))
        for call, events in found.items()
    }


def _names_between(organization: Organization, calls: Sequence[CarrierCall]) -> set[str]:
    """Calls of ours that were used in the time that the list covers."""
    if not calls:
        return set()
    first = min(one.start for one in calls)
    last = max(one.start + timedelta(seconds=one.seconds) for one in calls)
    query = select(UsageEvent.call).where(
        UsageEvent.org_id == organization.id,
        UsageEvent.at.between(first, last),
        UsageEvent.call.is_not(None),
        UsageEvent.corrects_id.is_(None),
    )
    return {call for call in db.session.scalars(query.distinct()) if call is not None}


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum()) or name


def _id_of(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _at(event: Reported, index: int) -> Reported:
    return Reported(index, *(getattr(event, name) for name in Reported.__struct_fields__[1:]))
