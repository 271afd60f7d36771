"""Holds over HTTP: reserved, renewed, captured, released, by one key each; and never more than there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, Organization, Wallet
from app.people.tokens import Scope
from tests.factories import an_organization, usd
from tests.support.database import inside
from tests.support.platform import Platform, is_problem, patiently

MINUTE_OF_TOKENS = [{"meter": "tokens_out", "quantity": 100_000}]  # 1.20 on the free plan


def reserve(
    platform: Platform, organization: Organization, key: str = "call-1", **changes: Any
) -> TestResponse:
    body = {"key": key, "usage": MINUTE_OF_TOKENS, "lease_seconds": 60, "call": key} | changes
    return platform.post(f"/organizations/{organization.id}/holds", body)


def renew(platform: Platform, organization: Organization, slice: int, key: str = "call-1") -> TestResponse:
    body = {"slice": slice, "usage": MINUTE_OF_TOKENS, "lease_seconds": 60}
    return platform.post(f"/organizations/{organization.id}/holds/{key}/renewals", body)


def held(organization: Organization) -> Any:
    db.session.rollback()
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).held


def test_a_hold_reserves_what_its_usage_would_cost(platform: Platform) -> None:
    organization = an_organization(credit="10")
    answer = reserve(platform, organization)
    assert answer.status_code == 200
    assert answer.json["reserved"] == {"amount": "1.200000", "currency": "USD"}
    assert (answer.json["state"], answer.json["slice"], answer.json["final"]) == ("active", 1, False)
    assert reserve(platform, organization).json["expires_at"] == answer.json["expires_at"]
    assert held(organization) == usd("1.20"), "the same key reserves once"


def test_what_the_allowance_covers_needs_no_credit(platform: Platform) -> None:
    organization = an_organization(credit="10")
    usage = [{"meter": "calls_outbound", "quantity": 3_060}]
    answer = reserve(platform, organization, usage=usage)
    assert answer.json["reserved"]["amount"] == "0.045000", "one minute beyond the 50 that are included"


def test_without_enough_credit_nothing_is_reserved_and_the_figures_are_told(platform: Platform) -> None:
    organization = an_organization(credit="1")
    answer = reserve(platform, organization)
    assert is_problem(answer, "not-enough-credit", 402)
    assert answer.json["available"] == {"amount": "1.000000", "currency": "USD"}
    assert answer.json["needed"] == {"amount": "1.200000", "currency": "USD"}
    assert held(organization) == usd("0")


def test_a_renewal_that_credit_does_not_reach_for_is_final_and_says_how_long_it_lasts(
    platform: Platform,
) -> None:
    organization = an_organization(credit="1.80")
    reserve(platform, organization)
    db.session.execute(db.update(Hold).values(amount_micro=0, used_micro=1_200_000))
    db.session.execute(db.update(Wallet).values(held_micro=0, posted_micro=600_000))
    db.session.commit()
    answer = renew(platform, organization, 2)
    assert (answer.status_code, answer.json["final"]) == (200, True)
    assert answer.json["reserved"]["amount"] == "0.600000"
    assert 28 <= answer.json["seconds_left"] <= 30
    assert renew(platform, organization, 2).json["final"]


def test_slices_follow_one_another(platform: Platform) -> None:
    organization = an_organization(credit="10")
    reserve(platform, organization)
    assert renew(platform, organization, 2).json["slice"] == 2
    assert renew(platform, organization, 2).json["slice"] == 2
    wrong = renew(platform, organization, 5)
    assert is_problem(wrong, "wrong-slice", 409)
    assert wrong.json["expected"] == 3
    assert held(organization) == usd("2.40")


@pytest.mark.parametrize(("way", "state"), [("capture", "captured"), ("release", "released")])
def test_ending_it_frees_what_is_left_and_doing_it_again_changes_nothing(
    platform: Platform, way: str, state: str
) -> None:
    organization = an_organization(credit="10")
    reserve(platform, organization)
    path = f"/organizations/{organization.id}/holds/call-1/{way}"
    for _ in range(2):
        answer = platform.open("POST", path)
        assert (answer.status_code, answer.json["state"]) == (200, state)
    assert held(organization) == usd("0")
    ended = renew(platform, organization, 2)
    assert is_problem(ended, "hold-ended", 409)
    assert ended.json["state"] == state


def test_one_that_no_one_renews_ends_by_itself(platform: Platform) -> None:
    organization = an_organization(credit="2")
    reserve(platform, organization)
    db.session.execute(db.update(Hold).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    assert reserve(platform, organization, "call-2").status_code == 200
    path = f"/organizations/{organization.id}/holds/call-1"
    assert platform.get(path).json["state"] == "expired"


def test_an_unknown_meter_hold_or_organization_is_said_to_be_unknown(platform: Platform) -> None:
    organization = an_organization(credit="10")
    answer = reserve(platform, organization, usage=[{"meter": "pigeons", "quantity": 1}])
    assert is_problem(answer, "invalid-content", 422)
    assert answer.json["errors"][0]["pointer"] == "/usage"
    assert is_problem(renew(platform, organization, 2, "nothing"), "not-found", 404)
    nowhere = platform.post(f"/organizations/{uuid4()}/holds", {"key": "a", "usage": [], "lease_seconds": 60})
    assert nowhere.status_code in {404, 422}


def test_another_organizations_token_sees_nothing(app: Flask) -> None:
    one, other = an_organization(credit="10"), an_organization(credit="10")
    bound = Platform(app, Scope.HOLDS_WRITE, organization=other)
    assert is_problem(reserve(bound, one), "not-found", 404)
    assert held(one) == usd("0")


@pytest.mark.long
def test_fifty_calls_at_the_same_time_never_hold_more_than_there_is(app: Flask) -> None:
    organization = an_organization(credit="12.60")
    callers = [Platform(app) for _ in range(10)]

    def call(number: int) -> int:
        with inside(app):
            return patiently(
                lambda: reserve(callers[number % 10], organization, f"call-{number}")
            ).status_code

    with ThreadPoolExecutor(50) as calls:
        answers = list(calls.map(call, range(50)))
    assert sorted(set(answers)) == [200, 402]
    assert answers.count(200) == 10, "12.60 for 1.20 each"
    assert held(organization) == usd("12")
    assert verification.check() == []
