"""Comparing with Stripe: whatever was lost on the way is fixed to the cent, and what can't be is said."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app import reconciliation
from app.billing import audit, topups
from app.clock import utc_now
from app.database.locks import AlreadyRunningError
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import (
    EventState,
    Organization,
    ReconciliationRun,
    StripeEvent,
    TopUp,
    TopUpStatus,
    Transfer,
)
from app.payments import intents
from app.reconciliation import clawbacks
from app.stripe_events import handling
from config import ROOT, Settings
from tests.factories import OWNER, a_stripe_card, usd
from tests.support.database import inside
from tests.support.events import an_event, send
from tests.support.money import balance, credited
from tests.support.sandbox import Sandbox, deliver, deliver_all, work_through
from tests.support.stories import Silence, assert_fixed
from tests.support.waiting import wait_until


@pytest.fixture
def silence(app: Flask, sandbox: Sandbox) -> Silence:
    sandbox.control.set_webhooks("drop")
    return Silence(sandbox)


def sentences(run: ReconciliationRun) -> list[str]:
    return [each["text"] for each in run.findings]


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

    def test_a_refund_that_fails_late(self, app: Flask, silence: Silence, sandbox: Sandbox) -> None:
        refund = silence.refund(silence.charge("50"), 2000)
        reconciliation.run()
        assert balance(silence.organization) == "30.00"
        silence.fail_refund(refund)
        skip_events(sandbox)
        run = reconciliation.run()
        assert [each["object"] for each in run.fixed] == [refund]
        assert balance(silence.organization) == "50.00"

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


class TestWhatIsReported:
    """What can't be fixed with certainty is said in sentences, again and again until it is gone."""

    def test_a_payment_that_no_one_asked_for(self, app: Flask, silence: Silence, sandbox: Sandbox) -> None:
        stranger = charge_by_hand(silence, sandbox)
        for _ in range(2):
            run = reconciliation.run()
            assert len(run.findings) == 1
            assert "$50.00" in sentences(run)[0]
            assert "Money(" not in sentences(run)[0]
            assert silence.organization.slug in sentences(run)[0]
            assert stranger in sentences(run)[0]
        assert balance(silence.organization) == "0.00"

        sandbox.stripe.v1.refunds.create({"payment_intent": stranger})
        assert reconciliation.run().findings == []

    def test_a_payment_of_another_product_on_the_same_account_is_none_of_ours(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        api = sandbox.stripe.v1
        stranger = api.customers.create({"name": "Someone else"})
        card = api.payment_methods.attach("pm_card_visa", {"customer": stranger.id})
        api.payment_intents.create(
            {
                "amount": 700,
                "currency": "jpy",
                "customer": stranger.id,
                "payment_method": card.id,
                "confirm": True,
                "return_url": "http://localhost/",
            }
        )
        assert reconciliation.run().findings == []

    def test_a_payment_of_an_invoice_needs_no_top_up(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        api, customer = sandbox.stripe.v1, silence.organization.stripe_customer_id or ""
        invoice = api.invoices.create({"customer": customer, "currency": "usd"})
        api.invoice_items.create(
            {"customer": customer, "invoice": invoice.id, "amount": 4900, "currency": "usd"}
        )
        api.invoices.finalize_invoice(invoice.id)
        api.invoices.pay(invoice.id, {"payment_method": silence.card.stripe_id})
        assert reconciliation.run().findings == []

    def test_a_payment_that_does_not_match_its_top_up(self, app: Flask, silence: Silence) -> None:
        payment = silence.charge("50")
        db.session.execute(update(TopUp).values(amount_micro=49_000_000))
        db.session.commit()
        run = reconciliation.run()
        assert [each["object"] for each in run.findings] == [payment.id]
        assert balance(silence.organization) == "0.00"

    def test_credit_for_a_payment_that_stripe_does_not_have(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        paid = topups.pay(silence.organization, begin(silence), silence.card.id, OWNER)
        payment_id = paid.payment_intent_id or ""
        sandbox.control.reset()
        for _ in range(2):
            run = reconciliation.run(since=utc_now() - timedelta(days=1))
            assert [each["object"] for each in run.findings] == [payment_id]
            assert "Stripe has no" in sentences(run)[0]
        assert balance(silence.organization) == "50.00", "it is never taken away"

    def test_credit_for_a_payment_that_brought_something_else(self, app: Flask, silence: Silence) -> None:
        top_up = silence.begin("50")
        payment = intents.charge(
            topups.requests.charge_request(
                silence.organization, top_up, silence.card, silence.organization.stripe_customer_id or ""
            )
        )
        topups.settle(silence.organization.id, top_up.id, payment, audit.STRIPE)
        db.session.execute(update(TopUp).values(amount_micro=60_000_000))
        db.session.commit()
        run = reconciliation.run()
        assert [each["object"] for each in run.findings] == [payment.id]

    def test_credit_for_a_payment_that_is_still_open(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        card = a_stripe_card(silence.organization, "pm_card_authenticationRequired")
        payment = silence.charge("50", card=card)
        assert payment.status == "requires_action"
        claim = update(TopUp).values(status=TopUpStatus.SUCCEEDED, settled_at=utc_now())
        db.session.execute(claim.values(payment_intent_id=payment.id))
        db.session.commit()
        run = reconciliation.run()
        assert "requires_action" in sentences(run)[0]

    def test_one_that_stripe_gives_no_answer_about_does_not_stop_the_run(
        self, app: Flask, silence: Silence, sandbox: Sandbox
    ) -> None:
        mute, heard = silence.charge("50"), silence.charge("25")
        skip_events(sandbox)
        sandbox.fail(f"GET /v1/payment_intents/{mute.id}", "500_before", times=100)
        run = reconciliation.run()
        assert run.error is None
        assert [each["object"] for each in run.findings] == [mute.id]
        assert [each["object"] for each in run.fixed] == [heard.id]
        sandbox.clear_faults()
        after = reconciliation.run()
        assert after.findings == []
        assert_fixed(app, silence)


CALLS = [
    "GET /v1/events",
    "GET /v1/payment_intents",
    "GET /v1/payment_intents/*",
    "GET /v1/refunds",
    "GET /v1/refunds/*",
    "GET /v1/disputes",
    "GET /v1/disputes/*",
    "GET /v1/charges/*",
    "GET /v1/invoice_payments",
]


@pytest.mark.parametrize(
    ("operation", "kind"), [*((call, "429") for call in CALLS), (CALLS[1], "html"), (CALLS[2], "drop_before")]
)
def test_a_fault_of_any_call_is_made_good_by_the_next_run(
    app: Flask, silence: Silence, sandbox: Sandbox, operation: str, kind: str
) -> None:
    payment = silence.charge("50")
    silence.refund(payment, 500)
    silence.dispute(silence.charge("30"))
    stranger = charge_by_hand(silence, sandbox)
    skip_events(sandbox, but=3)
    sandbox.fail(operation, kind, times=3)
    first = reconciliation.run()
    assert first.error or first.findings
    sandbox.clear_faults()
    second = reconciliation.run()
    assert second.error is None
    assert [each["object"] for each in second.findings] == [stranger]
    assert balance(silence.organization) == "45.00"


def test_stripe_being_away_ends_the_run_in_words_and_the_next_goes_on_from_the_same_event(
    app: Flask, silence: Silence, sandbox: Sandbox
) -> None:
    reconciliation.run()
    before = newest_run().last_event_id
    silence.charge("50")
    sandbox.fail("GET /v1/events", "429")
    stopped = reconciliation.run()
    assert "Stripe did nothing for now" in (stopped.error or "")
    assert stopped.last_event_id == before
    sandbox.clear_faults()
    assert reconciliation.run().error is None
    assert newest_run().last_event_id == sandbox.events()[-1].id
    assert balance(silence.organization) == "50.00"


def test_a_run_that_is_killed_in_the_middle_is_begun_again(
    app: Flask, silence: Silence, sandbox: Sandbox, settings: Settings
) -> None:
    silence.charge("50")
    silence.refund(silence.charge("25"), 500)
    sandbox.fail("GET /v1/refunds", "timeout_after", delay=30)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_TIMEOUT_SECONDS": "60",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "stripe", "reconcile"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    wait_until(lambda: balance(silence.organization) == "70.00", "nothing was synced")
    with pytest.raises(AlreadyRunningError):
        reconciliation.run()
    process.kill()
    process.wait()
    sandbox.clear_faults()
    run = run_once_free()
    assert run.findings == []
    assert_fixed(app, silence)
    assert balance(silence.organization) == "70.00"
    killed = db.session.scalars(db.select(ReconciliationRun).order_by(ReconciliationRun.id)).first()
    assert killed
    assert killed.error == "The process ended before the run did."


def test_two_at_the_same_time_are_one(app: Flask, silence: Silence) -> None:
    silence.charge("50")

    def compare(_: int) -> bool:
        with inside(app):
            try:
                reconciliation.run()
            except AlreadyRunningError:
                return False
            return True

    with ThreadPoolExecutor(4) as processes:
        assert any(processes.map(compare, range(4)))
    assert credited(silence.organization) == [50]
    assert_fixed(app, silence)


def test_browser_webhook_and_reconciliation_at_the_same_moment_credit_once(
    app: Flask, silence: Silence
) -> None:
    payment = silence.charge("50")
    org_id = silence.organization.id
    top_up_id = db.session.scalar(db.select(TopUp.id))
    events = [an_event(object_id=payment.id) for _ in range(2)]
    for event in events:
        send(app.test_client(), event)

    def browser() -> None:
        topups.refresh(db.session.get_one(Organization, org_id), top_up_id or uuid7(), OWNER)

    def look() -> None:
        topups.recover(org_id, top_up_id or uuid7())

    ways: list[Callable[[], object]] = [
        browser,
        look,
        reconciliation.run,
        *(partial(handling.handle, event["id"]) for event in events),
    ]

    def go(way: Callable[[], object]) -> None:
        with inside(app):
            way()

    with ThreadPoolExecutor(len(ways)) as pool:
        list(pool.map(go, ways))
    assert credited(silence.organization) == [50]
    assert_fixed(app, silence)


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


def test_the_worker_compares_each_hour(app: Flask, silence: Silence) -> None:
    silence.charge("50")
    enqueue("reconcile", timestamp=0)
    db.session.commit()
    work_through(app)
    assert balance(silence.organization) == "50.00"
    assert newest_run().error is None


def test_readiness_tells_operators_how_things_stand(app: Flask, silence: Silence, sandbox: Sandbox) -> None:
    def told() -> dict[str, object]:
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 200
        assert answer.json
        return dict(answer.json["stripe"])

    fresh = {"reconciled_minutes_ago": None, "last_run_stopped": False, "findings": 0}
    assert told() == fresh | {"events_failed": 0, "events_refused": 0}
    charge_by_hand(silence, sandbox)
    reconciliation.run()
    event = an_event()
    send(app.test_client(), event)
    db.session.execute(
        update(StripeEvent).where(StripeEvent.id == event["id"]).values(state=EventState.FAILED)
    )
    db.session.commit()
    found = {"reconciled_minutes_ago": 0, "last_run_stopped": False, "findings": 1}
    assert told() == found | {"events_failed": 1, "events_refused": 0}
    sandbox.fail("GET /v1/events", "429")
    reconciliation.run()
    assert told()["last_run_stopped"] is True
    assert told()["findings"] == 1, "what was found is not forgotten because Stripe is away"


def test_old_runs_are_forgotten(app: Flask, silence: Silence) -> None:
    reconciliation.run()
    old = update(ReconciliationRun).values(started_at=utc_now() - timedelta(days=91))
    db.session.execute(old)
    db.session.commit()
    reconciliation.run()
    reconciliation.forget_old()
    assert db.session.query(ReconciliationRun).count() == 1


def begin(silence: Silence) -> UUID:
    top_up = topups.begin(silence.organization, usd("50"), silence.card.id, OWNER)
    db.session.commit()
    return top_up.id


def newest_run() -> ReconciliationRun:
    db.session.rollback()
    found = reconciliation.newest()
    assert found is not None
    return found


def run_once_free() -> ReconciliationRun:
    """Compare as soon as the database has noticed that the process which held the lock is gone."""
    until = time.monotonic() + 30
    while True:
        try:
            return reconciliation.run()
        except AlreadyRunningError:
            assert time.monotonic() < until, "the lock of the killed process is still there"


def skip_events(sandbox: Sandbox, *, but: int = 0) -> None:
    """Let the next run begin to read events after those there are, or after all `but` the newest few."""
    last = sandbox.events()[-1 - but].id
    db.session.add(ReconciliationRun(since=utc_now(), finished_at=utc_now(), last_event_id=last, error="-"))
    db.session.commit()


def charge_by_hand(silence: Silence, sandbox: Sandbox) -> str:
    """Someone charges the organization's card in Stripe's dashboard; the payment intent's id."""
    made = sandbox.stripe.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": silence.organization.stripe_customer_id or "",
            "payment_method": silence.card.stripe_id,
            "confirm": True,
            "return_url": "http://localhost/",
        }
    )
    return made.id
