"""What a run reports: differences that someone has to look at, and how operators learn of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app import reconciliation
from app.billing import audit, topups
from app.clock import utc_now
from app.extensions import db
from app.models import (
    EventState,
    ReconciliationRun,
    StripeEvent,
    TopUp,
    TopUpStatus,
)
from app.payments import charging
from tests.factories import OWNER, a_stripe_card, usd
from tests.support.events import an_event, send
from tests.support.money import balance
from tests.support.reconciling import charge_by_hand, skip_events
from tests.support.sandbox import Sandbox
from tests.support.stories import Silence, assert_fixed


@pytest.fixture
def silence(app: Flask, sandbox: Sandbox) -> Silence:
    sandbox.control.set_webhooks("drop")
    return Silence(sandbox)


def sentences(run: ReconciliationRun) -> list[str]:
    return [each["text"] for each in run.findings]


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
        payment = charging.charge(
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


def begin(silence: Silence) -> UUID:
    top_up = topups.begin(silence.organization, usd("50"), silence.card.id, OWNER)
    db.session.commit()
    return top_up.id
