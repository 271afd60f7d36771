"""The wallet's history by month: what each month adds up to, also where a page shows a part of it.

Days that are counted (`app.billing.activity.rollups`) come from their totals. The others come from their lines, of
which a day's usage has one for each group: what isn't counted yet is neither missing nor added up by transfer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import func, select, text

from app.billing.activity import totals, usage_selection
from app.billing.activity.filters import Filters
from app.billing.activity.totals import Totals
from app.extensions import db
from app.models import Organization, TransferKind, UsageRollup, WalletLine
from app.money import Money
from app.months import Month


class Dated(Protocol):
    """A line that counts on a day."""

    @property
    def day(self) -> date: ...


L = TypeVar("L", bound=Dated)


@dataclass(frozen=True, slots=True)
class HistoryMonth(Generic[L]):
    """Lines of a month on a page. `totals` are of all that the filters select in it, and `closing` is the wallet's
    balance at its end, or at the end of the last day that is asked for; None before the first line."""

    month: Month
    totals: Totals
    closing: Money | None
    lines: tuple[L, ...]

    def to_the_cent(self, *, is_of_all: bool) -> HistoryMonth[L]:
        """With totals in whole cents that add up; where they are `of_all` that moved, to the closing balance."""
        net = self.totals.net
        opening = self.closing - net if is_of_all and self.closing is not None else Money.zero(net.currency)
        return replace(self, totals=self.totals.to_the_cent(opening))


def by_month(organization: Organization, filters: Filters, lines: Sequence[L]) -> list[HistoryMonth[L]]:
    """Lines of a page, newest month first. Two statements, whatever the page shows of a month."""
    of: dict[Month, list[L]] = {}
    for line in lines:
        of.setdefault(Month.of(line.day), []).append(line)
    if not of:
        return []
    months = sorted(of, reverse=True)
    found = _totals(organization, filters, months)
    closing = _closing(organization, {month: _last_day(month, filters) for month in months})
    return [HistoryMonth(month, found[month], closing.get(month), tuple(of[month])) for month in months]


def list_months(organization: Organization) -> list[Month]:
    """The months from the newest line to the oldest. One statement."""
    query = select(func.min(WalletLine.day), func.max(WalletLine.day))
    first, last = db.session.execute(query.where(WalletLine.org_id == organization.id)).one()
    return list(Month.of(last).back_to(Month.of(first))) if first else []


def _last_day(month: Month, filters: Filters) -> date:
    return min(month.last, filters.last_day) if filters.last_day else month.last


_LINES = text("""
WITH counted AS (
    SELECT coalesce((
        SELECT line.day FROM rollup_mark mark
            JOIN transfer ON transfer.org_id = mark.org_id AND transfer.seq = mark.last_seq
            JOIN wallet_line line ON line.org_id = transfer.org_id AND line.id = transfer.line_id
        WHERE mark.org_id = :org_id), '-infinity') AS until
)
SELECT date_trunc('month', day)::date AS month, kind, sum(amount_micro)::bigint AS amount FROM (
    SELECT day, kind, usage_group, amount_micro FROM history_rollup
    WHERE org_id = :org_id AND day BETWEEN :first AND :last AND day < (SELECT until FROM counted)
    UNION ALL
    SELECT day, kind, coalesce(usage_group, ''), amount_micro FROM wallet_line
    WHERE org_id = :org_id AND day BETWEEN :first AND :last AND day >= (SELECT until FROM counted)
) AS moved
WHERE (CAST(:kinds AS text[]) = '{}' OR kind = ANY(CAST(:kinds AS text[])))
    AND (:usage_group = '' OR usage_group = :usage_group)
GROUP BY 1, 2
""")

_CLOSING = text("""
SELECT day, (
    SELECT transfer.balance_after_micro FROM transfer WHERE transfer.org_id = :org_id AND transfer.seq = (
        SELECT line.seq FROM wallet_line line WHERE line.org_id = :org_id AND line.day <= ends.day
        ORDER BY line.day DESC, line.seq DESC LIMIT 1)
) AS balance FROM unnest(CAST(:days AS date[])) AS ends(day)
""")


def _closing(organization: Organization, days: dict[Month, date]) -> dict[Month, Money]:
    rows = db.session.execute(_CLOSING, {"org_id": organization.id, "days": list(days.values())})
    found = {row.day: row.balance for row in rows if row.balance is not None}
    return {month: Money(found[day], organization.currency) for month, day in days.items() if day in found}


def _totals(organization: Organization, filters: Filters, months: list[Month]) -> dict[Month, Totals]:
    first = max(months[-1].first, filters.first_day or date.min)
    wanted = filters.within(first, _last_day(months[0], filters))
    rows = _of_usage(organization, wanted) if filters.is_of_usage else _of_lines(organization, wanted)
    amounts: dict[Month, dict[TransferKind, int]] = {month: {} for month in months}
    for day, kind, amount in rows:
        if (month := Month.of(day)) in amounts:
            amounts[month][kind] = amounts[month].get(kind, 0) + amount
    return {month: totals.of_kinds(organization, amounts[month]) for month in months}


def _of_lines(organization: Organization, filters: Filters) -> Iterable[tuple[date, TransferKind, int]]:
    if filters.is_contradictory:
        return
    values: dict[str, Any] = {
        "org_id": organization.id,
        "first": filters.first_day,
        "last": filters.last_day,
        "kinds": [kind.value for kind in filters.kinds],
        "usage_group": filters.group or "",
    }
    for row in db.session.execute(_LINES, values):
        yield row.month, TransferKind(row.kind), row.amount


def _of_usage(organization: Organization, filters: Filters) -> Iterable[tuple[date, TransferKind, int]]:
    row = UsageRollup
    month = func.date_trunc("month", row.posted_on)
    query = (
        select(month.label("month"), row.is_correction, row.meter, func.sum(row.amount_micro).label("amount"))
        .where(*usage_selection.conditions(organization, filters))
        .group_by(month, row.is_correction, row.meter)
    )
    for one in db.session.execute(query):
        if usage_selection.is_in(filters, one.meter):
            kind = TransferKind.ADJUSTMENT if one.is_correction else TransferKind.USAGE
            yield one.month, kind, -int(one.amount)
