"""Campaign estimates over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import an_organization
from tests.support.platform import Platform, is_problem

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


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"meter": "sms"}, "/meter"),
        ({"seconds": {"shortest": 60, "longest": 30}}, "/seconds/longest"),
        ({"calls": 0}, "/calls"),
        ({"answered_percent": 101}, "/answered_percent"),
    ],
)
def test_what_makes_no_sense_is_pointed_out(platform: Platform, change: dict[str, Any], pointer: str) -> None:
    answer = platform.post(f"/organizations/{an_organization().id}/estimates", CAMPAIGN | change)
    assert is_problem(answer, "invalid-content", 422)
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
