"""Stripe's events of top-ups: credited once whenever they come, and only where they match."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.extensions import db
from app.models import TopUpStatus
from tests.factories import a_payer, an_organization
from tests.support.money import assert_ledger_matches, balance, credited, the_top_up
from tests.support.sandbox import Sandbox, deliver, deliver_all, work_through
from tests.support.topping_up import begin, pay

CREATE = "POST /v1/payment_intents"


class TestWebhooks:
    """Stripe's events: before the answer, after it, twice, never, out of order; and only those that match."""

    @pytest.mark.long
    @pytest.mark.parametrize("times", [1, 2])
    def test_events_after_the_answer_change_nothing(self, app: Flask, sandbox: Sandbox, times: int) -> None:
        organization, card = a_payer()
        pay(organization, card)
        for _ in range(times):
            deliver_all(app, sandbox)
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    @pytest.mark.long
    @pytest.mark.parametrize("order", [list, lambda events: list(reversed(events))])
    def test_events_credit_a_payment_whose_answer_was_lost(
        self, app: Flask, sandbox: Sandbox, order: Callable[[list[object]], list[object]]
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_after", times=3)
        pay(organization, card)
        sandbox.clear_faults()
        for event in order(sandbox.events()):
            assert deliver(app.test_client(), event) == 200
        work_through(app)
        assert the_top_up(organization).status is TopUpStatus.SUCCEEDED
        assert_ledger_matches(organization, sandbox)

    def test_an_event_with_a_wrong_signature_is_refused(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_after", times=3)
        pay(organization, card)
        sandbox.clear_faults()
        assert deliver(app.test_client(), sandbox.events()[-1], secret="whsec_wrong") == 400
        assert balance(organization) == "0.00"

    @pytest.mark.parametrize("change", [{"amount": 100}, {"customer": "cus_other"}])
    def test_a_payment_for_another_amount_or_customer_credits_nothing(
        self, app: Flask, sandbox: Sandbox, change: dict[str, object]
    ) -> None:
        organization, card = a_payer()
        other, other_card = a_payer()
        top_up_id = begin(organization, card)
        foreign = "customer" in change
        sandbox.stripe.v1.payment_intents.create(
            {
                "amount": 5000 if foreign else 100,
                "currency": "usd",
                "customer": (other if foreign else organization).stripe_customer_id or "",
                "payment_method": (other_card if foreign else card).stripe_id,
                "confirm": True,
                "off_session": True,
                "metadata": {"top_up": str(top_up_id), "organization": str(organization.id)},
            }
        )
        deliver_all(app, sandbox)
        assert balance(organization) == "0.00"
        assert balance(other) == "0.00"
        from app.models import EventState, StripeEvent

        states = db.session.scalars(
            db.select(StripeEvent.state).filter_by(type="payment_intent.succeeded")
        ).all()
        assert states == [EventState.REFUSED]

    def test_a_payment_of_an_unknown_customer_is_ignored(self, app: Flask, sandbox: Sandbox) -> None:
        an_organization()
        stranger = sandbox.stripe.v1.customers.create({"name": "Someone else"})
        sandbox.stripe.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": stranger.id,
                "payment_method": sandbox.stripe.v1.payment_methods.attach(
                    "pm_card_visa", {"customer": stranger.id}
                ).id,
                "confirm": True,
                "off_session": True,
            }
        )
        deliver_all(app, sandbox)
