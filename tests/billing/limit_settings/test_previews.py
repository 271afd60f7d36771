"""What a limit would do, before it is set."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.limit_settings import previews
from app.billing.wallet import holds
from app.clock import utc_now
from app.models import LimitSubject
from tests.factories import an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take

CAMPAIGN = {"campaign": "Spring recall"}
NAMES = {
    LimitSubject.ORGANIZATION: "",
    LimitSubject.CAMPAIGN: "Spring recall",
    LimitSubject.AGENT: "Ava",
    LimitSubject.DESTINATION_CLASS: "standard",
}


@pytest.mark.parametrize("subject", list(LimitSubject))
def test_what_is_spent_and_held_already_would_stop_new_calls(app: Flask, subject: LimitSubject) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    holds.reserve(
        organization.id, "a", usd("2"), at=now, lease=timedelta(minutes=5), agent="Ava", to="GB", **CAMPAIGN
    )
    take(an_event(organization, "u", 100_000, when=now, agent="Ava", hold="a", **CAMPAIGN), now=now)
    found = previews.find(organization, a_draft("2", subject=subject, name=NAMES[subject]))
    assert (found.spent, found.held, found.calls) == (usd("1.20"), usd("0.80"), 1)
    assert found.stops_now
    assert not found.is_below_held
    assert previews.find(organization, a_draft("1", subject=subject, name=NAMES[subject])).is_below_held
    if subject is not LimitSubject.ORGANIZATION:
        assert not previews.find(organization, a_draft("1", subject=subject, name="other")).stops_now


def test_what_only_tells_or_is_reached_already_stops_nothing_now(app: Flask) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    take(an_event(organization, "u", 100_000, when=now), now=now)
    assert not previews.find(organization, a_draft("1", stops=False)).stops_now
    assert not previews.find(organization, a_draft("1.21")).stops_now
    limit = a_limit(organization, a_draft("1"))
    assert not previews.find(organization, a_draft("0.50"), limit.limit_id).stops_now
    later = now + timedelta(hours=1)
    assert not previews.find(organization, a_draft("1", raised="5", until=later)).stops_now
