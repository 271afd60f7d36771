"""From a profile to a time: when credit is used up, what is spent until then, and the band."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.billing.forecast import outlook
from app.billing.forecast.profile import WEEK, Profile
from tests.factories import at

NOW = at("2026-11-23 09:15")
STEADY = Profile("UTC", NOW, (1000,) * WEEK, 1.0, 1.0, 0.1, 0.0, NOW)
OFFICE = replace(STEADY, slots=tuple(1000 if 9 <= place % 24 < 17 else 0 for place in range(WEEK)))


@pytest.mark.parametrize(("credit", "minutes"), [(0, 0), (750, 45), (1000, 60), (24_000, 24 * 60)])
def test_it_is_dry_to_the_minute(credit: int, minutes: int) -> None:
    found = outlook.dry_at(STEADY, credit, NOW)
    assert found.about is not None
    assert abs(found.about - NOW - timedelta(minutes=minutes)) < timedelta(seconds=5)


def test_nothing_is_used_up_at_night() -> None:
    found = outlook.dry_at(OFFICE, 8_000, NOW)
    assert found.about == at("2026-11-24 09:15")


def test_the_band_is_around_it_and_grows_with_the_spread() -> None:
    narrow, wide = (outlook.dry_at(replace(STEADY, spread=spread), 100_000, NOW) for spread in (0.1, 0.5))
    for one in (narrow, wide):
        assert one.earliest and one.about and one.latest
        assert NOW < one.earliest < one.about < one.latest
    assert wide.earliest and wide.latest and narrow.earliest and narrow.latest
    assert wide.earliest < narrow.earliest
    assert wide.latest > narrow.latest
    assert wide.about == narrow.about


def test_what_lasts_longer_than_anything_is_said_about_has_no_time() -> None:
    most = 1000 * 24 * outlook.FURTHEST.days
    assert outlook.dry_at(STEADY, most - 1000, NOW).about is not None
    assert outlook.dry_at(STEADY, most + 1000, NOW).about is None
    assert outlook.dry_at(STEADY, most * 10, NOW) == outlook.Dryness(None, None, None)
    assert outlook.dry_at(replace(STEADY, slots=(0,) * WEEK), 1, NOW).about is None


def test_spend_until_is_what_dry_at_says_the_other_way_round() -> None:
    until = NOW + timedelta(days=3, hours=5)
    spend = outlook.spend_until(OFFICE, NOW, until)
    assert spend.low < spend.about < spend.high
    found = outlook.dry_at(OFFICE, spend.about, NOW)
    assert found.about is not None
    assert abs(found.about - until) < timedelta(minutes=1)
    assert outlook.spend_until(OFFICE, NOW, NOW - timedelta(hours=1)).about == 0


def test_the_sum_of_bands_is_of_what_is_spent() -> None:
    assert outlook.banded(STEADY, 0) == outlook.Spend(0, 0, 0)
    one = outlook.banded(STEADY, 24_000)
    assert one.low < 24_000 < one.high
