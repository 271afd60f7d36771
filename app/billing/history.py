"""The wallet's history as people read it: newest first, with a running balance, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, String, cast, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.billing import catalog
from app.billing.money import Money
from app.extensions import db
from app.models import (
    Organization,
    PaymentMethod,
    TopUp,
    TopUpStatus,
    Transfer,
    TransferKind,
    UsageDaily,
    UsageGroup,
    WalletLine,
    card_label,
)
from app.models.columns import utc_now

PAGE = 25
_DECLINED_SHOWN_FOR = timedelta(hours=24)
_LABELS = {
    TransferKind.TOP_UP: "Top-up",
    TransferKind.REFUND: "Refund",
    TransferKind.REFUND_REVERSAL: "Refund failed",
    TransferKind.DISPUTE: "Dispute",
    TransferKind.DISPUTE_REVERSAL: "Dispute won",
    TransferKind.ADJUSTMENT: "Adjustment",
    TransferKind.CREDIT: "Credit",
}
_OPEN = {TopUpStatus.PAYING: "pending", TopUpStatus.ACTION: "action", TopUpStatus.DECLINED: "declined"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a meter was used, in the units that people read."""

    meter: str
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line. `amount` is signed; `balance` is that of the wallet with this and all older lines.

    `status` is `posted`, or for a top-up that is not in the ledger `pending`, `action` or `declined`.
    """

    id: UUID
    at: datetime
    day: date
    what: str
    detail: str
    quantities: tuple[Quantity, ...]
    amount: Money
    balance: Money | None
    status: str
    usage_group: UsageGroup | None
    top_up_id: UUID | None
    position: int | None
    has_receipt: bool

    @property
    def opens(self) -> bool:
        """Whether the line consists of more than it shows."""
        return self.usage_group is not None


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the history is wanted; days are of posting, in the organization's zone, both ends included."""

    kind: str | None = None
    first_day: date | None = None
    last_day: date | None = None

    def __bool__(self) -> bool:
        return any((self.kind, self.first_day, self.last_day))


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Lines with the positions to ask for the page before and after it."""

    lines: list[HistoryLine]
    newer: int | None
    older: int | None
    filters: Filters


def kinds() -> dict[str, str]:
    """What the history can be filtered by: the value and its label."""
    groups = {group.value: group.label for group in UsageGroup}
    return {TransferKind.TOP_UP.value: "Top-ups", TransferKind.REFUND.value: "Refunds"} | groups


def recent(organization: Organization, count: int) -> list[HistoryLine]:
    """The newest lines, with top-ups that are still open first. One statement."""
    return _read(organization, _newest_first(_posted(organization, Filters())).limit(count), with_open=True)[
        :count
    ]


def page(
    organization: Organization, filters: Filters, *, before: int | None = None, after: int | None = None
) -> HistoryPage:
    """A page of lines older than position `before`, or newer than `after`, or the newest. One statement."""
    wanted = _posted(organization, filters)
    is_first = before is None and after is None
    if after is not None:
        newer = wanted.where(WalletLine.seq > after).order_by(WalletLine.seq.asc()).limit(PAGE + 1)
        lines = list(reversed(_read(organization, newer)))
        if len(lines) <= PAGE:
            return page(organization, filters)
        shown = lines[1:]
        return HistoryPage(shown, shown[0].position, shown[-1].position, filters)
    if before is not None:
        wanted = wanted.where(WalletLine.seq < before)
    with_open = is_first and filters.kind in {None, TransferKind.TOP_UP.value} and filters.last_day is None
    lines = _read(organization, _newest_first(wanted).limit(PAGE + 1), with_open=with_open)
    posted = [line for line in lines if line.position is not None]
    more = len(posted) > PAGE
    shown = lines[:-1] if more else lines
    return HistoryPage(
        shown,
        newer=None if is_first or not posted else posted[0].position,
        older=posted[PAGE - 1].position if more else None,
        filters=filters,
    )


def every(organization: Organization, filters: Filters) -> Iterator[HistoryLine]:
    """All posted lines that the filters select, newest first, read in pieces: for export."""
    position: int | None = None
    while True:
        wanted = _posted(organization, filters)
        if position is not None:
            wanted = wanted.where(WalletLine.seq < position)
        lines = _read(organization, _newest_first(wanted).limit(500))
        yield from lines
        if len(lines) < 500:
            return
        position = lines[-1].position


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a usage line consists of; `day` is the day of use."""

    quantity: Quantity
    day: date
    campaign: str
    agent: str
    cost: Money


