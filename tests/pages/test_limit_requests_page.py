"""More of a spending limit on the pages: asked for by members, approved or refused by owners, and by no one else."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.limit_settings import requests
from app.extensions import db
from app.models import Role
from tests.factories import a_person, an_organization, usd
from tests.support.browsing import Visitor, text_of
from tests.support.limits import a_limit, page_of, standings, use_tokens
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

PAGE = "/billing/wallet/limits"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


@pytest.fixture
def member(app: Flask, owner: Owner) -> Visitor:
    person = a_person("ben@test.example", organization=owner.organization, role=Role.MEMBER)
    visitor = Visitor(app.test_client())
    visitor.begin_session(person.email)
    return visitor


def test_a_member_asks_and_an_owner_approves(owner: Owner, member: Visitor) -> None:
    limit = a_limit(owner.organization)
    page = member.get(f"{page_of(limit)}/more")
    assert "The limit is $3.00 a day." in text_of(page)
    wanted = {"amount": "20", "note": "Friday's recall"}
    asked = member.post(f"{page_of(limit)}/more", wanted, follow_redirects=True)
    assert "You asked for $20.00 a day. The owners were notified by email." in text_of(asked)
    (request,) = requests.list_newest(owner.organization.id)
    assert "Whole organization: $20.00 a day until the end of the day, asked by ben" in owner.reads(PAGE)
    at = f"{PAGE}/requests/{request.id}"
    shown = owner.get(at)
    assert "<blockquote>Friday&#39;s recall</blockquote>" in shown.text
    assert re.search(r"<button[^>]*autofocus>Approve \$20.00", shown.text)
    other = text_of(owner.post(f"{at}/approval", {"wanted": "200000000 -"}, follow_redirects=True))
    assert "The request has changed." in other
    said = text_of(owner.post(f"{at}/approval", {"wanted": request.as_text}, follow_redirects=True))
    assert "the limit is $20.00 a day until" in said
    assert standings(owner.organization)[0].amount == usd("20")
    assert "already decided" in text_of(owner.post(f"{at}/refusal", follow_redirects=True))
    assert "Approved by" in owner.reads(at)


def test_an_owner_refuses(owner: Owner) -> None:
    limit = a_limit(owner.organization)
    assert limit.limit_id is not None
    request = requests.ask(owner.organization, limit.limit_id, usd("9"), Actor("token engine"))
    db.session.commit()
    said = owner.post(f"{PAGE}/requests/{request.id}/refusal", follow_redirects=True)
    assert "The request was refused." in text_of(said)
    assert standings(owner.organization)[0].amount == usd("3")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"amount": ""}, "Enter an amount"),
        ({"amount": "3"}, "Enter more than $3.00"),
        ({"amount": "9", "until": "yesterday"}, "Enter a day from today on"),
        ({"amount": "9", "note": "x" * 501}, "at most 500"),
    ],
)
def test_what_is_wrong_is_said(owner: Owner, member: Visitor, form: dict[str, str], says: str) -> None:
    limit = a_limit(owner.organization)
    answer = member.post(f"{page_of(limit)}/more", form)
    assert answer.status_code == 422
    assert says in text_of(answer)


def test_a_member_sees_and_does_nothing_else(owner: Owner, member: Visitor) -> None:
    limit = a_limit(owner.organization)
    use_tokens(owner.organization)
    page = text_of(member.get(f"{page_of(limit)}/more"))
    assert "$36.00" not in page
    assert "Wallet" not in page
    for path in (PAGE, page_of(limit), f"{PAGE}/new"):
        assert member.get(path).status_code == 403
    assert member.post(page_of(limit), {"amount": "900", "kind": "stops"}).status_code == 403


def test_only_people_of_the_organization_ask(app: Flask, owner: Owner) -> None:
    limit = a_limit(owner.organization)
    more = f"{page_of(limit)}/more"
    stranger = Visitor(app.test_client())
    assert stranger.get(more).location == f"/sign-in?next={more}"
    stranger.begin_session(a_person(organization=an_organization()).email)
    assert stranger.get(more).status_code == 404
    assert stranger.post(more, {"amount": "9"}).status_code == 404
