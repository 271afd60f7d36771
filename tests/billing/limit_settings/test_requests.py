"""Requests for more of a limit."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.limit_settings import requests, settings
from app.billing.limit_settings.drafts import UnknownLimitError
from app.billing.limit_settings.requests import AskedTooOftenError, NotMoreError, UnknownRequestError
from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, Mail, RequestState
from tests.factories import OWNER, a_person, an_organization, usd
from tests.support.limits import a_limit

MEMBER = Actor("member@test.example")


def test_a_request_waits_for_the_owners_who_are_emailed(app: Flask) -> None:
    organization = an_organization()
    a_person("owner@test.example", organization=organization)
    limit_id = a_limit(organization).limit_id
    assert limit_id is not None
    first = requests.ask(organization, limit_id, usd("10"), MEMBER, note="Friday's recall")
    again = requests.ask(organization, limit_id, usd("10"), MEMBER, note="Friday's recall")
    other = requests.ask(organization, limit_id, usd("20"), MEMBER)
    db.session.commit()
    assert first.id == again.id == other.id
    assert requests.find(organization.id, first.id).request.wanted("USD") == usd("20")
    assert [one.id for one in requests.list_newest(organization.id)] == [first.id]
    mails = db.session.query(Mail).filter_by(org_id=organization.id, kind="limit_more_asked").all()
    assert [(mail.recipient, mail.facts["note"]) for mail in mails] == [
        ("owner@test.example", "Friday's recall")
    ]
    asked = db.session.query(AuditEvent).filter_by(org_id=organization.id, action="limit.more_asked")
    assert [(one.actor, one.details["wanted"]) for one in asked.order_by(AuditEvent.at)] == [
        ("member@test.example", "10.00"),
        ("member@test.example", "20.00"),
    ]


def test_only_more_can_be_asked_for_and_not_without_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = an_organization()
    limit_id = a_limit(organization).limit_id
    assert limit_id is not None
    with pytest.raises(NotMoreError):
        requests.ask(organization, limit_id, usd("3"), MEMBER)
    with pytest.raises(UnknownLimitError):
        requests.ask(organization, uuid7(), usd("9"), MEMBER)
    monkeypatch.setattr(requests, "MOST_A_DAY", 0)
    with pytest.raises(AskedTooOftenError):
        requests.ask(organization, limit_id, usd("9"), MEMBER)


def test_a_request_is_its_organizations(app: Flask) -> None:
    organization, other = an_organization(), an_organization()
    limit_id = a_limit(organization).limit_id
    assert limit_id is not None
    with pytest.raises(UnknownLimitError):
        requests.ask(other, limit_id, usd("9"), MEMBER)
    request = requests.ask(organization, limit_id, usd("9"), MEMBER)
    with pytest.raises(UnknownRequestError):
        requests.find(other.id, request.id)


def test_a_request_for_a_removed_limit_is_obsolete(app: Flask) -> None:
    organization = an_organization()
    limit_id = a_limit(organization).limit_id
    assert limit_id is not None
    request = requests.ask(organization, limit_id, usd("9"), MEMBER)
    settings.remove(organization, limit_id, OWNER)
    db.session.commit()
    found = requests.find(organization.id, request.id)
    assert (found.request.state, found.limit) == (RequestState.OBSOLETE, None)
