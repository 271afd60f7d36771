"""What the simulated platform does where a limit refuses a call: it waits, and asks the owners for more, once."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.billing.limits import LimitStanding
from app.extensions import db
from app.models import LimitRequest, LimitSubject, Organization
from demo.simulator.client import Client
from demo.simulator.stops import Stops
from tests.factories import an_organization
from tests.support.limits import a_draft, a_limit
from tests.support.platform import Platform
from tests.support.serving import serving


@pytest.fixture
def client(app: Flask) -> Iterator[Client]:
    with serving(app) as address:
        yield Client(address, Platform(app).text, patience=20, chance=Random(7))


def refusal(client: Client, organization: Organization, **call: str) -> dict[str, Any]:
    """What the problem says of the limit that refuses a call."""
    wanted = {"key": "a", "usage": [{"meter": "calls_outbound", "quantity": 60}], "lease_seconds": 60} | call
    answer = client.post(f"/organizations/{organization.id}/holds", wanted)
    assert answer.problem == "limit-reached"
    found: dict[str, Any] = answer.body["limit"]
    return found


def a_stopped(amount: str = "0") -> tuple[Organization, LimitStanding]:
    organization = an_organization(credit="100")
    draft = a_draft(amount, subject=LimitSubject.CAMPAIGN, name="Spring recall")
    return organization, a_limit(organization, draft)


def test_more_is_asked_for_once_however_many_calls_are_refused(client: Client) -> None:
    organization, limit = a_stopped()
    found, stops = refusal(client, organization, campaign="Spring recall"), Stops(client)
    assert [stops.note(organization.id, found) for _ in range(3)] == [True, False, False]
    asked = db.session.scalars(select(LimitRequest)).all()
    assert [(one.limit_id, one.wanted_micro) for one in asked] == [(limit.limit_id, 10_000_000)]


def test_only_what_the_limit_counts_waits_and_only_for_a_while(client: Client) -> None:
    organization, _ = a_stopped()
    found, stops = refusal(client, organization, campaign="Spring recall"), Stops(client)
    stops.note(organization.id, found)
    assert stops.stops(organization.id, "Spring recall", "Ava")
    assert not stops.stops(organization.id, "Reminders", "Ava")
    assert not stops.stops(an_organization().id, "Spring recall", "Ava")
    soon = Stops(client, try_again=0)
    soon.note(organization.id, found)
    assert not soon.stops(organization.id, "Spring recall", "Ava")


def test_a_ceiling_of_the_catalog_can_not_be_raised(client: Client) -> None:
    organization, _ = a_stopped()
    found = refusal(client, organization, campaign="Spring recall") | {"id": None}
    assert not Stops(client).note(organization.id, found)
    assert db.session.scalars(select(LimitRequest)).all() == []
