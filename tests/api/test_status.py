"""May this organization call now: asked before each call, so it is cheap and exact."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.brake import answering, stopping
from app.billing.brake.band import Band
from app.billing.wallet import holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import BrakeAnswer
from app.money import Money
from tests.factories import OWNER, an_organization, give_credit
from tests.support.braking import stops
from tests.support.platform import Platform, is_problem
from tests.support.statements import fast_statements


def test_with_credit_it_may(platform: Platform) -> None:
    organization = an_organization(credit="100", alert="50")
    holds.reserve(
        organization.id, "call-1", Money(12_345_678, "USD"), at=utc_now(), lease=timedelta(minutes=5)
    )
    db.session.commit()
    told = platform.get(f"/organizations/{organization.id}/status").json
    assert told["organization"] == str(organization.id)
    assert (told["may_call"], told["state"], told["reason"]) == (True, "active", None)
    assert told["available"] == {"amount": "87.654322", "currency": "USD"}
    assert told["posted"] == {"amount": "100.000000", "currency": "USD"}
    assert told["held"] == {"amount": "12.345678", "currency": "USD"}
    assert told["available_micro"] == 87_654_322
    assert told["missing"] is None


def test_without_credit_it_may_not_and_the_answer_says_what_it_takes(platform: Platform) -> None:
    organization = an_organization()
    told = platform.get(f"/organizations/{organization.id}/status").json
    assert (told["may_call"], told["state"], told["reason"]) == (False, "paused", "no_credit")
    assert told["missing"] == {"amount": "10.000000", "currency": "USD"}


def test_a_low_balance_may_call(platform: Platform) -> None:
    organization = an_organization(credit="10", alert="50")
    told = platform.get(f"/organizations/{organization.id}/status").json
    assert (told["may_call"], told["state"]) == (True, "low")


def test_unchanged_it_is_a_304_and_changed_it_is_told(platform: Platform) -> None:
    organization = an_organization(credit="1")
    address = f"/organizations/{organization.id}/status"
    tag = platform.get(address).headers["ETag"]
    same = platform.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    give_credit(organization, "1")
    changed = platform.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_an_organization_that_is_not_there(platform: Platform) -> None:
    assert is_problem(platform.get(f"/organizations/{uuid7()}/status"), "not-found", 404)


def test_it_says_that_automatic_top_ups_wait_and_the_tag_changes_with_it(platform: Platform) -> None:
    organization = an_organization(credit="100")
    address = f"/organizations/{organization.id}/status"
    before = platform.get(address)
    ledger.lock(organization.id)
    stopping.stop(organization, 90_000_000, Band(20_000_000, 60_000_000, is_known=True), utc_now())
    db.session.commit()
    stopped = platform.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert (before.json["auto_top_up_stopped"], stopped.json["auto_top_up_stopped"]) == (False, True)
    assert stopped.json["may_call"]
    [stop] = stops(organization)
    answering.answer(organization, stop.id, BrakeAnswer.ONCE, OWNER)
    assert platform.get(address).json["auto_top_up_stopped"] is False


def test_a_token_of_one_organization_does_not_read_another(app: Flask) -> None:
    own, other = an_organization(credit="1"), an_organization(credit="1")
    theirs = Platform(app, organization=own)
    assert theirs.get(f"/organizations/{own.id}/status").status_code == 200
    with fast_statements() as fast:
        assert is_problem(theirs.get(f"/organizations/{other.id}/status"), "not-found", 404)
    assert fast == []
