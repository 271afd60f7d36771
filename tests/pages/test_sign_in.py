"""Signing in and out: safe, forgiving, and back to where one was going."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Mail, Role, SignInSession, User
from app.people import accounts, password_links
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.sandbox import work_through


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


def test_guessing_is_slowed_down_without_locking_the_owner_out(app: Flask, owner: str) -> None:
    at_home, stranger = Visitor(app.test_client()), Visitor(app.test_client())
    at_home.sign_in(owner)
    at_home.post("/sign-out")
    token = stranger.token()
    tries = [
        stranger.post("/sign-in", {"email": owner, "password": "guess"}, token=token).status_code
        for _ in range(10)
    ]
    assert tries[-1] == 429
    blocked = stranger.post("/sign-in", {"email": owner, "password": PASSWORD}, token=token)
    assert blocked.status_code == 429, "the right password doesn't help a stranger's browser either"
    assert at_home.sign_in(owner).status_code == 302


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


def mailed_links(email: str) -> list[str]:
    """The links for a new password that were mailed to an address, oldest first."""
    query = db.select(Mail).where(Mail.kind == "password_link", Mail.recipient == email).order_by(Mail.id)
    return [mail.facts["path"] for mail in db.session.scalars(query)]


def test_a_mailed_link_sets_a_password_once_and_the_person_is_told(
    app: Flask, visitor: Visitor, owner: str
) -> None:
    asked = visitor.post("/forgot-password", {"email": f" {owner.upper()} "})
    assert "Check your email" in text_of(asked)
    work_through(app)
    (link,) = mailed_links(owner)
    at_home = Visitor(app.test_client())
    at_home.sign_in(owner)
    assert visitor.get(link).status_code == 200
    short = visitor.post(link, {"password": "short"})
    assert short.status_code == 422
    assert "at least 12" in text_of(short)
    assert visitor.post(link, {"password": "a new long password"}).location == "/billing"
    assert visitor.get(link).status_code == 404
    assert at_home.get("/billing").status_code == 302, "who was signed in with the old password no longer is"
    assert Visitor(app.test_client()).sign_in(owner, "a new long password").status_code == 302
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "password_set")).one()
    assert told.recipient == owner
    noted = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert noted == ["user.password_link_mailed", "user.password_set"]


def test_asking_for_a_link_tells_no_one_who_has_an_account(app: Flask, owner: str) -> None:
    said = []
    for email in (owner, "missing@harbor.example"):
        answer = Visitor(app.test_client()).post("/forgot-password", {"email": email})
        said.append((answer.status_code, text_of(answer).replace(email, "ADDRESS")))
    assert said[0] == said[1]
    work_through(app)
    assert len(db.session.scalars(db.select(Mail)).all()) == 1


def test_links_for_a_new_password_are_mailed_a_few_times_an_hour(visitor: Visitor, owner: str) -> None:
    for email in (owner, "missing@harbor.example"):
        answers = [visitor.post("/forgot-password", {"email": email}).status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("what", ["the password", "the address", "the time", "the key", "the link"])
def test_a_mailed_link_ends_with(
    what: str, app: Flask, visitor: Visitor, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = db.session.scalars(db.select(User)).one()
    password_links.mail_to(user, app.config["SECRET_KEY"], OWNER)
    (link,) = mailed_links(owner)
    if what == "the password":
        accounts.set_password(user, "another long password")
    elif what == "the address":
        user.email = "dana.whitfield@harbor.example"
    elif what == "the time":
        monkeypatch.setattr(password_links, "VALID_FOR", timedelta(seconds=-1))
    elif what == "the key":
        monkeypatch.setitem(app.config, "SECRET_KEY", "another " * 8)
    else:
        link = link[:-3]
    db.session.commit()
    assert visitor.get(link).status_code == 404


def test_a_form_sent_after_the_session_ended_leads_to_the_sign_in_page(visitor: Visitor, owner: str) -> None:
    sent = visitor.post("/billing/wallet/top-ups", {"amount": "25"}, token="of a session that ended")
    assert sent.location == "/sign-in?next=/billing/wallet"
    in_place = visitor.post("/billing/wallet/top-ups", {"amount": "25"}, token="stale", headers=HTMX)
    assert in_place.status_code == 401


def test_a_sign_in_page_that_was_open_for_too_long_is_shown_anew(visitor: Visitor, owner: str) -> None:
    filled = {"email": owner, "password": PASSWORD, "next": "/billing/wallet"}
    page = visitor.post("/sign-in", filled, token="stale")
    assert page.status_code == 400
    assert "open for a long time" in text_of(page)
    assert owner in page.text
    assert PASSWORD not in page.text
    assert visitor.sign_in(owner, to="/billing/wallet").location == "/billing/wallet"


def test_a_stale_token_offers_to_send_the_form_again_with_what_was_typed(
    visitor: Visitor, owner: str
) -> None:
    visitor.sign_in(owner)
    page = visitor.post(
        "/billing/wallet/top-ups", {"amount": "other", "other_amount": "73.21"}, token=visitor.old_token()
    )
    assert page.status_code == 400
    assert 'value="73.21"' in page.text
    assert "Send again" in text_of(page)


class TestAnotherPerson:
    """A page that one person opened acts for no other who signs in later in the same browser."""

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_their_forms_are_refused_and_not_handed_over(
        self, visitor: Visitor, owner: str, headers: dict[str, str]
    ) -> None:
        visitor.sign_in(owner)
        drawn = visitor.token()
        other = a_person("olga@pine.example", organization=an_organization("Pine Realty"), name="Olga Pine")
        visitor.post("/sign-out")
        visitor.sign_in(other.email)
        page = visitor.post(
            "/billing/details", {"legal_name": "Harbor Ltd", "version": "0"}, token=drawn, headers=headers
        )
        assert page.status_code == 400
        assert "You're now signed in as Olga Pine" in text_of(page)
        assert "Nothing was changed." in text_of(page)
        assert "Send again" not in page.text
        assert "Harbor Ltd" not in page.text
        assert "X-Form-Token" not in page.headers

    def test_an_open_page_of_the_same_person_gets_a_fresh_token(self, visitor: Visitor, owner: str) -> None:
        visitor.sign_in(owner)
        page = visitor.post("/billing/details", {"legal_name": "x"}, token=visitor.old_token(), headers=HTMX)
        assert page.status_code == 400
        assert "Press the button again." in text_of(page)
        saved = visitor.post(
            "/billing/details", {"version": "0"}, token=page.headers["X-Form-Token"], headers=HTMX
        )
        assert saved.status_code in {200, 422}


class TestBlockedCookies:
    def test_are_told_as_such_with_what_to_do(self, app: Flask, visitor: Visitor, owner: str) -> None:
        form = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/sign-in").text)
        assert form
        without = app.test_client(use_cookies=False)
        page = without.post(
            "/sign-in", data={"email": owner, "password": PASSWORD, "csrf_token": unescape(form[1])}
        )
        assert page.status_code == 400
        assert "Your browser is blocking cookies" in text_of(page)
        assert "Allow cookies for localhost, then try again." in text_of(page)
        assert "open for a long time" not in text_of(page)
        assert owner in page.text
        assert PASSWORD not in page.text

    def test_so_are_they_where_a_link_is_asked_for(self, app: Flask, visitor: Visitor, owner: str) -> None:
        form = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/forgot-password").text)
        assert form
        page = app.test_client(use_cookies=False).post(
            "/forgot-password", data={"email": owner, "csrf_token": unescape(form[1])}
        )
        assert page.status_code == 400
        assert "Your browser is blocking cookies" in text_of(page)
        assert 'href="/forgot-password"' in page.text
