"""Campaigns in progress: those with calls in the last hours that are new to the usual week."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from app.billing.forecast import campaigns
from app.models import Organization
from tests.factories import at
from tests.support.metering import an_event, on_growth, take

NOW = at("2026-11-11 15:00")


def use(organization: Organization, when: datetime, campaign: str | None, quantity: int = 1_000_000) -> None:
    id = f"{campaign} {when}"
    take(an_event(organization, id, quantity, when=when, campaign=campaign), now=when)


def test_one_that_began_within_the_last_hours_is_known_with_its_own_hours(app: Flask) -> None:
    organization, other = on_growth(), on_growth()
    for minutes in (100, 60, 20):
        use(organization, NOW - timedelta(minutes=minutes), "Recall")
    use(organization, NOW - timedelta(minutes=30), None)
    use(other, NOW - timedelta(minutes=30), "Not ours")
    [one] = campaigns.find_running(organization, NOW)
    assert one.since == NOW - timedelta(minutes=100)
    assert one.per_hour > 0
    spent = 3 * 66_500_000
    assert abs(one.per_hour - spent / (100 / 60)) < spent


def test_one_that_began_days_ago_has_been_running_since_then(app: Flask) -> None:
    organization = on_growth()
    use(organization, NOW - timedelta(days=2), "Recall")
    use(organization, NOW - timedelta(hours=1), "Recall")
    [one] = campaigns.find_running(organization, NOW)
    assert one.since == at("2026-11-09 09:00")


def test_one_that_began_earlier_today_began_with_the_working_day_at_the_earliest(app: Flask) -> None:
    organization = on_growth()
    use(organization, NOW - timedelta(hours=2, minutes=50), "Recall")
    [one] = campaigns.find_running(organization, NOW)
    assert one.since == at("2026-11-11 09:00")


def test_one_of_last_week_and_one_that_is_over_are_none(app: Flask) -> None:
    organization = on_growth()
    assert campaigns.find_running(organization, NOW) == []
    use(organization, NOW - timedelta(days=7, hours=2), "Always")
    use(organization, NOW - timedelta(hours=4), "Over")
    use(organization, NOW - timedelta(hours=1), "Always")
    assert campaigns.find_running(organization, NOW) == []
