"""Forecasts over the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.billing import forecast
from app.clock import utc_now
from tests.factories import an_organization
from tests.support.platform import Platform, is_problem
from tests.support.spending import forecast_of
from tests.support.statements import statements


def told_at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_it_says_when_credit_runs_out_and_what_is_spent_until_then(platform: Platform) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    now = utc_now()
    until = now + timedelta(hours=10)
    told = platform.get(
        f"/organizations/{organization.id}/forecast", query_string={"until": until.isoformat()}
    ).json
    assert told["available"] == {"amount": "48.000000", "currency": "USD"}
    assert told["history"] == "enough"
    assert told["right_of_ten"] == forecast.RIGHT_OF_TEN
    assert told_at(told["as_of"]) <= now
    dry = [told_at(told["dry"][name]) for name in ("earliest", "about", "latest")]
    assert dry == sorted(dry)
    assert abs(dry[1] - now - timedelta(hours=48)) < timedelta(hours=1)
    assert told["dry"]["is_near"] is False
    assert told_at(told["spend"]["until"]) == until
    low, about, high = (float(told["spend"][name]["amount"]) for name in ("low", "about", "high"))
    assert low < about < high
    assert abs(about - 10) < 0.3


def test_credit_for_a_few_hours_is_near_its_end(platform: Platform) -> None:
    organization = an_organization(credit="3")
    forecast_of(organization)
    told = platform.get(f"/organizations/{organization.id}/forecast").json
    assert told["dry"]["is_near"] is True
    assert abs(told_at(told["spend"]["until"]) - utc_now() - timedelta(days=1)) < timedelta(minutes=1)


def test_without_a_week_of_usage_there_is_none(platform: Platform) -> None:
    told = platform.get(f"/organizations/{an_organization().id}/forecast").json
    assert told["history"] == "little"
    assert (told["as_of"], told["dry"], told["spend"]) == (None, None, None)


@pytest.mark.parametrize(
    "until", ["2020-01-01T00:00:00Z", "2200-01-01T00:00:00Z", "2026-12-24T10:00:00", "soon"]
)
def test_a_time_that_is_over_or_far_or_none_is_pointed_out(platform: Platform, until: str) -> None:
    address = f"/organizations/{an_organization().id}/forecast"
    answer = platform.get(address, query_string={"until": until})
    assert is_problem(answer, "malformed-request", 400)
    assert [error["parameter"] for error in answer.json["errors"]] == ["until"]


def test_an_organization_that_is_not_there_has_none(platform: Platform) -> None:
    assert platform.get(f"/organizations/{uuid4()}/forecast").status_code == 404


def test_credit_and_forecast_are_read_in_one_statement(platform: Platform) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    now = utc_now()
    with statements() as seen:
        forecast.gather(organization, now)
    assert len(seen) == 1
