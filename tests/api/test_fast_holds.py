"""A hold the fast way: in two messages, and with the careful way's answers."""

from __future__ import annotations

from typing import Any

import pytest

from app.database.fast import connections
from app.extensions import db
from app.models import Hold, Organization, Wallet
from tests.factories import an_organization, usd
from tests.support.platform import Platform, is_problem
from tests.support.statements import fast_statements, statements
from tests.support.twins import Twins, differing_answers

TOKENS = [{"meter": "tokens_out", "quantity": 100_000}]  # 1.20 on the free plan


def reserve(platform: Platform, organization: Organization, key: str, **changes: Any) -> Any:
    body = {"key": key, "usage": TOKENS, "lease_seconds": 60, "call": key} | changes
    return platform.post(f"/organizations/{organization.id}/holds", body)


def renew(platform: Platform, organization: Organization, key: str, slice: int = 2) -> Any:
    body = {"slice": slice, "usage": TOKENS, "lease_seconds": 60}
    return platform.post(f"/organizations/{organization.id}/holds/{key}/renewals", body)


def end(platform: Platform, organization: Organization, key: str, way: str = "capture") -> Any:
    return platform.open("POST", f"/organizations/{organization.id}/holds/{key}/{way}")


def held(organization: Organization) -> Any:
    db.session.rollback()
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).held


@pytest.fixture
def warm(platform: Platform) -> Organization:
    """An organization whose first hold has gone the careful way."""
    organization = an_organization(credit="100")
    assert reserve(platform, organization, "warm").status_code == 200
    return organization


def test_each_step_of_a_call_takes_no_session(platform: Platform, warm: Organization) -> None:
    with statements() as careful, fast_statements() as fast:
        assert reserve(platform, warm, "call-1").json["reserved"]["amount"] == "1.200000"
        assert renew(platform, warm, "call-1").json["reserved"]["amount"] == "2.400000"
        assert end(platform, warm, "call-1").json["state"] == "captured"
    assert careful == []
    assert fast.count("COMMIT") == 3
    assert held(warm) == usd("1.20")


def test_refusals_take_no_session_either(platform: Platform, warm: Organization) -> None:
    poor = an_organization(credit="1")
    with statements() as careful:
        assert is_problem(reserve(platform, poor, "call-1"), "not-enough-credit", 402)
        assert is_problem(reserve(platform, warm, "warm", lease_seconds=70), "hold-differs", 409)
        assert is_problem(renew(platform, warm, "warm", 4), "wrong-slice", 409)
    assert careful == []


def test_switched_off_it_is_not_used(platform: Platform, warm: Organization) -> None:
    with connections.get().switched_off(), fast_statements() as fast:
        assert reserve(platform, warm, "call-1").status_code == 200
    assert fast == []
    assert db.session.scalar(db.select(db.func.count()).select_from(Hold)) == 2


ODD: list[dict[str, Any]] = [
    *(
        {"key": key}
        for key in ("", " ", "NULL", "{}", 'a"b\\,c', "a\0b", "\ud800", "k" * 255, "k" * 256, 5, None)
    ),
    *({"lease_seconds": lease} for lease in (-60, 0, 60.0, 60.5, True, None, 10**30)),
    *(
        {"usage": [{"meter": "tokens_out", "quantity": many}]}
        for many in (-1, 0, 1.5, None, "1", 10**9, 10**9 + 1, 10**30)
    ),
    {"usage": []},
    {"usage": [{"meter": "tokens_out", "quantity": 10**9}] * 20},
    {"usage": [{"meter": "tokens_out", "quantity": 1}] * 21},
    *({"usage": [{"meter": meter, "quantity": 1}]} for meter in ("", "none", "tokens_out\0", None)),
    *(
        {name: value}
        for name in ("call", "agent", "campaign", "to")
        for value in ("", "NULL", "{\\", "\0", 5)
    ),
    {"more": 1},
]
"""What may be wrong with a request, or only looks as if."""


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_is_odd_is_answered_as_the_careful_way_does_even_when_it_is_sent_again(
    platform: Platform, odd: dict[str, Any]
) -> None:
    twins = Twins(platform, lambda: an_organization(credit="100"))
    twins.post("", {"key": "warm", "usage": TOKENS, "lease_seconds": 60})
    body = {"key": "call-1", "usage": TOKENS, "lease_seconds": 60} | odd
    for _ in range(2):
        assert differing_answers(*twins.post("", body)) == []
    assert twins.differences() == []
