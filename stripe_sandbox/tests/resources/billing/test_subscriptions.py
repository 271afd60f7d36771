"""Subscriptions: begun, switched, previewed, paid and given up, through the real SDK."""

from __future__ import annotations

import random
from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper

GOOD, DECLINES, ASKS = "4242424242424242", "4000000000000341", "4000002760003184"


def price(shopper: Shopper, amount: int, interval: Any = "month") -> str:
    product = {"name": f"Plan {amount}"}
    recurring = {"interval": interval}
    wanted: Any = {"currency": "usd", "unit_amount": amount, "recurring": recurring, "product_data": product}
    return shopper.v1.prices.create(wanted).id


def use(shopper: Shopper, number: str) -> None:
    card = shopper.saved(number)
    shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})


def subscribe(shopper: Shopper, amount: int, **params: Any) -> stripe.Subscription:
    wanted: Any = {"customer": shopper.id, "items": [{"price": price(shopper, amount)}], **params}
    return shopper.v1.subscriptions.create(wanted)


def switch(shopper: Shopper, one: stripe.Subscription, to: str, **params: Any) -> stripe.Subscription:
    items = [{"id": one["items"]["data"][0]["id"], "price": to}]
    wanted: Any = {"items": items, "proration_behavior": "always_invoice", **params}
    return shopper.v1.subscriptions.update(one.id, wanted)


def price_of(one: stripe.Subscription) -> str:
    return str(one["items"]["data"][0]["price"]["id"])


def test_the_first_period_is_paid_with_the_default_card(shopper: Shopper) -> None:
    use(shopper, GOOD)
    made = subscribe(shopper, 4900, expand=["latest_invoice.payments"])
    assert made.status == "active" and isinstance(made.latest_invoice, stripe.Invoice)
    invoice = made.latest_invoice
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        4900,
        "subscription_create",
    )
    assert invoice.payments is not None and invoice.payments.data[0].status == "paid"
    assert shopper.events()[-4:] == [
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.created",
    ]


def test_a_free_plan_needs_no_card(shopper: Shopper) -> None:
    made = subscribe(shopper, 0, expand=["latest_invoice"])
    assert made.status == "active" and isinstance(made.latest_invoice, stripe.Invoice)
    assert made.latest_invoice.status == "paid"


def test_what_is_previewed_is_invoiced_to_the_cent(shopper: Shopper) -> None:
    use(shopper, GOOD)
    chance = random.Random(20261125)
    one = subscribe(shopper, 3100)
    for _ in range(8):
        item = one["items"]["data"][0]
        at = chance.randrange(item["current_period_start"], item["current_period_end"])
        to = price(shopper, chance.randrange(1, 90_000))
        details: Any = {
            "items": [{"id": item["id"], "price": to}],
            "proration_behavior": "always_invoice",
            "proration_date": at,
        }
        wanted: Any = {"customer": shopper.id, "subscription": one.id, "subscription_details": details}
        preview = shopper.v1.invoices.create_preview(wanted)
        one = switch(shopper, one, to, proration_date=at, expand=["latest_invoice"])
        invoice: Any = one.latest_invoice
        assert (preview.total, preview.amount_due) == (invoice.total, invoice.amount_due)
        assert [line.amount for line in preview.lines.data] == [line.amount for line in invoice.lines.data]
        assert (price_of(one), invoice.status) == (to, "paid")


