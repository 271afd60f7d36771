"""Usage of a batch is posted as the ledger posts one movement."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from app.billing.wallet import batches, ledger, usage_postings, verification
from app.billing.wallet.batches import LockedWallet
from app.billing.wallet.usage_postings import UsageCharge
from app.extensions import db
from app.models import Account, AccountName, Organization, Transfer, TransferKind, UsageGroup, WalletLine
from tests.factories import an_organization, usd
from tests.support.database import another_session
from tests.support.metering import NOW

DAY = date(2026, 11, 10)
CALLING, MODELS = UsageGroup.CALLING, UsageGroup.MODELS


def lock(organization: Organization) -> LockedWallet:
    return batches.lock_many([organization.id])[organization.id]


def charge(wallet: LockedWallet, amount: int, group: UsageGroup = CALLING, day: date = DAY) -> UsageCharge:
    return UsageCharge(wallet, group, amount, ledger.own_posting_time(wallet, NOW), day)


def post(*charges: UsageCharge, source: str = "batch-1") -> None:
    """Post and save. History lines and daily totals are compared by `verification`, which needs usage for that."""
    usage_postings.post(list(charges), source=source)
    batches.save({one.wallet.org_id: one.wallet for one in charges}.values(), at=NOW)
    db.session.commit()
    another_session()


def transfers(organization: Organization) -> list[Transfer]:
    query = db.select(Transfer).where(Transfer.org_id == organization.id, Transfer.kind == TransferKind.USAGE)
    return list(db.session.scalars(query.order_by(Transfer.seq)))


def findings() -> list[str]:
    return [one.text for one in verification.check() if not one.text.startswith("usage posted on")]


def test_transfers_of_one_wallet_are_chained_to_those_before(app: Flask) -> None:
    organization = an_organization(credit="10")
    wallet = lock(organization)
    post(charge(wallet, 1), charge(wallet, 2_000_000, MODELS))
    first, second = transfers(organization)
    assert (first.seq, first.balance_after_micro, first.source) == (2, 9_999_999, "batch-1:calling")
    assert (second.seq, second.balance_after_micro, second.source) == (3, 7_999_999, "batch-1:models")
    assert findings() == []


def test_a_day_s_usage_of_a_group_is_one_line_over_batches(app: Flask) -> None:
    organization = an_organization(credit="10")
    for source in ("batch-1", "batch-2"):
        post(charge(lock(organization), 1_500_000), source=source)
    post(charge(lock(organization), 70, day=DAY + timedelta(days=1)), source="batch-3")
    query = db.select(WalletLine.day, WalletLine.amount_micro, WalletLine.first_seq, WalletLine.seq)
    lines = db.session.execute(query.where(WalletLine.usage_group.is_not(None)).order_by(WalletLine.day))
    assert [tuple(line) for line in lines] == [
        (DAY, -3_000_000, 2, 3),
        (DAY + timedelta(days=1), -70, 4, 4),
    ]
    assert [one.line_after_micro for one in transfers(organization)] == [-1_500_000, -3_000_000, -70]
    assert findings() == []


def test_each_organization_pays_its_own(app: Flask) -> None:
    one, other = an_organization(credit="10"), an_organization(credit="10")
    wallets = batches.lock_many([one.id, other.id])
    post(charge(wallets[one.id], 3_000_000), charge(wallets[other.id], 4_000_000))
    assert [ledger.lock(organization.id).posted for organization in (one, other)] == [usd("7"), usd("6")]
    revenue = db.session.get_one(Account, (one.id, AccountName.CALLING))
    assert revenue.balance_micro == 3_000_000
    assert findings() == []


def test_nothing_to_post_writes_nothing(app: Flask) -> None:
    organization = an_organization(credit="10")
    post()
    assert transfers(organization) == []


def test_the_history_never_goes_back_in_time(app: Flask) -> None:
    organization = an_organization(credit="10")
    wallet = lock(organization)
    later = NOW + timedelta(minutes=1)
    wallet.last_posted_at = later
    post(charge(wallet, 5))
    assert [one.posted_at for one in transfers(organization)] == [later + timedelta(microseconds=1)]
