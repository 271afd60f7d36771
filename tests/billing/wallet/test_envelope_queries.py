"""Open envelopes, and those that have ended: each organization's own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.billing.wallet import envelope_queries, envelopes
from app.billing.wallet.envelope_terms import TooManyError, UnknownEnvelopeError
from app.extensions import db
from tests.factories import OWNER, an_organization
from tests.support.envelopes import NOW, set_aside


def test_the_one_that_ends_first_or_ended_last_is_at_the_top(app: Flask) -> None:
    organization = an_organization(credit="100")
    for campaign, days in (("Late", 9), ("Soon", 2), ("Gone", 1), ("Done", 5)):
        set_aside(organization, campaign=campaign, amount="1", days=days)
    for minutes, campaign in enumerate(("Done", "Gone")):
        found = envelope_queries.find_open(organization.id, campaign)
        assert found is not None
        envelopes.end(organization, found.id, OWNER, at=NOW + timedelta(minutes=minutes))
    db.session.commit()
    assert names(organization.id) == ["Soon", "Late"]
    ended = envelope_queries.list_ended(organization.id, limit=5)
    assert [one.campaign for one in ended] == ["Gone", "Done"]
    assert envelope_queries.list_ended(organization.id, limit=1) == ended[:1]
    assert envelope_queries.find_open(organization.id, "Done") is None


def test_another_organization_has_none_of_them(app: Flask) -> None:
    owner, other = an_organization(credit="100"), an_organization(credit="100")
    made = set_aside(owner, "1")
    assert envelope_queries.find(owner.id, made.id) is made
    assert names(other.id) == []
    assert envelope_queries.find_open(other.id, made.campaign) is None
    with pytest.raises(UnknownEnvelopeError):
        envelope_queries.find(other.id, made.id)


def test_as_many_are_open_as_a_page_shows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope_queries, "MOST_OPEN", 2)
    organization, other = an_organization(credit="100"), an_organization(credit="100")
    first = set_aside(organization, campaign="One", amount="1")
    set_aside(organization, campaign="Two", amount="1")
    with pytest.raises(TooManyError):
        set_aside(organization, campaign="Three", amount="1")
    db.session.rollback()
    set_aside(other, campaign="Three", amount="1")
    envelopes.end(organization, first.id, OWNER, at=NOW)
    set_aside(organization, campaign="Three", amount="1")
    assert names(organization.id) == ["Three", "Two"]


def names(org_id: UUID) -> list[str]:
    return [one.campaign for one in envelope_queries.list_open(org_id, at=NOW)]
