"""What the fast way leaves to the careful one: nothing is changed, and that one decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing.fast_holds import Done, End, Operation, Renew, Reserve
from app.billing.wallet import holds, ledger, watches
from app.billing.wallet.hold_refusals import (
    CallingPausedError,
    HoldEndedError,
    NotEnoughCreditError,
    OtherContentError,
    ReserveKeptError,
    WrongSliceError,
)
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, HoldState, Organization, Wallet, WatchKind
from tests.billing.fast_holds.test_carrying_out import LEASE, TOKENS, carry_out, wallet_of
from tests.factories import an_organization, usd
from tests.support.envelopes import set_aside_now
from tests.support.limits import a_limit

CALLS = (("calls_outbound", 60),)


def change_wallet(organization: Organization, **values: Any) -> Organization:
    db.session.execute(db.update(Wallet).where(Wallet.org_id == organization.id).values(**values))
    db.session.commit()
    return organization


def with_a_hold(organization: Organization, amount: str = "1", **values: Any) -> Organization:
    now = utc_now()
    holds.reserve(
        organization.id, "a", usd(amount), at=now, lease=LEASE, campaign=values.pop("campaign", None)
    )
    if values:
        db.session.execute(db.update(Hold).values(**values))
    db.session.commit()
    return organization


def enveloped() -> Organization:
    organization = an_organization(credit="100")
    set_aside_now(organization, "40")
    return organization


def limited() -> Organization:
    organization = an_organization(credit="100")
    a_limit(organization)
    return organization


def watched(under: str, recovers_at: str | None = None) -> Organization:
    organization = an_organization(credit="10")
    watches.arm(
        ledger.lock(organization.id),
        WatchKind.ALERT,
        under=usd(under),
        recovers_at=usd(recovers_at) if recovers_at else None,
        at=utc_now(),
    )
    db.session.commit()
    return organization


def a_recovering_watch() -> Organization:
    """With a hold whose end takes available credit from 9 back to 10."""
    organization = with_a_hold(watched("9.50", "9.80"))
    assert wallet_of(organization).recovery_micro is not None
    return organization


def paused_by_a_hold() -> Organization:
    return with_a_hold(an_organization(credit="10"), "10")


NEW = lambda of: Reserve(of.id, "b", TOKENS, LEASE)  # noqa: E731, one of a table
RENEWED: Callable[[Organization], Operation] = lambda of: Renew(of.id, "a", TOKENS, LEASE, 2)  # noqa: E731
ENDED = lambda of: End(of.id, "a", HoldState.CAPTURED)  # noqa: E731
FOR_CAMPAIGN = lambda of: Reserve(of.id, "b", TOKENS, LEASE, campaign="Recall")  # noqa: E731
LEFT: dict[str, tuple[Callable[[], Organization], Callable[[Organization], Operation]]] = {
    "a lease is over": (
        lambda: with_a_hold(an_organization(credit="10"), expires_at=utc_now()),
        NEW,
    ),
    "an envelope is over": (
        lambda: change_wallet(an_organization(credit="10"), envelope_ends_at=utc_now()),
        NEW,
    ),
    "credit has expired": (
        lambda: change_wallet(an_organization(credit="10"), credit_expires_at=utc_now()),
        NEW,
    ),
    "its campaign may have an envelope": (enveloped, FOR_CAMPAIGN),
    "spend is limited": (limited, NEW),
    "where it goes is guarded": (
        lambda: an_organization(credit="10"),
        lambda of: Reserve(of.id, "b", TOKENS, LEASE, to="AC"),
    ),
    "it pauses calling": (lambda: an_organization(credit="1.20"), NEW),
    "its end resumes calling": (paused_by_a_hold, ENDED),
    "it pauses outbound calls": (
        lambda: change_wallet(an_organization(credit="10"), reserve_micro=8_800_000),
        NEW,
    ),
    "the state is not that of the credit": (
        lambda: change_wallet(an_organization(credit="10"), state="low"),
        NEW,
    ),
    "it crosses a watch": (lambda: watched("9"), NEW),
    "its end recovers a watch": (a_recovering_watch, ENDED),
    "there is no such meter": (
        lambda: an_organization(credit="10"),
        lambda of: Reserve(of.id, "b", (("pigeons", 1),), LEASE),
    ),
    "there is no such hold": (lambda: an_organization(credit="10"), RENEWED),
    "credit doesn't reach for all of the slice": (
        lambda: with_a_hold(an_organization(credit="2")),
        RENEWED,
    ),
    "it ends and has credit of an envelope": (lambda: with_a_hold(enveloped(), campaign="Recall"), ENDED),
    "it is renewed and has credit of an envelope": (
        lambda: with_a_hold(enveloped(), campaign="Recall"),
        RENEWED,
    ),
}


def kept(organization: Organization) -> list[Any]:
    db.session.rollback()
    rows = db.session.execute(
        db.text("SELECT wallet::text FROM wallet UNION ALL SELECT hold::text FROM hold")
    )
    return sorted(rows.scalars())


@pytest.mark.parametrize("case", LEFT)
def test_what_is_not_plain_is_left_and_nothing_is_changed(app: Flask, case: str) -> None:
    make, operation = LEFT[case]
    organization = make()
    before = kept(organization)
    assert carry_out(operation(organization)) == [None]
    assert kept(organization) == before


def ended() -> Organization:
    return with_a_hold(an_organization(credit="10"), state=HoldState.RELEASED, amount_micro=0)


REFUSED: dict[
    str, tuple[Callable[[], Organization], Callable[[Organization], Operation], type[Exception]]
] = {
    "paused": (an_organization, NEW, CallingPausedError),
    "short": (lambda: an_organization(credit="1"), NEW, NotEnoughCreditError),
    "reserve": (
        lambda: change_wallet(an_organization(credit="10"), reserve_micro=9_000_000),
        NEW,
        ReserveKeptError,
    ),
    "other content": (
        lambda: with_a_hold(an_organization(credit="10")),
        lambda of: Reserve(of.id, "a", TOKENS, LEASE),
        OtherContentError,
    ),
    "other slice": (lambda: with_a_hold(an_organization(credit="10"), slice=7), RENEWED, WrongSliceError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing(app: Flask, case: str) -> None:
    make, operation, error = REFUSED[case]
    organization = make()
    before = kept(organization)
    [outcome] = carry_out(operation(organization))
    assert type(outcome) is error
    assert kept(organization) == before


def test_an_ended_hold_can_be_neither_renewed_nor_made_again(app: Flask) -> None:
    organization = an_organization(credit="10")
    first, again = Reserve(organization.id, "a", TOKENS, LEASE), End(organization.id, "a", HoldState.RELEASED)
    outcomes = carry_out(first, again, first, RENEWED(organization), again)
    assert [type(outcome) for outcome in outcomes] == [Done, Done, HoldEndedError, HoldEndedError, Done]
    assert wallet_of(organization).held == usd("0")


def test_a_repeated_request_changes_nothing_and_is_answered_as_the_first(app: Flask) -> None:
    organization = an_organization(credit="10")
    steps: list[Operation] = [
        Reserve(organization.id, "a", CALLS, LEASE),
        Renew(organization.id, "a", CALLS, LEASE, 2),
    ]
    for step in steps:
        first, second = carry_out(step), carry_out(step)
        assert isinstance(first[0], Done)
        assert isinstance(second[0], Done)
        assert first[0].hold.expires_at == second[0].hold.expires_at
    before = kept(organization)
    carry_out(steps[1])
    assert kept(organization) == before


def test_an_inbound_call_may_use_the_reserve(app: Flask) -> None:
    organization = change_wallet(
        an_organization(credit="10"), reserve_micro=9_000_000, is_outbound_paused=False
    )
    inbound = Reserve(organization.id, "b", (("calls_inbound", 3_000), *TOKENS), timedelta(minutes=1))
    assert carry_out(inbound) == [None], "it takes outbound calls with it, which has to be said"
    change_wallet(organization, is_outbound_paused=True, posted_micro=8_900_000)
    assert isinstance(carry_out(inbound)[0], Done)
