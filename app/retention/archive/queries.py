"""What of an organization goes into the files of a month, read some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from app.extensions import db
from app.months import Month

PIECE = 10_000
"""How many rows are read from the database at a time."""

# A meter that no version of the catalog had is of this group, as everywhere (`app.billing.catalog.meters`).
_EVENTS = text("""
SELECT org_id::text, posted_at, coalesce(usage_group, 'telephony') AS usage_group, at, source, event_id, meter,
    quantity, billable, included, amount_micro, plan, version, call, campaign, agent, number, hold, direction,
    country, corrects_source, corrects_id, (posted_at AT TIME ZONE :zone)::date AS posted_on
FROM usage_event LEFT JOIN meter_group USING (meter)
WHERE org_id = :org_id AND posted_at >= :begin AND posted_at < :end
ORDER BY posted_at, source, event_id""")
# By the days of their lines, which have an index. A zone is never further from UTC than a day.
_CHARGES = text("""
SELECT transfer.org_id::text, transfer.posted_at, transfer.seq, transfer.kind,
    CASE WHEN transfer.debit = 'wallet' THEN transfer.credit ELSE transfer.debit END AS usage_group,
    CASE WHEN transfer.debit = 'wallet' THEN transfer.amount_micro ELSE -transfer.amount_micro END AS amount_micro,
    line.day, transfer.line_id::text AS line_id, line.corrects_seq, line.detail, :currency AS currency
FROM wallet_line AS line
JOIN transfer ON transfer.org_id = line.org_id AND transfer.line_id = line.id
WHERE line.org_id = :org_id AND line.day BETWEEN :first_day AND :last_day
    AND (transfer.kind = 'usage' OR transfer.kind = 'adjustment' AND transfer.source LIKE 'correction:%')
    AND transfer.posted_at >= :begin AND transfer.posted_at < :end
ORDER BY transfer.posted_at, transfer.seq""")


def bounds(month: Month) -> tuple[datetime, datetime]:
    """When a month begins and ends, in UTC."""
    begin, last = (datetime.combine(day, time(), UTC) for day in (month.first, month.last))
    return begin, last + timedelta(days=1)


def events(org_id: UUID, month: Month, zone: str) -> Iterator[Any]:
    """Its events that were posted in a month, in order, each with its day in the organization's zone."""
    begin, end = bounds(month)
    return _rows(_EVENTS, {"org_id": org_id, "begin": begin, "end": end, "zone": zone})


def charges(org_id: UUID, month: Month, currency: str) -> Iterator[Any]:
    """The transfers that charged usage or corrected it, posted in a month, in order, each with its history line.

    Amounts are micro-units: above zero what was charged, below what was returned.
    """
    begin, end = bounds(month)
    days = {"first_day": month.first - timedelta(days=1), "last_day": month.last + timedelta(days=1)}
    return _rows(_CHARGES, {"org_id": org_id, "begin": begin, "end": end, "currency": currency, **days})


def _rows(query: TextClause, values: dict[str, Any]) -> Iterator[Any]:
    yield from db.session.execute(query, values, execution_options={"yield_per": PIECE})
