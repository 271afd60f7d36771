"""Taking away the factors of someone who lost them: by whom, of whom, and that it is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.billing import audit
from app.extensions import db
from app.models import AuditEvent, Mail, Membership, Organization, Role, SignInSession, User
from app.people import memberships, sessions
from app.people.factors import reset, status
from app.people.factors.reset import ResetRefusedError
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.support.database import inside
from tests.support.factors import a_passkey, an_app, codes_of
from tests.support.locking import until_someone_waits


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor Dental")


@pytest.fixture
def owner(harbor: Organization) -> User:
    return a_person("owner@harbor.example", organization=harbor)


@pytest.fixture
def dana(harbor: Organization) -> User:
    """Someone with every kind of factor who is signed in."""
    made = a_person("dana@harbor.example", organization=harbor, role=Role.MEMBER)
    a_passkey(made), an_app(made), codes_of(made)
    with transaction():
        sessions.start(made)
    return made


def by_owner(organization: Organization, user: User, owner: User) -> None:
    with transaction():
        reset.by_owner(organization.id, user.id, owner, OWNER)


def is_reset(user: User) -> bool:
    found = status.gather(user.id)
    return (found.count, found.codes_left) == (0, 0)


def test_another_owner_takes_all_away_and_the_person_is_told(
    harbor: Organization, owner: User, dana: User
) -> None:
    by_owner(harbor, dana, owner)
    assert is_reset(dana)
    assert db.session.scalars(db.select(SignInSession)).all() == []
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "factor_changed")).one()
    assert (told.recipient, told.facts["change"]) == (dana.email, "reset")
    noted = db.session.scalars(db.select(AuditEvent)).one()
    assert (noted.action, noted.subject, noted.actor) == ("user.second_factor_reset", dana.email, OWNER.name)
    with pytest.raises(ResetRefusedError, match="has no second factor"):
        by_owner(harbor, dana, owner)


def test_no_one_resets_their_own_nor_without_being_an_owner(
    harbor: Organization, owner: User, dana: User
) -> None:
    a_passkey(owner)
    with pytest.raises(ResetRefusedError, match="your own"):
        by_owner(harbor, owner, owner)
    with pytest.raises(ResetRefusedError, match="Only an owner"):
        by_owner(harbor, owner, dana)
    stranger = a_person(organization=an_organization())
    with pytest.raises(ResetRefusedError, match="Only an owner"):
        by_owner(harbor, dana, stranger)
    with pytest.raises(LookupError):
        by_owner(harbor, stranger, owner)
    assert not is_reset(owner)
    assert not is_reset(dana)


def test_someone_with_money_elsewhere_is_reset_by_an_operator_only(
    harbor: Organization, owner: User, dana: User
) -> None:
    pine = an_organization("Pine Realty")
    a_person(dana.email, organization=pine)
    with pytest.raises(ResetRefusedError, match="Only Voice Portal"):
        by_owner(harbor, dana, owner)
    assert not is_reset(dana)
    with transaction():
        assert reset.by_operator(dana, audit.OPERATOR)
        assert not reset.by_operator(dana, audit.OPERATOR)
    assert is_reset(dana)
    noted = db.session.scalars(
        db.select(AuditEvent.org_id).where(AuditEvent.action == "user.second_factor_reset")
    )
    assert set(noted) == {harbor.id, pine.id}, "each of their organizations is told"


def test_joining_elsewhere_at_the_same_moment_doesnt_slip_past(
    app: Flask, harbor: Organization, owner: User, dana: User
) -> None:
    """A membership that isn't committed yet is waited for, and then counts."""
    pine = an_organization("Pine Realty")
    ids = harbor.id, dana.id, owner.id
    memberships.assign_role(pine, dana, Role.ORG_ADMIN, OWNER)

    def try_it() -> str:
        with inside(app):
            try:
                with transaction():
                    reset.by_owner(ids[0], ids[1], db.session.get_one(User, ids[2]), OWNER)
            except ResetRefusedError as error:
                return str(error)
        return "reset"

    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(try_it)
        until_someone_waits()
        db.session.commit()
        assert "Only Voice Portal" in asked.result(10)
    assert db.session.get(Membership, (pine.id, dana.id)) is not None
