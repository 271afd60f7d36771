"""Holds: the same credit is never reserved twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import holds, ledger, ledger_check
from app.billing.holds import NotEnoughCreditError, UnknownHoldError
from app.extensions import db
from app.models.columns import utc_now
from tests.factories import an_organization, usd

LEASE = timedelta(minutes=5)


def test_a_hold_lowers_what_is_available_and_leaves_what_is_posted(app: Flask) -> None:
    organization = an_organization(credit="10")
    holds.reserve(organization.id, "call-1", usd("4"), at=utc_now(), lease=LEASE)
    db.session.commit()
    wallet = ledger.lock(organization.id)
    assert (wallet.posted, wallet.held, wallet.available) == (usd("10"), usd("4"), usd("6"))


def test_more_than_is_available_is_refused_with_what_there_is(app: Flask) -> None:
    organization = an_organization(credit="10")
    with pytest.raises(NotEnoughCreditError) as refused:
        holds.reserve(organization.id, "call-1", usd("10.01"), at=utc_now(), lease=LEASE)
    assert refused.value.available == usd("10")


def test_concurrent_calls_never_hold_more_than_there_is(app: Flask) -> None:
    organization = an_organization(credit="10")
    org_id = organization.id

    def call(number: int) -> bool:
        with app.app_context():
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
    assert ledger_check.check() == []


def test_an_unknown_hold_is_said_to_be_unknown(app: Flask) -> None:
    organization = an_organization()
    with pytest.raises(UnknownHoldError, match="call-9"):
        holds.release(organization.id, "call-9", at=utc_now())
