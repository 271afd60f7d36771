"""Owners decide about requests for more: once, and about what they saw."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.limit_settings import decisions, requests, settings
from app.billing.limit_settings.requests import (
    AlreadyDecidedError,
    NotMoreError,
    RequestChangedError,
    UnknownRequestError,
)
from app.billing.limits import standing
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Mail, Organization, PlatformMessage, RequestState, Role
from tests.factories import OWNER, a_person, an_organization, usd
from tests.support.database import inside
from tests.support.limits import a_draft, a_limit

MEMBER = Actor("member@test.example")


def a_request(until_hours: int | None = None) -> tuple[Organization, UUID]:
    organization = an_organization()
    a_person(MEMBER.name, organization=organization, role=Role.MEMBER)
    limit_id = a_limit(organization).limit_id
    assert limit_id is not None
    until = utc_now() + timedelta(hours=until_hours) if until_hours else None
    return organization, requests.ask(organization, limit_id, usd("10"), MEMBER, until=until).id


def wished(organization: Organization, request_id: UUID) -> str:
    """What a page shows of it."""
    return requests.find(organization.id, request_id).request.as_text


@pytest.mark.parametrize("until_hours", [None, 50, -1])
def test_approved_it_is_the_limit_until_a_time_and_then_as_before(
    app: Flask, until_hours: int | None
) -> None:
    organization, request_id = a_request(until_hours)
    limit = decisions.approve(organization, request_id, OWNER, seen=wished(organization, request_id))
    db.session.commit()
    assert (limit.amount, limit.usual) == (usd("10"), usd("3"))
    assert limit.raised_until is not None
    if until_hours == 50:
        assert limit.raised_until == requests.find(organization.id, request_id).request.until
    else:
        assert limit.raised_until == limit.window.end
    assert standing.gather(organization.id, limit.raised_until)[0].amount == usd("3")
    (mail,) = db.session.query(Mail).filter_by(org_id=organization.id, kind="limit_more_decided")
    assert (mail.recipient, mail.facts["is_approved"]) == (MEMBER.name, True)
    (message,) = db.session.query(PlatformMessage).filter_by(
        org_id=organization.id, type="limit.request_decided"
    )
    assert message.data["state"] == "approved"


def test_refused_the_limit_stays(app: Flask) -> None:
    organization, request_id = a_request()
    decisions.refuse(organization, request_id, OWNER)
    db.session.commit()
    assert standing.gather(organization.id, utc_now())[0].amount == usd("3")
    found = requests.find(organization.id, request_id).request
    assert (found.state, found.decided_by) == (RequestState.REFUSED, OWNER.name)


def test_it_is_decided_once_and_about_what_was_seen(app: Flask) -> None:
    organization, request_id = a_request()
    wish = wished(organization, request_id)
    requests.ask(
        organization, requests.find(organization.id, request_id).request.limit_id, usd("5000"), MEMBER
    )
    with pytest.raises(RequestChangedError):
        decisions.approve(organization, request_id, OWNER, seen=wish)
    decisions.approve(organization, request_id, OWNER, seen=wished(organization, request_id))
    with pytest.raises(AlreadyDecidedError):
        decisions.refuse(organization, request_id, OWNER)
    with pytest.raises(UnknownRequestError):
        decisions.approve(an_organization(), request_id, OWNER, seen=wished(organization, request_id))
    with pytest.raises(UnknownRequestError):
        decisions.refuse(organization, uuid7(), OWNER)


def test_longer_than_was_seen_is_not_what_was_seen(app: Flask) -> None:
    organization, request_id = a_request(50)
    wish = wished(organization, request_id)
    limit_id = requests.find(organization.id, request_id).request.limit_id
    requests.ask(organization, limit_id, usd("10"), MEMBER, until=utc_now() + timedelta(days=90))
    with pytest.raises(RequestChangedError):
        decisions.approve(organization, request_id, OWNER, seen=wish)
    assert standing.gather(organization.id, utc_now())[0].amount == usd("3")


def test_what_the_limit_allows_already_is_not_approved_because_that_would_lower_it(app: Flask) -> None:
    organization, request_id = a_request()
    limit_id = requests.find(organization.id, request_id).request.limit_id
    until, wish = utc_now() + timedelta(days=2), wished(organization, request_id)
    for draft in (a_draft("10"), a_draft("3", raised="50", until=until), a_draft("80")):
        before = settings.put(organization, draft, OWNER, limit_id=limit_id)
        with pytest.raises(NotMoreError):
            decisions.approve(organization, request_id, OWNER, seen=wish)
        db.session.commit()
        found = requests.find(organization.id, request_id)
        assert found.request.state is RequestState.WAITING
        assert found.limit is not None and (found.limit.amount, found.limit.raised_until) == (
            before.amount,
            before.raised_until,
        )
    settings.put(organization, a_draft("9"), OWNER, limit_id=limit_id)
    assert decisions.approve(organization, request_id, OWNER, seen=wish).amount == usd("10")


def test_of_many_tabs_that_decide_together_one_does(app: Flask) -> None:
    organization, request_id = a_request()
    db.session.commit()
    org_id, wish = organization.id, wished(organization, request_id)

    def decide(number: int) -> bool:
        with inside(app):
            own = db.session.get_one(Organization, org_id)
            try:
                if number % 2:
                    decisions.refuse(own, request_id, OWNER)
                else:
                    decisions.approve(own, request_id, OWNER, seen=wish)
                db.session.commit()
            except AlreadyDecidedError:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(6) as tabs:
        assert sum(tabs.map(decide, range(12))) == 1
    db.session.rollback()
    assert db.session.query(Mail).filter_by(org_id=org_id, kind="limit_more_decided").count() == 1
    is_approved = requests.find(org_id, request_id).request.state is RequestState.APPROVED
    assert standing.gather(org_id, utc_now())[0].amount == usd("10" if is_approved else "3")
