"""Writing rated events and their daily totals, many at a time. Their keys are recorded before (`keys.record`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from app.billing.catalog.rating import Charge
from app.billing.usage.events import Reported
from app.billing.usage.rater import RatingContext, RatingLine
from app.database.arrays import columns
from app.extensions import driver_connection

_EVENTS = """
INSERT INTO usage_event (org_id, source, event_id, at, posted_at, meter, quantity, billable, included, amount_micro,
    plan, version, call, campaign, agent, number, hold, corrects_source, corrects_id,
    direction, country)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"""

_DAILY = """
INSERT INTO usage_daily AS total (org_id, day, meter, campaign, agent, posted_on, is_correction, quantity, included,
    amount_micro)
SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bool[],
    %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (org_id, day, meter, campaign, agent, posted_on, is_correction) DO UPDATE SET
    quantity = total.quantity + excluded.quantity, included = total.included + excluded.included,
    amount_micro = total.amount_micro + excluded.amount_micro"""


class RatedEvent(msgspec.Struct, frozen=True):
    """A rated event. `at` is the time of use: for a correction, that of the event it corrects. `posted_at` is that of
    its transfer, which has it alone.

    A correction's `quantity` and `charge` are differences.
    """

    event: Reported
    line: RatingLine
    at: datetime
    posted_at: datetime
    posted_on: date
    quantity: int
    charge: Charge


def write(rated: list[RatedEvent]) -> None:
    """Write events and the daily totals. Two statements."""
    if not rated:
        return
    connection = driver_connection()
    connection.execute(_EVENTS, columns([_event_row(one) for one in rated]))
    connection.execute(_DAILY, columns(_daily_rows(rated)))


def _daily_rows(rated: list[RatedEvent]) -> list[tuple[Any, ...]]:
    """What the events add to the totals of their days."""
    totals: dict[tuple[RatingContext, date, str, str | None, str | None, date, bool], list[int]] = {}
    for one in rated:
        event, charge, line = one.event, one.charge, one.line
        is_correction = event.corrects is not None
        # Not by line: if the plan changed on that day, there are two lines, but one total.
        key = (line.context, line.day, line.meter, event.campaign, event.agent, one.posted_on, is_correction)
        total = totals.get(key)
        if total is None:
            totals[key] = [one.quantity, charge.included, charge.amount.micro]
        else:
            total[0] += one.quantity
            total[1] += charge.included
            total[2] += charge.amount.micro
    return [
        (context.name, day, meter, campaign or "", agent or "", posted_on, is_correction, *total)
        for (context, day, meter, campaign, agent, posted_on, is_correction), total in totals.items()
    ]


def _event_row(one: RatedEvent) -> tuple[Any, ...]:
    event, charge, line = one.event, one.charge, one.line
    return (
        line.context.name,
        event.source,
        event.id,
        one.at,
        one.posted_at,
        line.meter,
        one.quantity,
        charge.billable,
        charge.included,
        charge.amount.micro,
        line.plan.key,
        line.plan.version,
        event.call,
        event.campaign,
        event.agent,
        event.number,
        event.hold,
        *(event.corrects or (None, None)),
        event.direction,
        event.country,
    )
