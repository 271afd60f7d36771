"""What is expected on each day to come: all of it, in the organization's own days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import forecast
from app.clock import utc_now
from tests.factories import an_organization
from tests.support.spending import forecast_of


@pytest.mark.parametrize("timezone", ["UTC", "Pacific/Kiritimati", "America/Chicago"])
def test_days_add_up_to_what_is_spent_until_their_end(app: Flask, timezone: str) -> None:
    organization = an_organization(timezone=timezone)
    forecast_of(organization)
    profile, now = forecast.find_profile(organization), utc_now()
    assert profile is not None
    today = organization.local_day(now)
    found = forecast.spend_ahead(profile, now, today + timedelta(days=3), timezone)
    assert list(found.days) == [today + timedelta(days=number) for number in range(4)]
    until = next(
        now + timedelta(minutes=minute)
        for minute in range(5 * 24 * 60)
        if organization.local_day(now + timedelta(minutes=minute)) > today + timedelta(days=3)
    )
    whole = forecast.spend_until(profile, now, until)
    assert found.about == pytest.approx(whole.about, rel=0.01)
    assert found.low < found.about < found.high


def test_nothing_is_expected_of_days_that_are_over(app: Flask) -> None:
    organization = an_organization()
    forecast_of(organization)
    profile, now = forecast.find_profile(organization), utc_now()
    assert profile is not None
    found = forecast.spend_ahead(profile, now, organization.local_day(now) - timedelta(days=1), "UTC")
    assert (found.days, found.about) == ({}, 0)
