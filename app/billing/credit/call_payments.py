"""Which lots paid for a call.

The transfer of a batch may be of several calls. Where two lots paid for one transfer, each of its calls was paid by
both, in the same proportion; the shares of a call still add up to its cost exactly.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.billing.catalog import meters
from app.billing.credit.lot_views import LotView, view_of
from app.billing.wallet import ledger, lots
from app.billing.wallet.lots.drawing import CORRECTIONS
from app.billing.wallet.lots.money_trail import Shares
from app.extensions import db
from app.models import CreditLot, LotReturn, Organization, TransferKind, UsageEvent
from app.money import Money

MOST = 400
"""Of a call whose usage came in more batches than this, nothing is said."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What one lot paid for a call, less what corrections returned to it; without a lot it isn't paid yet."""

    lot: LotView | None
    amount: Money


def of_call(organization: Organization, call: str) -> tuple[Payment, ...]:
    """The lots that paid for a call, the one that paid most first; none if it isn't known. The caller commits.

    Locks the wallet to draw its lots. Six statements where they are drawn.
    """
    costs = _costs_of(organization, call)
    if not costs or len(costs) > MOST:
        return ()
    lots.drawing.draw(ledger.lock(organization.id))
    found = lots.money_trail.find_transfers(organization.id, {at for at, _ in costs})
    positions = {key: seq for key in costs if (seq := found.get(key)) is not None}
    shares = lots.money_trail.shares_of(organization.id, set(positions.values()))
    corrections = [seq for (_, group), seq in positions.items() if group == TransferKind.ADJUSTMENT]
    returned = _returned_by(organization, corrections) if corrections else {}
    paid: dict[UUID | None, int] = defaultdict(int)
    for key, seq in positions.items():
        if costs[key] > 0:
            for lot_id, amount in _split(costs[key], shares.get(seq, {})).items():
                paid[lot_id] += amount
        else:
            back = returned.get(seq, {})
            for lot_id, amount in back.items():
                paid[lot_id] -= amount
            if rest := -costs[key] - sum(back.values()):
                paid[_collecting(organization)] -= rest
    return _payments(organization, {lot_id: amount for lot_id, amount in paid.items() if amount})


def _costs_of(organization: Organization, call: str) -> dict[tuple[datetime, str], int]:
    """What was posted for a call, by time and group; a correction's group is its kind."""
    is_correction = UsageEvent.corrects_id.is_not(None)
    query = (
        select(
            UsageEvent.posted_at,
            UsageEvent.meter,
            is_correction.label("is_correction"),
            func.sum(UsageEvent.amount_micro).label("amount"),
        )
        .where(UsageEvent.org_id == organization.id, UsageEvent.call == call)
        .group_by(UsageEvent.posted_at, UsageEvent.meter, is_correction)
    )
    costs: dict[tuple[datetime, str], int] = defaultdict(int)
    for row in db.session.execute(query):
        kind = TransferKind.ADJUSTMENT if row.is_correction else meters.get_meter(row.meter).group.account
        costs[row.posted_at, kind.value] += int(row.amount)
    return {key: amount for key, amount in costs.items() if amount}


def _returned_by(organization: Organization, positions: list[int]) -> dict[int, Shares]:
    query = select(LotReturn).where(LotReturn.org_id == organization.id, LotReturn.seq.in_(positions))
    found: dict[int, Shares] = defaultdict(dict)
    for one in db.session.scalars(query):
        found[one.seq][one.lot_id] = one.amount_micro
    return found


def _collecting(organization: Organization) -> UUID | None:
    """The lot of what corrections returned and no other lot could take."""
    query = select(CreditLot.id).where(CreditLot.org_id == organization.id, CreditLot.note == CORRECTIONS)
    return db.session.scalars(query).first()


def _split(cost: int, shares: Shares) -> Shares:
    """A cost in proportion to shares, to the micro-unit; all of it is of one lot in most cases."""
    whole, before = sum(shares.values()), 0
    parts: Shares = {}
    for lot_id, share in sorted(shares.items(), key=lambda one: str(one[0])):
        parts[lot_id] = cost * (before + share) // whole - cost * before // whole
        before += share
    return parts


def _payments(organization: Organization, paid: dict[UUID | None, int]) -> tuple[Payment, ...]:
    query = select(CreditLot).where(CreditLot.org_id == organization.id, CreditLot.id.in_(filter(None, paid)))
    views = {lot.id: view_of(organization, lot) for lot in db.session.scalars(query)}
    found = [
        Payment(views[lot_id] if lot_id else None, Money(amount, organization.currency))
        for lot_id, amount in paid.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.amount.micro, one.lot.seq if one.lot else 0)))
