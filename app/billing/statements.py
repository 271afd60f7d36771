"""The wallet's statement for a calendar month: where it began, what moved, where it ended; equal to the ledger.

A month is made of the history lines that were posted on its days, as the organization's zone had them when they were
posted: so a month that is over never changes. What was used in it and came late is in the month in which it came, and
says to which day it belongs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.billing import ledger, meters
from app.billing.money import Money
from app.billing.months import Month
from app.billing.quantities import Units
from app.extensions import db
from app.models import Organization, Transfer, TransferKind, UsageDaily, UsageGroup, WalletLine

_MOVES: dict[str, tuple[TransferKind, ...]] = {
    "Top-ups": (TransferKind.TOP_UP,),
    "Refunds": (TransferKind.REFUND, TransferKind.REFUND_REVERSAL),
    "Disputes": (TransferKind.DISPUTE, TransferKind.DISPUTE_REVERSAL),
    "Adjustments": (TransferKind.ADJUSTMENT,),
    "Credits": (TransferKind.CREDIT,),
}


class NoStatementError(LookupError):
    """There is no statement for a month: it lies before the wallet's first movement, or in the future."""


@dataclass(frozen=True, slots=True)
class Move:
    """Movements of a kind, together: what they changed the balance by, and how many there were."""

    label: str
    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class MeterUsed:
    """What was used of a meter, and what it cost beyond the allowance."""

    label: str
    group: UsageGroup
    quantity: Units
    cost: Money


@dataclass(frozen=True, slots=True)
class Spent:
    """What a campaign or an agent cost; an empty name is usage that named none."""

    name: str
    cost: Money


@dataclass(frozen=True, slots=True)
class Late:
    """Usage of a day of an earlier month that was posted in this one."""

    day: date
    cost: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """`opening` and the sum of all moves, less usage, is `closing`. An open month grows still."""

    month: Month
    is_open: bool
    opening: Money
    moves: tuple[Move, ...]
    usage: tuple[MeterUsed, ...]
    campaigns: tuple[Spent, ...]
    agents: tuple[Spent, ...]
    late: tuple[Late, ...]
    used: Money
    closing: Money


def months(organization: Organization) -> list[Month]:
    """The months that have a statement, the current one first."""
    first = db.session.scalar(
        select(WalletLine.day)
        .where(WalletLine.org_id == organization.id)
        .order_by(WalletLine.day, WalletLine.seq)
        .limit(1)
    )
    return [] if first is None else list(_this_month(organization).back_to(Month.of(first)))


def gather(organization: Organization, month: Month) -> Statement:
    """The statement of a month, in six statements to the database. Raises `NoStatementError`."""
    known = months(organization)
    if month not in known:
        raise NoStatementError(str(month))
    currency = organization.currency
    sums = {row.kind: row for row in db.session.execute(_lines(organization, month))}
    usage = _by_meter(organization, month)
    return Statement(
        month=month,
        is_open=month == known[0],
        opening=_balance(organization, month.before.last),
        moves=tuple(_moves(sums, currency)),
        usage=usage,
        campaigns=_spent(organization, month, UsageDaily.campaign),
        agents=_spent(organization, month, UsageDaily.agent),
        late=_late(organization, month),
        used=-Money(int(sums[TransferKind.USAGE].amount), currency)
        if TransferKind.USAGE in sums
        else Money.zero(currency),
        closing=_balance(organization, month.last),
    )


def _this_month(organization: Organization) -> Month:
    return Month.of(ledger.local_day_of(organization))


def _lines(organization: Organization, month: Month) -> Any:
    return (
        select(
            WalletLine.kind, func.sum(WalletLine.amount_micro).label("amount"), func.count().label("count")
        )
        .where(WalletLine.org_id == organization.id, WalletLine.day.between(month.first, month.last))
        .group_by(WalletLine.kind)
    )


def _moves(sums: dict[TransferKind, Any], currency: str) -> Iterable[Move]:
    for label, kinds in _MOVES.items():
        rows = [sums[kind] for kind in kinds if kind in sums]
        if rows:
            amount = Money(sum(int(row.amount) for row in rows), currency)
            yield Move(label, amount, sum(row.count for row in rows))


def _balance(organization: Organization, day: date) -> Money:
    """The balance at the end of a day: that of the last transfer until then."""
    last = (
        select(WalletLine.seq)
        .where(WalletLine.org_id == organization.id, WalletLine.day <= day)
        .order_by(WalletLine.day.desc(), WalletLine.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(Transfer.balance_after_micro).where(
        Transfer.org_id == organization.id, Transfer.seq == last
    )
    return Money(db.session.scalar(query) or 0, organization.currency)


def _posted_in(organization: Organization, month: Month) -> list[Any]:
    """Usage, that is: what corrects it is an adjustment, in the ledger and here."""
    return [
        UsageDaily.org_id == organization.id,
        UsageDaily.posted_on.between(month.first, month.last),
        ~UsageDaily.is_correction,
    ]


def _by_meter(organization: Organization, month: Month) -> tuple[MeterUsed, ...]:
    query = (
        select(UsageDaily.meter, func.sum(UsageDaily.quantity), func.sum(UsageDaily.amount_micro))
        .where(*_posted_in(organization, month))
        .group_by(UsageDaily.meter)
    )
    found = []
    for key, quantity, cost in db.session.execute(query):
        meter = meters.named(key)
        units, amount = Units(int(quantity), meter.unit), Money(int(cost), organization.currency)
        found.append(MeterUsed(meter.label, meter.group, units, amount))
    order = list(UsageGroup)
    return tuple(sorted(found, key=lambda one: (order.index(one.group), -one.cost.micro, one.label)))


def _spent(organization: Organization, month: Month, name: Any) -> tuple[Spent, ...]:
    cost = func.sum(UsageDaily.amount_micro)
    query = (
        select(name, cost).where(*_posted_in(organization, month)).group_by(name).order_by(cost.desc(), name)
    )
    return tuple(
        Spent(found, Money(int(micro), organization.currency)) for found, micro in db.session.execute(query)
    )


def _late(organization: Organization, month: Month) -> tuple[Late, ...]:
    query = (
        select(UsageDaily.day, func.sum(UsageDaily.amount_micro))
        .where(*_posted_in(organization, month), UsageDaily.day < month.first)
        .group_by(UsageDaily.day)
        .order_by(UsageDaily.day)
    )
    return tuple(
        Late(day, Money(int(micro), organization.currency)) for day, micro in db.session.execute(query)
    )
