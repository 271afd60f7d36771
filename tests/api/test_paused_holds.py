"""Paused means no new calls, whatever an allowance has left; and what is left of one is given out once, like credit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, Wallet
from tests.factories import an_organization, give_credit
from tests.support.database import inside
from tests.support.platform import Platform, is_problem, patiently

MINUTE = [{"meter": "calls_outbound", "quantity": 60}]
"""Within the 50 minutes that the free plan includes; 0.045 beyond them."""
TOKENS = [{"meter": "tokens_out", "quantity": 100_000}]
"""1.20 on the free plan, which includes none."""


def reserve(
    platform: Platform, org: Organization, key: str, usage: Any = MINUTE, **more: Any
) -> TestResponse:
    body = {"key": key, "usage": usage, "lease_seconds": 60, "call": key} | more
    return platform.post(f"/organizations/{org.id}/holds", body)


def renew(platform: Platform, org: Organization, key: str, slice: int, usage: Any = MINUTE) -> TestResponse:
    body = {"slice": slice, "usage": usage, "lease_seconds": 60}
    return platform.post(f"/organizations/{org.id}/holds/{key}/renewals", body)


def status(platform: Platform, org: Organization) -> Any:
    return platform.get(f"/organizations/{org.id}/status").json


def entitlement(platform: Platform, org: Organization) -> Any:
    told = platform.get(f"/organizations/{org.id}/entitlements").json["allowances"]
    return next(one for one in told if one["key"] == "call_minutes")


def use(platform: Platform, org: Organization, id: str, quantity: int, **names: Any) -> Any:
    event = {
        "specversion": "1.0",
        "type": "voice-portal.usage.v1",
        "source": "platform",
        "id": id,
        "time": utc_now().isoformat(),
        "data": {"organization": str(org.id), "meter": "calls_outbound", "quantity": quantity} | names,
    }
    answer = platform.open(
        "POST",
        "/usage",
        json=[event],
        headers={"Content-Type": "application/cloudevents-batch+json"},
    )
    assert answer.json["accepted"] == 1, answer.json


def without_credit() -> Organization:
    return an_organization()


def all_reserved(platform: Platform) -> Organization:
    org = an_organization(credit="1.20")
    assert reserve(platform, org, "all", TOKENS).status_code == 200
    return org


@pytest.mark.parametrize("why", ["no credit", "all of it is reserved"])
def test_a_paused_wallet_gets_no_new_hold_whatever_it_would_cost(platform: Platform, why: str) -> None:
    org = without_credit() if why == "no credit" else all_reserved(platform)
    told = status(platform, org)
    assert told["may_call"] is False
    assert told["reason"] == ("no_credit" if why == "no credit" else "credit_reserved")
    for usage in (MINUTE, TOKENS, [{"meter": "calls_outbound", "quantity": 0}]):
        answer = reserve(platform, org, "call-1", usage)
        assert is_problem(answer, "calling-paused", 402), answer.json
        assert answer.json["missing"] == told["missing"]
        assert answer.json["reason"] == told["reason"]
    give_credit(org, "0.01")
    assert status(platform, org)["may_call"] is True
    assert reserve(platform, org, "call-1").status_code == 200


def test_a_call_in_progress_is_renewed_while_paused_as_far_as_its_allowance_reaches(
    platform: Platform,
) -> None:
    org = an_organization(credit="1.20")
    reserve(platform, org, "talk")
    reserve(platform, org, "all", TOKENS)
    assert status(platform, org)["may_call"] is False
    renewed = renew(platform, org, "talk", 2)
    assert (renewed.status_code, renewed.json["final"], renewed.json["seconds_left"]) == (200, False, 60)
    beyond = renew(platform, org, "talk", 3, [{"meter": "calls_outbound", "quantity": 3_000}])
    assert beyond.json["final"] is True
    # 50 minutes are included, of which 2 were reserved before: 48 of the 50 that it asks for, and its own 2.
    assert 55 <= beyond.json["seconds_left"] <= 60


@pytest.mark.long
def test_thirty_holds_at_the_same_time_count_on_the_last_minute_once(app: Flask) -> None:
    org = an_organization(credit="100")
    platforms = [Platform(app) for _ in range(6)]
    use(platforms[0], org, "before", 49 * 60)

    def call(number: int) -> str:
        with inside(app):
            answer = patiently(lambda: reserve(platforms[number % 6], org, f"call-{number}"))
            return str(answer.json["reserved"]["amount"])

    with ThreadPoolExecutor(30) as calls:
        reserved = sorted(calls.map(call, range(30)))
    assert reserved == ["0.000000", *["0.045000"] * 29]
    assert verification.check() == []


@pytest.mark.parametrize("end", ["capture", "release"])
def test_what_a_hold_counted_on_is_given_back_when_it_ends(platform: Platform, end: str) -> None:
    org = an_organization(credit="100")
    use(platform, org, "before", 49 * 60)
    assert entitlement(platform, org)["left"] == 60
    assert reserve(platform, org, "one").json["reserved"]["amount"] == "0.000000"
    assert (entitlement(platform, org)["reserved"], entitlement(platform, org)["left"]) == (60, 0)
    assert reserve(platform, org, "two").json["reserved"]["amount"] == "0.045000"
    platform.open("POST", f"/organizations/{org.id}/holds/one/{end}")
    assert (entitlement(platform, org)["reserved"], entitlement(platform, org)["left"]) == (0, 60)
    assert reserve(platform, org, "three").json["reserved"]["amount"] == "0.000000"


def test_usage_that_names_its_hold_takes_from_what_that_counted_on(platform: Platform) -> None:
    org = an_organization(credit="100")
    use(platform, org, "before", 48 * 60)
    reserve(platform, org, "one", [{"meter": "calls_outbound", "quantity": 90}])
    use(platform, org, "talk", 60, hold="one")
    told = entitlement(platform, org)
    assert (told["used"], told["reserved"], told["left"]) == (49 * 60, 30, 30)
    assert reserve(platform, org, "two").json["reserved"]["amount"] == "0.022500"


def test_usage_without_a_hold_takes_the_allowance_and_the_hold_gets_credit_instead(
    platform: Platform,
) -> None:
    org = an_organization(credit="100")
    use(platform, org, "before", 49 * 60)
    reserve(platform, org, "one")
    use(platform, org, "stranger", 60)
    told = platform.get(f"/organizations/{org.id}/holds/one").json
    assert told["reserved"]["amount"] == "0.045000", "the minute that it counted on is used by another"
    db.session.rollback()
    assert db.session.get_one(Wallet, (org.id,), populate_existing=True).held_micro == 45_000
    use(platform, org, "talk", 60, hold="one")
    assert platform.get(f"/organizations/{org.id}/holds/one").json["used"]["amount"] == "0.045000"
    assert status(platform, org)["held"]["amount"] == "0.000000"
    assert verification.check() == []
