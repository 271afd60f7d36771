"""A hold's key is one hold: again with other content, or once that has ended, it is refused; and a lease that
is over has ended for everyone at that moment, whether or not anyone has written it down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.activity import call_costs
from app.billing.wallet import balance, ledger, status, verification
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, Hold, Organization, Wallet
from tests.factories import an_organization, give_credit, usd
from tests.support.database import inside
from tests.support.platform import Platform, is_problem, patiently

TOKENS = [{"meter": "tokens_out", "quantity": 100_000}]  # 1.20 on the free plan
CONTENT: dict[str, Any] = {
    "usage": [*TOKENS, {"meter": "calls_outbound", "quantity": 60}],
    "lease_seconds": 60,
    "call": "call-1",
    "agent": "Ava",
    "campaign": "Recall",
}
OTHER: dict[str, Any] = {
    "usage": [*TOKENS, {"meter": "calls_outbound", "quantity": 61}],
    "lease_seconds": 61,
    "call": "call-2",
    "agent": None,
    "campaign": "Recall 2",
}


def reserve(platform: Platform, org: Organization, key: str = "call-1", **changes: Any) -> TestResponse:
    return platform.post(f"/organizations/{org.id}/holds", {"key": key} | CONTENT | changes)


def renew(platform: Platform, org: Organization, slice: int = 2, **changes: Any) -> TestResponse:
    body = {"slice": slice, "usage": CONTENT["usage"], "lease_seconds": 60} | changes
    return platform.post(f"/organizations/{org.id}/holds/call-1/renewals", body)


def wallet_of(org: Organization) -> Wallet:
    db.session.rollback()
    return db.session.get_one(Wallet, (org.id,), populate_existing=True)


def let_the_lease_end(org: Organization) -> None:
    """As time does."""
    db.session.execute(db.update(Hold).values(expires_at=Hold.expires_at - timedelta(minutes=2)))
    db.session.commit()
    db.session.expire_all()


@pytest.mark.parametrize("field", OTHER)
def test_the_same_key_with_other_content_is_refused_and_says_what_differs(
    platform: Platform, field: str
) -> None:
    org = an_organization(credit="10")
    reserve(platform, org)
    answer = reserve(platform, org, **{field: OTHER[field]})
    assert is_problem(answer, "hold-differs", 409), answer.json
    assert answer.json["differs"] == [field]
    assert wallet_of(org).held == usd("1.20")


def test_the_order_of_what_is_asked_for_is_no_other_content(platform: Platform) -> None:
    org = an_organization(credit="10")
    reserve(platform, org)
    assert reserve(platform, org, usage=CONTENT["usage"][::-1]).status_code == 200


@pytest.mark.parametrize("end", ["capture", "release", "its lease"])
def test_the_key_of_a_hold_that_has_ended_reserves_nothing_and_says_so(platform: Platform, end: str) -> None:
    org = an_organization(credit="10")
    reserve(platform, org)
    if end == "its lease":
        let_the_lease_end(org)
    else:
        platform.open("POST", f"/organizations/{org.id}/holds/call-1/{end}")
    answer = reserve(platform, org)
    assert is_problem(answer, "hold-ended", 409), answer.json
    assert answer.json["state"] == {"capture": "captured", "release": "released"}.get(end, "expired")


@pytest.mark.parametrize("field", ["usage", "lease_seconds"])
def test_the_same_slice_with_other_content_is_refused(platform: Platform, field: str) -> None:
    org = an_organization(credit="10")
    reserve(platform, org)
    assert renew(platform, org).status_code == 200
    assert renew(platform, org).status_code == 200
    answer = renew(platform, org, **{field: OTHER[field]})
    assert is_problem(answer, "hold-differs", 409), answer.json
    assert answer.json["differs"] == [field]
    assert wallet_of(org).held == usd("2.40")


def test_the_same_key_from_two_processes_at_the_same_moment_is_one_hold(app: Flask) -> None:
    org = an_organization(credit="10")
    platforms = [Platform(app), Platform(app)]

    def ask(number: int) -> int:
        with inside(app):
            other = {"agent": "Noah"} if number % 4 == 3 else {}
            return patiently(lambda: reserve(platforms[number % 2], org, **other)).status_code

    with ThreadPoolExecutor(8) as asking:
        answers = list(asking.map(ask, range(16)))
    assert set(answers) <= {200, 409}
    assert answers.count(200) in {12, 4}, (
        "those who came first with their content, and those who said the same"
    )
    assert wallet_of(org).held == usd("1.20")
    assert verification.check() == []


class TestALeaseThatIsOver:
    """Nothing has swept: each reader finds out by itself."""

    @pytest.fixture
    def org(self, platform: Platform) -> Organization:
        made = an_organization(credit="1.20")
        assert reserve(platform, made).status_code == 200
        let_the_lease_end(made)
        return made

    def test_can_not_be_renewed(self, platform: Platform, org: Organization) -> None:
        answer = renew(platform, org)
        assert is_problem(answer, "hold-ended", 409), answer.json
        assert answer.json["state"] == "expired"

    def test_is_shown_as_expired(self, platform: Platform, org: Organization) -> None:
        told = platform.get(f"/organizations/{org.id}/holds/call-1").json
        assert (told["state"], told["reserved"]["amount"], told["seconds_left"]) == ("expired", "0.000000", 0)

    @pytest.mark.parametrize("end", ["capture", "release"])
    def test_ends_as_expired(self, platform: Platform, org: Organization, end: str) -> None:
        told = platform.open("POST", f"/organizations/{org.id}/holds/call-1/{end}").json
        assert told["state"] == "expired"

    def test_is_no_part_of_the_status(self, platform: Platform, org: Organization) -> None:
        told = platform.get(f"/organizations/{org.id}/status").json
        assert (told["may_call"], told["held_micro"], told["available_micro"]) == (True, 0, 1_200_000)
        assert verification.check() == []

    def test_changes_the_status_for_who_asks_with_a_tag(self, platform: Platform) -> None:
        made = an_organization(credit="1.20")
        reserve(platform, made)
        address = f"/organizations/{made.id}/status"
        tag = platform.get(address).headers["ETag"]
        let_the_lease_end(made)
        answer = platform.get(address, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert answer.json["may_call"] is True

    def test_is_no_part_of_the_balance_on_pages(self, app: Flask, org: Organization) -> None:
        view = balance.gather(org)
        assert (view.available, view.held, view.calls) == (usd("1.20"), usd("0"), ())
        assert view.state is CallingState.ACTIVE

    def test_is_no_call_in_progress(self, app: Flask, org: Organization) -> None:
        assert call_costs.get_call_costs(org, "call-1") is None

    def test_leaves_its_credit_to_the_next_call(self, platform: Platform, org: Organization) -> None:
        assert reserve(platform, org, "call-2").status_code == 200
        assert wallet_of(org).held == usd("1.20")

    def test_leaves_its_credit_to_a_renewal(self, platform: Platform) -> None:
        made = an_organization(credit="2.40")
        reserve(platform, made, "gone")
        let_the_lease_end(made)
        reserve(platform, made)
        assert renew(platform, made).json["final"] is False

    def test_is_known_to_no_matter_who_locks_the_wallet_and_posts(
        self, app: Flask, org: Organization
    ) -> None:
        give_credit(org, "1", at=utc_now())
        wallet = ledger.lock(org.id)
        assert (wallet.held, wallet.state) == (usd("0"), CallingState.ACTIVE)

    def test_is_no_part_of_what_an_estimate_has_to_go_on(self, app: Flask, org: Organization) -> None:
        found = status.find(org.id)
        assert found is not None
        assert found.available == usd("1.20")


@pytest.mark.parametrize("key", ["a\nb", "a\n", "\r", "a\tb", "\x7f", "a\x1fb"])
def test_a_key_that_no_address_could_name_reserves_nothing(platform: Platform, key: str) -> None:
    organization = an_organization()
    give_credit(organization, "50")
    refused = reserve(platform, organization, key)
    assert is_problem(refused, "invalid-content", 422)
    assert [error["pointer"] for error in refused.json["errors"]] == ["/key"]


@pytest.mark.parametrize("key", ["a/b", "a b", "..", "ключ", "a\u00a0b", "50%", "?x=1#y"])
def test_a_key_is_found_again_by_its_address(platform: Platform, key: str) -> None:
    organization = an_organization()
    give_credit(organization, "50")
    assert reserve(platform, organization, key).status_code == 200
    found = platform.get(f"/organizations/{organization.id}/holds/{quote(key, safe='/')}")
    assert found.json["key"] == key
