"""Section filters: no filter of the history, and no comparison, is slower because there is more of everything.

The lines are those of `growth`; usage is rollups as they are after so many events, and one day of events with calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from uuid import UUID

import psycopg
from flask import Flask

from app.billing.activity import (
    cost_change,
    history,
    rollups,
    totals,
    usage_calls,
    usage_history,
    usage_names,
)
from app.billing.activity.cost_change import Period
from app.billing.activity.filters import Filters
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TransferKind
from benchmarks.figures import Figure, milliseconds
from benchmarks.growth import FEW, MANY, grow, median
from benchmarks.stage import an_organization, application, conninfo, inside

EVENTS_A_ROW = 10
"""How many events a rollup stands for: a campaign's usage of a meter on one day, by agent, number and country."""
ROWS_A_DAY = 300
MOST_TIMES = 1.5
_NOISE_SECONDS = 0.001


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """The same filters in one organization at both sizes, in this process."""
    app = application(environment)
    url = conninfo(environment)
    with inside(app):
        org_id = an_organization("Filtered").id
    grow(url, org_id, 0, FEW)
    _fill(url, org_id, 0, _days_of(FEW))
    few = _measured(app, org_id)
    grow(url, org_id, FEW, MANY)
    _fill(url, org_id, _days_of(FEW), _days_of(MANY))
    many = _measured(app, org_id)
    for what in few:
        yield Figure(
            section="filters",
            what=f"{what}, with {MANY:,} transfers and events",
            measured=f"{milliseconds(many[what])} ({many[what] / few[what]:.2f} times)",
            floor=f"{milliseconds(few[what])} with {FEW:,}",
            goal=f"at most {MOST_TIMES:g} times",
            met=many[what] <= few[what] * MOST_TIMES + _NOISE_SECONDS,
        )


def _days_of(events: int) -> int:
    return events // (EVENTS_A_ROW * ROWS_A_DAY)


def _measured(app: Flask, org_id: UUID) -> dict[str, float]:
    with inside(app):
        rollups.roll_up(org_id, until=utc_now())
        organization = db.session.get_one(Organization, org_id)
        today = organization.local_day()
        week = Period(today - timedelta(days=7), today - timedelta(days=1))
        long_ago = today - timedelta(days=20)

        def lines(filters: Filters) -> Callable[[], object]:
            return lambda: history.page(organization, filters)

        def usage(filters: Filters) -> Callable[[], object]:
            return lambda: usage_history.page(organization, filters)

        work: dict[str, Callable[[], object]] = {
            "lines of a kind": lines(Filters(TransferKind.CREDIT)),
            "lines of two kinds that are rare": lines(Filters(TransferKind.REFUND)),
            "lines of a kind in a range": lines(Filters(TransferKind.CREDIT).within(long_ago, today)),
            "lines of a group": lines(Filters(group="calling")),
            "totals of everything in a range": lambda: totals.gather(
                organization, Filters().within(long_ago, today)
            ),
            "totals of a kind": lambda: totals.gather(organization, Filters(TransferKind.CREDIT)),
            "usage of a campaign": usage(Filters(campaign="Campaign 3")),
            "usage of a number that is rare": usage(Filters(number="+1 000")),
            "usage in a direction that there is none of": usage(Filters(direction="inbound")),
            "usage of a country in a range": usage(Filters(country="MX").within(long_ago, today)),
            "totals of an agent in a range": lambda: totals.gather(
                organization, Filters(agent="Agent 2").within(long_ago, today)
            ),
            "calls of a campaign": lambda: usage_calls.page(
                organization, Filters(campaign="Campaign 3").within(long_ago, today)
            ),
            "names to choose from": lambda: usage_names.gather(organization),
            "two weeks compared": lambda: cost_change.compare(organization, week.before, week, by="campaign"),
        }
        return {what: median(one) for what, one in work.items()}


def _fill(url: str, org_id: UUID, first: int, last: int) -> None:
    """So many days of rollups, the newest first."""
    values = {"org": org_id, "first": first, "last": last, "rows": ROWS_A_DAY}
    with psycopg.connect(url) as connection:
        connection.execute(_ROLLUPS, values)
        connection.execute(_RARE, values)
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE usage_rollup, history_rollup, wallet_line, transfer")


_ROLLUPS = """
INSERT INTO usage_rollup (org_id, posted_on, meter, campaign, agent, number, direction, country, is_correction,
    quantity, included, amount_micro, events, calls)
SELECT %(org)s, current_date - 1 - day,
    (ARRAY['calls_outbound', 'tokens_in', 'tokens_out', 'speech_to_text'])[1 + n %% 4], 'Campaign ' || n %% 25,
    'Agent ' || n %% 5, '+1 617 ' || n, 'outbound', (ARRAY['US', 'CA', 'MX'])[1 + n %% 3], false,
    600, 0, 30000, 10, 2
FROM generate_series(%(first)s, %(last)s - 1) AS day, generate_series(1, %(rows)s) AS n"""
_RARE = """
INSERT INTO usage_rollup (org_id, posted_on, meter, campaign, agent, number, direction, country, is_correction,
    quantity, included, amount_micro, events, calls)
VALUES (%(org)s, current_date - 1 - %(first)s, 'sms', '', '', '+1 000', '', '', false, 1, 0, 12000, 1, 0)"""
