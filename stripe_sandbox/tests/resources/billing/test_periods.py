"""Where billing periods turn: month ends come back to their day, and every period follows on the last."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from stripe_sandbox.resources.billing.periods import period_at, period_end
from stripe_sandbox.resources.billing.proration_amounts import share


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("days", "interval", "count"),
    [
        (["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"], "month", 1),
        (["2028-01-30", "2028-02-29", "2028-03-30"], "month", 1),
        (["2026-11-30", "2027-02-28", "2027-05-30"], "month", 3),
        (["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"], "year", 1),
        (["2027-01-01", "2027-01-15", "2027-01-29"], "week", 2),
    ],
)
def test_periods_turn_on_the_anchors_day(days: list[str], interval: str, count: int) -> None:
    recurring: dict[str, Any] = {"interval": interval, "interval_count": count}
    anchor = at(f"{days[0]}T13:37:59")
    turns = [anchor]
    for _ in days[1:]:
        turns.append(period_end(anchor, recurring, turns[-1]))
    assert turns == [at(f"{day}T13:37:59") for day in days]
    for start, end in pairwise(turns):
        assert [period_at(anchor, recurring, moment) for moment in (start, end - 1)] == [(start, end)] * 2


def test_a_share_is_all_at_the_start_and_nothing_at_the_end() -> None:
    assert [share(3000, 0, 30, moment) for moment in (0, 10, 29, 30)] == [3000, 2000, 100, 0]
    assert [share(1, 0, 2, 1), share(0, 0, 2, 1)] == [1, 0]
