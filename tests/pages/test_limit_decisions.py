"""What the pages answer about requests for more that are stale: decided, removed or overtaken meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.limit_settings import requests, settings
from app.billing.limits import standing
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, Role
from tests.factories import OWNER, a_person, usd
from tests.support.browsing import Visitor, text_of
from tests.support.limits import a_draft, a_limit
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

PAGE = "/billing/wallet/limits"
MEMBER = Actor("ben@test.example")


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


@pytest.fixture
def member(app: Flask, owner: Owner) -> Visitor:
    person = a_person(MEMBER.name, organization=owner.organization, role=Role.MEMBER)
    visitor = Visitor(app.test_client())
    visitor.begin_session(person.email)
    return visitor


def asked(owner: Owner) -> tuple[UUID, str, dict[str, str]]:
    """A limit of $3.00 a day, the page of a request for $10.00, and what its form sends."""
    limit_id = a_limit(owner.organization).limit_id
    assert limit_id is not None
    request = requests.ask(owner.organization, limit_id, usd("10"), MEMBER)
    db.session.commit()
    return limit_id, f"{PAGE}/requests/{request.id}", {"wanted": request.as_text}


def raise_limit(organization: Organization, limit_id: UUID) -> None:
    settings.put(organization, a_draft("80"), OWNER, limit_id=limit_id)


def remove_limit(organization: Organization, limit_id: UUID) -> None:
    settings.remove(organization, limit_id, OWNER)


@pytest.mark.parametrize(
    ("happens", "approval", "refusal", "then"),
    [
        (
            raise_limit,
            "The limit already allows that much, so nothing was changed.",
            "The request was refused.",
            "80",
        ),
        (
            remove_limit,
            "The limit of this request was removed",
            "The limit of this request was removed",
            None,
        ),
    ],
    ids=["raised", "removed"],
)
def test_what_was_overtaken_changes_nothing_and_is_said(
    owner: Owner,
    happens: Callable[[Organization, UUID], None],
    approval: str,
    refusal: str,
    then: str | None,
) -> None:
    limit_id, page, wanted = asked(owner)
    assert "Approve $10.00" in owner.reads(page)
    happens(owner.organization, limit_id)
    db.session.commit()
    shown = owner.reads(page)
    assert "Approve $10.00" not in shown
    assert ("There is nothing to approve." if then else "No longer needed") in shown
    assert approval in text_of(owner.post(f"{page}/approval", wanted, follow_redirects=True))
    assert refusal in text_of(owner.post(f"{page}/refusal", follow_redirects=True))
    db.session.rollback()
    found = standing.gather(owner.organization.id, utc_now())
    assert [one.amount for one in found] == ([usd(then)] if then else [])


def test_a_second_tab_is_told_that_it_was_decided(owner: Owner) -> None:
    _, page, wanted = asked(owner)
    assert owner.get(page).status_code == owner.elsewhere().get(page).status_code == 200
    owner.post(f"{page}/approval", wanted)
    for path, form in ((f"{page}/approval", wanted), (f"{page}/refusal", {})):
        assert "already decided" in text_of(owner.elsewhere().post(path, form, follow_redirects=True))
    assert "Approve" not in owner.elsewhere().get(page).text.partition("<main")[2].partition("Approved")[0]
    (limit,) = standing.gather(owner.organization.id, utc_now())
    assert (limit.amount, limit.version) == (usd("10"), 2)


def test_a_member_decides_nothing_and_cant_ask_for_more_of_what_is_gone(
    owner: Owner, member: Visitor
) -> None:
    limit_id, page, wanted = asked(owner)
    assert member.get(page).status_code == 403
    assert member.post(f"{page}/approval", wanted).status_code == 403
    assert member.post(f"{page}/refusal", {}).status_code == 403
    remove_limit(owner.organization, limit_id)
    db.session.commit()
    assert member.post(f"{PAGE}/{limit_id}/more", {"amount": "20"}).status_code == 404
    assert owner.post(f"{PAGE}/{limit_id}", {"amount": "9", "kind": "stops", "seen": "1"}).status_code == 404
    assert standing.gather(owner.organization.id, utc_now()) == []
