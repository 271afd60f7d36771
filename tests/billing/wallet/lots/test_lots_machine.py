"""Lots under any sequence of grants, top-ups, usage, corrections, refunds, disputes and time, beside a plain model that
draws each transfer by itself. The lots are only drawn now and then."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.billing.wallet import batches, calling_state, ledger, usage_postings, verification
from app.billing.wallet.ledger import Entry
from app.billing.wallet.lots import drawing, expiry, money_trail
from app.billing.wallet.usage_postings import UsageCharge
from app.extensions import db
from app.models import AccountName, CreditLot, LotKind, TransferKind, UsageGroup
from app.money import Money
from tests.billing.wallet.lots.model import Lot, Model
from tests.factories import an_organization, at
from tests.support.database import another_session, empty
from tests.support.examples import examples

EXAMPLES = examples("LOTS_EXAMPLES", 10)
"""LOTS_EXAMPLES=300 looks deeper."""

amounts = st.one_of(st.integers(1, 40), st.integers(1, 2_000))


class LotsMachine(RuleBasedStateMachine):
    """Small amounts on purpose, so that lots run out often."""

    @initialize()
    def open(self) -> None:
        another_session()
        empty()
        self.organization = an_organization()
        self.now = at("2026-11-01 00:00")
        self.model = Model()
        self.used: dict[int, int] = {}
        self.due: dict[int, int] = {}

    @rule(
        amount=amounts, kind=st.sampled_from([LotKind.PROMOTIONAL, LotKind.GOODWILL]), days=st.integers(0, 20)
    )
    def grant(self, amount: int, kind: LotKind, days: int) -> None:
        self._time_passes()
        wallet = ledger.lock(self.organization.id)
        expiry.settle(wallet, self.now)
        self._settle()
        is_promotion = kind is LotKind.PROMOTIONAL
        account = AccountName.PROMOTIONS if is_promotion else AccountName.ADJUSTMENTS
        transfer_kind = TransferKind.PROMOTION if is_promotion else TransferKind.CREDIT
        seq = self._post(transfer_kind, account, AccountName.WALLET, amount)
        lot = self.model.lots[seq] = Lot(seq, kind, amount)
        self.model.pay(self.now)
        if days:
            lot.expires_at = self.now + timedelta(days=days)
            expiry.open_newest(wallet, lot.expires_at)
        db.session.commit()

    @rule(amount=amounts)
    def top_up(self, amount: int) -> None:
        self._time_passes()
        top_up = uuid4()
        seq = self._post(TransferKind.TOP_UP, AccountName.STRIPE, AccountName.WALLET, amount, top_up=top_up)
        self.model.lots[seq] = Lot(seq, LotKind.PAID, amount, top_up=top_up)
        self.model.pay(self.now)
        db.session.commit()

    @rule(parts=st.lists(amounts, min_size=1, max_size=4))
    def use(self, parts: list[int]) -> None:
        self._time_passes()
        db.session.flush()
        for part in parts:
            wallet = batches.lock_many([self.organization.id])[self.organization.id]
            when = ledger.own_posting_time(wallet, self.now)
            charge = UsageCharge(wallet, UsageGroup.CALLING, part, when, self.organization.local_day(when))
            usage_postings.post([charge], source=f"usage:{uuid4()}")
            batches.save([wallet], at=self.now)
            self.used[wallet.last_seq] = part
            self.model.use(wallet.last_seq, part, when)
        db.session.commit()
        another_session()

    @precondition(lambda self: self.used)
    @rule(data=st.data(), share=st.integers(1, 120), is_more=st.booleans())
    def correct(self, data: st.DataObject, share: int, is_more: bool) -> None:
        self._time_passes()
        of = data.draw(st.sampled_from(sorted(self.used)))
        amount = max(self.used[of] * share // 100, 1)
        sides = (AccountName.WALLET, AccountName.CALLING)
        debit, credit = sides if is_more else sides[::-1]
        seq = self._post(TransferKind.ADJUSTMENT, debit, credit, amount, corrects=of)
        if is_more:
            self.model.use(seq, amount, self.now)
            self.used[seq] = amount
        else:
            self.model.correct(of, seq, amount, self.now)
        db.session.commit()

    @precondition(lambda self: any(lot.top_up for lot in self.model.lots.values()))
    @rule(data=st.data(), share=st.integers(1, 130))
    def withdraw(self, data: st.DataObject, share: int) -> None:
        """A refund, or a dispute that may be of more than is left of the top-up."""
        self._time_passes()
        paid = sorted(lot.seq for lot in self.model.lots.values() if lot.top_up)
        lot = self.model.lots[data.draw(st.sampled_from(paid))]
        amount = max(lot.amount * share // 100, 1)
        self._post(TransferKind.DISPUTE, AccountName.WALLET, AccountName.STRIPE, amount, top_up=lot.top_up)
        self.model.withdraw(lot, amount, self.now)
        db.session.commit()

    @precondition(lambda self: any(lot.withdrawn for lot in self.model.lots.values()))
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        self._time_passes()
        withdrawn = sorted(lot.seq for lot in self.model.lots.values() if lot.withdrawn)
        lot = self.model.lots[data.draw(st.sampled_from(withdrawn))]
        amount = data.draw(st.integers(1, lot.withdrawn))
        kind = TransferKind.DISPUTE_REVERSAL
        self._post(kind, AccountName.STRIPE, AccountName.WALLET, amount, top_up=lot.top_up)
        lot.withdrawn -= amount
        self.model.pay(self.now)
        db.session.commit()

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def credit_expires(self) -> None:
        calling_state.reassess(ledger.lock(self.organization.id), self.now)
        self._settle()
        db.session.commit()

    @rule(most=st.integers(1, 3))
    def look(self, most: int) -> None:
        """Some at a time, as at night."""
        drawing.draw(ledger.lock(self.organization.id), most=most)
        db.session.commit()

    @invariant()
    def the_sums_are_right(self) -> None:
        """But for what is compared with events and with Stripe's disputes, of which there are none here."""
        others = ("usage posted on", "top-up ")
        assert [one.text for one in verification.check() if not one.text.startswith(others)] == []

    @invariant()
    def the_lots_are_those_of_the_model(self) -> None:
        wallet = ledger.lock(self.organization.id)
        if wallet.last_seq % 3:
            # Not after each step, so that there is something to draw.
            db.session.commit()
            return
        assert drawing.draw(wallet)
        lots = {lot.seq: lot for lot in db.session.scalars(db.select(CreditLot))}
        assert {seq: lot.left_micro for seq, lot in lots.items()} == {
            seq: lot.left for seq, lot in self.model.lots.items()
        }
        ids = {lot.id: lot.seq for lot in lots.values()}
        shares = money_trail.shares_of(self.organization.id, self.model.shares)
        found = {
            seq: {ids[lot] if lot else None: amount for lot, amount in one.items()}
            for seq, one in shares.items()
        }
        assert found == {
            seq: {lot: amount for lot, amount in one.items() if amount}
            for seq, one in self.model.shares.items()
            if any(one.values())
        }
        left = sum(lot.left for lot in self.model.lots.values())
        owed = sum(one[None] for one in self.model.shares.values())
        assert wallet.posted_micro == left - owed
        db.session.commit()

    def _time_passes(self) -> None:
        self.now += timedelta(minutes=7)

    def _settle(self) -> None:
        """Take out what has expired."""
        for lot in self.model.lots.values():
            if lot.expires_at is not None and lot.expires_at <= self.now and not lot.is_over:
                lot.expired += max(lot.left, 0)
                lot.is_over = True

    def _post(
        self,
        kind: TransferKind,
        debit: AccountName,
        credit: AccountName,
        amount: int,
        *,
        top_up: UUID | None = None,
        corrects: int | None = None,
    ) -> int:
        wallet = ledger.lock(self.organization.id)
        entry = Entry(
            kind,
            f"{top_up or kind}:{uuid4()}",
            debit,
            credit,
            Money(amount, "USD"),
            self.now,
            top_up_id=top_up,
            corrects_seq=corrects,
        )
        ledger.post(wallet, entry)
        return wallet.last_seq


def test_lots_are_drawn_by_the_rules_whatever_happens(app: Flask) -> None:
    slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        LotsMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=slow_is_fine,
        ),
    )
