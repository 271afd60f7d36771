"""Limits under any interleaving of calls, usage and windows, beside a plain model of integers."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.billing.limits import LimitReachedError, standing
from app.billing.usage import ingest
from app.billing.wallet import holds, verification
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, LimitWindow, SpendingLimit
from app.money import Money
from tests.factories import an_organization
from tests.support.database import another_session, empty
from tests.support.examples import examples
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event

EXAMPLES = examples("LIMIT_EXAMPLES", 6)
"""LIMIT_EXAMPLES=300 looks deeper."""
CAMPAIGN, LIMIT, TOKEN = "Spring recall", 30_000_000, 12
LEASE = timedelta(minutes=50)

micro = st.integers(min_value=0, max_value=20_000_000)
keys = st.integers(min_value=1, max_value=6)


class LimitsMachine(RuleBasedStateMachine):
    """One campaign with a limit by the hour; few keys, so that calls overlap. `beyond` is what calls in progress took
    beyond what was checked: renewals, and usage above what was reserved."""

    @initialize()
    def open(self) -> None:
        another_session()
        empty()
        self.organization = an_organization(credit="100000")
        draft = a_draft("30", subject=LimitSubject.CAMPAIGN, name=CAMPAIGN, window=LimitWindow.HOUR)
        limit = a_limit(self.organization, draft)
        self.limit_id, self.limit, self.highest = limit.limit_id, LIMIT, LIMIT
        self.now = utc_now()
        self.holds: dict[str, int] = {}
        self.leases: dict[str, datetime] = {}
        self.spent, self.beyond, self.hour = 0, 0, self._hour()
        self.made = 0

    @rule(amount=micro, other=st.booleans())
    def reserve(self, amount: int, *, other: bool) -> None:
        self._settle()
        self.made += 1
        campaign = "Other" if other else CAMPAIGN
        try:
            holds.reserve(
                self.organization.id,
                f"call-{self.made}",
                Money(amount, "USD"),
                at=self.now,
                lease=LEASE,
                campaign=campaign,
            )
        except LimitReachedError:
            db.session.rollback()
            assert not other
            assert self._counted() >= self.limit or self._counted() + amount > self.limit
            return
        db.session.commit()
        if not other:
            assert self._counted() + amount <= self.limit
            self.holds[f"call-{self.made}"] = amount
            self.leases[f"call-{self.made}"] = self.now + LEASE

    @rule(place=keys, amount=micro)
    def renew(self, place: int, amount: int) -> None:
        self._settle()
        key = self._key(place)
        if key is None:
            return
        number = holds.find(self.organization.id, key).slice + 1
        renewed = holds.renew(
            self.organization.id, key, Money(amount, "USD"), slice=number, at=self.now, lease=LEASE
        )
        db.session.commit()
        assert not renewed.hold.is_final, "what is in progress goes on"
        self.holds[key] += amount
        self.leases[key] = self.now + LEASE
        self.beyond += amount

    @rule(place=keys, tokens=st.integers(1, 1_000_000))
    def use(self, place: int, tokens: int) -> None:
        self._settle()
        key = self._key(place)
        self.made += 1
        event = an_event(
            self.organization, f"e{self.made}", tokens, when=self.now, campaign=CAMPAIGN, hold=key
        )
        ingest.ingest([event], at=self.now)
        db.session.commit()
        cost = tokens * TOKEN
        self.spent += cost
        drawn = min(cost, self.holds.get(key, 0)) if key else 0
        if key:
            self.holds[key] -= drawn
        self.beyond += cost - drawn

    @rule(place=keys)
    def end(self, place: int) -> None:
        self._settle()
        key = self._key(place)
        if key is not None:
            holds.capture(self.organization.id, key, at=self.now)
            db.session.commit()
            del self.holds[key], self.leases[key]

    @rule(minutes=st.integers(0, 45))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(amount=st.integers(0, 60_000_000))
    def change(self, amount: int) -> None:
        row = db.session.get_one(SpendingLimit, (self.organization.id, self.limit_id))
        row.amount_micro = self.limit = amount
        self.highest = max(self.highest, amount)
        db.session.commit()

    @invariant()
    def it_counts_what_there_is(self) -> None:
        self._settle()
        holds.expire(self.organization.id, at=self.now)
        db.session.commit()
        (found,) = standing.gather(self.organization.id, self.now)
        assert found.spent.micro == self.spent
        assert found.held.micro == sum(self.holds.values())
        assert self._counted() <= self.highest + self.beyond

    def teardown(self) -> None:
        assert verification.check() == []

    def _settle(self) -> None:
        """Windows and leases that are over."""
        if self._hour() != self.hour:
            self.hour, self.spent = self._hour(), 0
        for key in [key for key, end in self.leases.items() if end <= self.now]:
            del self.holds[key], self.leases[key]

    def _hour(self) -> datetime:
        return self.now.replace(minute=0, second=0, microsecond=0)

    def _counted(self) -> int:
        return self.spent + sum(self.holds.values())

    def _key(self, place: int) -> str | None:
        known = list(self.holds)
        return known[place % len(known)] if known else None


def test_no_interleaving_exceeds_a_limit_by_more_than_what_was_in_progress(app: Flask) -> None:
    slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        LimitsMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=slow_is_fine
        ),
    )
