"""Codes of an authenticator app: confirmed before they count, each accepted once, one step of drift."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import AuthenticatorApp, User
from app.people.factors import authenticator_apps, encryption
from app.people.factors.authenticator_apps import SetupOverError
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.database import another_session, inside
from tests.support.factors import a_code, an_app


@pytest.fixture
def dana(app: Flask) -> User:
    return a_person("dana@harbor.example", organization=an_organization())


def verify(user: User, code: str) -> bool:
    with transaction():
        return authenticator_apps.verify(user.id, code)


def test_it_counts_only_once_a_code_has_confirmed_it(dana: User) -> None:
    with transaction():
        setup = authenticator_apps.begin(dana)
    assert setup.address.startswith("otpauth://totp/Voice%20Portal:dana%40harbor.example?secret=")
    assert setup.as_text.replace(" ", "") == setup.secret
    assert not verify(dana, a_code(setup.secret))
    with transaction():
        assert not authenticator_apps.confirm(dana, "000000" if a_code(setup.secret) != "000000" else "1")
        assert authenticator_apps.find(dana.id) is None
        assert authenticator_apps.find_setup(dana) == setup, (
            "a page that is drawn again shows the same secret"
        )
        assert authenticator_apps.confirm(dana, a_code(setup.secret))
        assert authenticator_apps.find_setup(dana) is None
    with transaction(), pytest.raises(SetupOverError):
        authenticator_apps.confirm(dana, a_code(setup.secret))


def test_who_begins_is_shown_no_secret_that_someone_else_began_with(dana: User) -> None:
    """A thief with the person's session would know the codes of the app that they set up later."""
    with transaction():
        seen = authenticator_apps.begin(dana)
        own = authenticator_apps.begin(dana)
        assert own.secret != seen.secret
        assert authenticator_apps.find_setup(dana) == own
        assert not authenticator_apps.confirm(dana, a_code(seen.secret))


def test_what_was_begun_is_over_after_half_an_hour(dana: User) -> None:
    with transaction():
        setup = authenticator_apps.begin(dana)
    db.session.execute(db.update(AuthenticatorApp).values(created_at=utc_now() - timedelta(minutes=30)))
    db.session.commit()
    assert authenticator_apps.find_setup(dana) is None
    with transaction(), pytest.raises(SetupOverError):
        authenticator_apps.confirm(dana, a_code(setup.secret))


def test_a_code_is_accepted_once_and_none_that_is_older(dana: User) -> None:
    secret = an_app(dana)
    assert not verify(dana, a_code(secret)), "the code that confirmed it was used by that"
    later = a_code(secret, steps=1)
    assert verify(dana, f" {later[:3]} {later[3:]} ")
    assert not verify(dana, later)
    assert not verify(dana, a_code(secret))


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(dana: User, steps: int, accepted: bool) -> None:
    secret = an_app(dana)
    db.session.execute(db.update(AuthenticatorApp).values(last_step=None))
    db.session.commit()
    assert verify(dana, a_code(secret, steps=steps)) is accepted


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "-12345", "1" * 5000]
)
def test_what_is_no_code_is_refused(dana: User, code: str) -> None:
    an_app(dana)
    assert not verify(dana, code)


def test_of_browsers_with_the_same_code_at_the_same_moment_one_gets_in(app: Flask, dana: User) -> None:
    secret, user_id = an_app(dana), dana.id
    code = a_code(secret, steps=1)
    together = Barrier(6)

    def try_it(_: int) -> bool:
        with inside(app):
            together.wait(10)
            with transaction():
                return authenticator_apps.verify(user_id, code)

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(try_it, range(6))) == [False] * 5 + [True]


def test_a_new_phone_replaces_the_old_one_once_it_is_confirmed(dana: User) -> None:
    old = an_app(dana)
    with transaction():
        new = authenticator_apps.begin(dana)
    assert verify(dana, a_code(old, steps=1)), "until then the old one counts"
    with transaction():
        assert authenticator_apps.confirm(dana, a_code(new.secret))
    db.session.execute(db.update(AuthenticatorApp).values(last_step=None))
    db.session.commit()
    assert not verify(dana, a_code(old))
    assert verify(dana, a_code(new.secret))


def test_the_secret_is_encrypted_and_again_with_a_new_key_when_it_is_used(app: Flask, dana: User) -> None:
    secret = an_app(dana)
    stored = db.session.scalars(db.select(AuthenticatorApp.encrypted_secret)).one()
    assert secret not in stored
    before = encryption.current()
    try:
        encryption.set_up(("a newer key", app.config["SECRET_KEY"]))
        assert verify(dana, a_code(secret, steps=1))
        another_session()
        renewed = db.session.scalars(db.select(AuthenticatorApp.encrypted_secret)).one()
        assert encryption.Encryption(["a newer key"]).decrypt(renewed, dana.id) == secret
    finally:
        app.extensions["factor_encryption"] = before