def test_a_declined_switch_waits_and_is_applied_once_paid(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one, dear = subscribe(shopper, 1000), price(shopper, 9000)
    use(shopper, DECLINES)
    waiting = switch(shopper, one, dear, payment_behavior="pending_if_incomplete")
    assert waiting.pending_update is not None and price_of(waiting) == price_of(one)
    shopper.v1.invoices.pay(str(waiting.latest_invoice), {"payment_method": shopper.saved(GOOD)})
    after = shopper.v1.subscriptions.retrieve(one.id)
    assert (after.pending_update, price_of(after), after.status) == (None, dear, "active")
    assert shopper.events()[-1] == "customer.subscription.pending_update_applied"


def test_a_switch_that_the_bank_asks_about_is_applied_once_its_owner_confirms(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one, dear = subscribe(shopper, 1000), price(shopper, 9000)
    use(shopper, ASKS)
    expand = ["latest_invoice.confirmation_secret"]
    waiting = switch(shopper, one, dear, payment_behavior="pending_if_incomplete", expand=expand)
    invoice: Any = waiting.latest_invoice
    intent = shopper.v1.payment_intents.retrieve(
        invoice.confirmation_secret.client_secret.split("_secret_")[0]
    )
    shopper.answer(intent, "complete")
    assert price_of(shopper.v1.subscriptions.retrieve(one.id)) == dear
    assert shopper.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_voided_invoice_takes_the_waiting_switch_with_it(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one = subscribe(shopper, 1000)
    use(shopper, DECLINES)
    waiting = switch(shopper, one, price(shopper, 9000), payment_behavior="pending_if_incomplete")
    shopper.v1.invoices.void_invoice(str(waiting.latest_invoice))
    after = shopper.v1.subscriptions.retrieve(one.id)
    assert (after.pending_update, price_of(after)) == (None, price_of(one))


def test_the_payment_of_a_voided_invoice_takes_no_money_any_more(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one = subscribe(shopper, 1000)
    use(shopper, ASKS)
    expand = ["latest_invoice.confirmation_secret"]
    dear = price(shopper, 9000)
    waiting = switch(shopper, one, dear, payment_behavior="pending_if_incomplete", expand=expand)
    invoice: Any = waiting.latest_invoice
    shopper.v1.invoices.void_invoice(invoice.id)
    intent_id = invoice.confirmation_secret.client_secret.split("_secret_")[0]
    intent = shopper.v1.payment_intents.retrieve(intent_id)
    assert (intent.status, intent.cancellation_reason) == ("canceled", "void_invoice")
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.payment_intents.confirm(intent_id)
    (payment,) = shopper.v1.invoice_payments.list({"invoice": invoice.id}).data
    assert payment.status == "canceled"


def test_a_declined_switch_that_may_not_wait_changes_nothing(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one = subscribe(shopper, 1000)
    use(shopper, DECLINES)
    with pytest.raises(stripe.CardError):
        switch(shopper, one, price(shopper, 9000), payment_behavior="error_if_incomplete")
    assert shopper.v1.subscriptions.retrieve(one.id).latest_invoice == one.latest_invoice


def test_a_subscription_ends_now_or_with_its_period(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one = subscribe(shopper, 1000)
    planned = shopper.v1.subscriptions.update(one.id, {"cancel_at_period_end": True})
    assert planned.cancel_at == one["items"]["data"][0]["current_period_end"]
    assert shopper.v1.subscriptions.update(one.id, {"cancel_at_period_end": False}).cancel_at is None
    assert shopper.v1.subscriptions.cancel(one.id).status == "canceled"
    assert shopper.v1.subscriptions.list({"customer": shopper.id}).data == []


def test_a_subscription_that_waits_for_its_page_begins_with_the_payment(shopper: Shopper) -> None:
    expand = ["latest_invoice.confirmation_secret"]
    made = subscribe(shopper, 4900, payment_behavior="default_incomplete", expand=expand)
    invoice: Any = made.latest_invoice
    assert (made.status, invoice.status) == ("incomplete", "open")
    intent = invoice.confirmation_secret.client_secret.split("_secret_")[0]
    shopper.v1.payment_intents.confirm(intent, {"payment_method": shopper.saved(GOOD)})
    assert shopper.v1.subscriptions.retrieve(made.id).status == "active"
    assert shopper.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_downgrade_leaves_credit_that_the_next_invoice_uses_up(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one = subscribe(shopper, 9000)
    start = one["items"]["data"][0]["current_period_start"]
    switch(shopper, one, price(shopper, 1000), proration_date=start)
    assert shopper.v1.customers.retrieve(shopper.id).balance == -8000
    switch(shopper, one, price(shopper, 6000), proration_date=start)
    assert shopper.v1.customers.retrieve(shopper.id).balance == -3000
    assert len(shopper.v1.charges.list().data) == 1


def test_the_credit_of_a_voided_invoice_comes_back(shopper: Shopper) -> None:
    use(shopper, GOOD)
    one = subscribe(shopper, 5000)
    start = one["items"]["data"][0]["current_period_start"]
    switch(shopper, one, price(shopper, 1000), proration_date=start)
    use(shopper, DECLINES)
    behavior: Any = {"proration_date": start, "payment_behavior": "pending_if_incomplete"}
    waiting = switch(shopper, one, price(shopper, 9000), **behavior)
    assert shopper.v1.customers.retrieve(shopper.id).balance == 0
    shopper.v1.invoices.void_invoice(str(waiting.latest_invoice))
    assert shopper.v1.customers.retrieve(shopper.id).balance == -4000
