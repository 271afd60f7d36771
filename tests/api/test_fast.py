"""The fast path serves what is plain and nothing else: who may not, or no longer, is refused at the very next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.billing.wallet import holds
from app.clock import utc_now
from app.database.fast import connections
from app.extensions import db
from app.ids import uuid7
from app.models import ApiToken, AuditEvent, Hold, Organization, Wallet
from app.people import tokens
from tests.factories import an_organization, usd
from tests.support.envelopes import an_enveloped
from tests.support.limits import a_limit, use_tokens
from tests.support.platform import Platform, is_problem
from tests.support.statements import fast_statements, statements

NOON = 1_764_072_000.0


def status_of(organization: Organization) -> str:
    return f"/organizations/{organization.id}/status"


def status_of_none() -> str:
    return f"/organizations/{uuid7()}/status"


def change_token(platform: Platform, **values: Any) -> None:
    db.session.execute(update(ApiToken).where(ApiToken.id == platform.token.id).values(**values))
    db.session.commit()


def revoke(platform: Platform) -> None:
    tokens.revoke(platform.token.id)
    db.session.commit()


ENDS: dict[str, tuple[Callable[[Platform], None], str]] = {
    "revoked": (revoke, "unauthorized"),
    "expired": (lambda one: change_token(one, expires_at=utc_now()), "unauthorized"),
    "another secret": (lambda one: change_token(one, secret_hash=bytes(32)), "unauthorized"),
    "another scope": (lambda one: change_token(one, scopes=["usage:read"]), "missing-scope"),
    "another organization": (lambda one: change_token(one, org_id=an_organization().id), "not-found"),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_ends_a_token_acts_at_the_next_request(platform: Platform, end: str) -> None:
    organization = an_organization(credit="1")
    assert [platform.get(status_of(organization)).status_code for _ in range(2)] == [200, 200]
    change, problem = ENDS[end]
    change(platform)
    answer = platform.get(status_of(organization))
    assert is_problem(answer, problem, answer.status_code)


def test_the_first_request_of_a_token_goes_the_careful_way_and_the_second_takes_no_session(
    platform: Platform,
) -> None:
    address = status_of(an_organization(credit="1"))
    with fast_statements() as fast:
        platform.get(address)
    assert fast == []
    with fast_statements() as fast, statements() as careful:
        platform.get(address)
    assert len(fast) == 2, "whom it sees, and the status with the token"
    assert careful == []


def test_its_use_is_recorded_once_a_minute_all_the_same(platform: Platform) -> None:
    address = status_of(an_organization(credit="1"))
    platform.get(address)
    long_ago = utc_now() - timedelta(minutes=1)
    change_token(platform, last_used_at=long_ago)
    platform.get(address)
    token = db.session.get_one(ApiToken, platform.token.id, populate_existing=True)
    assert token.last_used_at > long_ago


def test_a_first_use_from_another_network_is_recorded_all_the_same(app: Flask) -> None:
    organization = an_organization(credit="1")
    theirs = Platform(app, organization=organization)
    for address in ("192.0.2.1", "192.0.2.1", "198.51.100.7", "198.51.100.7"):
        theirs.get(status_of(organization), environ_overrides={"REMOTE_ADDR": address})
    query = db.select(AuditEvent.address).where(AuditEvent.action == "token.used_from_new_address")
    assert sorted(db.session.scalars(query)) == ["192.0.2.1", "198.51.100.7"]


def test_a_request_counts_once_toward_the_limit_whichever_way_it_goes(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.limits.time.time", lambda: NOON)
    plain, unknown = status_of(an_organization(credit="1")), status_of_none()
    headers = [platform.get(address).headers["RateLimit"] for address in (plain, plain, unknown, plain)]
    assert headers == [f'"requests";r={left};t=60' for left in (5999, 5998, 5997, 5996)]


def test_what_is_wrong_with_a_request_is_only_said_to_who_may_know(platform: Platform) -> None:
    address = f"{status_of(an_organization(credit='1'))}?pigeons=1"
    assert is_problem(platform.get(address), "malformed-request", 400)
    revoke(platform)
    assert is_problem(platform.get(address), "unauthorized", 401)


def an_expired_hold() -> Organization:
    organization = an_organization(credit="10")
    holds.reserve(organization.id, "call-1", usd("4"), at=utc_now(), lease=timedelta(minutes=1))
    db.session.execute(db.update(Hold).values(expires_at=utc_now()))
    return organization


def with_a_reserve() -> Organization:
    organization = an_organization(credit="10")
    db.session.execute(db.update(Wallet).values(reserve_micro=10_000_000))
    return organization


def with_a_limit() -> Organization:
    organization = an_organization(credit="100")
    a_limit(organization)
    use_tokens(organization)
    return organization


STATES: dict[str, Callable[[], Organization]] = {
    "credit": lambda: an_organization(credit="10"),
    "none": an_organization,
    "low": lambda: an_organization(credit="4", alert="5"),
    "an expired hold": an_expired_hold,
    "a reserve": with_a_reserve,
    "a limit": with_a_limit,
    "an envelope": an_enveloped,
}
QUERIES = ("", "?campaign=Recall", "?to=US", "?to=CU", "?agent=Ava&to=%2B4930901820")


@pytest.mark.parametrize("state", STATES)
def test_both_ways_say_the_same_of_a_status(platform: Platform, state: str) -> None:
    organization = STATES[state]()
    db.session.commit()
    platform.get(status_of(organization))
    for query in QUERIES:
        fast = platform.get(status_of(organization) + query)
        with connections.get().switched_off():
            careful = platform.get(status_of(organization) + query)
        assert (fast.status_code, fast.json) == (200, careful.json)
        assert fast.headers["ETag"] == careful.headers["ETag"]
