"""Your account: for anyone who is signed in, whatever their role and organization."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import Membership, Role
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of


@pytest.mark.parametrize("role", [*Role, None])
def test_everyone_who_is_signed_in_reaches_their_account(
    app: Flask, visitor: Visitor, role: Role | None
) -> None:
    person = a_person(
        "dana@harbor.example", organization=an_organization(), role=role or Role.MEMBER, name="Dana Whitfield"
    )
    if role is None:
        db.session.execute(db.delete(Membership))
        db.session.commit()
    visitor.sign_in(person.email)
    elsewhere = visitor.get("/billing")
    assert 'href="/account"' in elsewhere.text
    page = visitor.get("/account")
    assert page.status_code == 200
    assert "Your account" in text_of(page)
    assert "dana@harbor.example" in text_of(page)


def test_without_signing_in_one_is_asked_to_and_brought_back(app: Flask, visitor: Visitor) -> None:
    person = a_person(organization=an_organization())
    assert visitor.get("/account").location == "/sign-in?next=/account"
    assert visitor.sign_in(person.email, to="/account").location == "/account"
