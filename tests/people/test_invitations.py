"""Invitations at the same moment, and in one transaction with what ends them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from app.extensions import db
from app.models import AuditEvent, Invitation, Membership, Role, User
from app.people import invitations, organizations, passwords
from app.people.organizations import PeopleError
from tests.factories import OWNER, PASSWORD, an_organization
from tests.support.database import inside


def test_of_many_links_for_one_address_at_the_same_moment_one_makes_the_account(app: Flask) -> None:
    tokens = [
        invitations.invite(an_organization(), "ruth@birch.example", role=Role.ORG_ADMIN, actor=OWNER).token
        for _ in range(4)
    ]
    db.session.commit()
    together = Barrier(len(tokens))

    def accept(token: str) -> str | None:
        password = f"the password of {token}"
        with inside(app):
            together.wait()
            try:
                invitations.accept_as_new(token, password, None)
                db.session.commit()
            except PeopleError:
                db.session.rollback()
                return None
            finally:
                db.session.remove()
        return password

    with ThreadPoolExecutor(len(tokens)) as browsers:
        (set_by,) = [password for password in browsers.map(accept, tokens) if password]
    user = db.session.scalars(db.select(User)).one()
    assert passwords.verify(set_by, user.password_hash)
    assert db.session.query(Membership).count() == 1


def test_one_link_opened_in_many_tabs_is_accepted_once(app: Flask) -> None:
    link = invitations.invite(an_organization(), "ruth@birch.example", role=Role.MEMBER, actor=OWNER)
    db.session.commit()

    def accept(_: int) -> bool:
        with inside(app):
            try:
                invitations.accept_as_new(link.token, PASSWORD, "192.0.2.1")
                db.session.commit()
            except PeopleError:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(4) as tabs:
        assert sorted(tabs.map(accept, range(4))) == [False, False, False, True]
    noted = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(one.action, one.address) for one in noted] == [
        ("user.invited", OWNER.address),
        ("user.joined", "192.0.2.1"),
        ("user.password_set", "192.0.2.1"),
    ]


def test_a_token_is_stored_nowhere(app: Flask) -> None:
    link = invitations.invite(an_organization(), "ruth@birch.example", role=Role.MEMBER, actor=OWNER)
    db.session.commit()
    row = db.session.execute(db.select(*Invitation.__table__.c)).one()
    assert link.token not in str(row)
    assert link.token.encode() not in row.token_hash


@pytest.mark.parametrize(
    "confusable", ["v\u0130ctim@pine.example", "VICT\u0130M@pine.example", "\u0391\u03a3@pine.example"]
)
def test_an_address_that_the_database_takes_for_another_is_nobodys(app: Flask, confusable: str) -> None:
    """To PostgreSQL the lower case of a dotted capital I is a plain i: an account of the first would be the second's."""
    with pytest.raises(PeopleError, match="lower case"):
        invitations.invite(an_organization(), confusable, role=Role.ORG_ADMIN, actor=OWNER)


@pytest.mark.parametrize(
    "address",
    ["stra\u00dfe@pine.example", "\u00c4RGER@pine.example", "\u0131@pine.example", "\u03b1\u03c2@x.example"],
)
def test_an_address_with_letters_of_its_own_is_the_same_to_the_database(app: Flask, address: str) -> None:
    known = organizations.add_person(address, name="", organization=an_organization(), role=Role.MEMBER)
    for typed in (address, address.lower()):
        assert organizations.find_user(typed) == known
