"""Why a renewal was not paid is known in whatever order its events come, late, twice, or only some of them."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from app import reconciliation
from app.billing.subscriptions import renewals
from app.billing.subscriptions.renewals import NothingToPayError
from app.extensions import db
from app.models import Organization, Subscription
from app.payments import subscriptions
from tests.factories import OWNER, a_stripe_card
from tests.support.plans import AS_A_DRAFT, DECLINES, a_subscriber, pay_by, plan_of, subscription_id
from tests.support.sandbox import Sandbox, deliver, work_through

FAILED, CHANGED, FINALIZED = "invoice.payment_failed", "customer.subscription.updated", "invoice.finalized"


@pytest.fixture
def debtor(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, whose renewal was declined at Stripe: no one has heard of it yet."""
    organization = a_subscriber("growth", token=DECLINES)
    found = subscriptions.fetch(subscription_id(organization))
    sandbox.move(found.customer_id or "", found.period_end + AS_A_DRAFT)
    return organization


def hear(app: Flask, sandbox: Sandbox, *types: str) -> None:
    """Deliver the newest event of each of these types, in this order, each handled before the next."""
    events = {event.type: event for event in sandbox.events()}
    for type_ in types:
        assert deliver(app.test_client(), events[type_]) == 200
        work_through(app)


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda order: f"{len(order)} events")
@pytest.mark.parametrize(
    "order", [*permutations((FAILED, CHANGED, FINALIZED)), (CHANGED,), (FAILED,), (FAILED, CHANGED, FAILED)]
)
def test_it_is_known_in_any_order(
    app: Flask, sandbox: Sandbox, debtor: Organization, order: tuple[str, ...]
) -> None:
    hear(app, sandbox, *order)
    assert (plan_of(debtor).is_past_due, plan_of(debtor).failure) == (True, "generic_decline")


@pytest.mark.long
def test_it_is_known_when_no_event_comes(app: Flask, sandbox: Sandbox, debtor: Organization) -> None:
    sandbox.control.set_webhooks("drop")
    reconciliation.run()
    assert plan_of(debtor).failure == "generic_decline"


@pytest.mark.long
def test_a_reason_that_was_lost_is_found_again(app: Flask, sandbox: Sandbox, debtor: Organization) -> None:
    hear(app, sandbox, CHANGED)
    db.session.execute(db.text("UPDATE subscription SET failure = NULL"))
    db.session.commit()
    reconciliation.run()
    assert plan_of(debtor).failure == "generic_decline"


@pytest.mark.long
def test_a_later_attempt_says_why_that_one_failed(app: Flask, sandbox: Sandbox, debtor: Organization) -> None:
    hear(app, sandbox, CHANGED, FAILED)
    card = a_stripe_card(debtor)
    db.session.commit()
    sandbox.control.set_bank_answer(card.stripe_id, "asks")
    sandbox.stripe.v1.customers.update(
        debtor.stripe_customer_id or "", {"invoice_settings": {"default_payment_method": card.stripe_id}}
    )
    sandbox.control.move_to_next(debtor.stripe_customer_id)
    hear(app, sandbox, FAILED)
    assert plan_of(debtor).failure == "authentication_required"


@pytest.mark.long
def test_a_late_event_of_an_invoice_that_is_paid_says_nothing(
    app: Flask, sandbox: Sandbox, debtor: Organization
) -> None:
    hear(app, sandbox, CHANGED)
    pay_by(debtor, "pm_card_visa")
    sandbox.control.move_to_next(debtor.stripe_customer_id)
    hear(app, sandbox, CHANGED, FAILED)
    assert (plan_of(debtor).is_past_due, plan_of(debtor).failure) == (False, None)


class TestWhatIsToBePaid:
    """The newest open invoice, whatever the subscription's latest one is by now."""

    @pytest.mark.long
    def test_not_a_later_one_that_was_voided(
        self, app: Flask, sandbox: Sandbox, debtor: Organization
    ) -> None:
        found = sandbox.stripe.v1.subscriptions.retrieve(subscription_id(debtor))
        renewal, item = str(found.latest_invoice), found["items"].data[0].id
        more: Any = {"items": [{"id": item, "quantity": 2}], "proration_behavior": "always_invoice"}
        changed = sandbox.stripe.v1.subscriptions.update(found.id, more)
        sandbox.stripe.v1.invoices.void_invoice(str(changed.latest_invoice))
        hear(app, sandbox, CHANGED)
        owed, due = renewals.get_due(debtor), sandbox.stripe.v1.invoices.retrieve(renewal).amount_remaining
        assert owed is not None and owed.due.minor == due
        assert renewals.pay(debtor, a_stripe_card(debtor).id, OWNER).succeeded
        assert sandbox.stripe.v1.invoices.retrieve(renewal).status == "paid"
        assert plan_of(debtor).is_past_due is False

    @pytest.mark.parametrize("how", ["void", "mark_uncollectible"])
    def test_nothing_once_it_was_given_up_at_stripe(
        self, app: Flask, sandbox: Sandbox, debtor: Organization, how: str
    ) -> None:
        hear(app, sandbox, CHANGED)
        api = sandbox.stripe.v1.invoices
        give_up = api.void_invoice if how == "void" else api.mark_uncollectible
        give_up(db.session.get_one(Subscription, (debtor.id,)).open_invoice_id or "")
        with pytest.raises(NothingToPayError):
            renewals.pay(debtor, a_stripe_card(debtor).id, OWNER)
        assert plan_of(debtor).is_past_due is False
        assert len(sandbox.charges()) == 1
