"""Batches of operations on holds: an answer for each, as if it had been sent by itself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.api.hold_batch_bodies import MOST
from app.billing.wallet import verification
from app.database.fast import connections
from app.extensions import db
from app.ids import uuid7
from app.models import Hold, Organization, Wallet
from app.people import tokens
from app.web.lock_timeouts import OF_HURRIED
from tests.factories import an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.locking import wallet_locked
from tests.support.platform import Platform, is_problem
from tests.support.statements import fast_statements, statements

TOKENS = [{"meter": "tokens_out", "quantity": 100_000}]  # 1.20 on the free plan


def reserve(of: Organization | UUID, key: str, **changes: Any) -> dict[str, Any]:
    org_id = of if isinstance(of, UUID) else of.id
    asked = {"op": "reserve", "organization": str(org_id), "key": key, "usage": TOKENS, "lease_seconds": 60}
    return asked | changes


def renew(of: Organization, key: str, slice: int = 2) -> dict[str, Any]:
    return reserve(of, key) | {"op": "renew", "slice": slice}


def end(of: Organization, key: str, op: str = "capture") -> dict[str, Any]:
    return {"op": op, "organization": str(of.id), "key": key}


def send(platform: Platform, *operations: dict[str, Any]) -> list[Any]:
    answer: Any = platform.post("/holds/batch", {"operations": list(operations)})
    assert answer.status_code == 200, answer.json
    results: list[Any] = answer.json["results"]
    assert len(results) == len(operations)
    for one in results:
        assert (one["hold"] is None) == (one["status"] != 200) == (one["problem"] is not None)
        assert one["problem"] is None or one["problem"]["status"] == one["status"]
    return results


def said(results: list[Any]) -> list[Any]:
    return [
        (one["hold"]["state"], one["hold"]["reserved"]["amount"])
        if one["hold"]
        else one["problem"]["type"].rpartition("/")[2]
        for one in results
    ]


def held(organization: Organization) -> Any:
    db.session.rollback()
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).held


def known(platform: Platform) -> Platform:
    """A caller whose token was used before."""
    platform.get(f"/organizations/{an_organization(credit='1').id}/status")
    return platform


def test_each_operation_has_an_answer_and_sees_those_before(platform: Platform) -> None:
    rich, poor = an_organization(credit="100"), an_organization(credit="1.50")
    results = send(
        known(platform),
        reserve(rich, "a"),
        reserve(poor, "a"),
        reserve(poor, "b"),
        renew(rich, "a"),
        renew(rich, "a", 7),
        end(poor, "a", "release"),
        reserve(poor, "c"),
        end(rich, "a"),
        reserve(uuid7(), "a"),
        end(rich, "none"),
    )
    assert said(results) == [
        ("active", "1.200000"),
        ("active", "1.200000"),
        "not-enough-credit",
        ("active", "2.400000"),
        "wrong-slice",
        ("released", "0.000000"),
        ("active", "1.200000"),
        ("captured", "0.000000"),
        "not-found",
        "not-found",
    ]
    assert (held(rich), held(poor)) == (usd("0"), usd("1.20"))
    assert verification.check() == []


def test_a_burst_of_plain_ones_takes_no_session_and_as_many_statements_as_one(platform: Platform) -> None:
    organizations = [an_organization(credit="1000") for _ in range(5)]
    send(known(platform), *(reserve(of, "warm") for of in organizations))
    with statements() as careful, fast_statements() as fast:
        results = send(platform, *(reserve(of, f"call-{n}") for n in range(100) for of in organizations))
    assert {one["status"] for one in results} == {200}
    assert careful == []
    assert len(fast) < 15
    assert {str(held(of).exact) for of in organizations} == {"121.200000"}


def test_the_first_batch_of_a_token_is_done_too(platform: Platform) -> None:
    organization = an_organization(credit="100")
    with connections.get().switched_off():
        assert said(send(platform, reserve(organization, "a"))) == [("active", "1.200000")]
    assert said(
        send(Platform(platform.client.application), reserve(organization, "b"), end(organization, "a"))
    ) == [
        ("active", "1.200000"),
        ("captured", "0.000000"),
    ]


def test_what_has_to_be_told_is_done_in_its_place(platform: Platform) -> None:
    """The second pauses calling, the third is refused by that, and the fourth resumes it."""
    organization, other = an_organization(credit="2.40"), an_organization(credit="10")
    operations = [
        reserve(organization, "a"),
        reserve(organization, "b"),
        reserve(organization, "c"),
        end(organization, "a", "release"),
        reserve(organization, "d"),
        reserve(other, "a"),
    ]
    assert said(send(known(platform), *operations)) == [
        ("active", "1.200000"),
        ("active", "1.200000"),
        "calling-paused",
        ("released", "0.000000"),
        ("active", "1.200000"),
        ("active", "1.200000"),
    ]
    assert verification.check() == []


def test_a_limit_refuses_within_a_batch(platform: Platform) -> None:
    organization = an_organization(credit="100")
    a_limit(organization, a_draft("2"))
    results = send(known(platform), reserve(organization, "a"), reserve(organization, "b"))
    assert said(results) == [("active", "1.200000"), "limit-reached"]
    assert "limit" in results[1]["problem"]


def test_a_batch_that_is_sent_again_does_nothing_twice(platform: Platform) -> None:
    organization = an_organization(credit="100")
    operations = [reserve(organization, "a"), renew(organization, "a"), reserve(organization, "b")]
    first, second = send(known(platform), *operations), send(platform, *operations)
    assert said(second)[2] == said(first)[2]
    assert held(organization) == usd("3.60")
    assert db.session.scalar(db.select(db.func.count()).select_from(Hold)) == 2


def test_a_locked_wallet_keeps_no_one_else_waiting(platform: Platform) -> None:
    locked, free = an_organization(credit="100"), an_organization(credit="100")
    send(known(platform), reserve(locked, "warm"), reserve(free, "warm"))
    with wallet_locked(locked.id):
        results = send(platform, *(reserve(of, f"call-{n}") for n in range(4) for of in (locked, free)))
    assert [one["status"] for one in results] == [503, 200] * 4
    assert (held(locked), held(free)) == (usd("1.20"), usd("6"))


def test_a_token_of_one_organization_does_nothing_for_another(app: Flask) -> None:
    own, other = an_organization(credit="10"), an_organization(credit="10")
    theirs = known(Platform(app, organization=own))
    for _ in range(2):
        results = send(theirs, reserve(own, "a"), reserve(other, "a"), end(other, "a"))
        assert said(results) == [("active", "1.200000"), "not-found", "not-found"]
    assert held(other) == usd("0")


def test_what_a_token_may_not_see_is_not_locked_for_it(app: Flask) -> None:
    own, other = an_organization(credit="10"), an_organization(credit="10")
    theirs = known(Platform(app, organization=own))
    send(theirs, reserve(own, "warm"))
    with wallet_locked(other.id), fast_statements() as fast:
        assert said(send(theirs, reserve(own, "a"), reserve(other, "a"))) == [
            ("active", "1.200000"),
            "not-found",
        ]
    assert "COMMIT" in fast, "it waited for another organization's wallet"


def test_many_locked_wallets_are_not_waited_for_one_by_one(platform: Platform) -> None:
    locked, free = [an_organization(credit="10") for _ in range(4)], an_organization(credit="10")
    known(platform)
    with ExitStack() as all_of_them, statements() as seen:
        for of in locked:
            all_of_them.enter_context(wallet_locked(of.id))
        results = send(platform, *(reserve(of, "a") for of in [*locked, free]))
    assert [one["status"] for one in results] == [503, 503, 503, 503, 200]
    hurried = [statement for statement in seen if OF_HURRIED in statement]
    assert len(hurried) == 3, "two were waited for patiently, and then two locked ones and the free one not"


def test_batches_in_opposite_orders_do_not_wait_for_each_other_in_a_circle(
    app: Flask, platform: Platform
) -> None:
    organizations = [an_organization(credit="1000") for _ in range(5)]
    send(known(platform), *(reserve(of, "warm") for of in organizations))
    headers = {"Authorization": f"Bearer {platform.text}"}
    batches = []
    for number in range(12):
        order = organizations[:: 1 if number % 2 else -1]
        operations = [reserve(of, f"c{number}") for of in order] + [end(of, f"c{number}") for of in order]
        batches.append({"operations": operations})

    def post(batch: Any) -> set[int]:
        answer: Any = app.test_client().post("/api/v1/holds/batch", headers=headers, json=batch)
        return {one["status"] for one in answer.json["results"]}

    with ThreadPoolExecutor(4) as threads:
        assert set().union(*threads.map(post, batches)) == {200}
    assert {str(held(of).exact) for of in organizations} == {"1.200000"}
    assert verification.check() == []


def test_a_revoked_token_does_nothing(platform: Platform) -> None:
    organization = an_organization(credit="10")
    send(known(platform), reserve(organization, "a"))
    tokens.revoke(platform.token.id)
    db.session.commit()
    answer = platform.post("/holds/batch", {"operations": [reserve(organization, "b")]})
    assert is_problem(answer, "unauthorized", 401)
    assert held(organization) == usd("1.20")


WRONG: dict[str, Callable[[Organization], Any]] = {
    "none": lambda of: [],
    "too many": lambda of: [reserve(of, f"c{n}") for n in range(MOST + 1)],
    "no such operation": lambda of: [{"op": "steal", "organization": str(of.id), "key": "a"}],
    "an unknown field": lambda of: [reserve(of, "a"), end(of, "a") | {"usage": TOKENS}],
    "no organization": lambda of: [{"op": "capture", "key": "a"}],
    "a key of two lines": lambda of: [reserve(of, "a\nb")],
}


@pytest.mark.parametrize("case", WRONG)
def test_a_batch_that_is_not_well_formed_is_refused_as_a_whole(platform: Platform, case: str) -> None:
    organization = an_organization(credit="10")
    answer: Any = known(platform).post("/holds/batch", {"operations": WRONG[case](organization)})
    assert is_problem(answer, "invalid-content", 422)
    assert answer.json["errors"][0]["pointer"].startswith("/operations")
    assert db.session.scalar(db.select(db.func.count()).select_from(Hold)) == 0
