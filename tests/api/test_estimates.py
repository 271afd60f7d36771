"""Campaign estimates over the API."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.billing.wallet import envelopes, reserve
from app.billing.wallet.reserve import Reserve
from app.extensions import db
from tests.factories import OWNER, an_organization, usd
from tests.support.past_campaigns import a_past_campaign
from tests.support.platform import Platform, is_problem
from tests.support.spending import forecast_of

CAMPAIGN = {"calls": 200, "seconds": {"shortest": 30, "longest": 60}}


def test_it_is_told_from_least_to_most_with_what_is_missing(platform: Platform) -> None:
    organization = an_organization(credit="1")
    told = platform.post(f"/organizations/{organization.id}/estimates", CAMPAIGN).json
    assert told["lines"][0] == {
        "meter": "calls_outbound",
        "quantity": 12_000,
        "billable": 12_000,
        "included": 3_000,
        "least": {"amount": "2.250000", "currency": "USD"},
        "most": {"amount": "6.750000", "currency": "USD"},
    }
    assert told["suggested_top_up"] == {"amount": "25.000000", "currency": "USD"}
    assert told["from_own_usage"] is False
    assert told["covered_percent"] < 100


def test_it_says_how_the_campaign_would_go_and_what_it_is_based_on(platform: Platform) -> None:
    organization = an_organization(credit="60")
    forecast_of(organization)
    a_past_campaign(organization, "Recall", seconds=[90] * 40)
    body = {"calls": 10_000, "seconds": {"shortest": 60, "longest": 60}, "calls_a_day": 5_000}
    told = platform.post(f"/organizations/{organization.id}/estimates", body).json
    course = told["course"]
    assert 40 < float(course["meanwhile"]["amount"]) < 56, "a dollar an hour, for two days"
    assert course["runs_out_at"] < course["ends_at"]
    assert 0 < course["calls_covered"] < 10_000
    assert float(course["missing"]["amount"]) > float(told["missing"]["amount"])
    assert told["cheaper_plan"]["plan"] in {"growth", "scale"}
    past = told["past"]
    assert (past["campaigns"], past["calls"], past["seconds"]) == (["Recall"], 40, 90)
    assert past["answered_percent"] is None
    assert past["cost_a_call"]["currency"] == "USD"


def test_a_campaign_of_months_has_no_course_and_a_small_one_needs_no_plan(platform: Platform) -> None:
    told = platform.post(
        f"/organizations/{an_organization().id}/estimates", CAMPAIGN | {"calls_a_day": 1}
    ).json
    assert (told["course"], told["cheaper_plan"], told["past"]) == (None, None, None)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"meter": "sms"}, "/meter"),
        ({"seconds": {"shortest": 60, "longest": 30}}, "/seconds/longest"),
        ({"calls": 0}, "/calls"),
        ({"calls_a_day": 0}, "/calls_a_day"),
        ({"answered_percent": 101}, "/answered_percent"),
    ],
)
def test_what_makes_no_sense_is_pointed_out(platform: Platform, change: dict[str, Any], pointer: str) -> None:
    answer = platform.post(f"/organizations/{an_organization().id}/estimates", CAMPAIGN | change)
    assert is_problem(answer, "invalid-content", 422)
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_the_campaigns_own_envelope_counts_and_the_reserve_does_not(platform: Platform) -> None:
    organization = an_organization(credit="10")
    until = organization.local_day() + timedelta(days=30)
    envelopes.set_aside(organization, "Recall", usd("3"), until, OWNER)
    reserve.choose(organization, Reserve(usd("2"), None), OWNER, is_confirmed=False)
    db.session.commit()
    path = f"/organizations/{organization.id}/estimates"
    mine, other = (platform.post(path, CAMPAIGN | more).json for more in ({"campaign": "Recall"}, {}))
    for told in (mine, other):
        assert (told["available"]["amount"], told["reserve"]["amount"]) == ("7.000000", "2.000000")
    assert (mine["set_aside"]["amount"], other["set_aside"]["amount"]) == ("3.000000", "0.000000")
    apart = Decimal(other["missing"]["amount"]) - Decimal(mine["missing"]["amount"])
    assert apart == 3
    inbound = platform.post(path, CAMPAIGN | {"meter": "calls_inbound"}).json
    assert inbound["reserve"]["amount"] == "0.000000"
