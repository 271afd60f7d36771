"""Limits over HTTP: what stops a hold is said by a problem of its own, and the status says the same."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, Mail, Organization
from tests.api.test_holds import reserve
from tests.factories import an_organization
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take
from tests.support.platform import Platform, is_problem
from tests.support.sandbox import work_through

CAMPAIGN = "Spring recall"


def status(platform: Platform, organization: Organization, **query: str) -> Any:
    return platform.get(f"/organizations/{organization.id}/status", query_string=query).json


@pytest.fixture
def organization(app: Flask) -> Organization:
    """With a campaign whose $1.20 of today are spent."""
    made = an_organization(credit="100", timezone="America/New_York")
    now = utc_now()
    take(an_event(made, "u", 100_000, when=now, campaign=CAMPAIGN), now=now)
    a_limit(made, a_draft("1.20", subject=LimitSubject.CAMPAIGN, name=CAMPAIGN))
    return made


def test_a_refused_hold_says_which_limit_and_when_it_starts_again(
    platform: Platform, organization: Organization
) -> None:
    answer = reserve(platform, organization, campaign=CAMPAIGN, agent="Ava")
    assert is_problem(answer, "limit-reached", 402)
    told: Any = answer.json
    assert (told["campaign"], told["agent"]) == (CAMPAIGN, "Ava")
    assert told["needed"]["amount"] == "1.200000"
    limit = told["limit"]
    assert (limit["subject"], limit["name"], limit["window"]) == ("campaign", CAMPAIGN, "day")
    assert (limit["amount"]["amount"], limit["spent"]["amount"]) == ("1.200000", "1.200000")
    assert limit["ask_for_more"].endswith(f"/billing/wallet/limits/{limit['id']}/more")
    assert limit["starts_again_at"] > utc_now().isoformat()
    assert reserve(platform, organization, campaign="Other").status_code == 200


def test_the_status_says_no_where_a_hold_would_be_refused(
    platform: Platform, organization: Organization
) -> None:
    told = status(platform, organization, campaign=CAMPAIGN)
    assert (told["may_call"], told["reason"], told["state"]) == (False, "limit_reached", "active")
    assert told["limit"]["name"] == CAMPAIGN
    for query in ({}, {"campaign": "Other"}, {"agent": "Ava"}):
        told = status(platform, organization, **query)
        assert (told["may_call"], told["reason"], told["limit"]) == (True, None, None)
    assert is_problem(
        platform.get(f"/organizations/{organization.id}/status", query_string={"to": "0044"}),
        "malformed-request",
        400,
    )


def test_the_tag_of_a_status_changes_when_a_limit_starts_again_or_is_asked_about(
    platform: Platform, organization: Organization
) -> None:
    address = f"/organizations/{organization.id}/status"
    tags = {
        platform.get(address, query_string=query).headers["ETag"] for query in ({}, {"campaign": CAMPAIGN})
    }
    assert len(tags) == 2


def test_a_refusal_is_told_once_although_it_reserves_nothing(
    app: Flask, platform: Platform, organization: Organization
) -> None:
    for key in ("a", "b"):
        reserve(platform, organization, key, campaign=CAMPAIGN)
    work_through(app)
    db.session.rollback()
    mails = db.session.query(Mail).filter_by(org_id=organization.id, kind="limit_reached").all()
    assert [mail.facts["percent"] for mail in mails] == [100]


def test_a_closed_destination_is_said_to_be_closed(platform: Platform, organization: Organization) -> None:
    answer = reserve(platform, organization, to="+25261234567")
    assert is_problem(answer, "destination-closed", 402)
    assert (answer.json["destination"], answer.json["class"]) == ("SO", "high")
    told = status(platform, organization, to="SO")
    assert (told["may_call"], told["reason"]) == (False, "destination_closed")
    assert reserve(platform, organization, to="GB").status_code == 200
    again = reserve(platform, organization, to="DE")
    assert is_problem(again, "hold-differs", 409)
    assert again.json["differs"] == ["to"]


@pytest.mark.parametrize("to", ["", "gb", "GBR", "44", "+0123", "+1234567890123456", "+44 20", "+44\n"])
def test_where_it_goes_is_a_number_or_a_country(
    platform: Platform, organization: Organization, to: str
) -> None:
    assert is_problem(reserve(platform, organization, to=to), "invalid-content", 422)
