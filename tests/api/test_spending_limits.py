"""Limits over HTTP: what stops a hold is said by a problem of its own, and the status says the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.limit_settings import decisions, requests
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, Mail, Organization
from app.people.tokens import Scope
from tests.api.test_holds import reserve
from tests.factories import OWNER, an_organization
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


BODY = {
    "subject": "campaign",
    "name": CAMPAIGN,
    "window": "day",
    "amount": {"amount": "30.00", "currency": "USD"},
    "stops": True,
}


def money(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


class TestSetting:
    @pytest.fixture
    def limits(self, app: Flask) -> str:
        return f"/organizations/{an_organization(credit='100').id}/limits"

    def test_a_limit_is_set_listed_changed_and_removed(self, platform: Platform, limits: str) -> None:
        one = f"{limits}/{uuid4()}"
        for _ in range(2):
            answer = platform.put(one, BODY)
            assert answer.status_code == 200
            assert (answer.json["spent"]["amount"], answer.json["reached"]) == ("0.000000", False)
        later = (utc_now() + timedelta(days=2)).isoformat()
        raised = platform.put(one, BODY | {"raised": {"amount": money("50"), "until": later}}).json
        assert (raised["amount"]["amount"], raised["usual"]["amount"]) == ("50.000000", "30.000000")
        assert platform.get(limits).json["limits"] == [raised]
        for _ in range(2):
            assert platform.open("DELETE", one).status_code == 204
        assert platform.get(limits).json["limits"] == []

    def test_what_an_owner_set_is_tightened_only(
        self, platform: Platform, organization: Organization
    ) -> None:
        limits = f"/organizations/{organization.id}/limits"
        (limit,) = platform.get(limits).json["limits"]
        one = f"{limits}/{limit['id']}"
        assert limit["set_by"] == "owner"
        assert limit["reached"]
        assert is_problem(platform.put(one, BODY), "owners-limit", 409)
        assert is_problem(platform.open("DELETE", one), "owners-limit", 409)
        twin = platform.put(f"{limits}/{uuid4()}", BODY)
        assert is_problem(twin, "limit-exists", 409)
        assert twin.json["limit"] == limit["id"]
        assert platform.put(one, BODY | {"amount": money("0.5")}).json["amount"]["amount"] == "0.500000"

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"name": None}, "/name"),
            ({"subject": "organization"}, "/name"),
            ({"subject": "destination_class", "name": "wild"}, "/name"),
            ({"amount": money("-1")}, "/amount"),
            ({"amount": money("1", "EUR")}, "/amount"),
            ({"window": "year"}, "/window"),
            ({"raised": {"amount": money("30"), "until": "2030-01-01T00:00:00Z"}}, "/raised/amount"),
            ({"raised": {"amount": money("31"), "until": "2020-01-01T00:00:00Z"}}, "/raised/until"),
            ({"raised": {"amount": money("31"), "until": "2099-01-01T00:00:00Z"}}, "/raised/until"),
            ({"raised": {"amount": money("31"), "until": "2099-01-01T00:00:00"}}, "/raised/until"),
        ],
    )
    def test_what_is_wrong_is_pointed_at(
        self, platform: Platform, limits: str, changes: dict[str, Any], pointer: str
    ) -> None:
        answer = platform.put(f"{limits}/{uuid4()}", BODY | changes)
        assert is_problem(answer, "invalid-content", 422)
        assert [one["pointer"] for one in answer.json["errors"]] == [pointer]

    def test_a_token_of_another_organization_sees_and_changes_nothing(
        self, app: Flask, organization: Organization
    ) -> None:
        other = Platform(app, organization=an_organization())
        limits = f"/organizations/{organization.id}/limits"
        assert is_problem(other.get(limits), "not-found", 404)
        assert is_problem(other.put(f"{limits}/{uuid4()}", BODY), "not-found", 404)
        reader = Platform(app, Scope.LIMITS_READ)
        assert is_problem(reader.put(f"{limits}/{uuid4()}", BODY), "missing-scope", 403)


class TestAskingForMore:
    def test_one_request_waits_and_the_platform_is_told_how_it_ended(
        self, platform: Platform, organization: Organization
    ) -> None:
        base = f"/organizations/{organization.id}"
        (limit,) = platform.get(f"{base}/limits").json["limits"]
        ask = f"{base}/limits/{limit['id']}/requests"
        first = platform.post(ask, {"amount": money("5"), "note": "more"}).json
        again = platform.post(ask, {"amount": money("9")}).json
        assert (first["id"], first["state"], again["amount"]) == (again["id"], "waiting", money("9.000000"))
        wish = requests.find(organization.id, UUID(first["id"])).request.as_text
        decisions.approve(organization, UUID(first["id"]), OWNER, seen=wish)
        db.session.commit()
        (decided,) = platform.get(f"{base}/limit-requests").json["requests"]
        assert (decided["state"], decided["decided_by"]) == ("approved", OWNER.name)
        assert reserve(platform, organization, campaign=CAMPAIGN).status_code == 200
        assert is_problem(platform.post(ask, {"amount": money("9")}), "not-more", 409)

    def test_what_cant_be_asked_is_said(self, platform: Platform, organization: Organization) -> None:
        base = f"/organizations/{organization.id}/limits"
        assert is_problem(
            platform.post(f"{base}/{uuid4()}/requests", {"amount": money("9")}), "not-found", 404
        )
        (limit,) = platform.get(base).json["limits"]
        ask = f"{base}/{limit['id']}/requests"
        past = {"amount": money("9"), "until": "2020-01-01T00:00:00Z"}
        assert is_problem(platform.post(ask, past), "invalid-content", 422)
        assert is_problem(platform.post(ask, {"amount": money("9", "EUR")}), "invalid-content", 422)
