"""Passkeys over HTTP: added, named and removed on the page, and signed in with, alone or as the second step."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Mail, Passkey, User
from app.people.factors import pending_sign_ins, status
from tests.factories import a_person, an_organization
from tests.support.authenticator import Authenticator
from tests.support.browsing import Visitor, text_of

HERE = "/account/second-factor"
STEP = "/sign-in/second-factor"


@pytest.fixture
def dana(app: Flask) -> User:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental"))


def add(visitor: Visitor, name: str = "Laptop", device: Authenticator | None = None) -> Authenticator:
    """Add a passkey as the page's script does."""
    made = device or Authenticator()
    options = visitor.post(f"{HERE}/passkeys/challenge").text
    done = visitor.post(f"{HERE}/passkeys", {"credential": made.create(options), "name": name})
    assert done.status_code in {200, 303}, done.text
    return made


def use(
    visitor: Visitor, device: Authenticator, path: str = "/sign-in/passkey", **fields: str
) -> TestResponse:
    options = visitor.post(f"{path}/challenge").text
    return visitor.post(path, {"credential": device.get(options)} | fields)


def test_it_is_added_with_recovery_codes_and_signs_in_alone(app: Flask, visitor: Visitor, dana: User) -> None:
    visitor.sign_in(dana.email)
    options = visitor.post(f"{HERE}/passkeys/challenge").text
    device = Authenticator()
    done = visitor.post(f"{HERE}/passkeys", {"credential": device.create(options), "name": ""})
    assert "Save these now" in text_of(done)
    assert "Passkey 1" in text_of(visitor.get(HERE))
    told = [
        mail.facts["change"]
        for mail in db.session.scalars(db.select(Mail).where(Mail.kind == "factor_changed").order_by(Mail.id))
    ]
    assert told == ["passkey_added", "codes_made"]
    elsewhere = Visitor(app.test_client())
    assert use(elsewhere, device, next="/billing/wallet").location == "/billing/wallet"
    assert elsewhere.get("/billing").status_code == 200


def test_it_is_the_second_step_after_the_password(app: Flask, visitor: Visitor, dana: User) -> None:
    visitor.sign_in(dana.email)
    device = add(visitor)
    second = Visitor(app.test_client())
    assert second.post(f"{STEP}/passkey/challenge").status_code == 403
    second.sign_in(dana.email, to="/billing/wallet")
    assert use(second, device, f"{STEP}/passkey").location == "/billing/wallet"
    assert second.post(f"{STEP}/passkey", {"credential": "{}"}).location == "/billing", (
        "nothing waits any more"
    )


@pytest.mark.long
def test_a_refused_one_says_so_and_tries_of_codes_are_left(app: Flask, visitor: Visitor, dana: User) -> None:
    visitor.sign_in(dana.email)
    add(visitor)
    stranger = Visitor(app.test_client())
    for _ in range(pending_sign_ins.MOST_FAILURES + 1):
        refused = use(stranger, Authenticator())
        assert refused.status_code == 422
    assert "couldn&#39;t be used" in refused.text
    stranger.sign_in(dana.email)
    other = Authenticator()
    other.user_handle = dana.id.bytes
    refused = use(stranger, other, f"{STEP}/passkey")
    assert refused.status_code == 422
    assert stranger.get("/billing").status_code == 302


def test_a_challenge_of_another_browser_is_refused(app: Flask, visitor: Visitor, dana: User) -> None:
    visitor.sign_in(dana.email)
    device = add(visitor)
    one, other = Visitor(app.test_client()), Visitor(app.test_client())
    answer = device.get(one.post("/sign-in/passkey/challenge").text)
    assert other.post("/sign-in/passkey", {"credential": answer}).status_code == 422
    assert one.post("/sign-in/passkey", {"credential": answer}).location == "/billing"


def test_the_options_are_not_for_another_page(visitor: Visitor, dana: User) -> None:
    answer = visitor.post("/sign-in/passkey/challenge")
    assert answer.mimetype == "application/json"
    assert json.loads(answer.text)["rpId"] == "localhost"
    assert visitor.client.post("/sign-in/passkey/challenge").status_code == 400, "without a form's token"


@pytest.mark.long
def test_it_is_renamed_and_removed_by_its_owner_only(app: Flask, visitor: Visitor, dana: User) -> None:
    visitor.sign_in(dana.email)
    add(visitor)
    one = f"{HERE}/passkeys/{db.session.scalars(db.select(Passkey.id)).one()}"
    other = Visitor(app.test_client())
    other.sign_in(a_person(organization=an_organization()).email)
    for path in (f"{one}/name", f"{one}/removal"):
        assert other.get(path).status_code == 404
        assert other.post(path, {"name": "Mine"}).status_code == 404
    assert 'value="Laptop"' in visitor.get(f"{one}/name").text
    assert visitor.post(f"{one}/name", {"name": " "}).status_code == 422
    assert visitor.post(f"{one}/name", {"name": "Blue key"}).location == HERE
    assert "Remove Blue key?" in text_of(visitor.get(f"{one}/removal"))
    assert visitor.post(f"{one}/removal").location == HERE
    db.session.rollback()
    assert not status.has_any(dana.id)
    assert visitor.get(f"{one}/removal").status_code == 404


def test_what_the_browser_made_up_is_refused_on_the_page(visitor: Visitor, dana: User) -> None:
    visitor.sign_in(dana.email)
    assert visitor.post(f"{HERE}/passkeys", {"credential": "{}", "name": "x"}).location == HERE
    assert "couldn&#39;t be used" in visitor.get(HERE).text
    assert not status.has_any(dana.id)
