"""Signing in and out: safe, forgiving, and back to where one was going."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import utc_now
from app.extensions import db
from app.models import Role, SignInSession
from app.people import accounts, organizations
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.locking import until_someone_waits


@pytest.fixture
def owner(app: Flask) -> str:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email


def test_an_owner_signs_in_and_sees_the_overview(visitor: Visitor, owner: str) -> None:
    assert visitor.sign_in(owner).location == "/billing"
    page = visitor.get("/billing")
    assert page.status_code == 200
    assert "Harbor Dental" in text_of(page)


def test_the_address_may_be_typed_in_any_case(visitor: Visitor, owner: str) -> None:
    assert visitor.sign_in(" Dana@HARBOR.example ").status_code == 302


def test_without_signing_in_one_is_asked_to_and_brought_back(visitor: Visitor, owner: str) -> None:
    asked = visitor.get("/billing/wallet?kind=top_up")
    assert asked.location == "/sign-in?next=/billing/wallet?kind%3Dtop_up"
    assert visitor.sign_in(owner, to="/billing/wallet?kind=top_up").location == "/billing/wallet?kind=top_up"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/billing",
        "//evil.example/billing",
        "/\\evil.example",
        "javascript:alert(1)",
        "/billing\\@x:",
        "/billing\r\nSet-Cookie: a=b",
    ],
)
def test_no_one_is_sent_to_a_foreign_address(visitor: Visitor, owner: str, elsewhere: str) -> None:
    location = visitor.sign_in(owner, to=elsewhere).location
    assert location.startswith("/billing")
    assert "evil" not in location


def test_a_wrong_password_and_an_unknown_address_read_the_same(visitor: Visitor, owner: str) -> None:
    answers = [visitor.sign_in(owner, "wrong"), visitor.sign_in("missing@harbor.example", "wrong")]
    assert [answer.status_code for answer in answers] == [422, 422]
    said = [text_of(answer).replace(owner, "").replace("missing@harbor.example", "") for answer in answers]
    assert said[0] == said[1]


def test_a_refused_sign_in_keeps_the_address_but_not_the_password(visitor: Visitor, owner: str) -> None:
    page = visitor.sign_in(owner, "mistyped-secret").text
    assert owner in page
    assert "mistyped-secret" not in page


def test_signing_in_changes_the_session_and_signing_out_ends_it_on_the_server(app: Flask, owner: str) -> None:
    visitor = Visitor(app.test_client())
    visitor.get("/sign-in")
    before = visitor.client.get_cookie("billing_session")
    visitor.sign_in(owner)
    stolen = visitor.client.get_cookie("billing_session")
    assert before is None or before.value != stolen.value
    visitor.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("billing_session", stolen.value)
    assert thief.get("/billing").status_code == 302


@pytest.mark.parametrize(
    ("column", "age"), [("seen_at", timedelta(hours=2)), ("created_at", timedelta(hours=13))]
)
def test_a_session_ends_by_idleness_and_by_age(
    visitor: Visitor, owner: str, column: str, age: timedelta
) -> None:
    visitor.sign_in(owner)
    db.session.execute(db.update(SignInSession).values({column: utc_now() - age}))
    db.session.commit()
    assert visitor.get("/billing").status_code == 302
    assert visitor.get("/billing/live/overview", headers=HTMX).status_code == 401


def test_polls_do_not_keep_a_session_alive(visitor: Visitor, owner: str) -> None:
    visitor.sign_in(owner)
    long_ago = utc_now() - timedelta(minutes=30)
    db.session.execute(db.update(SignInSession).values(seen_at=long_ago))
    db.session.commit()
    visitor.get("/billing/live/overview", headers=HTMX)
    assert db.session.scalar(db.select(SignInSession.seen_at)) == long_ago
    db.session.rollback()
    visitor.get("/billing")
    assert db.session.scalar(db.select(SignInSession.seen_at)) > long_ago


def test_a_person_in_two_organizations_switches_between_them(visitor: Visitor, owner: str) -> None:
    pine = an_organization("Pine Realty")
    a_person(owner, organization=pine)
    visitor.sign_in(owner)
    assert "Harbor Dental" in text_of(visitor.get("/billing"))
    visitor.post("/organization", {"organization": str(pine.id)})
    assert "Pine Realty" in visitor.get("/billing").text.split("</h1>")[1][:400]


def test_no_one_switches_to_an_organization_they_are_not_in(visitor: Visitor, owner: str) -> None:
    other = an_organization("Atlas Freight")
    visitor.sign_in(owner)
    assert visitor.post("/organization", {"organization": str(other.id)}).status_code == 404
    assert "Atlas Freight" not in visitor.get("/billing").text


def test_a_member_without_the_role_is_told_whom_to_ask(visitor: Visitor, owner: str) -> None:
    harbor = db.session.scalars(db.select(db.metadata.tables["organization"].c.id)).one()
    from app.models import Organization

    a_person("tom@harbor.example", organization=db.session.get_one(Organization, harbor), role=Role.MEMBER)
    visitor.sign_in("tom@harbor.example")
    for path in ("/billing", "/billing/wallet", "/billing/payment-methods", "/workplace/invoices"):
        page = visitor.get(path)
        assert page.status_code == 403
        assert owner in text_of(page)


def test_a_password_that_is_changed_while_it_is_verified_signs_no_one_in(
    visitor: Visitor, owner: str, app: Flask
) -> None:
    """Else a session of anyone who knew it begins after all of them were ended."""
    user = organizations.find_user(owner)
    assert user is not None
    accounts.set_password(accounts.lock(user), "three quiet otters")
    with ThreadPoolExecutor(1) as aside:
        answer = aside.submit(visitor.sign_in, owner)
        until_someone_waits()
        db.session.commit()
        assert answer.result().status_code == 422
    assert db.session.scalars(select(SignInSession)).all() == []
    assert visitor.get("/billing").status_code == 302
    assert visitor.sign_in(owner, "three quiet otters").status_code == 302
