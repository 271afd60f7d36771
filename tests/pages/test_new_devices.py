"""Sign-ins from browsers that are new to an account are told by email; known ones are not, also where several people use one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import Mail, User
from app.people import password_links
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor

NEW = "sixteen blue kilns"


@pytest.fixture
def owner(app: Flask) -> str:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email


def told(email: str) -> int:
    """How many emails about new sign-ins an address got."""
    query = db.select(Mail).where(Mail.kind == "new_sign_in", Mail.recipient == email)
    return len(db.session.scalars(query).all())


@pytest.mark.long
def test_a_new_browser_is_told_once_with_what_and_where_it_is(app: Flask, owner: str) -> None:
    browser = Visitor(app.test_client())
    browser.client.environ_base |= {"HTTP_USER_AGENT": "curl/8.5.0", "REMOTE_ADDR": "8.8.8.8"}
    browser.sign_in(owner, "wrong")
    assert told(owner) == 0
    for _ in range(2):
        browser.sign_in(owner)
        browser.post("/sign-out")
    assert told(owner) == 1
    facts = db.session.scalars(db.select(Mail.facts).where(Mail.kind == "new_sign_in")).one()
    assert facts["device"] == "curl"
    assert facts["place"] == "United States (8.8.8.8)"
    Visitor(app.test_client()).sign_in(owner)
    assert told(owner) == 2


@pytest.mark.long
def test_a_browser_that_several_people_use_is_known_for_each(app: Flask, owner: str) -> None:
    other = a_person("tom@harbor.example", organization=an_organization("Pine Realty")).email
    shared = Visitor(app.test_client())
    for _ in range(2):
        for email in (owner, other):
            shared.sign_in(email)
            shared.post("/sign-out")
    assert (told(owner), told(other)) == (1, 1)


@pytest.mark.parametrize("cookie", ["", "forged", "W10.aaaa.bbbb"])
def test_a_cookie_that_is_not_ours_knows_no_one(app: Flask, owner: str, cookie: str) -> None:
    browser = Visitor(app.test_client())
    browser.client.set_cookie("known_device", cookie)
    browser.sign_in(owner)
    assert told(owner) == 1


def test_anothers_cookie_makes_no_browser_known(app: Flask, owner: str) -> None:
    eve = Visitor(app.test_client())
    eve.sign_in(a_person("eve@pine.example", organization=an_organization("Pine Realty")).email)
    eve.post("/sign-out")
    eve.sign_in(owner)
    assert told(owner) == 1


def test_after_a_new_password_every_browser_but_the_one_that_set_it_is_told_again(
    app: Flask, owner: str
) -> None:
    desk, thief = Visitor(app.test_client()), Visitor(app.test_client())
    for browser in (desk, thief):
        browser.sign_in(owner)
    assert told(owner) == 2
    changed = desk.post("/account/password", {"current_password": PASSWORD, "password": NEW})
    assert changed.status_code == 302
    desk.post("/sign-out")
    desk.sign_in(owner, NEW)
    assert told(owner) == 2, "the browser that set it"
    thief.sign_in(owner, NEW)
    assert told(owner) == 3


def test_the_browser_that_sets_a_password_with_a_link_is_known_from_then_on(app: Flask, owner: str) -> None:
    password_links.mail_to(db.session.scalars(db.select(User)).one(), OWNER)
    db.session.commit()
    link = db.session.scalars(db.select(Mail.facts).where(Mail.kind == "password_link")).one()["path"]
    browser = Visitor(app.test_client())
    assert browser.post(link, {"password": NEW}).status_code == 302
    browser.post("/sign-out")
    browser.sign_in(owner, NEW)
    assert told(owner) == 0
