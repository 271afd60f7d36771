"""Usage, holds, leases, corrections, changes of plan and period, and top-ups in any order, beside the plain model."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.billing.plans import terms
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import holds, ledger, verification
from app.billing.wallet.hold_refusals import (
    CallingPausedError,
    HoldEndedError,
    NotEnoughCreditError,
    OtherContentError,
    UnknownHoldError,
    WrongSliceError,
)
from app.extensions import db
from app.models import Allowance, CallingState, Hold, HoldState, UsageEvent
from app.money import Money
from tests.billing.usage.model import EARLY, FILE, LATE, Lease, Model
from tests.factories import an_organization, at, give_credit
from tests.support import subscriptions
from tests.support.database import another_session, empty
from tests.support.examples import examples
from tests.support.subscriptions import Period

EXAMPLES = examples("METERING_EXAMPLES", 12)
"""METERING_EXAMPLES=1000 looks deeper, elsewhere each time."""
STEPS = 25

METERS = (
    "calls_outbound",
    "calls_inbound",
    "calls_outbound_international",
    "sms",
    "tokens_in",
    "text_to_speech",
)
PLANS = ("starter", "growth", "scale")
names = st.integers(1, 9).map(str)
keys = st.sampled_from(["", "h1", "h2", "h3"])
MOST = {meter: FILE["meters"][meter]["most"] for meter in METERS}
quantities = st.one_of(st.integers(0, 400), st.integers(0, 90_000), st.integers(0, 110_000_000))
moments = st.one_of(st.integers(0, 90), st.integers(-6, 36 * 24 * 60))
"""Minutes before now: some too early, some too late."""
events = st.tuples(names, st.sampled_from(METERS), quantities, moments, keys)
micro = st.one_of(st.integers(0, 3_000_000), st.integers(0, 900_000_000))


class MeteringMachine(RuleBasedStateMachine):
    """Few names on purpose, so that repetitions and contradictions are common."""

    @initialize(plan=st.sampled_from(PLANS), credit=st.sampled_from(["5", "20000"]))
    def open(self, plan: str, credit: str) -> None:
        another_session()
        empty()
        zone, anchor = "America/New_York", date(2026, 9, 12)
        self.organization = an_organization(timezone=zone, credit=credit, alert="50")
        subscriptions.subscribe(self.organization, plan, period=Period(anchor, date(2026, 10, 12)))
        db.session.commit()
        begins = datetime(2026, 9, 12, tzinfo=ZoneInfo(zone))
        self.model = Model(ZoneInfo(zone), anchor, [(begins, plan)], posted=int(credit) * 1_000_000)
        self.now = at("2026-10-11 12:00")
        self.org_id = self.organization.id
        self.is_low = False

    @rule(minutes=st.one_of(st.integers(1, 30), st.integers(1, 30 * 24 * 60)))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(plan=st.sampled_from(PLANS))
    def change_plan(self, plan: str) -> None:
        terms.start_plan(self.organization, plan, self.now)
        db.session.commit()
        self.model.plans = [one for one in self.model.plans if one[0] < self.now] + [(self.now, plan)]

    @rule(dollars=st.integers(1, 500))
    def top_up(self, dollars: int) -> None:
        give_credit(self.organization, str(dollars), at=self.now)
        self.model.posted += dollars * 1_000_000

    @rule(batch=st.lists(events, min_size=1, max_size=6), again=st.booleans())
    def report(self, batch: list[tuple[str, str, int, int, str]], again: bool) -> None:
        reported = [self._event(*one) for one in batch]
        self._take(reported)
        if again:
            self._take(list(reversed(reported)))

    @rule(wrong=names, name=names, quantity=quantities, other_meter=st.booleans())
    def correct(self, wrong: str, name: str, quantity: int, other_meter: bool) -> None:
        known = self.model.events.get(wrong)
        meter = known.meter if known and not other_meter else "sms"
        event = Reported(
            0, self.org_id, "platform", f"c{name}", meter, quantity, self.now, corrects=("platform", wrong)
        )
        before = self.model.events.get(event.id)
        content = _content(event)
        receipt = ingest.ingest([event], at=self.now)
        db.session.commit()
        if quantity > MOST[meter]:
            assert [refusal.field for refusal in receipt.refused] == ["quantity"]
        elif before is not None:
            is_same = before.content == content
            assert (receipt.accepted, receipt.duplicates, len(receipt.refused)) == (0, is_same, not is_same)
        elif known is None or known.meter != meter:
            assert [refusal.field for refusal in receipt.refused] == [
                "corrects" if known is None else "meter"
            ]
        else:
            assert (receipt.accepted, receipt.refused) == (1, [])
            assert receipt.costs[self.org_id] == self.model.correct(event.id, content, known, quantity)

    @rule(key=keys.filter(bool), amount=micro, minutes=st.integers(1, 600))
    def reserve(self, key: str, amount: int, minutes: int) -> None:
        model, lease = self.model, timedelta(minutes=minutes)
        model.expire(self.now)
        known, content = model.leases.get(key), (amount, minutes)
        try:
            holds.reserve(self.org_id, key, Money(amount, "USD"), at=self.now, lease=lease)
        except HoldEndedError:
            assert known is not None
            assert not known.is_active
        except OtherContentError as error:
            assert known is not None
            assert error.differs == [
                name
                for name, was, now in zip(
                    ("amount_micro", "lease_seconds"), known.asked, content, strict=True
                )
                if was != now
            ]
        except CallingPausedError:
            assert known is None
            assert model.available <= 0
        except NotEnoughCreditError:
            assert known is None
            assert 0 < model.available < amount
        else:
            if known is None:
                assert 0 < model.available >= amount
                model.leases[key] = Lease(amount, self.now + lease, content)
            else:
                assert (known.is_active, known.asked) == (True, content)
        db.session.commit()

    @rule(key=keys.filter(bool), slice=st.integers(2, 4), amount=micro, minutes=st.integers(1, 600))
    def renew(self, key: str, slice: int, amount: int, minutes: int) -> None:
        self.model.expire(self.now)
        known, lease = self.model.leases.get(key), timedelta(minutes=minutes)
        try:
            renewal = holds.renew(
                self.org_id, key, Money(amount, "USD"), slice=slice, at=self.now, lease=lease
            )
        except UnknownHoldError:
            assert known is None
        except HoldEndedError:
            assert known is not None
            assert not known.is_active
        except WrongSliceError as error:
            assert known is not None
            assert error.expected == known.slice + 1 != slice
        except OtherContentError:
            assert known is not None
            assert known.slice_asked != (amount, minutes)
            assert slice == known.slice
        else:
            assert known is not None
            self._renewed(known, slice, (amount, minutes), lease)
            assert renewal.hold.is_final == known.is_final
            assert renewal.hold.expires_at == known.until
        db.session.commit()

    @rule(key=keys.filter(bool), end=st.sampled_from([holds.capture, holds.release]))
    def finish(self, key: str, end: Any) -> None:
        self.model.expire(self.now)
        try:
            end(self.org_id, key, at=self.now)
        except UnknownHoldError:
            assert key not in self.model.leases
        else:
            self.model.leases[key].is_active = False
        db.session.commit()

    @rule()
    def expire(self) -> None:
        holds.expire(self.org_id, at=self.now)
        db.session.commit()
        self.model.expire(self.now)

    @invariant()
    def the_wallet_is_as_the_model_has_it(self) -> None:
        holds.expire(self.org_id, at=self.now)
        self.model.expire(self.now)
        wallet = ledger.lock(self.org_id)
        found = (wallet.posted_micro, wallet.held_micro, wallet.state, wallet.is_low)
        db.session.commit()
        self.is_low = self._judged_low()
        low = CallingState.LOW if self.is_low else CallingState.ACTIVE
        state = CallingState.PAUSED if self.model.available <= 0 else low
        assert found == (self.model.posted, self.model.held, state, self.is_low)

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self._compare_holds()
            self._compare_events()
            self._compare_allowances()
            assert verification.check() == []

    def _judged_low(self) -> bool:
        """Below the alert at 50 dollars, or since then not a tenth above it; not begun while calling is paused."""
        below = 55_000_000 if self.is_low else 50_000_000
        return self.model.posted < below and (self.is_low or self.model.available > 0)

    def _event(self, name: str, meter: str, quantity: int, minutes: int, key: str) -> Reported:
        used_at = self.now - timedelta(minutes=minutes)
        return Reported(0, self.org_id, "platform", name, meter, quantity, used_at, hold=key or None)

    def _take(self, batch: list[Reported]) -> None:
        numbered = [
            Reported(place, *[getattr(one, name) for name in Reported.__struct_fields__[1:]])
            for place, one in enumerate(batch)
        ]
        receipt = ingest.ingest(numbered, at=self.now)
        db.session.commit()
        self.model.expire(self.now)
        accepted = duplicates = 0
        refused: list[tuple[int, str]] = []
        drawn: dict[str, int] = {}
        for one in numbered:
            content, known = _content(one), self.model.events.get(one.id)
            if not self.now - LATE <= one.at <= self.now + EARLY:
                refused.append((one.index, "time"))
            elif one.quantity > MOST[one.meter]:
                refused.append((one.index, "quantity"))
            elif known is None:
                event = self.model.use(one.id, content, one.meter, one.quantity, one.at)
                drawn[one.hold or ""] = drawn.get(one.hold or "", 0) + event.amount
                accepted += 1
            elif known.content == content:
                duplicates += 1
            else:
                refused.append((one.index, "id"))
        for key, cost in drawn.items():
            self.model.draw(key, cost)
        told = [(refusal.index, refusal.field) for refusal in receipt.refused]
        assert (receipt.accepted, receipt.duplicates, told) == (accepted, duplicates, refused)

    def _renewed(self, known: Lease, slice: int, asked: tuple[int, int], lease: timedelta) -> None:
        """What a renewal that was let through has changed: nothing where it was made before, or is the last."""
        if slice != known.slice + 1 or known.is_final:
            return
        amount = asked[0]
        granted = min(amount, max(self.model.available, 0))
        known.slice, known.slice_asked, known.is_final = slice, asked, granted < amount
        known.amount += granted
        lasts = lease
        if amount:
            lasts = min(lease, timedelta(seconds=int(lease.total_seconds()) * known.amount // amount))
        known.until = self.now + lasts

    def _compare_holds(self) -> None:
        for key, lease in self.model.leases.items():
            hold = db.session.scalars(db.select(Hold).filter_by(org_id=self.org_id, key=key)).one()
            assert (hold.state is HoldState.ACTIVE) == lease.is_active, key
            assert (hold.used_micro, hold.slice) == (lease.used, lease.slice), key
            if lease.is_active:
                assert hold.amount_micro == lease.amount, key

    def _compare_events(self) -> None:
        rows = db.session.scalars(db.select(UsageEvent).filter_by(org_id=self.org_id)).all()
        sums: dict[str, list[int]] = {}
        for row in rows:
            figures = (row.quantity, row.billable, row.included, row.amount_micro)
            own = sums.setdefault(row.corrects_id or row.event_id, [0] * 4)
            own[:] = [one + more for one, more in zip(own, figures, strict=True)]
        expected = {
            id_: [one.quantity, one.billable, one.included, one.amount]
            for id_, one in self.model.events.items()
            if not one.is_correction
        }
        assert sums == expected
        assert {row.event_id for row in rows} == self.model.events.keys()

    def _compare_allowances(self) -> None:
        for row in db.session.scalars(db.select(Allowance).filter_by(org_id=self.org_id)):
            assert row.used == self.model.gone[row.period_start, row.meter]
            assert row.charged == self.model.paid(row.period_start, row.meter)
            lines = {
                plan: counts
                for (period, meter, plan), counts in self.model.charged.items()
                if (period, meter) == (row.period_start, row.meter) and any(counts)
            }
            assert {key.partition("/")[2]: counts for key, counts in row.lines.items()} == lines


def _content(event: Reported) -> tuple[Any, ...]:
    return (event.meter, event.quantity, event.at, event.hold, event.corrects)


def test_the_metering_charges_holds_and_counts_as_the_model_does(app: Flask) -> None:
    assert set(METERS) <= FILE["meters"].keys()
    slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        MeteringMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="METERING_EXAMPLES" not in os.environ,
            suppress_health_check=slow_is_fine,
        ),
    )
