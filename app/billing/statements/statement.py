"""The wallet's statement for a calendar month: opening balance, movements, closing balance; equal to the ledger.

A month is made of the history lines that were posted on its days, in the organization's time zone at the time of
posting: so a past month never changes. Late usage is in the month in which it was posted, with the day it belongs to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from typing import Any

from sqlalchemy import select

from app.billing.catalog import meters
from app.billing.catalog.quantities import Units
from app.billing.statements import lines
from app.billing.statements.lines import StatementLine
from app.billing.statements.queries import PARTS, PARTS_AND_LINES
from app.extensions import db
from app.models import Organization, TransferKind, UsageGroup, WalletLine
from app.money import Money, total
from app.months import Month

PIECE = 1000
"""How many lines are read from the database at a time."""

_MOVES = {
    TransferKind.TOP_UP: (TransferKind.TOP_UP,),
    TransferKind.REFUND: (TransferKind.REFUND, TransferKind.REFUND_REVERSAL),
    TransferKind.DISPUTE: (TransferKind.DISPUTE, TransferKind.DISPUTE_REVERSAL),
    TransferKind.ADJUSTMENT: (TransferKind.ADJUSTMENT,),
    TransferKind.CREDIT: (TransferKind.CREDIT,),
    TransferKind.PROMOTION: (TransferKind.PROMOTION,),
    TransferKind.EXPIRY: (TransferKind.EXPIRY,),
}


class NoStatementError(LookupError):
    """There is no statement for a month: it is before the wallet's first movement, or in the future."""


@dataclass(frozen=True, slots=True)
class Move:
    """Movements of a kind, with what reverses them: what they changed the balance by, and how many there were."""

    kind: TransferKind
    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class MeterUsed:
    """Usage of a meter, and its cost beyond the allowance."""

    label: str
    group: UsageGroup
    quantity: Units
    cost: Money


@dataclass(frozen=True, slots=True)
class GroupUsed:
    """Usage of a group, and what its meters cost together."""

    group: UsageGroup
    meters: tuple[MeterUsed, ...]
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
    """`opening` and the sum of all moves, less usage, is `closing`. An open month still grows."""

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

    @property
    def added(self) -> Money:
        """All moves together."""
        return self.closing - self.opening + self.used

    @property
    def groups(self) -> tuple[GroupUsed, ...]:
        """Usage by group, in the order of the groups."""
        found = []
        for group, metered in groupby(self.usage, key=lambda one: one.group):
            meters = tuple(metered)
            found.append(GroupUsed(group, meters, total((one.cost for one in meters), self.used.currency)))
        return tuple(found)


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
    """The statement of a month, in two statements to the database. Raises `NoStatementError`."""
    is_open = _is_open(organization, month)
    rows = db.session.execute(PARTS, _values(organization, month))
    return _statement(organization, month, rows, is_open=is_open)


def gather_with_lines(organization: Organization, month: Month) -> tuple[Statement, Iterator[StatementLine]]:
    """The statement, and the lines that it sums up, both of one moment. Raises `NoStatementError`.

    Lines are read from the database as they are taken, some at a time, so that a month may have any number of them.
    """
    is_open = _is_open(organization, month)
    rows = db.session.execute(
        PARTS_AND_LINES, _values(organization, month), execution_options={"yield_per": PIECE}
    )
    parts: list[Any] = []
    first_line: list[Any] = []
    for row in rows:
        if row.is_line:
            first_line.append(row)
            break
        parts.append(row)
    statement = _statement(organization, month, parts, is_open=is_open)
    return statement, lines.read(chain(first_line, rows), organization.currency)


def _is_open(organization: Organization, month: Month) -> bool:
    known = months(organization)
    if month not in known:
        raise NoStatementError(str(month))
    return month == known[0]


def _values(organization: Organization, month: Month) -> dict[str, Any]:
    return {"org_id": organization.id, "first": month.first, "last": month.last}


def _statement(organization: Organization, month: Month, rows: Iterable[Any], *, is_open: bool) -> Statement:
    currency = organization.currency
    parts: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        parts[row.part].append(row)
    sums = {TransferKind(row.name): row for row in parts["moved"]}
    opening = sum(int(row.amount) for row in parts["opening"])
    return Statement(
        month=month,
        is_open=is_open,
        opening=Money(opening, currency),
        moves=tuple(_moves(sums, currency)),
        usage=_by_meter(parts["meter"], currency),
        campaigns=tuple(Spent(row.name, Money(int(row.amount), currency)) for row in parts["campaign"]),
        agents=tuple(Spent(row.name, Money(int(row.amount), currency)) for row in parts["agent"]),
        late=tuple(Late(row.day, Money(int(row.amount), currency)) for row in parts["late"]),
        used=-Money(int(sums[TransferKind.USAGE].amount), currency)
        if TransferKind.USAGE in sums
        else Money.zero(currency),
        closing=Money(opening + sum(int(row.amount) for row in parts["moved"]), currency),
    )


def _this_month(organization: Organization) -> Month:
    return Month.of(organization.local_day())


def _moves(sums: dict[TransferKind, Any], currency: str) -> Iterable[Move]:
    for kind, kinds in _MOVES.items():
        rows = [sums[one] for one in kinds if one in sums]
        if rows:
            amount = Money(sum(int(row.amount) for row in rows), currency)
            yield Move(kind, amount, sum(int(row.units) for row in rows))


def _by_meter(rows: Iterable[Any], currency: str) -> tuple[MeterUsed, ...]:
    found = []
    for row in rows:
        meter = meters.get_meter(row.name)
        units, cost = Units(int(row.units), meter.unit, row.days), Money(int(row.amount), currency)
        found.append(MeterUsed(meter.label, meter.group, units, cost))
    order = list(UsageGroup)
    return tuple(sorted(found, key=lambda one: (order.index(one.group), -one.cost.micro, one.label)))
