"""Comparing with Stripe: whatever was lost on the way is fixed to the cent, and what can't be is said."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from flask import Flask

from app import reconciliation
from app.clock import utc_now
from app.extensions import db
from app.models import (
    Organization,
    ReconciliationRun,
    Transfer,
)
from app.reconciliation import clawbacks
from tests.support.money import balance
from tests.support.reconciling import skip_events
from tests.support.sandbox import Sandbox, deliver, deliver_all, work_through
from tests.support.stories import Silence, assert_fixed


@pytest.fixture
def silence(app: Flask, sandbox: Sandbox) -> Silence:
    sandbox.control.set_webhooks("drop")
    return Silence(sandbox)


def transfers() -> int:
    db.session.rollback()
    return db.session.query(Transfer).count()


class TestNothingArrived:
    """Every event is dropped; one run brings everything home, and the next has nothing to do."""

    def test_a_payment_is_credited(self, app: Flask, silence: Silence) -> None:
        silence.charge("50")
        run = reconciliation.run()
        assert balance(silence.organization) == "50.00"
        assert run.error is None
        assert run.findings == []
        assert any("payment_intent.succeeded" in each["text"] for each in run.fixed)
        assert_fixed(app, silence)

    @pytest.mark.long
    def test_everything_together_is_synced_and_stays_so(self, app: Flask, silence: Silence) -> None:
        other = Silence(silence.sandbox)
        silence.charge("50")
        refunded, failed, lost, won = (silence.charge("100") for _ in range(4))
        other.charge("25")
        silence.refund(refunded, 3050)
        silence.fail_refund(silence.refund(failed, 1000))
        silence.decide(silence.dispute(lost), "lost")
        silence.decide(silence.dispute(won), "won")
        silence.dispute(other.charge("75"))
        reconciliation.run()
        assert_fixed(app, silence, other)
        assert balance(silence.organization) == "319.50"
        assert balance(other.organization) == "25.00"

        before = transfers()
        again = reconciliation.run()
        assert (again.fixed, again.findings, again.error) == ([], [], None)
        assert transfers() == before

    @pytest.mark.long
    def test_stripe_keeping_no_events_any_more_loses_nothing(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        payment = silence.charge("50")
        silence.refund(payment, 1234)
        newest = sandbox.events()[-1].id
        db.session.add(ReconciliationRun(since=utc_now(), finished_at=utc_now(), last_event_id=newest))
        db.session.commit()
        run = reconciliation.run()
        assert run.checked.get("events", 0) == 0
        assert balance(silence.organization) == "37.66"
        assert {each["object"] for each in run.fixed} == {payment.id} | {
            one.id for one in sandbox.stripe.v1.refunds.list().data
        }
        assert_fixed(app, silence)

    def test_a_card_that_was_saved_is_taken_up(self, app: Flask, silence: Silence, sandbox: Sandbox) -> None:
        sandbox.stripe.v1.customers.delete(silence.organization.stripe_customer_id or "")
        reconciliation.run()
        organization = db.session.get_one(Organization, silence.organization.id, populate_existing=True)
        assert organization.stripe_customer_id is None


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_and_whichever_events_are_lost_the_wallet_has_what_stripe_kept(
    app: Flask, sandbox: Sandbox, seed: int
) -> None:
    chance = random.Random(seed)
    silence = Silence(sandbox)
    for _ in range(chance.randint(2, 4)):
        payment = silence.charge(str(chance.randint(10, 200)))
        refunds = [silence.refund(payment, chance.randint(1, 400)) for _ in range(chance.randint(0, 2))]
        if refunds and chance.random() < 0.5:
            silence.fail_refund(refunds[0])
        if chance.random() < 0.6:
            dispute = silence.dispute(payment)
            if end := chance.choice([None, "won", "lost"]):
                silence.decide(dispute, end)
        arriving = [event for event in sandbox.events() if chance.random() < 0.4]
        for event in chance.sample(arriving, len(arriving)):
            assert deliver(app.test_client(), event) == 200
        work_through(app)
    reconciliation.run()
    assert_fixed(app, silence)


class TestWhatHappensLate:
    """Objects made before the time from which a run looks, and no event of what became of them."""

    @pytest.mark.long
    def test_a_dispute_that_is_won_months_later(
        self, app: Flask, silence: Silence, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dispute = silence.dispute(silence.charge("50"))
        reconciliation.run()
        assert balance(silence.organization) == "0.00"
        silence.decide(dispute, "won")
        skip_events(sandbox)
        # As if it had been opened before all that is listed.
        monkeypatch.setattr(clawbacks, "DISPUTES_BACK", -timedelta(days=2))
        run = reconciliation.run(since=utc_now() + timedelta(days=3))
        assert [each["object"] for each in run.fixed] == [dispute]
        assert balance(silence.organization) == "50.00"
        assert reconciliation.run(since=utc_now() + timedelta(days=3)).checked.get("disputes", 0) == 0

    @pytest.mark.long
    def test_a_refund_that_fails_late(self, app: Flask, silence: Silence, sandbox: Sandbox) -> None:
        refund = silence.refund(silence.charge("50"), 2000)
        reconciliation.run()
        assert balance(silence.organization) == "30.00"
        silence.fail_refund(refund)
        skip_events(sandbox)
        run = reconciliation.run()
        assert [each["object"] for each in run.fixed] == [refund]
        assert balance(silence.organization) == "50.00"

    @pytest.mark.long
    def test_only_a_run_that_was_finished_moves_on_the_time_from_which_the_next_one_looks(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        first = reconciliation.run()
        sandbox.fail("GET /v1/payment_intents", "429", times=3)
        stopped = reconciliation.run()
        sandbox.clear_faults()
        assert stopped.error
        assert stopped.since == first.started_at
        assert reconciliation.run().since == first.started_at


@pytest.mark.long
@pytest.mark.parametrize("mode", ["shuffle", "duplicate"])
def test_events_in_any_order_and_more_than_once_leave_nothing_to_fix(
    app: Flask, sandbox: Sandbox, mode: str
) -> None:
    silence = Silence(sandbox)
    payment = silence.charge("50")
    silence.fail_refund(silence.refund(payment, 700))
    silence.refund(payment, 1300)
    silence.decide(silence.dispute(silence.charge("20")), "lost")
    events = sandbox.events()
    told = random.Random(7).sample(events, len(events)) if mode == "shuffle" else [*events, *events]
    for event in told:
        assert deliver(app.test_client(), event) == 200
    work_through(app)
    assert_fixed(app, silence)
    deliver_all(app, sandbox)  # what our own doing has led to since
    run = reconciliation.run()
    assert (run.fixed, run.findings) == ([], [])
