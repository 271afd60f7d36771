"""Dropping an old SECRET_KEY: everything that it encrypted is encrypted again, also what no one uses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.extensions import Base, db, enqueue
from app.models import AuthenticatorApp, User
from app.people.factors import authenticator_apps, encryption, reencryption
from app.transaction import transaction
from config import Settings
from tests.factories import a_person, an_organization
from tests.support.database import inside
from tests.support.factors import a_code, an_app
from tests.support.sandbox import work_through

NEW = "a key that is newer " * 3


def restarted(settings: Settings, key: str, *fallbacks: str) -> Flask:
    return create_app(replace(settings, secret_key=key, secret_key_fallbacks=fallbacks))


def stored() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(AuthenticatorApp.encrypted_secret)))


@pytest.fixture
def people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[User]:
    """Five with an app that is set up, and one who is about to; more than are done at a time."""
    monkeypatch.setattr(reencryption, "_AT_A_TIME", 2)
    organization = an_organization()
    made = [a_person(f"dana{number}@x.example", organization=organization) for number in range(6)]
    with transaction():
        authenticator_apps.begin(made[5])
    return made


def test_every_encrypted_column_is_looked_at() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "encrypted" in column.name
    }
    assert found == reencryption.ENCRYPTED


def test_none_is_left_with_the_old_key_and_every_app_goes_on(people: list[User], settings: Settings) -> None:
    secrets = {one.email: an_app(one) for one in people[:5]}
    with inside(restarted(settings, NEW, settings.secret_key)) as rotated:
        assert reencryption.count_outdated() == 6
        done = rotated.test_cli_runner().invoke(args=["secrets", "reencrypt"])
        assert (done.exit_code, done.output.splitlines()[0]) == (0, "Encrypted again: 6.")
        assert "Left with an older key: 0." in done.output
        again = rotated.test_cli_runner().invoke(args=["secrets", "reencrypt"])
        assert "Encrypted again: 0." in again.output
    with inside(restarted(settings, NEW)):
        for user in db.session.scalars(db.select(User).where(User.email.in_(secrets))):
            with transaction():
                assert authenticator_apps.verify(user.id, a_code(secrets[user.email], steps=1))


def test_every_night_does_it_too(people: list[User], settings: Settings) -> None:
    with inside(restarted(settings, NEW, settings.secret_key)) as rotated:
        enqueue("nightly", timestamp=0)
        db.session.commit()
        work_through(rotated)
        assert reencryption.count_outdated() == 0


def test_what_no_key_can_read_is_counted_and_stays(people: list[User], settings: Settings) -> None:
    before = stored()
    with inside(restarted(settings, NEW)) as lost:
        done = lost.test_cli_runner().invoke(args=["secrets", "reencrypt"])
        assert (done.exit_code, "No known key can read 1." in done.output) == (1, True)
    assert stored() == before


def test_a_code_that_is_used_meanwhile_is_used_once(people: list[User], settings: Settings) -> None:
    secret = an_app(people[0])
    with inside(restarted(settings, NEW, settings.secret_key)):
        code = a_code(secret, steps=1)
        with transaction():
            assert authenticator_apps.verify(people[0].id, code)
        reencryption.reencrypt()
        with transaction():
            assert not authenticator_apps.verify(people[0].id, code)
        own = db.select(AuthenticatorApp.encrypted_secret).filter_by(user_id=people[0].id)
        assert encryption.current().decrypt(db.session.scalars(own).one(), people[0].id) == secret
