"""Passwords are set by one mechanism, whatever the way to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.models import Membership, Role, User
from app.people import accounts, invitations, password_links
from app.people.password_rules import WeakPasswordError
from config import ROOT
from tests.factories import OWNER, PASSWORD, a_person, an_organization

STORES = re.compile(r"password_hash ?= ?[^N=]|password_hash=hashed|hash_password\(")


def test_no_other_module_stores_a_password() -> None:
    """But for signing in, which hashes the same one again where parameters became stronger, and for operators, who have
    accounts of their own."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in Path(ROOT / "app").rglob("*.py")
        if STORES.search(path.read_text())
    }
    assert found == {
        "app/operators/accounts.py",
        "app/pages/auth/routes.py",
        "app/people/accounts.py",
        "app/people/passwords.py",
    }


@pytest.mark.parametrize("way", ["invitation", "link", "change"])
@pytest.mark.parametrize(
    "password", ["short", "password1234", "harbordental99", "dana@harbor.example", "x" * 201]
)
def test_the_same_passwords_are_refused_on_every_way(app: Flask, way: str, password: str) -> None:
    harbor = an_organization("Harbor Dental")
    if way == "invitation":
        link = invitations.invite(harbor, "dana@harbor.example", role=Role.MEMBER, actor=OWNER)
        with pytest.raises(WeakPasswordError):
            invitations.accept_as_new(link.token, password, None)
        return
    dana = a_person("dana@harbor.example", organization=harbor)
    if way == "change":
        with pytest.raises(WeakPasswordError):
            accounts.change_password(dana, PASSWORD, password, OWNER)
        return
    token = password_links.signing.serializer("password-link").dumps(
        [str(dana.id), password_links._state(dana)]
    )
    with pytest.raises(WeakPasswordError):
        password_links.use(token, password, None)


def test_someone_without_an_organization_changes_their_password_and_details_as_well(app: Flask) -> None:
    dana = a_person("dana@harbor.example", organization=an_organization())
    db.session.execute(db.delete(Membership))
    accounts.change_password(dana, PASSWORD, "sixteen blue kilns", OWNER)
    accounts.change_details(dana, name="Dana", language="en_GB", actor=OWNER)
    db.session.commit()
    stored = db.session.scalars(db.select(User)).one()
    assert (stored.name, stored.language) == ("Dana", "en_GB")
    assert stored.password_set_at
