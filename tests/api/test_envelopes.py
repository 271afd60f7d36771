"""The platform sets credit aside for campaigns, and learns what their calls may do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from app.billing.wallet import envelope_queries, ledger, reserve, verification
from app.billing.wallet.reserve import Reserve
from app.extensions import db
from app.models import AuditEvent, Organization
from tests.factories import OWNER, an_organization, give_credit, usd
from tests.support.platform import Platform, is_problem

USAGE = [{"meter": "tokens_out", "quantity": 83_333}]


def body(
    organization: Organization, amount: str = "40", days: int = 3, currency: str = "USD"
) -> dict[str, Any]:
    until = organization.local_day() + timedelta(days=days)
    return {"amount": {"amount": amount, "currency": currency}, "until": until.isoformat()}


def address(organization: Organization, campaign: str = "Spring recall/ä?") -> str:
    return f"/organizations/{organization.id}/envelopes/{quote(campaign)}"


def a_hold(key: str, *usage: dict[str, Any], campaign: str | None = None) -> dict[str, Any]:
    return {"key": key, "usage": [*USAGE, *usage], "lease_seconds": 60, "campaign": campaign}


def test_credit_is_set_aside_changed_and_returned(platform: Platform) -> None:
    organization = an_organization(credit="100")
    made = platform.put(address(organization), body(organization))
    assert made.status_code == 200
    assert (made.json["campaign"], made.json["left"]["amount"]) == ("Spring recall/ä?", "40.000000")
    again = platform.put(address(organization), body(organization))
    assert again.json == made.json, "sent twice it is set aside once"
    raised = platform.put(address(organization), body(organization, "60", days=5))
    assert (raised.json["id"], raised.json["amount"]["amount"]) == (made.json["id"], "60.000000")
    status = platform.get(f"/organizations/{organization.id}/status").json
    assert (status["available"]["amount"], status["set_aside"]["amount"]) == ("40.000000", "60.000000")
    listed = platform.get(f"/organizations/{organization.id}/envelopes").json
    assert [one["campaign"] for one in listed["envelopes"]] == ["Spring recall/ä?"]
    ended = platform.open("DELETE", address(organization))
    assert ended.json["ended_at"] is not None
    assert is_problem(platform.open("DELETE", address(organization)), "not-found", 404)
    assert platform.get(f"/organizations/{organization.id}/envelopes").json == {"envelopes": []}
    actions = db.session.scalars(
        db.select(AuditEvent.action).filter_by(org_id=organization.id).order_by(AuditEvent.id)
    )
    found = [action for action in actions if action.startswith("envelope.")]
    assert found == ["envelope.set_aside", "envelope.changed", "envelope.ended"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": "0"}, "/amount/amount"),
        ({"amount": "-5"}, "/amount/amount"),
        ({"amount": "5.005"}, "/amount/amount"),
        ({"currency": "EUR"}, "/amount/currency"),
        ({"days": -1}, "/until"),
        ({"days": 400}, "/until"),
    ],
)
def test_what_cannot_be_set_aside_is_named(platform: Platform, changes: dict[str, Any], pointer: str) -> None:
    organization = an_organization(credit="100")
    refused = platform.put(address(organization), body(organization, **changes))
    assert is_problem(refused, "invalid-content", 422)
    assert [one["pointer"] for one in refused.json["errors"]] == [pointer]


def test_more_than_there_is_says_what_to_do(platform: Platform) -> None:
    organization = an_organization(credit="100")
    refused = platform.put(address(organization), body(organization, "130.50"))
    assert is_problem(refused, "envelope-too-large", 409)
    assert (refused.json["most"]["amount"], refused.json["missing"]["amount"]) == ("100.000000", "30.500000")
    platform.put(address(organization, "Recall"), body(organization, "40"))
    platform.post(f"/organizations/{organization.id}/holds", a_hold("one", campaign="Recall"))
    lowered = platform.put(address(organization, "Recall"), body(organization, "0.50"))
    assert is_problem(lowered, "envelope-too-small", 409)


def test_one_more_than_there_can_be_says_what_to_do(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelope_queries, "MOST_OPEN", 1)
    organization = an_organization(credit="100")
    assert platform.put(address(organization), body(organization, "10")).status_code == 200
    refused = platform.put(address(organization, "Another"), body(organization, "10"))
    assert is_problem(refused, "too-many-envelopes", 409)
    assert platform.put(address(organization), body(organization, "20")).status_code == 200


def test_its_campaign_may_call_while_others_are_paused(platform: Platform) -> None:
    organization = an_organization(credit="40")
    platform.put(address(organization, "Recall"), body(organization))
    path = f"/organizations/{organization.id}/status"
    others = platform.get(path).json
    assert (others["may_call"], others["may_call_out"], others["reason"]) == (False, False, "set_aside")
    own = platform.get(f"{path}?campaign=Recall").json
    assert (own["may_call"], own["may_call_out"], own["state"]) == (True, True, "paused")
    assert (own["reason"], own["missing"], own["envelope"]["left"]["amount"]) == (None, None, "40.000000")
    held = platform.post(f"/organizations/{organization.id}/holds", a_hold("one", campaign="Recall"))
    assert held.status_code == 200
    refused = platform.post(f"/organizations/{organization.id}/holds", a_hold("two", campaign="Other"))
    assert is_problem(refused, "calling-paused", 402)
    assert refused.json["reason"] == "set_aside"


def test_at_the_reserve_only_inbound_calls_start(platform: Platform) -> None:
    organization = an_organization(credit="20")
    reserve.choose(organization, Reserve(usd("20"), None), OWNER, is_confirmed=True)
    db.session.commit()
    path = f"/organizations/{organization.id}"
    status = platform.get(f"{path}/status").json
    assert (status["may_call"], status["may_call_out"], status["reason"]) == (True, False, None)
    out = platform.get(f"{path}/status?to=US").json
    assert (out["may_call"], out["reason"]) == (False, "reserve_kept")
    refused = platform.post(f"{path}/holds", a_hold("out", {"meter": "calls_outbound", "quantity": 60}))
    assert is_problem(refused, "reserve-kept", 402)
    assert (refused.json["available"]["amount"], refused.json["reserve"]["amount"]) == (
        "0.000000",
        "20.000000",
    )
    inbound = platform.post(f"{path}/holds", a_hold("in", {"meter": "calls_inbound", "quantity": 60}))
    assert inbound.status_code == 200
    give_credit(organization, "30")
    assert platform.get(f"{path}/status?to=US").json["may_call"]


def test_what_comes_at_the_same_moment_sets_aside_once_and_never_more_than_there_is(app: Flask) -> None:
    """Two envelopes of which one fits, each asked for by several, while other calls want the same credit."""
    organization = an_organization(credit="100")
    platforms = [Platform(app) for _ in range(6)]
    path = f"/organizations/{organization.id}/holds"

    def ask(number: int) -> int:
        platform = platforms[number % 6]
        if number % 3 == 2:
            wanted = {"usage": [{"meter": "tokens_out", "quantity": 40 * 83_333}], "lease_seconds": 60}
            return platform.post(path, wanted | {"key": str(number)}).status_code
        return platform.put(
            address(organization, f"Campaign {number % 3}"), body(organization, "60")
        ).status_code

    with ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(ask, range(18)))
    assert {200, 402, 409, 503} >= set(answers)
    db.session.rollback()
    wallet = ledger.lock(organization.id)
    assert wallet.set_aside in {usd("0"), usd("60")}
    assert wallet.available >= usd("0")
    assert verification.check() == []


def test_a_token_of_one_organization_touches_no_other(app: Flask) -> None:
    organization, other = an_organization(credit="100"), an_organization(credit="100")
    own = Platform(app, organization=organization)
    assert is_problem(own.put(address(other), body(other)), "not-found", 404)
    assert is_problem(own.open("DELETE", address(other)), "not-found", 404)