@dataclass(frozen=True, slots=True)
class UsageLine:
    """A usage line with its parts, dearest first."""

    day: date
    usage_group: UsageGroup
    amount: Money
    parts: tuple[Part, ...]


def open_line(organization: Organization, line_id: UUID) -> UsageLine | None:
    """What a usage line consists of; None where the organization has no such line."""
    line = db.session.get(WalletLine, (organization.id, line_id))
    if line is None or line.usage_group is None:
        return None
    currency = organization.currency
    rows = db.session.execute(
        select(UsageDaily)
        .where(UsageDaily.org_id == organization.id, UsageDaily.posted_on == line.day)
        .where(UsageDaily.meter.in_(catalog.current().meters_of(line.usage_group)))
        .order_by(UsageDaily.amount_micro.desc(), UsageDaily.quantity.desc())
    ).scalars()
    parts = tuple(
        Part(
            quantity_of(row.meter, row.quantity),
            row.day,
            row.campaign,
            row.agent,
            Money(row.amount_micro, currency),
        )
        for row in rows
    )
    return UsageLine(line.day, line.usage_group, -Money(line.amount_micro, currency), parts)


def quantity_of(meter: str, units: int) -> Quantity:
    """A meter's units in those that people read: 3,600 seconds are 60 minutes, a begun one counting as one."""
    shelf = catalog.current().meter(meter)
    return Quantity(meter, -(-units // shelf.shown_per), shelf.shown_as)


def _posted(organization: Organization, filters: Filters) -> Select[Any]:
    """Lines of the ledger with their running balance and, for usage, the quantities by meter."""
    line = WalletLine
    query = select(
        line.id,
        line.seq.label("position"),
        line.at,
        line.day,
        cast(line.kind, String).label("kind"),
        cast(line.usage_group, String).label("usage_group"),
        line.amount_micro.label("amount"),
        line.top_up_id,
        line.detail,
        _balance_with().label("balance"),
        _quantities().label("quantities"),
        literal("posted").label("status"),
    ).where(line.org_id == organization.id)
    query = query.add_columns(cast(null(), String).label("brand"))
    if filters.kind in {group.value for group in UsageGroup}:
        query = query.where(line.usage_group == UsageGroup(filters.kind))
    elif filters.kind == TransferKind.REFUND.value:
        query = query.where(line.kind.in_([TransferKind.REFUND, TransferKind.REFUND_REVERSAL]))
    elif filters.kind:
        query = query.where(line.kind == TransferKind(filters.kind))
    if filters.first_day:
        query = query.where(line.day >= filters.first_day)
    if filters.last_day:
        query = query.where(line.day <= filters.last_day)
    return query


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(WalletLine.seq.desc())


@cache
def _balance_with() -> Any:
    """The sum of this and all older lines, without adding them up.

    It is the balance after the line's newest transfer, less what the day's other usage lines, which are still
    growing and so stand above this one, had by then.
    """
    other, transfer, its = aliased(WalletLine), aliased(Transfer), aliased(Transfer)
    had_by_then = (
        select(its.line_after_micro)
        .where(its.org_id == other.org_id, its.line_id == other.id, its.seq < WalletLine.seq)
        .order_by(its.seq.desc())
        .limit(1)
        .correlate(other, WalletLine)
        .scalar_subquery()
    )
    still_growing = (
        select(func.coalesce(func.sum(had_by_then), 0))
        .where(other.org_id == WalletLine.org_id, other.day == WalletLine.day, other.usage_group.is_not(None))
        .where(other.seq > WalletLine.seq, other.first_seq < WalletLine.seq)
        .correlate(WalletLine)
        .scalar_subquery()
    )
    after = (
        select(transfer.balance_after_micro)
        .where(transfer.org_id == WalletLine.org_id, transfer.seq == WalletLine.seq)
        .correlate(WalletLine)
        .scalar_subquery()
    )
    return cast(after - still_growing, BigInteger)


@cache
def _quantities() -> Any:
    """For a usage line, the units of each meter posted on its day; NULL for others."""
    by_meter = (
        select(UsageDaily.meter, func.sum(UsageDaily.quantity).label("units"))
        .where(UsageDaily.org_id == WalletLine.org_id, UsageDaily.posted_on == WalletLine.day)
        .where(WalletLine.usage_group.is_not(None))
        .group_by(UsageDaily.meter)
        .correlate(WalletLine)
        .subquery()
    )
    return select(func.jsonb_object_agg(by_meter.c.meter, by_meter.c.units)).scalar_subquery()


def _open_top_ups(organization: Organization) -> Select[Any]:
    """Top-ups that are not in the ledger: still open, or declined not long ago."""
    shown = (TopUp.status.in_([TopUpStatus.PAYING, TopUpStatus.ACTION])) | (
        (TopUp.status == TopUpStatus.DECLINED) & (TopUp.paying_since > utc_now() - _DECLINED_SHOWN_FOR)
    )
    zone = organization.timezone
    return (
        select(
            TopUp.id,
            cast(null(), BigInteger).label("position"),
            TopUp.paying_since.label("at"),
            func.date(func.timezone(zone, TopUp.paying_since)).label("day"),
            literal(TransferKind.TOP_UP.value).label("kind"),
            cast(null(), String).label("usage_group"),
            TopUp.amount_micro.label("amount"),
            TopUp.id.label("top_up_id"),
            PaymentMethod.last4.label("detail"),
            cast(null(), BigInteger).label("balance"),
            cast(null(), JSONB).label("quantities"),
            cast(TopUp.status, String).label("status"),
            PaymentMethod.brand,
        )
        .join(
            PaymentMethod,
            (PaymentMethod.org_id == TopUp.org_id) & (PaymentMethod.id == TopUp.payment_method_id),
        )
        .where(TopUp.org_id == organization.id, shown, TopUp.paying_since.is_not(None))
        .order_by(TopUp.paying_since.desc())
        .limit(PAGE)
    )


def _read(organization: Organization, posted: Select[Any], *, with_open: bool = False) -> list[HistoryLine]:
    if not with_open:
        return [_line(organization, row) for row in db.session.execute(posted)]
    both = union_all(_open_top_ups(organization).subquery().select(), posted.subquery().select()).subquery()
    query = select(both).order_by(both.c.position.desc().nulls_first(), both.c.at.desc())
    return [_line(organization, row) for row in db.session.execute(query)]


def _line(organization: Organization, row: Any) -> HistoryLine:
    group = UsageGroup(row.usage_group) if row.usage_group else None
    kind = TransferKind(row.kind)
    meters = set(catalog.current().meters_of(group)) if group else set()
    found = (row.quantities or {}).items()
    status = row.status if row.status == "posted" else _OPEN[TopUpStatus(row.status)]
    is_top_up = kind is TransferKind.TOP_UP
    return HistoryLine(
        id=row.id,
        at=row.at,
        day=row.day,
        what=group.label if group else _LABELS[kind],
        detail=card_label(row.brand, row.detail) if row.brand else row.detail,
        quantities=tuple(quantity_of(meter, int(units)) for meter, units in sorted(found) if meter in meters),
        amount=Money(row.amount, organization.currency),
        balance=None if row.balance is None else Money(row.balance, organization.currency),
        status=status,
        usage_group=group,
        top_up_id=row.top_up_id,
        position=row.position,
        has_receipt=is_top_up and status == "posted",
    )
