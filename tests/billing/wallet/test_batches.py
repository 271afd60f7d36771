"""The ledger for many wallets together: by the same rules as for one, to the same end."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from flask import Flask

from app.billing.platform import endpoints
from app.billing.wallet import batches, ledger
from app.billing.wallet.batches import LockedWallet
from app.extensions import db
from app.models import CallingState, Organization, PlatformMessage
from tests.factories import an_organization
from tests.support.locking import wallet_locked
from tests.support.metering import NOW


def lock(organization: Organization) -> LockedWallet:
    return batches.lock_many([organization.id])[organization.id]


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
