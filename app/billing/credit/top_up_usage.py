"""Which usage a lot paid for: by day and group, as in the wallet's history, where each opens to its calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from app.billing.credit.lot_views import LotView, view_of
from app.billing.wallet import ledger, lots
from app.extensions import db
from app.models import CreditLot, Organization, UsageGroup
from app.money import Money

PAGE = 25

_LINES = """
WITH own AS (
    SELECT first_seq, last_seq, first_micro, last_micro, amount_micro FROM lot_draw
    WHERE org_id = :org_id AND lot_id = :lot_id),
span AS (SELECT min(first_seq) AS first, max(last_seq) AS last FROM own),
lines AS (
    SELECT line.id, line.seq, line.first_seq, line.day, line.usage_group, line.detail
    FROM span, wallet_line line
    WHERE line.org_id = :org_id AND line.seq >= span.first AND line.first_seq <= span.last
        AND (line.usage_group IS NOT NULL OR line.kind = 'adjustment' AND line.amount_micro < 0)
        AND (CAST(:before AS bigint) IS NULL OR line.seq < :before)
        AND (CAST(:after AS bigint) IS NULL OR line.seq > :after))
SELECT lines.id, lines.seq, lines.day, lines.usage_group, lines.detail, sum(paid.amount)::bigint AS amount
FROM lines
JOIN own ON own.first_seq <= lines.seq AND own.last_seq >= lines.first_seq
CROSS JOIN LATERAL (SELECT seq, line_after_micro, amount_micro FROM transfer
    WHERE org_id = :org_id AND line_id = lines.id AND seq <= own.last_seq ORDER BY seq DESC LIMIT 1) newest
LEFT JOIN LATERAL (SELECT line_after_micro FROM transfer
    WHERE org_id = :org_id AND line_id = lines.id AND seq < own.first_seq ORDER BY seq DESC LIMIT 1) before ON true
LEFT JOIN transfer first ON first.org_id = :org_id AND first.seq = own.first_seq AND first.line_id = lines.id
CROSS JOIN LATERAL (SELECT CASE
    WHEN own.first_seq = own.last_seq THEN own.amount_micro
    ELSE coalesce(before.line_after_micro, 0) - newest.line_after_micro
        - CASE WHEN first.seq IS NULL THEN 0 ELSE first.amount_micro - own.first_micro END
        - CASE WHEN newest.seq = own.last_seq THEN newest.amount_micro - own.last_micro ELSE 0 END
    END AS amount) paid
WHERE newest.seq >= own.first_seq
GROUP BY lines.id, lines.seq, lines.day, lines.usage_group, lines.detail
HAVING sum(paid.amount) > 0
ORDER BY lines.seq """
"""A day's usage of a group within a draw is a difference of two of its running totals: no transfer is added up."""
_NEWEST_FIRST, _OLDEST_FIRST = (text(f"{_LINES} {order} LIMIT :most") for order in ("DESC", "ASC"))


@dataclass(frozen=True, slots=True)
class PaidUsage:
    """What a lot paid of one line of the history: a day's usage of a group, or a correction that added some."""

    line_id: UUID
    day: date
    group: UsageGroup | None
    detail: str
    amount: Money


@dataclass(frozen=True, slots=True)
class UsagePage:
    """A lot with usage that it paid for, the newest first; `newer` and `older` lead to the pages beside it."""

    lot: LotView
    lines: tuple[PaidUsage, ...]
    newer: int | None
    older: int | None


def page(
    organization: Organization, lot_id: UUID, *, before: int | None = None, after: int | None = None
) -> UsagePage | None:
    """Usage that a lot paid for, older than position `before`, or newer than `after`, or the newest; None for another
    organization's. Locks the wallet: the caller commits."""
    lots.drawing.draw(ledger.lock(organization.id))
    lot = db.session.get(CreditLot, (organization.id, lot_id))
    if lot is None:
        return None
    asked = {"org_id": organization.id, "lot_id": lot_id, "most": PAGE + 1}
    newer = older = None
    if after is not None:
        rows = db.session.execute(_OLDEST_FIRST, asked | {"before": None, "after": after}).all()[::-1]
        if len(rows) <= PAGE:
            return page(organization, lot_id)
        rows = rows[1:]
        newer, older = rows[0].seq, rows[-1].seq
    else:
        rows = db.session.execute(_NEWEST_FIRST, asked | {"before": before, "after": None}).all()
        if before is not None and not rows:
            return page(organization, lot_id)
        newer = rows[0].seq if before is not None else None
        older = rows[PAGE - 1].seq if len(rows) > PAGE else None
    lines = tuple(
        PaidUsage(
            row.id,
            row.day,
            UsageGroup(row.usage_group) if row.usage_group else None,
            row.detail,
            Money(row.amount, organization.currency),
        )
        for row in rows[:PAGE]
    )
    return UsagePage(view_of(organization, lot), lines, newer, older)


def find_lot(organization: Organization, top_up_id: UUID) -> UUID | None:
    """The lot of a top-up; None if it has none. Locks the wallet if it isn't drawn yet: the caller commits."""
    lots.drawing.draw(ledger.lock(organization.id))
    query = select(CreditLot.id).where(CreditLot.org_id == organization.id, CreditLot.top_up_id == top_up_id)
    return db.session.scalars(query).first()
