"""Organizations that require a second factor: switched by an owner who has one, never undone by removing one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from app.extensions import db
from app.models import AuditEvent, Mail, Organization, Passkey, User
from app.people.factors import removal, requirement, status
from app.people.factors.removal import LastFactorError
from app.people.factors.requirement import NoFactorError
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.support.database import inside
from tests.support.factors import a_passkey, an_app, codes_of


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor Dental")


@pytest.fixture
def dana(harbor: Organization) -> User:
    return a_person("dana@harbor.example", organization=harbor)


def require(organization: Organization, owner: User) -> None:
    with transaction():
        requirement.require(organization.id, owner, OWNER)


def actions() -> list[str]:
    return list(db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.at, AuditEvent.id)))


def test_only_an_owner_with_a_factor_switches_it_on(harbor: Organization, dana: User) -> None:
    with pytest.raises(NoFactorError):
        require(harbor, dana)
    a_passkey(dana)
    require(harbor, dana)
    require(harbor, dana)
    assert requirement.requiring(dana.id) == ["Harbor Dental"]
    with transaction():
        requirement.stop_requiring(harbor.id, OWNER)
    assert requirement.requiring(dana.id) == []
    assert actions() == ["organization.second_factor_required", "organization.second_factor_optional"]


def test_the_last_factor_stays_while_an_organization_requires_one(harbor: Organization, dana: User) -> None:
    a_passkey(dana), an_app(dana)
    require(harbor, dana)
    with transaction():
        assert removal.remove_app(dana, OWNER)
        assert not removal.remove_app(dana, OWNER)
    passkey = db.session.scalars(db.select(Passkey)).one()
    with transaction(), pytest.raises(LastFactorError, match="Harbor Dental requires a second factor"):
        removal.remove_passkey(dana, passkey.id, OWNER)
    assert status.gather(dana.id).count == 1


def test_two_browsers_that_remove_the_last_two_leave_one(
    app: Flask, harbor: Organization, dana: User
) -> None:
    a_passkey(dana), a_passkey(dana)
    require(harbor, dana)
    ids, user_id = db.session.scalars(db.select(Passkey.id)).all(), dana.id
    together = Barrier(2)

    def remove(passkey_id: object) -> bool:
        with inside(app):
            user = db.session.get_one(User, user_id)
            db.session.rollback()
            together.wait(10)
            try:
                with transaction():
                    return removal.remove_passkey(user, passkey_id, OWNER)
            except LastFactorError:
                return False

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(remove, ids)) == [False, True]
    assert status.gather(dana.id).count == 1


def test_removing_the_last_one_ends_the_recovery_codes_and_is_told(harbor: Organization, dana: User) -> None:
    a_passkey(dana, name="My laptop"), codes_of(dana)
    other = a_person(organization=harbor)
    passkey = db.session.scalars(db.select(Passkey)).one()
    with transaction():
        assert not removal.remove_passkey(other, passkey.id, OWNER), "no one removes another's"
        assert removal.remove_passkey(dana, passkey.id, OWNER)
    assert status.gather(dana.id).codes_left == 0
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "factor_changed")).one()
    assert (told.recipient, told.facts["change"], told.facts["name"]) == (
        dana.email,
        "passkey_removed",
        "My laptop",
    )
    assert actions() == ["user.passkey_removed"]
