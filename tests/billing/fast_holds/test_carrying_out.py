"""Many at the same time: never more than there is, each key once, and no plan that isn't the organization's any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.billing.fast_holds import Done, End, Operation, Renew, Reserve
from app.billing.plans import terms
from app.billing.usage import ingest, quotes
from app.billing.wallet import holds, verification
from app.billing.wallet.hold_refusals import NotEnoughCreditError
from app.clock import utc_now
from app.database import fast
from app.database.messages import FastConnection, Statement
from app.extensions import db
from app.ids import uuid7
from app.models import Allowance, Hold, HoldAllowance, HoldState
from tests.factories import an_organization, usd
from tests.support.database import inside, superuser
from tests.support.fast_holding import LEASE, TOKENS, carry_out, reserve, wallet_of
from tests.support.metering import an_event


def in_threads(app: Flask, count: int, tasks: int, do: Callable[[int], Any]) -> list[Any]:
    def work(number: int) -> Any:
        with inside(app):
            return do(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(work, range(tasks)))


def test_two_hundred_by_twenty_threads_hold_exactly_what_there_is(app: Flask) -> None:
    organization = an_organization(credit="25")  # twenty of 1.20, and one more left over
    org_id = organization.id
    outcomes = in_threads(app, 20, 200, lambda number: reserve(org_id, f"call-{number}"))
    assert Counter(map(type, outcomes)) == {Done: 20, NotEnoughCreditError: 180}
    assert wallet_of(organization).held == usd("24")
    assert verification.check() == []


def test_one_key_by_twenty_threads_is_one_hold(app: Flask) -> None:
    organization = an_organization(credit="100")
    org_id = organization.id
    outcomes = in_threads(app, 20, 40, lambda _: reserve(org_id, "call-1"))
    assert len({outcome.hold.id for outcome in outcomes}) == 1
    assert wallet_of(organization).held == usd("1.20")
    assert db.session.scalar(db.select(db.func.count()).select_from(Hold)) == 1


def test_both_ways_at_the_same_time_hold_what_there_is(app: Flask) -> None:
    organization = an_organization(credit="12.60")
    org_id = organization.id

    def one(number: int) -> bool:
        if number % 2:
            return isinstance(reserve(org_id, f"call-{number}"), Done)
        try:
            holds.reserve(org_id, f"call-{number}", usd("1.20"), at=utc_now(), lease=LEASE)
        except NotEnoughCreditError:
            db.session.rollback()
            return False
        db.session.commit()
        return True

    assert sum(in_threads(app, 10, 40, one)) == 10
    assert wallet_of(organization).held == usd("12")
    assert verification.check() == []


def test_what_an_allowance_has_left_is_given_out_once_beside_usage(app: Flask) -> None:
    """Of 3,000 seconds some are used while others are reserved: none is both."""
    organization = an_organization(credit="100")
    org_id = organization.id

    def one(number: int) -> None:
        if number % 3:
            reserve(org_id, f"call-{number}", (("calls_outbound", 60),))
            return
        now = utc_now()
        ingest.ingest([an_event(org_id, f"e{number}", 90, meter="calls_outbound", when=now)], at=now)
        db.session.commit()

    in_threads(app, 8, 90, one)
    reserved = db.session.scalar(db.select(db.func.sum(HoldAllowance.reserved))) or 0
    used = db.session.scalars(db.select(Allowance.used).where(Allowance.meter == "call_minutes")).one()
    assert (int(reserved) + used, used) == (3_000, 2_700)
    assert verification.check() == []


def test_calls_from_their_first_slice_to_their_end_leave_nothing_held(app: Flask) -> None:
    organizations = [an_organization(credit="1000") for _ in range(3)]
    ids = [organization.id for organization in organizations]

    def call(number: int) -> None:
        org_id, key = ids[number % 3], f"call-{number}"
        usage = (("calls_outbound", 60), ("tokens_out", 1_000))
        steps: list[Operation] = [
            Reserve(org_id, key, usage, LEASE),
            *(Renew(org_id, key, usage, LEASE, slice) for slice in (2, 3)),
            End(org_id, key, HoldState.CAPTURED),
        ]
        for step in steps:
            [outcome] = carry_out(step)
            assert isinstance(outcome, Done)

    in_threads(app, 8, 48, call)
    assert {str(wallet_of(organization).held.exact) for organization in organizations} == {"0.000000"}
    assert db.session.scalar(db.select(db.func.count()).select_from(HoldAllowance)) == 0
    assert verification.check() == []


def test_many_in_one_go_are_each_done_after_those_before(app: Flask) -> None:
    rich, poor = an_organization(credit="100"), an_organization(credit="1.50")
    usage = (("calls_outbound", 60), *TOKENS)
    outcomes = carry_out(
        Reserve(rich.id, "a", usage, LEASE),
        Reserve(poor.id, "a", TOKENS, LEASE),
        Reserve(poor.id, "b", TOKENS, LEASE),
        Renew(rich.id, "a", usage, LEASE, 2),
        Renew(rich.id, "a", usage, LEASE, 4),
        End(poor.id, "a", HoldState.RELEASED),
        Reserve(poor.id, "c", TOKENS, LEASE),
        End(rich.id, "a", HoldState.CAPTURED),
        Reserve(uuid7(), "a", TOKENS, LEASE),
    )
    said = [
        (outcome.hold.state.value, outcome.hold.slice, outcome.hold.amount_micro)
        if isinstance(outcome, Done)
        else type(outcome).__name__
        for outcome in outcomes
    ]
    assert said == [
        ("active", 1, 1_200_000),
        ("active", 1, 1_200_000),
        "NotEnoughCreditError",
        ("active", 2, 2_400_000),
        "WrongSliceError",
        ("released", 1, 1_200_000),
        ("active", 1, 1_200_000),
        ("captured", 2, 2_400_000),
        "NoneType",
    ]
    assert (wallet_of(rich).held, wallet_of(poor).held) == (usd("0"), usd("1.20"))
    assert verification.check() == []


def test_what_the_careful_way_has_to_decide_waits_with_all_that_follows(app: Flask) -> None:
    """The platform would have to be notified that the second one pauses calling."""
    organization, other = an_organization(credit="2.40"), an_organization(credit="10")
    outcomes = carry_out(
        Reserve(organization.id, "a", TOKENS, LEASE),
        Reserve(organization.id, "b", TOKENS, LEASE),
        Reserve(organization.id, "c", TOKENS, LEASE),
        Reserve(other.id, "a", TOKENS, LEASE),
    )
    assert [isinstance(outcome, Done) for outcome in outcomes] == [True, False, False, True]
    assert outcomes[1:3] == [None, None]
    assert wallet_of(organization).held == usd("1.20")


@pytest.mark.parametrize("plan", ["growth", "scale"])
def test_another_plan_prices_the_very_next_hold(app: Flask, plan: str) -> None:
    organization = an_organization(credit="1000")
    usage = (("calls_outbound", 600_000), *TOKENS)
    first = reserve(organization, "a", usage)
    terms.start_plan(organization, plan, utc_now())
    db.session.commit()
    assert reserve(organization, "b", usage) is None, "the terms that were known are another plan's"
    quote = quotes.get_quote(organization.id, usage, at=utc_now())
    assert quote is not None
    expected = quote.price().amount.micro
    db.session.commit()
    second = reserve(organization, "b", usage)
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert second.hold.amount_micro == expected != first.hold.amount_micro


def test_on_a_lost_connection_it_is_done_once(app: Flask) -> None:
    organization = an_organization(credit="100")
    reserve(organization, "a")
    [pid] = fast.connections.get().run(lambda one: one.execute("SELECT pg_backend_pid()").fetchone()) or [0]
    with superuser().begin() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
    assert isinstance(reserve(organization, "b"), Done)
    assert wallet_of(organization).held == usd("2.40")


def test_on_a_connection_that_is_lost_after_the_commit_it_is_done_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization = an_organization(credit="100")
    reserve(organization, "a")
    send, lost = FastConnection.send, list[str]()

    def lose(connection: FastConnection, *statements: Statement) -> Any:
        rows = send(connection, *statements)
        if statements[-1][0] == "COMMIT" and not lost:
            lost.append("once")
            connection.close()
            raise psycopg.OperationalError
        return rows

    monkeypatch.setattr(FastConnection, "send", lose)
    steps: list[tuple[Operation, HoldState, str]] = [
        (Reserve(organization.id, "b", TOKENS, LEASE), HoldState.ACTIVE, "2.40"),
        (Renew(organization.id, "b", TOKENS, LEASE, 2), HoldState.ACTIVE, "3.60"),
        (End(organization.id, "b", HoldState.CAPTURED), HoldState.CAPTURED, "1.20"),
    ]
    for step, state, held in steps:
        lost.clear()
        [outcome] = carry_out(step)
        assert lost, "the connection was there"
        assert isinstance(outcome, Done)
        assert (outcome.hold.state, wallet_of(organization).held) == (state, usd(held))
    assert verification.check() == []
