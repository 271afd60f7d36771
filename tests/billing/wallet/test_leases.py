"""Leases that are over: they end at their own moment, for one wallet or many, and give back what they reserved."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask

from app.billing.usage import quotes
from app.billing.wallet import batches, holds, leases, ledger, verification
from app.extensions import db
from app.models import Hold, HoldAllowance, HoldState, Organization, Wallet
from tests.factories import an_organization, usd
from tests.support.metering import NOW

LEASE = timedelta(minutes=5)
OVER = NOW + LEASE
TICK = timedelta(microseconds=1)


def holding(*amounts: str) -> Organization:
    """An organization whose calls each hold so much, by leases that all end at `OVER`."""
    organization = an_organization(credit="10")
    for number, amount in enumerate(amounts):
        holds.reserve(organization.id, f"call-{number}", usd(amount), at=NOW, lease=LEASE)
    db.session.commit()
    return organization


def over(at: datetime) -> dict[UUID, bool]:
    rows = db.session.execute(db.select(Wallet.org_id, leases.are_over(at)))
    return {row[0]: row[1] for row in rows}


def settled(org_ids: list[UUID], at: datetime) -> dict[UUID, int]:
    """Settle a batch's wallets: what those that have changed still hold."""
    changed = leases.settle_many(batches.lock_many(org_ids).values(), at)
    return {wallet.org_id: wallet.held for wallet in changed}


def test_a_lease_is_over_exactly_at_its_end_and_not_a_tick_before(app: Flask) -> None:
    holding("4")
    assert list(over(OVER - TICK).values()) == [False]
    assert list(over(OVER).values()) == [True]


def test_only_the_wallet_whose_own_lease_is_over_is_said_to_have_one(app: Flask) -> None:
    one, other = holding("4"), an_organization(credit="10")
    assert over(OVER) == {one.id: True, other.id: False}


def test_a_hold_that_was_released_has_no_lease_left_to_end(app: Flask) -> None:
    organization = holding("4")
    holds.release(organization.id, "call-0", at=NOW)
    assert over(OVER) == {organization.id: False}
    wallet = ledger.lock(organization.id)
    version = wallet.version
    leases.settle(wallet, OVER)
    assert (wallet.held, wallet.version) == (usd("0"), version)


def test_settling_a_tick_early_changes_nothing(app: Flask) -> None:
    wallet = ledger.lock(holding("4").id)
    version = wallet.version
    leases.settle(wallet, OVER - TICK)
    assert (wallet.held, wallet.version) == (usd("4"), version)


def test_a_hold_ends_when_its_lease_did_however_late_that_is_written_down(app: Flask) -> None:
    organization = holding("4", "1.50")
    wallet = ledger.lock(organization.id)
    leases.settle(wallet, OVER + timedelta(days=3))
    db.session.commit()
    assert wallet.held == usd("0")
    ended = db.session.scalars(db.select(Hold)).all()
    assert {(hold.state, hold.ended_at) for hold in ended} == {(HoldState.EXPIRED, OVER)}
    assert {hold.amount_micro for hold in ended} == {4_000_000, 1_500_000}, "what it reserved stays readable"


def test_settling_again_gives_nothing_back_twice(app: Flask) -> None:
    wallet = ledger.lock(holding("4").id)
    leases.settle(wallet, OVER)
    leases.settle(wallet, OVER)
    db.session.commit()
    assert wallet.held == usd("0")
    assert verification.check() == []


def test_of_many_wallets_only_those_that_have_changed_are_returned(app: Flask) -> None:
    one, quiet, longer = holding("4", "2"), an_organization(credit="10"), holding("3")
    holds.renew(longer.id, "call-0", usd("1"), slice=2, at=NOW + TICK, lease=LEASE)
    db.session.commit()
    assert settled([one.id, quiet.id, longer.id], OVER) == {one.id: 0}


def test_a_wallet_that_is_not_of_the_batch_keeps_its_holds(app: Flask) -> None:
    mine, other = holding("4"), holding("5")
    assert settled([mine.id], OVER) == {mine.id: 0}
    assert holds.find(other.id, "call-0").state is HoldState.ACTIVE


def test_no_wallets_are_settled_without_a_statement(app: Flask) -> None:
    assert leases.settle_many([], OVER) == []


def test_a_lease_that_is_over_leaves_the_included_units_to_others_and_a_release_does_too(app: Flask) -> None:
    organization = an_organization(credit="10")
    for key, lease in (("short", LEASE), ("long", 2 * LEASE), ("released", 2 * LEASE)):
        quote = quotes.get_quote(organization.id, [("calls_outbound", 60)], at=NOW)
        assert quote is not None
        holds.reserve(organization.id, key, quote, at=NOW, lease=lease)
    leases.settle(ledger.lock(organization.id), OVER)
    leases.release_allowances(holds.find(organization.id, "released"))
    counting = db.session.scalars(db.select(HoldAllowance.hold_id)).all()
    assert counting == [holds.find(organization.id, "long").id]
