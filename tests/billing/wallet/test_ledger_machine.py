"""The ledger under any sequence of top-ups, refunds, usage, holds and repetitions, beside a plain model of integers."""

from __future__ import annotations

from datetime import datetime, timedelta

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

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.wallet import calling_state, holds, ledger, verification
from app.billing.wallet.hold_refusals import (
    CallingPausedError,
    HoldEndedError,
    NotEnoughCreditError,
    OtherContentError,
)
from app.billing.wallet.ledger import Entry
from app.extensions import db
from app.models import AccountName, CallingState, TransferKind
from app.money import Money
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import an_organization, at
from tests.support.database import another_session, empty
from tests.support.examples import examples

EXAMPLES = examples("LEDGER_EXAMPLES", 12)
"""LEDGER_EXAMPLES=300 looks deeper."""

micro = st.integers(min_value=1, max_value=200_000_000)
keys = st.integers(min_value=1, max_value=12)


class LedgerMachine(RuleBasedStateMachine):
    """Few keys on purpose, so that repetitions are common."""

    @initialize()
    def open(self) -> None:
        another_session()
        empty()
        self.organization = an_organization(alert="50")
        self.now = at("2026-11-01 00:00")
        self.posted: dict[tuple[str, int], int] = {}
        self.holds: dict[int, int] = {}
        self.leases: dict[int, datetime] = {}
        self.ended: set[int] = set()
        self.is_low = False

    @rule(key=keys, amount=micro, minutes=st.integers(0, 900))
    def top_up(self, key: int, amount: int, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._post(TransferKind.TOP_UP, key, AccountName.STRIPE, AccountName.WALLET, amount, amount)

    @rule(key=keys, amount=micro)
    def refund(self, key: int, amount: int) -> None:
        self._post(TransferKind.REFUND, key, AccountName.WALLET, AccountName.STRIPE, amount, -amount)

    @rule(key=keys, seconds=st.integers(1, 20_000), messages=st.integers(0, 900), minutes=st.integers(0, 900))
    def use(self, key: int, seconds: int, messages: int, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        day = self.organization.local_day(self.now)
        used = [Used("calls_outbound", seconds, day, "Recall"), Used("sms", messages, day, "Recall", "Ava")]
        cost = usage_reports.record(self.organization, str(key), used, at=self.now)
        db.session.commit()
        if ("usage", key) in self.posted:
            assert cost.micro == 0
        else:
            self.posted["usage", key] = -cost.micro

    @rule(key=keys, amount=micro)
    def hold(self, key: int, amount: int) -> None:
        self._expire()
        available, asked = self._available(), self.holds.get(key)
        try:
            holds.reserve(
                self.organization.id, str(key), Money(amount, "USD"), at=self.now, lease=timedelta(minutes=5)
            )
        except HoldEndedError:
            assert key in self.ended
        except OtherContentError as error:
            assert asked not in {None, amount}
            assert error.differs == ["amount_micro"]
        except CallingPausedError:
            assert asked is None
            assert available <= 0
        except NotEnoughCreditError as error:
            assert asked is None
            assert 0 < available < amount
            assert error.available.micro == available
        else:
            assert key not in self.ended
            assert asked == amount or 0 < available >= amount
            self.holds[key] = amount
            self.leases.setdefault(key, self.now + timedelta(minutes=5))
        db.session.commit()

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), captured=st.booleans())
    def end_hold(self, data: st.DataObject, captured: bool) -> None:
        self._expire()
        if not self.holds:
            return
        key = data.draw(st.sampled_from(sorted(self.holds)))
        end = holds.capture if captured else holds.release
        for _ in range(2):
            end(self.organization.id, str(key), at=self.now)
        db.session.commit()
        del self.holds[key]
        self.ended.add(key)

    @invariant()
    def balances_equal_sums(self) -> None:
        holds.expire(self.organization.id, at=self.now)
        self._expire()
        wallet = ledger.lock(self.organization.id)
        assert wallet.posted_micro == sum(self.posted.values())
        assert wallet.held_micro == sum(self.holds.values())
        assert wallet.available.micro == self._available()
        assert verification.check() == []
        db.session.commit()

    @invariant()
    def calling_follows_credit(self) -> None:
        wallet = ledger.lock(self.organization.id)
        available, posted = self._available(), sum(self.posted.values())
        # Read after each step: low is remembered from one to the next.
        below = 55_000_000 if self.is_low else 50_000_000
        self.is_low = posted < below and (self.is_low or available > 0)
        if self.posted:
            low = CallingState.LOW if self.is_low else CallingState.ACTIVE
            assert wallet.state is (CallingState.PAUSED if available <= 0 else low)
        missing = calling_state.missing_to_call(wallet.available, least=Money(1, "USD"))
        assert (missing is None) == (available > 0)
        assert missing is None or 0 < available + missing.micro <= 10_000
        db.session.commit()

    @invariant()
    def the_running_balance_chains(self) -> None:
        lines = list(history.list_all_entries(self.organization, Filters()))
        running = sum(self.posted.values())
        for line in lines:
            assert line.balance is not None
            assert line.balance.micro == running
            running -= line.amount.micro
        assert running == 0
        usage_lines = [(line.day, line.usage_group) for line in lines if line.usage_group]
        assert len(usage_lines) == len(set(usage_lines)), "one line a day and group"

    def _post(
        self, kind: TransferKind, key: int, debit: AccountName, credit: AccountName, amount: int, change: int
    ) -> None:
        wallet = ledger.lock(self.organization.id)
        entry = Entry(kind, f"{kind}:{key}", debit, credit, Money(amount, "USD"), self.now)
        posted = ledger.post(wallet, entry)
        calling_state.reassess(wallet, self.now)
        db.session.commit()
        assert posted == ((kind.value, key) not in self.posted)
        self.posted.setdefault((kind.value, key), change)

    def _expire(self) -> None:
        """Leases that are over are given back."""
        for key in [key for key in self.holds if self.leases[key] <= self.now]:
            del self.holds[key]
            self.ended.add(key)

    def _available(self) -> int:
        return sum(self.posted.values()) - sum(self.holds.values())


def test_balances_equal_sums_whatever_happens(app: Flask) -> None:
    slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=slow_is_fine
        ),
    )
