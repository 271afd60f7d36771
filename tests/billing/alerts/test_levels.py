"""What levels are, which of them is closer to a pause, and where they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.alerts import levels
from app.billing.alerts.levels import Level
from app.clock import utc_now
from app.models import AlertLevelKind
from tests.factories import usd


def test_an_amount_has_recovered_a_tenth_above_it_and_never_by_cents(app: Flask) -> None:
    assert levels.recovers_at(usd("50")) == usd("55")
    assert levels.recovers_at(usd("0.50")) == usd("1.50"), "a tenth of the smallest top-up at least"
    assert levels.recovers_at(usd("0")) == usd("1")


def test_the_closest_to_a_pause_is_the_last() -> None:
    paused = Level("paused", AlertLevelKind.PAUSED)
    amounts = [Level(one, AlertLevelKind.AMOUNT, usd(one)) for one in ("100", "20")]
    hours = [Level(f"{one}h", AlertLevelKind.FORECAST, hours=one) for one in (24, 2)]
    ordered = sorted([paused, *reversed(amounts), *reversed(hours)], key=lambda level: level.severity)
    assert ordered == [*hours, *amounts, paused]


@pytest.mark.parametrize(
    ("left", "was_short", "is_short"),
    [(3.9, False, True), (4, False, False), (5.9, True, True), (6, True, False), (None, True, False)],
)
def test_a_forecast_has_recovered_with_half_as_much_time_again(
    left: float | None, was_short: bool, is_short: bool
) -> None:
    now = utc_now()
    dry_at = None if left is None else now + timedelta(hours=left)
    assert levels.is_short(4, dry_at, now, was_short=was_short) is is_short
