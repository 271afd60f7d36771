"""A session ends twelve hours after its person signed in: nothing they do meanwhile makes it last longer."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import Role, SignInSession
from app.people import invitations
from config import ROOT
from tests.factories import OWNER, PASSWORD, an_organization
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

BEGIN = {"begin_session", "begin_and_notify", "sessions.start", "shell_people.begin"}
SIGN_INS = {
    "auth/accepting.py:_accept_as_new": "chooses the account's first password",
    "auth/choosing_passwords.py:set_password": "signs in with an emailed link",
    "auth/passkeys.py:_try": "signs in with a passkey",
    "auth/beginning.py:begin_and_notify": "passes it on",
    "auth/beginning.py:begin_session": "passes it on",
    "auth/routes.py:sign_in": "signs in with the password",
    "auth/provider_callback.py:_sign_in": "signs in with an identity provider",
    "auth/second_factor.py:_try": "signs in with the second factor",
    "auth/shell.py:_start_once": "signs in with a token of the shell",
}
"""What begins a session that lasts as long as any: each asks for a proof of who it is."""


def accept_an_invitation(owner: Owner) -> int:
    link = invitations.invite(an_organization("Birch"), owner.email, role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    return owner.post(f"/invitations/{link.token}").status_code


def change_the_password(owner: Owner) -> int:
    changed = {"current_password": PASSWORD, "password": "sixteen blue kilns"}
    return owner.post("/account/password", changed).status_code


CONTINUE: dict[str, Callable[[Owner], int]] = {
    "auth/accepting.py:_accept_signed_in": accept_an_invitation,
    "account/passwords.py:change_password": change_the_password,
}
"""What gives a session another token."""

USE: dict[str, Callable[[Owner], int]] = {
    "confirming": lambda owner: (
        owner.post("/confirm", {"method": "password", "password": PASSWORD}).status_code
    ),
    "switching": lambda owner: (
        owner.post("/organization", {"organization": str(owner.organization.id)}).status_code
    ),
    "being active": lambda owner: owner.get("/billing").status_code,
}
"""What else is written into a session."""


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    made = Owner(app)
    at = utc_now() - timedelta(hours=11)
    db.session.execute(
        db.update(SignInSession).values(created_at=at, seen_at=utc_now() - timedelta(minutes=5))
    )
    db.session.commit()
    return made


def rows() -> list[SignInSession]:
    db.session.rollback()
    return list(db.session.scalars(db.select(SignInSession), execution_options={"populate_existing": True}))


def test_every_function_that_begins_a_session_is_in_a_list() -> None:
    found = set()
    pages = ROOT / "app" / "pages"
    for file in sorted(pages.rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef):
                calls = (one.func for one in ast.walk(function) if isinstance(one, ast.Call))
                named = {ast.unparse(one) for one in calls}
                if named & BEGIN:
                    found.add(f"{file.relative_to(pages)}:{function.name}")
    assert found == {*SIGN_INS, *CONTINUE}


@pytest.mark.parametrize("way", CONTINUE)
def test_another_token_makes_it_no_longer(owner: Owner, way: str) -> None:
    [before] = rows()
    begun, token = before.created_at, before.token_hash
    assert CONTINUE[way](owner) == 302
    [after] = rows()
    assert after.token_hash != token
    assert after.created_at == begun
    db.session.execute(db.update(SignInSession).values(created_at=begun - timedelta(hours=1)))
    db.session.commit()
    assert str(owner.get("/billing").location).startswith("/sign-in")


@pytest.mark.parametrize("way", USE)
def test_using_it_makes_it_no_longer(owner: Owner, way: str) -> None:
    begun = [one.created_at for one in rows()]
    assert USE[way](owner) < 400
    assert [one.created_at for one in rows()] == begun


def test_signing_in_again_does(owner: Owner) -> None:
    [before] = [one.created_at for one in rows()]
    owner.sign_in(owner.email)
    [after] = [one.created_at for one in rows()]
    assert after > before
