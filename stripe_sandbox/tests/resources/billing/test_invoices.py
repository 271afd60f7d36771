"""Invoices of single items."""

from __future__ import annotations

import pytest
import requests
import stripe

from stripe_sandbox.tests.support.invoices import finalized
from stripe_sandbox.tests.support.shopper import Shopper


def test_a_finalized_invoice_has_a_number_and_its_total(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    assert (invoice.status, invoice.total, invoice.amount_due) == ("open", 2500, 2500)
    assert invoice.number.endswith("-0001")
    assert finalized(shopper).number.endswith("-0002")
    assert [line.description for line in invoice.lines.data] == ["Setup (one-off)"]


def test_an_invoice_paid_elsewhere_is_paid(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    paid = shopper.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
    assert paid.status == "paid"
    assert "Paid" in requests.get(paid.hosted_invoice_url, timeout=10).text
    assert shopper.events()[-1] == "invoice.paid"


def test_an_invoice_is_charged_to_the_default_card(shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})
    paid = shopper.v1.invoices.pay(finalized(shopper).id)
    assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 2500, 0)
    assert shopper.v1.charges.list().data[0].amount == 2500
    assert shopper.events()[-4:] == [
        "payment_intent.succeeded",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]


def test_an_invoice_stays_open_when_the_card_declines(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    with pytest.raises(stripe.CardError) as caught:
        shopper.v1.invoices.pay(invoice.id, {"payment_method": shopper.saved("4000000000000341")})
    assert caught.value.error.code == "card_declined"
    again = shopper.v1.invoices.retrieve(invoice.id)
    assert (again.status, again.attempt_count, again.amount_remaining) == ("open", 1, 2500)
    assert shopper.events()[-1] == "invoice.payment_failed"


def test_an_invoice_whose_card_asks_waits_for_its_owner(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    wanted = {"payment_method": shopper.saved("4000002760003184"), "off_session": False}
    with pytest.raises(stripe.CardError) as caught:
        shopper.v1.invoices.pay(invoice.id, wanted)  # type: ignore[arg-type]
    assert caught.value.error.code == "invoice_payment_intent_requires_action"
    assert caught.value.error.payment_intent.status == "requires_action"
    assert shopper.events()[-1] == "invoice.payment_action_required"


def test_without_a_card_an_invoice_can_not_be_charged(shopper: Shopper) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.invoices.pay(finalized(shopper).id)


def test_a_void_invoice_can_not_be_paid(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    assert shopper.v1.invoices.void_invoice(invoice.id).status == "void"
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})


def test_items_without_an_invoice_wait_for_the_next_one(shopper: Shopper) -> None:
    for description, amount in (("July", 1000), ("August", 500)):
        shopper.v1.invoice_items.create(
            {"customer": shopper.id, "amount": amount, "currency": "usd", "description": description}
        )
    without = shopper.v1.invoices.create({"customer": shopper.id})
    wanted = {"customer": shopper.id, "pending_invoice_items_behavior": "include"}
    invoice = shopper.v1.invoices.create(wanted)  # type: ignore[arg-type]
    assert without.total == 0
    assert [line.description for line in invoice.lines.data] == ["July", "August"]
    assert invoice.amount_due == 1500


def test_what_a_payment_is_for_can_be_asked(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    shopper.v1.invoices.pay(invoice.id, {"payment_method": shopper.saved("4242424242424242")})
    intent = shopper.v1.payment_intents.list().data[0]
    found = shopper.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    ).data
    assert [(one.invoice, one.status, one.amount_paid) for one in found] == [(invoice.id, "paid", 2500)]
    assert shopper.v1.invoice_payments.retrieve(found[0].id).payment.payment_intent == intent.id
    other = {"payment": {"type": "payment_intent", "payment_intent": "pi_of_something_else"}}
    assert shopper.v1.invoice_payments.list(other).data == []  # type: ignore[arg-type]


def test_an_invoice_that_is_written_off_can_still_be_paid(shopper: Shopper) -> None:
    written_off = shopper.v1.invoices.mark_uncollectible(finalized(shopper).id)
    assert (written_off.status, shopper.events()[-1]) == ("uncollectible", "invoice.marked_uncollectible")
    assert "Pay $25.00" in requests.get(str(written_off.hosted_invoice_url), timeout=10).text
    wanted = {"payment_method": shopper.saved("4242424242424242")}
    assert shopper.v1.invoices.pay(written_off.id, wanted).status == "paid"  # type: ignore[arg-type]
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.invoices.mark_uncollectible(written_off.id)


def test_what_was_paid_elsewhere_can_not_be_paid_again(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    wanted = {"payment_method": shopper.saved("4000002760003184"), "off_session": False}
    with pytest.raises(stripe.CardError):
        shopper.v1.invoices.pay(invoice.id, wanted)  # type: ignore[arg-type]
    shopper.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
    intent = shopper.v1.payment_intents.list().data[0]
    assert intent.status == "canceled"
    shopper.answer(intent, "complete")
    assert shopper.v1.charges.list().data == []
