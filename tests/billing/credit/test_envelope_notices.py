"""Owners are told once when an envelope ended by its day, with what came back, and when one was cut."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.credit import envelope_notices
from app.billing.wallet import envelope_queries, envelopes, holds
from app.clock import utc_now
from app.extensions import db
from app.models import Envelope, Mail, Organization, Role
from tests.factories import OWNER, a_person, an_organization, usd
from tests.support.envelopes import withdraw


@pytest.fixture
def organization(app: Flask) -> Organization:
    organization = an_organization(credit="100", timezone="America/New_York")
    a_person("one@test.example", organization=organization)
    a_person("two@test.example", organization=organization)
    return organization


def enveloped(organization: Organization, amount: str = "40", campaign: str = "Recall") -> Envelope:
    made = envelopes.set_aside(organization, campaign, usd(amount), organization.local_day(), OWNER)
    db.session.commit()
    return made


def enqueued() -> list[str]:
    query = text("SELECT args ->> 'envelope_id' FROM procrastinate_jobs WHERE task_name = 'tell_of_envelope'")
    return list(db.session.scalars(query))


def told(kind: str) -> list[tuple[str | None, dict[str, Any]]]:
    query = db.select(Mail).where(Mail.kind == kind).order_by(Mail.created_at, Mail.id)
    return [(mail.recipient, mail.facts) for mail in db.session.scalars(query)]


def end_of_the_day(envelope: Envelope) -> None:
    holds.expire(envelope.org_id, at=envelope.ends_at)
    db.session.commit()


def test_owners_get_what_came_back_when_its_last_day_is_over(organization: Organization) -> None:
    one = enveloped(organization)
    end_of_the_day(one)
    assert enqueued() == [str(one.id)]
    for _ in range(2):
        envelope_notices.notify(organization.id, one.id, now=one.ends_at)
    found = told("envelope_ended")
    assert {address for address, _ in found} == {"one@test.example", "two@test.example"}
    assert len(found) == 2, "once each"
    facts = found[0][1]
    assert (facts["campaign"], facts["last_day"]) == ("Recall", one.until.isoformat())
    assert (facts["amount"], facts["returned"]) == (facts["returned"], facts["amount"])
    assert told("envelope_cut") == []


def test_nothing_is_said_of_one_that_is_open_or_that_an_owner_ended(organization: Organization) -> None:
    one = enveloped(organization)
    envelope_notices.notify(organization.id, one.id, now=utc_now())
    envelopes.end(organization, one.id, OWNER)
    db.session.commit()
    assert enqueued() == []
    envelope_notices.notify(organization.id, one.id, now=utc_now())
    assert (told("envelope_ended"), told("envelope_cut")) == ([], [])


def test_each_cut_is_told_once_and_an_envelope_that_was_not_cut_is_not_named(
    organization: Organization,
) -> None:
    old, new = enveloped(organization), enveloped(organization, "30", "Spring")
    withdraw(organization, "50")
    assert enqueued() == [str(new.id)]
    for envelope in (old, new, new):
        envelope_notices.notify(organization.id, envelope.id, now=utc_now())
    withdraw(organization, "20")
    assert sorted(enqueued()) == sorted([str(new.id), str(new.id), str(old.id)])
    for envelope in (old, new):
        envelope_notices.notify(organization.id, envelope.id, now=utc_now())
    mine = [facts for address, facts in told("envelope_cut") if address == "one@test.example"]
    assert [facts["campaign"] for facts in mine] == ["Spring", "Recall", "Spring"]


def test_one_that_ended_days_ago_is_not_told_any_more(organization: Organization) -> None:
    one = enveloped(organization)
    end_of_the_day(one)
    envelope_notices.notify(organization.id, one.id, now=one.ends_at + timedelta(days=4))
    assert told("envelope_ended") == []


def test_only_owners_are_told(organization: Organization) -> None:
    a_person("three@test.example", organization=organization, role=Role.MEMBER)
    one = enveloped(organization)
    end_of_the_day(one)
    envelope_notices.notify(organization.id, one.id, now=one.ends_at)
    assert "three@test.example" not in {address for address, _ in told("envelope_ended")}
    assert not envelope_queries.find(organization.id, one.id).is_open
