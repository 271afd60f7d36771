"""Who took an hour's credit."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.brake import spenders
from app.clock import utc_now
from tests.factories import an_organization
from tests.support.metering import an_event, take


def test_campaigns_and_agents_by_what_they_took_within_the_hour(app: Flask) -> None:
    organization, other = an_organization(credit="100"), an_organization(credit="100")
    now = utc_now()
    long_ago = now - timedelta(hours=3)
    events = [
        an_event(organization, "1", 3_000, when=now, campaign="Recall", agent="Ava"),
        an_event(organization, "2", 2_000, when=now, campaign="Recall", agent="Ben"),
        an_event(organization, "3", 4_000, when=now, campaign="Winback", agent="Ben"),
        an_event(organization, "4", 9_000, when=now),
    ]
    take(an_event(organization, "0", 90_000, when=long_ago, campaign="Old", agent="Old"), now=long_ago)
    take(*events, an_event(other, "5", 90_000, when=now, campaign="Other"), now=now)
    found = spenders.find(organization.id, now - timedelta(hours=1), now + timedelta(seconds=1))
    assert [(one.kind, one.name) for one in found] == [
        ("campaign", "Recall"),
        ("campaign", "Winback"),
        ("agent", "Ben"),
        ("agent", "Ava"),
    ]
    assert found[0].micro > found[1].micro > 0


def test_the_three_of_each_that_took_the_most(app: Flask) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    take(
        *[an_event(organization, f"{n}", 1_000 * n, when=now, campaign=f"C{n}") for n in range(1, 6)], now=now
    )
    found = spenders.find(organization.id, now - timedelta(hours=1), now + timedelta(seconds=1))
    assert [one.name for one in found] == ["C5", "C4", "C3"]
