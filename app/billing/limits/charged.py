"""Counting usage as it is charged, in the transaction that charges it.

One statement for a whole batch, which also finds the limits that it comes near or reaches, each once in a window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.billing.limits import windows
from app.database.arrays import columns
from app.extensions import driver_connection
from app.models import LimitSubject, LimitWindow

NEAR = 80
"""The percentage of a limit from which on owners are told that it is near."""

_ADD = """
WITH spent AS (
    SELECT org_id, subject, name, amount
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[]) AS each_one (org_id, subject, name, amount)
    WHERE subject <> 'hold'
    UNION ALL
    SELECT hold.org_id, 'destination_class', hold.destination_class, sum(drawn.amount)::bigint
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[]) AS drawn (org_id, subject, name, amount)
    JOIN hold ON hold.org_id = drawn.org_id AND hold.key = drawn.name
    WHERE drawn.subject = 'hold' AND hold.destination_class IS NOT NULL
    GROUP BY hold.org_id, hold.destination_class),
counted AS (
    UPDATE limit_count SET window_start = greatest(limit_count.window_start, now_in.start),
        spent_micro = spent.amount
            + CASE WHEN limit_count.window_start < now_in.start THEN 0 ELSE limit_count.spent_micro END
    FROM spent JOIN unnest(%s::uuid[], %s::text[], %s::timestamptz[]) AS now_in (org_id, kind, start)
        ON now_in.org_id = spent.org_id
    WHERE limit_count.org_id = spent.org_id AND limit_count.subject = spent.subject
        AND limit_count.name = spent.name AND limit_count."window" = now_in.kind
    RETURNING limit_count.*),
passed AS (
    SELECT one.org_id, one.id, counted.window_start, counted.spent_micro,
        CASE WHEN counted.spent_micro >= allowed.micro THEN 100 ELSE %s END AS percent
    FROM counted
    JOIN spending_limit one ON one.org_id = counted.org_id AND one.subject = counted.subject
        AND one.name = counted.name AND one."window" = counted."window"
    CROSS JOIN LATERAL (
        SELECT CASE WHEN one.raised_until > %s THEN one.raised_micro ELSE one.amount_micro END AS micro) allowed
    WHERE counted.spent_micro > 0 AND counted.spent_micro::numeric * 100 >= allowed.micro::numeric * %s)
UPDATE spending_limit SET told_percent = passed.percent, told_window = passed.window_start
FROM passed
WHERE spending_limit.org_id = passed.org_id AND spending_limit.id = passed.id
    AND (spending_limit.told_window IS DISTINCT FROM passed.window_start
        OR spending_limit.told_percent < passed.percent)
RETURNING spending_limit.org_id, spending_limit.id, passed.percent, passed.spent_micro"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Usage that was charged to an organization, in micro-units; of a correction, the difference."""

    org_id: UUID
    campaign: str | None
    agent: str | None
    hold: str | None
    micro: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A limit of which `percent` has been spent, 80 or 100, for the first time in its window."""

    org_id: UUID
    limit_id: UUID
    percent: int
    spent_micro: int


def add(charged: Sequence[Spent], zones: Mapping[UUID, ZoneInfo], at: datetime) -> list[Passed]:
    """Count spend of organizations that have counts. One statement.

    Returns the limits that it comes near or reaches, each once a window; they are marked as told.
    """
    totals = _totals(charged)
    if not totals:
        return []
    rows = columns((*key, micro) for key, micro in sorted(totals.items()))
    starts = columns(
        (org_id, kind.value, windows.find(kind, zones[org_id], at).start)
        for org_id in sorted({key[0] for key in totals})
        for kind in LimitWindow
    )
    found = driver_connection().execute(_ADD, [*rows, *rows, *starts, NEAR, at, NEAR]).fetchall()
    return [Passed(*row) for row in found]


def _totals(charged: Sequence[Spent]) -> dict[tuple[UUID, str, str], int]:
    totals: dict[tuple[UUID, str, str], int] = {}
    for one in charged:
        for subject, name in (
            (LimitSubject.ORGANIZATION.value, ""),
            (LimitSubject.CAMPAIGN.value, one.campaign),
            (LimitSubject.AGENT.value, one.agent),
            ("hold", one.hold),
        ):
            if name is not None:
                key = (one.org_id, subject, name)
                totals[key] = totals.get(key, 0) + one.micro
    return {key: micro for key, micro in totals.items() if micro}
