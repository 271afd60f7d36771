"""SECRET_KEY can be changed without signing anyone out: everything that the old key signed is valid while it is listed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.models import Mail, User
from app.people import password_links
from app.people.factors import encryption
from app.web import waiting_tickets
from config import Settings
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import BrowserClient, Visitor
from tests.support.database import inside

NEW = "a key that is newer " * 3
COOKIES = ("billing_session", "known_device", "attempt_ticket")


@pytest.fixture
def rotated(app: Flask, settings: Settings) -> Flask:
    """Restarted with a new key, and the old one beside it."""
    return with_keys(settings, NEW, settings.secret_key)


@pytest.fixture
def removed(app: Flask, settings: Settings) -> Flask:
    """Restarted once more: the old key is gone."""
    return with_keys(settings, NEW)


@pytest.fixture
def dana(app: Flask) -> Visitor:
    """Signed in before the key was changed."""
    visitor = Visitor(app.test_client())
    visitor.sign_in(a_person("dana@harbor.example", organization=an_organization()).email)
    return visitor


def with_keys(settings: Settings, key: str, *fallbacks: str) -> Flask:
    made = create_app(replace(settings, secret_key=key, secret_key_fallbacks=fallbacks))
    made.test_client_class = BrowserClient
    return made


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """The same browser, at the restarted application."""
    other = Visitor(app.test_client())
    for name in COOKIES:
        if cookie := visitor.client.get_cookie(name):
            other.client.set_cookie(name, cookie.value)
    return other


def told() -> int:
    return db.session.query(Mail).filter_by(kind="new_sign_in").count()


@pytest.mark.long
def test_people_stay_signed_in_and_the_forms_that_they_have_open_are_taken(
    dana: Visitor, rotated: Flask, removed: Flask
) -> None:
    form = {"name": "Dana Whitfield", "language": ""}
    open_page = dana.token()
    after = moved(dana, rotated)
    assert after.get("/account").status_code == 200
    assert after.post("/account/details", form, token=open_page).status_code == 302
    assert moved(dana, removed).get("/account").status_code == 302


def test_what_is_signed_after_the_change_outlives_the_old_key(
    app: Flask, dana: Visitor, rotated: Flask, removed: Flask
) -> None:
    after = moved(dana, rotated)
    after.post("/sign-out")
    after.sign_in("dana@harbor.example")
    assert moved(after, removed).get("/account").status_code == 200


@pytest.mark.long
def test_known_browsers_stay_known_and_are_signed_again(
    app: Flask, dana: Visitor, rotated: Flask, removed: Flask
) -> None:
    assert told() == 1
    after = moved(dana, rotated)
    after.post("/sign-out")
    after.sign_in("dana@harbor.example", PASSWORD)
    assert told() == 1
    later = moved(after, removed)
    later.post("/sign-out")
    later.sign_in("dana@harbor.example", PASSWORD)
    assert told() == 1
    never_came = moved(dana, removed)
    never_came.post("/sign-out")
    never_came.sign_in("dana@harbor.example", PASSWORD)
    assert told() == 2


def test_links_for_a_new_password_are_taken(
    app: Flask, dana: Visitor, rotated: Flask, removed: Flask
) -> None:
    password_links.mail_to(db.session.scalars(db.select(User)).one(), OWNER)
    db.session.commit()
    link = db.session.scalars(db.select(Mail.facts).filter_by(kind="password_link")).one()["path"]
    assert Visitor(removed.test_client()).get(link).status_code == 404
    assert Visitor(rotated.test_client()).post(link, {"password": "sixteen blue kilns"}).status_code == 302


def test_who_has_waited_need_not_wait_again(app: Flask, rotated: Flask, removed: Flask) -> None:
    cookie = f"{waiting_tickets.COOKIE}={waiting_tickets.fresh('subject').text}"
    for restarted, is_taken in ((rotated, True), (removed, False)):
        with restarted.test_request_context(headers={"Cookie": cookie}):
            assert (waiting_tickets.of_request("subject") is not None) is is_taken


def test_secrets_of_authenticator_apps_are_read_with_the_old_key_and_then_written_with_the_new(
    app: Flask, dana: Visitor, rotated: Flask, removed: Flask
) -> None:
    user_id = db.session.scalars(db.select(User.id)).one()
    before = encryption.current().encrypt("secret", user_id)
    with inside(rotated):
        assert encryption.current().decrypt(before, user_id) == "secret"
        assert encryption.current().is_outdated(before)
        after = encryption.current().encrypt("secret", user_id)
    with inside(removed):
        assert encryption.current().decrypt(after, user_id) == "secret"
        with pytest.raises(encryption.UnreadableError):
            encryption.current().decrypt(before, user_id)
