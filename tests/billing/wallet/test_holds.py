"""Holds: the same credit is never reserved twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.billing.wallet import holds, ledger, verification
from app.billing.wallet.hold_refusals import (
    HoldEndedError,
    NotEnoughCreditError,
    UnknownHoldError,
    WrongSliceError,
)
from app.clock import utc_now
from app.extensions import db
from app.models import CallingState, HoldState
from tests.factories import an_organization, at, usd
from tests.support.database import inside

NOW = at("2026-11-10 12:00")
LEASE = timedelta(minutes=5)


def test_concurrent_calls_never_hold_more_than_there_is(app: Flask) -> None:
    organization = an_organization(credit="10")
    org_id = organization.id

    def call(number: int) -> bool:
        with inside(app):
            try:
                holds.reserve(org_id, f"call-{number}", usd("1.50"), at=utc_now(), lease=LEASE)
            except NotEnoughCreditError:
                db.session.rollback()
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(8) as calls:
        granted = sum(calls.map(call, range(24)))
    assert granted == 6
    assert ledger.lock(org_id).held == usd("9")
    assert verification.check() == []


def test_an_unknown_hold_is_said_to_be_unknown(app: Flask) -> None:
    organization = an_organization()
    with pytest.raises(UnknownHoldError, match="call-9"):
        holds.release(organization.id, "call-9", at=utc_now())


def a_hold(credit: str = "10", amount: str = "4") -> UUID:
    organization = an_organization(credit=credit)
    holds.reserve(organization.id, "call-1", usd(amount), at=NOW, lease=LEASE)
    db.session.commit()
    return organization.id


class TestRenewal:
    def test_a_renewal_reserves_the_next_slice_and_moves_the_end(self, app: Flask) -> None:
        org_id = a_hold()
        later = NOW + timedelta(minutes=4)
        renewal = holds.renew(org_id, "call-1", usd("2"), slice=2, at=later, lease=LEASE)
        assert (renewal.hold.amount_micro, renewal.hold.is_final) == (6_000_000, False)
        assert renewal.hold.expires_at == later + LEASE
        assert renewal.time_left == LEASE

    def test_the_same_slice_again_changes_nothing(self, app: Flask) -> None:
        org_id = a_hold()
        for _ in range(2):
            holds.renew(org_id, "call-1", usd("2"), slice=2, at=NOW, lease=LEASE)
        db.session.commit()
        assert ledger.lock(org_id).held == usd("6")

    def test_a_slice_that_does_not_come_next_is_refused_with_the_one_that_does(self, app: Flask) -> None:
        with pytest.raises(WrongSliceError, match="is 2"):
            holds.renew(a_hold(), "call-1", usd("2"), slice=3, at=NOW, lease=LEASE)

    def test_where_credit_does_not_reach_the_rest_is_reserved_and_the_time_left_is_said(
        self, app: Flask
    ) -> None:
        org_id = a_hold(credit="5", amount="1")
        usage_of_other_calls = usd("3.50")
        holds.reserve(org_id, "call-2", usage_of_other_calls, at=NOW, lease=LEASE)
        renewal = holds.renew(org_id, "call-1", usd("3"), slice=2, at=NOW, lease=LEASE)
        db.session.commit()
        assert renewal.hold.is_final
        assert renewal.hold.amount_micro == 1_500_000
        assert renewal.time_left == timedelta(minutes=2, seconds=30), "1.50 at the pace of 3 in five minutes"
        wallet = ledger.lock(org_id)
        assert (wallet.available, wallet.state) == (usd("0"), CallingState.PAUSED)
        again = holds.renew(org_id, "call-1", usd("3"), slice=3, at=NOW + timedelta(minutes=1), lease=LEASE)
        assert again.time_left == timedelta(minutes=1, seconds=30)
        assert verification.check() == []

    def test_what_has_ended_can_not_be_renewed(self, app: Flask) -> None:
        org_id = a_hold()
        holds.release(org_id, "call-1", at=NOW)
        with pytest.raises(HoldEndedError, match="released"):
            holds.renew(org_id, "call-1", usd("1"), slice=2, at=NOW, lease=LEASE)


class TestLease:
    def test_one_that_expires_gives_back_what_it_still_reserves(self, app: Flask) -> None:
        org_id = a_hold()
        assert holds.find_expired(NOW + LEASE - timedelta(seconds=1)) == []
        assert holds.find_expired(NOW + LEASE) == [org_id]
        holds.expire(org_id, at=NOW + LEASE)
        db.session.commit()
        assert holds.find_expired(NOW + LEASE) == []
        assert ledger.lock(org_id).available == usd("10")
        assert holds.find(org_id, "call-1").state is HoldState.EXPIRED
        assert verification.check() == []

    def test_credit_of_expired_leases_is_there_for_the_next_call(self, app: Flask) -> None:
        org_id = a_hold(amount="9")
        holds.reserve(org_id, "call-2", usd("8"), at=NOW + LEASE, lease=LEASE)
        db.session.commit()
        assert ledger.lock(org_id).held == usd("8")

    def test_ending_one_that_expired_changes_nothing(self, app: Flask) -> None:
        org_id = a_hold()
        holds.expire(org_id, at=NOW + LEASE)
        assert holds.capture(org_id, "call-1", at=NOW + LEASE).state is HoldState.EXPIRED
        assert ledger.lock(org_id).held == usd("0")
