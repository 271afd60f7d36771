"""The wallet's history as people read it: newest first, with a running balance, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.billing.activity import history_queries as queries
from app.billing.activity.filters import Filters
from app.billing.catalog import meters
from app.billing.catalog.quantities import Quantity, added_up
from app.billing.wallet import line_details
from app.extensions import db
from app.models import Organization, TopUpStatus, TransferKind, UsageGroup, WalletLine, card_label
from app.money import Money

PAGE = 25
_GROUPS: list[UsageGroup | None] = list(UsageGroup)
PIECE = 500
"""How many lines an export reads at a time."""
_STATUS = {
    "posted": "posted",
    TopUpStatus.PAYING.value: "pending",
    TopUpStatus.ACTION.value: "action",
    TopUpStatus.DECLINED.value: "declined",
    queries.NOT_CONFIRMED: "unconfirmed",
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line. `amount` is signed; `balance` is that of the wallet with this and all older lines.

    `status` is `posted`, or for a top-up that is not in the ledger `pending`, `action`,
    `declined` or `unconfirmed`. `parts` are the lines of a day's usage where the line stands for all of them; then it
    has no group, and its quantities are those that say most of the day.
    """

    id: UUID
    at: datetime
    day: date
    kind: TransferKind
    detail: str
    quantities: tuple[Quantity, ...]
    amount: Money
    balance: Money | None
    status: str
    usage_group: UsageGroup | None
    top_up_id: UUID | None
    position: int | None
    has_receipt: bool
    parts: tuple[HistoryEntry, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether the line consists of more than it shows."""
        return self.usage_group is not None

    @property
    def has_timeline(self) -> bool:
        """Whether the line's top-up has a timeline: an open payment, refunds or disputes."""
        return self.top_up_id is not None and self.status in {"posted", "pending", "action"}


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Lines with the positions to ask for the page before and after it."""

    lines: list[HistoryEntry]
    newer: int | None
    older: int | None
    filters: Filters


def recent(organization: Organization, count: int) -> list[HistoryEntry]:
    """The newest lines, with top-ups that are still open first. One statement."""
    return _read(organization, queries.newest(), count=count)[:count]


def page(
    organization: Organization, filters: Filters, *, before: int | None = None, after: int | None = None
) -> HistoryPage:
    """A page of lines older than position `before`, or newer than `after`, or the newest. Two statements.

    A day's usage is one line with its parts, unless a group of it is asked for, so no page ends within it. The newest
    page has the open top-ups on top, where the filters let them through.
    """
    if after is not None:
        return _page_after(organization, filters, after)
    size = PAGE + 1
    by_day = filters.is_by_day
    query = queries.newest_first(queries.posted(filters, before=before, size=size, by_day=by_day)).limit(size)
    if before is None and filters.last_day is None and not filters.group and _brings_top_ups(filters):
        query = queries.with_open_top_ups(query)
    lines = _with_parts(organization, filters, _read(organization, query))
    posted = [line for line in lines if line.position is not None]
    more = len(posted) > PAGE
    return HistoryPage(
        lines[: lines.index(posted[PAGE])] if more else lines,
        newer=posted[0].position if before is not None and posted else None,
        older=posted[PAGE - 1].position if more else None,
        filters=filters,
    )


def position_after(organization: Organization, day: date) -> int | None:
    """The position that all lines of a day and of those before are older than; None if there are no newer ones."""
    query = select(WalletLine.seq).where(WalletLine.org_id == organization.id, WalletLine.day > day)
    return db.session.scalar(query.order_by(WalletLine.day, WalletLine.seq).limit(1))


def list_all_entries(organization: Organization, filters: Filters) -> Iterator[HistoryEntry]:
    """All posted lines that the filters select, newest first, read in chunks, for export."""
    position: int | None = None
    while True:
        wanted = queries.posted(filters, before=position, size=PIECE)
        lines = _read(organization, queries.newest_first(wanted).limit(PIECE))
        yield from lines
        if len(lines) < PIECE:
            return
        position = lines[-1].position


def _brings_top_ups(filters: Filters) -> bool:
    return not filters.kinds or TransferKind.TOP_UP in filters.kinds


def _page_after(organization: Organization, filters: Filters, after: int) -> HistoryPage:
    size = PAGE + 1
    wanted = queries.posted(filters, after=after, size=size, by_day=filters.is_by_day)
    newer = _read(organization, queries.oldest_first(wanted).limit(size))
    lines = _with_parts(organization, filters, newer[::-1])
    if len(lines) <= PAGE:
        return page(organization, filters)
    shown = lines[1:]
    return HistoryPage(shown, shown[0].position, shown[-1].position, filters)


def _with_parts(
    organization: Organization, filters: Filters, lines: list[HistoryEntry]
) -> list[HistoryEntry]:
    """The lines, with what the usage of each day consists of. One statement, if there is any."""
    days = {line.day for line in lines if line.usage_group}
    if not days or not filters.is_by_day:
        return lines
    of_day: dict[date, list[HistoryEntry]] = {}
    for part in _read(organization, queries.usage_of(days)):
        of_day.setdefault(part.day, []).append(part)
    return [_day_of_usage(line, of_day[line.day]) if line.usage_group else line for line in lines]


def _day_of_usage(newest: HistoryEntry, found: list[HistoryEntry]) -> HistoryEntry:
    """A day's usage as one line, at the place of its newest; of one group, it is that group's line."""
    parts = sorted(found, key=lambda part: _GROUPS.index(part.usage_group))
    if len(parts) == 1:
        return replace(parts[0], balance=newest.balance)
    told = [part for part in parts if part.usage_group is not UsageGroup.MODELS]
    return replace(
        newest,
        usage_group=None,
        amount=sum((part.amount for part in parts[1:]), parts[0].amount),
        quantities=tuple(one for part in told for one in part.quantities),
        parts=tuple(parts),
    )


def _read(organization: Organization, query: Select[Any], **values: Any) -> list[HistoryEntry]:
    rows = db.session.execute(query, queries.values_of(organization) | values)
    return [_line(organization, row) for row in rows]


def _line(organization: Organization, row: Any) -> HistoryEntry:
    group = UsageGroup(row.usage_group) if row.usage_group else None
    kind = TransferKind(row.kind)
    found = (row.quantities or {}).items() if group else ()
    status = _STATUS[row.status]
    is_top_up = kind is TransferKind.TOP_UP
    return HistoryEntry(
        id=row.id,
        at=row.at,
        day=row.day,
        kind=kind,
        detail=line_details.to_read(card_label(row.brand, row.detail) if row.brand else row.detail),
        quantities=added_up(
            {key: (int(units), days) for key, (units, days) in found if meters.get_meter(key).group is group}
        ),
        amount=Money(row.amount, organization.currency),
        balance=None if row.balance is None else Money(row.balance, organization.currency),
        status=status,
        usage_group=group,
        top_up_id=row.top_up_id,
        position=row.position,
        has_receipt=is_top_up and status == "posted",
    )
