"""The ledger for many wallets together: by the same rules as for one, to the same end."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.billing.platform import endpoints
from app.billing.wallet import batches, ledger, verification
from app.billing.wallet.batches import LockedWallet, UsageCharge
from app.extensions import db
from app.models import (
    Account,
    AccountName,
    CallingState,
    Organization,
    PlatformMessage,
    Transfer,
    TransferKind,
    UsageGroup,
    WalletLine,
)
from tests.factories import an_organization, usd
from tests.support.database import another_session
from tests.support.locking import wallet_locked
from tests.support.metering import NOW

DAY = date(2026, 11, 10)
CALLING, MODELS = UsageGroup.CALLING, UsageGroup.MODELS


def lock(organization: Organization) -> LockedWallet:
    return batches.lock_many([organization.id])[organization.id]


def charge(wallet: LockedWallet, amount: int, group: UsageGroup = CALLING, day: date = DAY) -> UsageCharge:
    return UsageCharge(wallet, group, amount, ledger.own_posting_time(wallet, NOW), day)


def post(*charges: UsageCharge, source: str = "batch-1") -> None:
    """Post and save. History lines and daily totals are compared by `verification`, which needs usage for that."""
    batches.post_usage(list(charges), source=source)
    batches.save({one.wallet.org_id: one.wallet for one in charges}.values(), at=NOW)
    db.session.commit()
    another_session()


def transfers(organization: Organization) -> list[Transfer]:
    query = db.select(Transfer).where(Transfer.org_id == organization.id, Transfer.kind == TransferKind.USAGE)
    return list(db.session.scalars(query.order_by(Transfer.seq)))


def findings() -> list[str]:
    return [one.text for one in verification.check() if not one.text.startswith("usage posted on")]


class TestLocked:
    def test_none_are_asked_for_and_none_are_locked(self, app: Flask) -> None:
        assert batches.lock_many([]) == {}

    def test_an_organization_that_does_not_exist_has_no_wallet_and_no_error(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        assert list(batches.lock_many([uuid4(), organization.id])) == [organization.id]

    def test_they_are_locked_in_the_order_of_their_ids(self, app: Flask) -> None:
        ids = [an_organization().id for _ in range(5)]
        assert list(batches.lock_many(ids[::-1])) == sorted(ids)

    def test_the_wallet_of_a_batch_is_that_of_the_ledger(self, app: Flask) -> None:
        organization = an_organization(credit="10", alert="20")
        found, known = lock(organization), ledger.lock(organization.id)
        assert (found.available, found.threshold, found.is_low) == (known.available, 20_000_000, True)
        assert (found.state, found.last_seq) == (CallingState.LOW, known.last_seq)

    def test_those_that_another_transaction_holds_are_found_without_waiting(self, app: Flask) -> None:
        held, free = an_organization(), an_organization()
        with wallet_locked(held.id):
            assert batches.find_locked({held.id, free.id, uuid4()}) == {held.id}
        db.session.rollback()
        assert batches.find_locked({held.id, free.id}) == frozenset()


class TestPosted:
    def test_transfers_of_one_wallet_are_chained_to_those_before(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        wallet = lock(organization)
        post(charge(wallet, 1), charge(wallet, 2_000_000, MODELS))
        first, second = transfers(organization)
        assert (first.seq, first.balance_after_micro, first.source) == (2, 9_999_999, "batch-1:calling")
        assert (second.seq, second.balance_after_micro, second.source) == (3, 7_999_999, "batch-1:models")
        assert findings() == []

    def test_a_day_s_usage_of_a_group_is_one_line_over_batches(self, app: Flask) -> None:
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

    def test_each_organization_pays_its_own(self, app: Flask) -> None:
        one, other = an_organization(credit="10"), an_organization(credit="10")
        wallets = batches.lock_many([one.id, other.id])
        post(charge(wallets[one.id], 3_000_000), charge(wallets[other.id], 4_000_000))
        assert [ledger.lock(organization.id).posted for organization in (one, other)] == [usd("7"), usd("6")]
        revenue = db.session.get_one(Account, (one.id, AccountName.CALLING))
        assert revenue.balance_micro == 3_000_000
        assert findings() == []

    def test_the_same_batch_twice_is_refused_by_the_database(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        post(charge(lock(organization), 1))
        with pytest.raises(Exception, match="duplicate key") as refused:
            post(charge(lock(organization), 1))
        assert isinstance(refused.value, IntegrityError) or "UniqueViolation" in type(refused.value).__name__
        db.session.rollback()

    def test_nothing_to_post_writes_nothing(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        post()
        assert transfers(organization) == []

    def test_the_history_never_goes_back_in_time(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        wallet = lock(organization)
        later = NOW + timedelta(minutes=1)
        wallet.last_posted_at = later
        post(charge(wallet, 5))
        assert [one.posted_at for one in transfers(organization)] == [later + timedelta(microseconds=1)]


class TestSaved:
    def test_only_those_whose_calling_state_has_changed_are_returned(self, app: Flask) -> None:
        spent, left = an_organization(credit="1"), an_organization(credit="1")
        wallets = batches.lock_many([spent.id, left.id])
        wallets[spent.id].posted, wallets[left.id].posted = 0, 1
        saved = batches.save(wallets.values(), at=NOW)
        assert [(wallet.org_id, before.state) for wallet, before in saved.judged] == [
            (spent.id, CallingState.ACTIVE)
        ]
        wallet = ledger.lock(spent.id)
        assert (wallet.state, wallet.paused_at) == (CallingState.PAUSED, NOW)
        assert ledger.lock(left.id).state is CallingState.ACTIVE

    def test_one_that_was_paused_before_stays_paused_since_then(self, app: Flask) -> None:
        organization = an_organization(credit="1")
        for minutes, posted in ((0, 0), (5, -10)):
            wallet = lock(organization)
            wallet.posted = posted
            batches.save([wallet], at=NOW + timedelta(minutes=minutes))
        assert ledger.lock(organization.id).paused_at == NOW

    def test_the_platform_is_told_of_what_has_changed(self, app: Flask) -> None:
        organization = an_organization(credit="1")
        endpoints.add("http://127.0.0.1:9/missing")
        wallet = lock(organization)
        wallet.posted = 0
        batches.follow_up(batches.save([wallet], at=NOW), at=NOW)
        message = db.session.scalars(
            db.select(PlatformMessage).order_by(PlatformMessage.position.desc())
        ).first()
        assert message is not None
        assert (message.type, message.data["reason"]) == ("calling.paused", "no_credit")
