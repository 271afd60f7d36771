"""Disconnecting an identity: what it opened is closed, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.billing.audit import Actor
from app.extensions import db
from app.models import (
    AuditEvent,
    ExternalIdentity,
    Mail,
    Membership,
    PendingSignIn,
    Role,
    SignInSession,
    User,
)
from app.people import accounts, memberships, organizations, sessions
from app.people.digests import digest_of
from app.people.external import admission, disconnection, identities
from app.people.external.disconnection import OnlyWayError
from app.people.factors import pending_sign_ins
from app.people.identification import Vouched
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.people.external.vouching import ISSUER, ORG_ID, claims
from tests.support.database import inside
from tests.support.factors import a_passkey, an_app

pytestmark = pytest.mark.usefixtures("app")
ACTOR = Actor("dana@acme.example", address="192.0.2.7")


@pytest.fixture
def dana() -> User:
    """A member of Harbor by invitation, and an owner of Acme Rivets by the issuer."""
    user = a_person("dana@acme.example", organization=an_organization("Harbor"), role=Role.MEMBER)
    with transaction():
        admission.connect(user, claims(), ACTOR)
    return user


def disconnect(user: User) -> bool:
    with transaction():
        return disconnection.by_person(user, ISSUER, ACTOR) is not None


def identity_of(user: User) -> ExternalIdentity:
    found = identities.find_of(user.id, ISSUER)
    assert found is not None
    return found


def seats_of(user: User) -> list[Membership]:
    return memberships.list_for_person(user.id)


def trail() -> list[tuple[str, str]]:
    wanted = select(AuditEvent).where(AuditEvent.action.in_(["user.identity_disconnected", "user.removed"]))
    return sorted((one.action, one.actor) for one in db.session.scalars(wanted))


def test_the_roles_of_its_issuer_and_the_sessions_that_it_began_go_and_others_stay(dana: User) -> None:
    identity = identity_of(dana)
    with transaction():
        kept = digest_of(sessions.start(dana))
        sessions.start(dana, vouched=Vouched(identity.id))
        pending_sign_ins.begin(dana, identity.id)
        pending_sign_ins.begin(dana)
    assert disconnect(dana)
    assert [one.role for one in seats_of(dana)] == [Role.MEMBER]
    assert db.session.scalars(select(SignInSession.token_hash)).all() == [kept]
    assert db.session.scalars(select(PendingSignIn.identity_id)).all() == [None]
    assert db.session.scalars(select(ExternalIdentity)).all() == []
    assert not disconnect(dana), "once"


def test_it_is_in_every_trail_and_told_by_mail(dana: User) -> None:
    disconnect(dana)
    disconnected = ("user.identity_disconnected", ACTOR.name)
    assert trail() == [disconnected, disconnected, ("user.removed", ACTOR.name)]
    mail = db.session.scalars(select(Mail).where(Mail.kind == "identity_disconnected")).one()
    assert mail.facts["address"] == "192.0.2.7"


def test_the_identity_is_no_way_in_any_more(dana: User) -> None:
    disconnect(dana)
    with pytest.raises(admission.ConnectFirstError), transaction():
        admission.admit(claims(), None)


def test_a_role_that_was_given_here_meanwhile_stays(dana: User) -> None:
    with transaction():
        memberships.assign_role(organizations.locked(ORG_ID), dana, Role.MEMBER, OWNER)
    disconnect(dana)
    assert len(seats_of(dana)) == 2


@pytest.mark.parametrize(
    ("has_password", "has_passkey", "has_app", "may"),
    [
        (True, False, False, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, False, True, False),  # an app's codes come after a password
    ],
)
def test_one_way_to_sign_in_has_to_stay(
    dana: User, has_password: bool, has_passkey: bool, has_app: bool, may: bool
) -> None:
    if has_passkey:
        a_passkey(dana)
    if has_app:
        an_app(dana)
    if not has_password:
        with transaction():
            accounts.lock(dana).password_hash = None
    if may:
        assert disconnect(dana)
        return
    with pytest.raises(OnlyWayError):
        disconnect(dana)
    assert len(seats_of(dana)) == 2
    assert identity_of(dana)
    assert trail() == []


def test_someone_elses_is_left_alone(dana: User) -> None:
    assert not disconnect(a_person(organization=an_organization()))
    assert identity_of(dana)


def test_of_six_at_the_same_moment_one_does_it(app: Flask, dana: User) -> None:
    user_id, barrier = dana.id, Barrier(6)

    def one(_: int) -> bool:
        with inside(app):
            user = db.session.get_one(User, user_id)
            barrier.wait(10)
            return disconnect(user)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]
    assert len([one for one in trail() if one[0] == "user.identity_disconnected"]) == 2


class TestByAnOperator:
    def test_all_go_also_the_only_way_in(self, app: Flask, dana: User) -> None:
        with transaction():
            accounts.lock(dana).password_hash = None
        done = app.test_cli_runner().invoke(args=["user", "disconnect-identity", "DANA@acme.example"])
        assert f"dana@acme.example is disconnected from {ISSUER}." in done.output
        assert "They have no password and no passkey." in done.output
        with transaction():
            assert disconnection.by_operator(dana, OWNER) == []
        assert ("user.identity_disconnected", "operator") in trail()

    def test_who_is_connected_to_nothing_is_said_to_be(self, app: Flask) -> None:
        stranger = a_person(organization=an_organization())
        for email, said in (
            (stranger.email, "isn't connected to an identity provider"),
            ("no@one.example", "No one has"),
        ):
            done = app.test_cli_runner().invoke(args=["user", "disconnect-identity", email])
            assert done.exit_code == 1
            assert said in done.output
