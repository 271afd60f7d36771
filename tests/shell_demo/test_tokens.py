"""Tokens of the example are those that billing accepts."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from app.shell import Shell
from shell_demo.application import create_app
from shell_demo.people import PEOPLE, Person
from shell_demo.tokens import ISSUER, Signer
from tests.support.serving import serving
from trusted_shell import TrustedShell

BILLING = "http://localhost:8000"


@pytest.fixture
def portal(app: Flask) -> Iterator[tuple[Flask, Shell]]:
    """The example, and what billing verifies its tokens by."""
    made = create_app(billing=BILLING, people=PEOPLE)
    with serving(made) as url:
        yield made, Shell(TrustedShell(ISSUER, f"{url}/.well-known/jwks.json", 15))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
def test_billing_accepts_them_for_everyone(portal: tuple[Flask, Shell], person: Person) -> None:
    made, shell = portal
    browser = made.test_client()
    own = {"Origin": "http://localhost"}
    browser.post("/sign-in", data={"person": person.id}, headers=own)
    token = shell.read(browser.post("/billing-token", headers=own).get_json()["token"])
    assert (token.subject, token.email, token.name) == (person.id, person.email, person.name)
    assert (str(token.org_id), token.org_name) == (person.organization.id, person.organization.name)
    assert token.roles == {person.role}
    assert token.signed_in_at is not None


def test_each_is_another() -> None:
    signer = Signer()
    now = int(time.time())
    assert signer.token(PEOPLE[0], now) != signer.token(PEOPLE[0], now)


def test_each_start_has_a_key_of_its_own_and_keeps_its_private_part() -> None:
    [first], [second] = (Signer().public_keys()["keys"] for _ in range(2))
    assert first["kid"] != second["kid"]
    assert first.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
