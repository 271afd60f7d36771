"""People and tokens, which are of no one organization: who sees them, and that no organization changes them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.database import transactions
from app.extensions import db
from app.models import ApiToken, Membership, Role, User
from app.models.scope import scope_to
from app.people import tokens
from app.people.tokens import Scope
from tests.factories import a_person, an_organization
from tests.support.database import another_session


def test_people_are_seen_by_their_organizations_and_changed_by_none(app: Flask) -> None:
    harbor, pine = an_organization(), an_organization()
    both, theirs = a_person(organization=harbor), a_person(organization=pine)
    db.session.add(Membership(org_id=pine.id, user_id=both.id, role=Role.MEMBER))
    db.session.commit()
    another_session()
    scope_to(db.session(), harbor.id)
    assert db.session.scalars(select(User.email)).all() == [both.email]
    # Only Harbor's part of what the person is in.
    assert db.session.scalars(select(Membership.org_id)).all() == [harbor.id]
    for email in (both.email, theirs.email):
        changed = text('UPDATE "user" SET password_hash = NULL WHERE email = :email')
        assert db.session.execute(changed, {"email": email}).rowcount == 0  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError, match="row-level security"):
        db.session.execute(
            insert(User).values(id=uuid4(), email="new@x.example", name="-", created_at=func.now())
        )


def test_a_token_is_seen_by_who_names_it_and_changed_by_none(app: Flask) -> None:
    pine = an_organization()
    named, _ = tokens.create("Pine", [Scope.STATUS_READ], org_id=pine.id)
    tokens.create("Another", [Scope.STATUS_READ], org_id=pine.id)
    tokens.create("The platform", [Scope.STATUS_READ])
    db.session.commit()
    db.session.remove()
    for org_id in (None, uuid4()):
        if org_id is not None:
            scope_to(db.session(), org_id)
        transactions.show_token(db.session(), named.id)
        assert db.session.scalars(select(ApiToken.id)).all() == [named.id]
        assert db.session.execute(update(ApiToken).values(name="stolen")).rowcount == 0  # type: ignore[attr-defined]
        db.session.rollback()
        assert db.session.scalars(select(ApiToken.id)).all() == [], "the next transaction names none"
        db.session.rollback()
