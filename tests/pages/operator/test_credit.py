"""Granting credit in the console: reviewed, with a code, once, and no more in a day than the settings allow."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.wallet import ledger, verification
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    CreditLot,
    Mail,
    Organization,
)
from app.models.scope import Reason, seeing_all
from app.operators import accounts
from app.operators.sessions import CONFIRMED_FOR
from app.operators.trail import COMMAND
from app.transaction import transaction
from tests.factories import an_organization, usd
from tests.support.browsing import text_of
from tests.support.console import Console, a_console
from tests.support.moved_clock import moved_clock
from tests.support.operating import events

WHY = "Outage on Monday"


def fields(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page's form, but for its token."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    return {name: value for name, value in found.items() if name != "csrf_token"}


def fill_in(console: Console, harbor: Organization, amount: str = "25", **more: str) -> TestResponse:
    """Fill the form in, with what else there is."""
    at = f"/organizations/{harbor.id}/credit"
    new = fields(console.get(at))
    return console.post(at, new | {"amount": amount, "kind": "goodwill", "reason": WHY} | more)


def review(console: Console, harbor: Organization, amount: str = "25", **more: str) -> TestResponse:
    """As far as the review."""
    filled = fill_in(console, harbor, amount, **more)
    assert "/credit/review?" in filled.location
    return console.get(filled.location)


def grant(console: Console, harbor: Organization, amount: str = "25", **more: str) -> TestResponse:
    reviewed = review(console, harbor, amount, **more)
    return console.post(f"/organizations/{harbor.id}/credit/grant", fields(reviewed) | more)


def test_credit_is_reviewed_granted_told_and_recorded(console: Console, harbor: Organization) -> None:
    reviewed = review(console, harbor)
    assert "Grant $25.00" in reviewed.text
    assert 'name="q" value=""' in reviewed.text
    assert ledger.lock(harbor.id).posted == usd("0")
    db.session.commit()
    answer = console.post(f"/organizations/{harbor.id}/credit/grant", fields(reviewed))
    assert answer.location == f"/operator/organizations/{harbor.id}"
    assert "$25.00 of goodwill credit granted" in text_of(console.get(answer.location))
    assert ledger.lock(harbor.id).posted == usd("25")
    assert verification.check() == []
    assert "Harbor Dental · $25.00" in text_of(console.get("/activity"))
    trail = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "credit.granted")).one()
    assert (trail.actor, trail.details["note"]) == ("operator Dana Whitfield", WHY)
    mail = db.session.scalars(db.select(Mail).where(Mail.kind == "credit_granted")).one()
    assert mail.facts["note"] == WHY
    (own,) = events("credit.granted")
    assert (own.actor, own.organization_id, own.reason, own.amount_micro) == (
        "dana@operator.example",
        harbor.id,
        WHY,
        25_000_000,
    )


def test_pressed_twice_it_is_granted_once(console: Console, harbor: Organization) -> None:
    reviewed = review(console, harbor)
    at, filled = f"/operator/organizations/{harbor.id}/credit/grant", fields(reviewed)
    filled["csrf_token"] = console.token
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: console.client.post(at, data=filled).location, range(4)))
    assert answers == [f"/operator/organizations/{harbor.id}"] * 4
    assert ledger.lock(harbor.id).posted == usd("25")
    assert len(events("credit.granted")) == 1


def test_a_key_grants_nothing_else_afterward(console: Console, harbor: Organization) -> None:
    key = fields(console.get(f"/organizations/{harbor.id}/credit"))["key"]
    at = f"/organizations/{harbor.id}/credit/grant"
    reviewed = review(console, harbor, key=key)
    assert not console.refused(console.post(at, fields(reviewed)))
    other = console.post(at, fields(review(console, harbor, "30", key=key)))
    assert "already" in console.refused(other)
    assert console.refused(fill_in(console, harbor, key="mine"))
    assert ledger.lock(harbor.id).posted == usd("25")
    db.session.rollback()
    # The form has another key, so that what is reviewed again can be granted.
    assert not console.refused(grant(console, harbor, "30"))
    assert ledger.lock(harbor.id).posted == usd("55")


def test_minutes_later_a_code_is_asked_for_and_counts_once(console: Console, harbor: Organization) -> None:
    assert console.opened is not None
    with moved_clock(utc_now() + CONFIRMED_FOR):
        assert "This code is wrong" in console.refused(grant(console, harbor))
        assert "Code from your authenticator app" in review(console, harbor).text
        assert ledger.lock(harbor.id).posted == usd("0")
        db.session.commit()
        reviewed = review(console, harbor)
        at, filled = f"/operator/organizations/{harbor.id}/credit/grant", fields(reviewed)
        filled |= {"csrf_token": console.token, "code": console.opened.code()}
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: console.client.post(at, data=filled).location, range(2)))
        assert answers == [f"/operator/organizations/{harbor.id}"] * 2, (
            "a second click waits for the first one's code"
        )
        assert "Code from your authenticator app" not in review(console, harbor).text
    assert ledger.lock(harbor.id).posted == usd("25")
    assert len(events("operator.confirmation_failed")) == 1


def test_codes_can_not_be_guessed(console: Console, harbor: Organization) -> None:
    with moved_clock(utc_now() + CONFIRMED_FOR):
        filled = fields(review(console, harbor)) | {"code": "123"}
        at = f"/organizations/{harbor.id}/credit/grant"
        answers = ["This code is wrong" in console.refused(console.post(at, filled)) for _ in range(9)]
    assert answers == [True] * 8 + [False]


def test_no_one_grants_more_in_a_day_than_the_settings_allow(console: Console, harbor: Organization) -> None:
    """A hundred dollars, also in a hurry, and over all organizations."""
    assert console.refused(fill_in(console, harbor, "100.01"))
    forms = [
        (one, fields(review(console, one, "40"))) for one in (harbor, an_organization(), an_organization())
    ]
    token = console.token

    def press(one: tuple[Organization, dict[str, str]]) -> bool:
        at, filled = f"/operator/organizations/{one[0].id}", one[1] | {"csrf_token": token}
        return bool(console.client.post(f"{at}/credit/grant", data=filled).location == at)

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(press, forms))
    assert answers == [False, True, True]
    assert sum(int(one.amount_micro or 0) for one in events("credit.granted")) == 80_000_000
    with seeing_all(Reason.TESTS):
        assert len(db.session.scalars(db.select(CreditLot)).all()) == 2
    with moved_clock(utc_now() + timedelta(hours=24, minutes=1)):
        assert console.opened is not None
        console.sign_in(console.opened)
        assert not console.refused(fill_in(console, harbor, "100"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "-5"}, "Enter"),
        ({"amount": "1e3"}, "digits"),
        ({"amount": ""}, "Enter an amount"),
        ({"reason": ""}, "Say why"),
        ({"reason": "x" * 121}, "120 characters"),
        ({"kind": "paid"}, "Choose a kind"),
        ({"kind": "promotional"}, "choose its last day"),
        ({"last_day": "2020-01-01"}, "today or a later day"),
        ({"last_day": "9999-12-31"}, "within fifty years"),
        ({"reason": "\u3164\u00ad"}, "Say why"),
    ],
)
def test_what_can_not_be_granted_is_said(
    console: Console, harbor: Organization, wrong: dict[str, str], said: str
) -> None:
    assert said in console.refused(fill_in(console, harbor, **wrong))
    assert events("credit.granted") == []


def test_a_command_that_grants_leaves_the_same_entry(
    app: Flask, console: Console, harbor: Organization
) -> None:
    grant(console, harbor)
    app.test_cli_runner().invoke(
        args=["credit", "grant", harbor.slug, "25", "--kind", "goodwill", "--note", WHY]
    )
    by_console, by_command = events("credit.granted")
    for one in ("organization_id", "reason", "amount_micro", "currency"):
        assert getattr(by_command, one) == getattr(by_console, one)


def test_who_is_disabled_meanwhile_grants_nothing(app: Flask, harbor: Organization) -> None:
    console = a_console(app)
    reviewed = fields(review(console, harbor))
    with transaction():
        accounts.disable("dana@operator.example", COMMAND)
    answer = console.post(f"/organizations/{harbor.id}/credit/grant", reviewed)
    assert answer.location.startswith("/operator/sign-in")
    assert ledger.lock(harbor.id).posted == usd("0")
