"""Links for a new password: emailed to the account's own address, used once, and ended by what makes them stale."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.extensions import db
from app.models import AuditEvent, Mail, User
from app.people import accounts, password_links
from tests.factories import OWNER, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.sandbox import work_through
from tests.support.statements import statements


@pytest.fixture
def owner(app: Flask) -> str:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email


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
    assert "at least 8" in text_of(short)
    assert visitor.post(link, {"password": "a new long password"}).location == "/billing"
    over = Visitor(visitor.client.application.test_client()).get(link)
    assert over.status_code == 404
    assert 'href="/forgot-password">Get a new link</a>' in over.text
    assert at_home.get("/billing").status_code == 302, "who was signed in with the old password no longer is"
    assert Visitor(app.test_client()).sign_in(owner, "a new long password").status_code == 302
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "password_set")).one()
    assert told.recipient == owner
    noted = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert noted == [
        "user.password_link_mailed",
        "user.signed_in",
        "user.password_set",
        "user.signed_in",
        "user.signed_in",
    ]


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


def test_a_stranger_uses_up_no_links_of_a_browser_that_is_known(app: Flask, owner: str) -> None:
    known, stranger = Visitor(app.test_client()), Visitor(app.test_client())
    known.sign_in(owner)
    known.post("/sign-out")
    asked = [stranger.post("/forgot-password", {"email": owner}).status_code for _ in range(5)]
    assert asked == [200, 200, 200, 429, 429]
    assert known.post("/forgot-password", {"email": owner}).status_code == 200


def test_a_request_for_a_link_does_the_same_work_whether_or_not_there_is_an_account(
    app: Flask, owner: str
) -> None:
    """So that neither the answer nor its time tells: a job looks the account up."""
    done = []
    for email in (owner, "missing@harbor.example"):
        visitor = Visitor(app.test_client())
        token = visitor.token()
        with statements() as seen:
            visitor.post("/forgot-password", {"email": email}, token=token)
        done.append(seen)
    assert done[0] == done[1]


@pytest.mark.long
def test_of_six_browsers_that_use_a_link_at_the_same_moment_one_sets_a_password(
    app: Flask, owner: str
) -> None:
    for _ in range(2):
        password_links.mail_to(db.session.scalars(db.select(User)).one(), OWNER)
    db.session.commit()
    link, other = mailed_links(owner)
    together = Barrier(6)

    def use(number: int) -> tuple[str, int]:
        browser, password = Visitor(app.test_client()), f"number {number} blue kilns"
        assert browser.get(link).status_code == 200
        token = browser.token()
        together.wait()
        return password, browser.post(link, {"password": password}, token=token).status_code

    with ThreadPoolExecutor(6) as browsers:
        answers = dict(browsers.map(use, range(6)))
    assert sorted(answers.values()) == [302, 404, 404, 404, 404, 404]
    for password, status in answers.items():
        assert (Visitor(app.test_client()).sign_in(owner, password).status_code == 302) is (status == 302)
    assert Visitor(app.test_client()).get(other).status_code == 404, "the other link ends with it"
    assert len(db.session.scalars(db.select(Mail).where(Mail.kind == "password_set")).all()) == 1


def test_a_password_that_is_refused_leaves_the_link_as_it_is(
    app: Flask, visitor: Visitor, owner: str
) -> None:
    password_links.mail_to(db.session.scalars(db.select(User)).one(), OWNER)
    db.session.commit()
    (link,) = mailed_links(owner)
    for password in ("password1234", "harbordental2026", "x" * 201):
        assert visitor.post(link, {"password": password}).status_code == 422
    assert visitor.post(link, {"password": "sixteen blue kilns"}).status_code == 302


@pytest.mark.parametrize("what", ["the password", "the address", "the time", "the key", "the link"])
def test_a_mailed_link_ends_with(
    what: str, app: Flask, visitor: Visitor, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = db.session.scalars(db.select(User)).one()
    password_links.mail_to(user, OWNER)
    (link,) = mailed_links(owner)
    if what == "the password":
        accounts.set_password(user, "another long password")
    elif what == "the address":
        user.email = "dana.whitfield@harbor.example"
    elif what == "the time":
        monkeypatch.setattr(password_links, "VALID_FOR", timedelta(seconds=-1))
    elif what == "the key":
        monkeypatch.setitem(app.extensions, "signing_keys", ("another " * 8,))
    else:
        link = link[:-3]
    db.session.commit()
    assert visitor.get(link).status_code == 404
