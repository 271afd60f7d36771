"""What is left of an allowance is given out once: to holds of random calls, beside usage, corrections and other
periods; and at every step the status says whether a new hold would be granted."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.billing.plans import terms
from app.billing.usage import ingest, quotes
from app.billing.usage.events import Reported
from app.billing.usage.quotes import Quote
from app.billing.wallet import holds, ledger, verification
from app.billing.wallet import status as calling_status
from app.billing.wallet.hold_refusals import CallingPausedError, HoldError
from app.clock import utc_now
from app.extensions import db
from app.models import Allowance, Hold, HoldAllowance, HoldState, Organization
from tests.factories import an_organization, at, give_credit
from tests.support.database import another_session, empty
from tests.support.examples import examples
from tests.support.metering import an_event, take

EXAMPLES = examples("HOLDS_EXAMPLES", 10)
"""HOLDS_EXAMPLES=1000 looks deeper, elsewhere each time."""
POOL = "call_minutes"
meters = st.sampled_from(["calls_outbound", "calls_outbound", "calls_inbound", "tokens_out"])
seconds = st.integers(0, 400)
keys = st.sampled_from(["h1", "h2", "h3", "h4"])


class Machine(RuleBasedStateMachine):
    """Near the end of what the free plan includes: 3,000 seconds of calls."""

    @initialize(gone=st.integers(2_600, 3_100), credit=st.sampled_from(["0.05", "0.30", "20"]))
    def open(self, gone: int, credit: str) -> None:
        another_session()
        empty()
        self.organization = an_organization(credit=credit)
        self.org_id = self.organization.id
        self.now = utc_now() - timedelta(days=34)
        self.events: list[tuple[str, str]] = []
        self.report("calls_outbound", gone, None)

    @rule(minutes=st.sampled_from([0, 1, 1, 2, 5, 30, 20_000]))
    def wait(self, minutes: int) -> None:
        self.now = min(self.now + timedelta(minutes=minutes), utc_now())

    @rule(cents=st.integers(1, 40))
    def top_up(self, cents: int) -> None:
        give_credit(self.organization, f"{cents / 100:.2f}", at=self.now)

    @rule(key=keys, meter=meters, quantity=seconds, minutes=st.integers(2, 60))
    def reserve(self, key: str, meter: str, quantity: int, minutes: int) -> None:
        key = f"{key}-{len(self.events) // 3}"
        self._try(holds.reserve, key, self._quote(meter, quantity), lease=timedelta(minutes=minutes))

    @rule(key=keys, meter=meters, quantity=seconds, slice=st.integers(2, 4))
    def renew(self, key: str, meter: str, quantity: int, slice: int) -> None:
        for one in self._active(key):
            quote = self._quote(meter, quantity)
            self._try(holds.renew, one.key, quote, slice=slice, lease=timedelta(minutes=2))

    @rule(key=keys, end=st.sampled_from([holds.capture, holds.release]))
    def finish(self, key: str, end: Any) -> None:
        for one in self._active(key):
            self._try(end, one.key)

    @rule(key=st.one_of(st.none(), keys), meter=meters, quantity=seconds)
    def use(self, key: str | None, meter: str, quantity: int) -> None:
        active = self._active(key) if key else []
        self.report(meter, quantity, active[0].key if active else key)

    @rule(place=st.integers(0, 30), quantity=seconds)
    def correct(self, place: int, quantity: int) -> None:
        id_, meter = self.events[place % len(self.events)]
        self._take(meter, quantity, corrects=("platform", id_))

    def report(self, meter: str, quantity: int, hold: str | None) -> None:
        self.events.append((self._take(meter, quantity, hold=hold), meter))

    @invariant()
    def nothing_is_given_out_twice(self) -> None:
        allowance = terms.get_terms(self.organization).plan_at(self.now).allowances[POOL]
        used = {
            row.period_start: row.used
            for row in db.session.scalars(db.select(Allowance))
            if row.meter == POOL
        }
        counted = self._counted_on()
        for period, units in counted.items():
            assert units + used.get(period, 0) <= allowance

    @invariant()
    def only_holds_that_are_active_count_on_something(self) -> None:
        db.session.commit()
        holds.expire(self.org_id, at=self.now)
        counting = set(db.session.scalars(db.select(HoldAllowance.hold_id)))
        active = set(db.session.scalars(db.select(Hold.id).where(Hold.state == HoldState.ACTIVE)))
        assert counting <= active
        db.session.commit()

    @invariant()
    def the_status_says_whether_a_new_hold_is_granted(self) -> None:
        holds.expire(self.org_id, at=self.now)
        db.session.commit()
        status = calling_status.find(self.org_id)
        assert status is not None
        assert status.may_call == (status.available.micro > 0)
        try:
            quote = self._quote("calls_outbound", 0)
            holds.reserve(self.org_id, "probe", quote, at=self.now, lease=timedelta(minutes=1))
        except CallingPausedError as error:
            assert not status.may_call
            assert error.reason is status.reason
        else:
            assert status.may_call
        finally:
            db.session.rollback()

    def _counted_on(self) -> dict[Any, int]:
        rows = db.session.execute(
            db.select(HoldAllowance.period_start, db.func.sum(HoldAllowance.reserved))
            .where(HoldAllowance.meter == POOL)
            .group_by(HoldAllowance.period_start)
        )
        return {period: int(units) for period, units in rows}

    def _quote(self, meter: str, quantity: int) -> Quote:
        quote = quotes.get_quote(self.org_id, [(meter, quantity)], at=self.now)
        assert quote is not None
        return quote

    def _active(self, key: str) -> list[Hold]:
        query = db.select(Hold).where(Hold.state == HoldState.ACTIVE, Hold.key.startswith(key))
        return list(db.session.scalars(query))

    def _try(self, do: Any, *values: Any, **named: Any) -> None:
        holds.expire(self.org_id, at=self.now)
        before = ledger.lock(self.org_id).available.micro
        db.session.commit()
        try:
            do(self.org_id, *values, at=self.now, **named)
        except HoldError:
            db.session.rollback()
        db.session.commit()
        after = ledger.lock(self.org_id).available.micro
        db.session.commit()
        assert after >= min(before, 0), "a hold never takes more than there is"

    def _take(self, meter: str, quantity: int, **names: Any) -> str:
        id_ = f"e{len(self.events)}-{self.now.timestamp()}-{quantity}-{names.get('corrects')}"
        event = Reported(0, self.org_id, "platform", id_, meter, quantity, self.now, **names)
        ingest.ingest([event], at=self.now)
        db.session.commit()
        return id_

    def teardown(self) -> None:
        if hasattr(self, "org_id"):
            assert verification.check() == []
            for key in ("h1", "h2", "h3", "h4"):
                for one in self._active(key):
                    holds.release(self.org_id, one.key, at=self.now)
            db.session.commit()
            assert self._counted_on() == {}
            assert ledger.lock(self.org_id).held_micro == 0


def test_what_is_left_of_an_allowance_is_given_out_once(app: Flask) -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize="HOLDS_EXAMPLES" not in os.environ,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_a_plan_that_changes_in_mid_call_leaves_to_its_holds_what_it_includes(app: Flask) -> None:
    """On Growth a hold counts on ten minutes. The free plan, with its 50, has 49:50 used of them by then."""
    organization, now = an_organization(credit="20"), utc_now()
    terms.start_plan(organization, "growth", now - timedelta(days=1))
    lease = timedelta(minutes=12)
    holds.reserve(organization.id, "h", _quote(organization, 600, now), at=now, lease=lease)
    assert ledger.lock(organization.id).held_micro == 0
    terms.start_plan(organization, "starter", now)
    take(an_event(organization, "other", 2_990, meter="calls_outbound", when=now), now=now)
    hold = holds.find(organization.id, "h")
    left = db.session.scalars(db.select(HoldAllowance)).one()
    assert left.reserved == 10
    assert hold.amount_micro > 0, "for the rest it has credit, by the rate that it was reserved at"
    take(an_event(organization, "own", 600, meter="calls_outbound", hold="h", when=now), now=now)
    assert db.session.scalars(db.select(HoldAllowance)).all() == []
    assert holds.find(organization.id, "h").used_micro == 590 * 750


def test_a_period_that_ends_in_mid_call_leaves_each_its_own(app: Flask) -> None:
    """What was reserved of November is used by November's usage alone; December's slice counts on December."""
    organization = an_organization(credit="20")
    before, after = at("2026-11-30 23:59"), at("2026-12-01 00:01")
    take(an_event(organization, "gone", 2_940, meter="calls_outbound", when=before), now=before)
    holds.reserve(
        organization.id, "h", _quote(organization, 60, before), at=before, lease=timedelta(minutes=5)
    )
    holds.renew(
        organization.id, "h", _quote(organization, 60, after), slice=2, at=after, lease=timedelta(minutes=5)
    )
    db.session.commit()
    query = db.select(HoldAllowance.period_start, HoldAllowance.reserved).order_by(HoldAllowance.period_start)
    assert [tuple(row) for row in db.session.execute(query)] == [
        (date(2026, 11, 1), 60),
        (date(2026, 12, 1), 60),
    ]
    take(an_event(organization, "late", 60, meter="calls_outbound", hold="h", when=before), now=after)
    assert [tuple(row) for row in db.session.execute(query)] == [(date(2026, 12, 1), 60)]
    take(an_event(organization, "own", 40, meter="calls_outbound", hold="h", when=after), now=after)
    assert [tuple(row) for row in db.session.execute(query)] == [(date(2026, 12, 1), 20)]
    assert ledger.lock(organization.id).held_micro == 0


def _quote(organization: Organization, seconds: int, when: datetime) -> Quote:
    quote = quotes.get_quote(organization.id, [("calls_outbound", seconds)], at=when)
    assert quote is not None
    return quote
