"""Credit expires at its time, no matter who looks, and is a transfer of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import statements
from app.billing.wallet import balance, calling_state, holds, ledger, status, verification
from app.billing.wallet.lots import drawing, expiry
from app.clock import utc_now
from app.extensions import db
from app.models import Account, AccountName, CreditLot, LotKind, Transfer, TransferKind, Wallet
from app.months import Month
from tests.billing.wallet.lots.test_drawing import NOON, grant, left, use
from tests.factories import an_organization, at, usd
from tests.support.metering import on_growth

TOMORROW = NOON + timedelta(days=1)
SEPTEMBER = Month(2026, 9)


def test_what_is_left_goes_to_the_account_of_expired_credit(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "19", until=TOMORROW)
    use(organization, "9.5")
    calling_state.reassess(ledger.lock(organization.id), TOMORROW - timedelta(microseconds=1))
    assert ledger.lock(organization.id).posted == usd("9.5")
    for _ in range(2):
        calling_state.reassess(ledger.lock(organization.id), TOMORROW)
    db.session.commit()
    wallet = ledger.lock(organization.id)
    assert (wallet.posted, wallet.credit_expires_at) == (usd("0"), None)
    [transfer] = db.session.scalars(db.select(Transfer).where(Transfer.kind == TransferKind.EXPIRY))
    assert (transfer.amount_micro, transfer.posted_at) == (9_500_000, TOMORROW)
    assert db.session.get_one(Account, (organization.id, AccountName.EXPIRED)).balance_micro == 9_500_000
    assert verification.check() == []


@pytest.mark.parametrize(
    ("noticed", "posted"),
    [
        ("2026-09-29 11:00", "2026-09-29 11:00"),
        ("2026-09-30 10:59", "2026-09-29 11:00"),
        ("2026-09-30 11:00", "2026-09-30 11:00"),
        ("2026-11-29 12:00", "2026-10-31 11:00"),
    ],
)
def test_it_is_never_posted_in_a_month_that_is_over(app: Flask, noticed: str, posted: str) -> None:
    """Credit that can be used through 29 September in Auckland; no one looked at the end of it."""
    organization, until = on_growth(credit="0", timezone="Pacific/Auckland"), at("2026-09-29 11:00")
    grant(organization, "promotional", "19", at("2026-09-01 12:00"), until=until)
    before = statements.gather(organization, SEPTEMBER)
    calling_state.reassess(ledger.lock(organization.id), at(noticed))
    db.session.commit()
    [transfer] = db.session.scalars(db.select(Transfer).where(Transfer.kind == TransferKind.EXPIRY))
    [lot] = db.session.scalars(db.select(CreditLot))
    assert (transfer.posted_at, lot.ended_at) == (at(posted), until)
    is_over = organization.local_day(at(noticed)) > SEPTEMBER.last
    assert (statements.gather(organization, SEPTEMBER) == before) is is_over
    assert verification.check() == []


def test_usage_that_is_posted_after_it_is_not_drawn_from_it(app: Flask) -> None:
    """Also where no one has looked since."""
    organization = on_growth(credit="0")
    grant(organization, "promotional", "19", until=TOMORROW)
    grant(organization, "paid", "38")
    use(organization, "4.75", TOMORROW - timedelta(hours=1))
    use(organization, "9.5", TOMORROW)
    assert left(organization) == {LotKind.PROMOTIONAL: "$14.25", LotKind.PAID: "$28.50"}
    calling_state.reassess(ledger.lock(organization.id), TOMORROW + timedelta(hours=1))
    assert left(organization) == {LotKind.PAID: "$28.50"}


def test_it_is_seen_by_status_balance_and_job_by_themselves(app: Flask) -> None:
    over = utc_now() - timedelta(seconds=1)
    ways = {
        "status": lambda one: status.find(one.id),
        "balance": balance.gather,
        "job": lambda one: holds.expire(one.id, at=utc_now()),
    }
    for name, look in ways.items():
        organization = an_organization()
        grant(organization, "promotional", "19", over - timedelta(days=1), until=over)
        assert organization.id in holds.find_expired(utc_now())
        look(organization)
        db.session.commit()
        assert db.session.get_one(Wallet, organization.id).posted == usd("0"), name
        assert organization.id not in holds.find_expired(utc_now())


def test_a_wallet_without_such_credit_is_compared_and_nothing_is_read(app: Flask) -> None:
    organization = an_organization(credit="10")
    wallet = ledger.lock(organization.id)
    expiry.settle(wallet, utc_now())
    assert (wallet.drawn_seq, wallet.credit_expires_at) == (0, None)


def test_the_next_time_is_the_soonest_of_those_that_have_not_ended(app: Flask) -> None:
    organization = on_growth(credit="0")
    grant(organization, "promotional", "19", until=TOMORROW)
    grant(organization, "promotional", "19", until=TOMORROW + timedelta(days=3))
    grant(organization, "goodwill", "19")
    wallet = ledger.lock(organization.id)
    assert wallet.credit_expires_at == TOMORROW
    expiry.settle(wallet, TOMORROW)
    assert wallet.credit_expires_at == TOMORROW + timedelta(days=3)
    ended = db.session.scalars(db.select(CreditLot.ended_at).order_by(CreditLot.seq)).all()
    assert ended == [TOMORROW, None, None]
    assert drawing.draw(wallet)
