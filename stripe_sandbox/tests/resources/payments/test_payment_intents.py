"""Payment intents: their states, and what each state refuses."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


def test_an_intent_goes_from_no_card_to_paid(shopper: Shopper) -> None:
    intents = shopper.v1.payment_intents
    intent = intents.create({"amount": 2500, "currency": "usd", "customer": shopper.id})
    assert intent.status == "requires_payment_method"
    intent = intents.update(intent.id, {"payment_method": shopper.saved("4242424242424242"), "amount": 3000})
    assert (intent.status, intent.amount) == ("requires_confirmation", 3000)
    intent = intents.confirm(intent.id)
    assert (intent.status, intent.amount_received) == ("succeeded", 3000)


def test_what_was_said_of_an_intent_is_on_its_charge(shopper: Shopper) -> None:
    intent = shopper.pay(
        "pm_card_visa", description="Top-up", metadata={"top_up": "1"}, receipt_email="a@example.com"
    )
    charge = shopper.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.description, charge.receipt_email) == ("Top-up", "a@example.com")
    assert charge.metadata["top_up"] == "1"
    assert charge.customer == shopper.id


def test_an_intent_that_asks_is_finished_by_the_payer(shopper: Shopper) -> None:
    intent = shopper.pay(
        "pm_card_threeDSecure2Required", use_stripe_sdk=True, return_url="https://shop.test/"
    )
    assert intent.next_action.type == "use_stripe_sdk"
    shopper.answer(intent, "complete")
    assert shopper.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_without_the_sdk_the_payer_is_sent_away_and_back(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_threeDSecure2Required", return_url="https://shop.test/done")
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == "https://shop.test/done"


def test_a_failed_challenge_asks_for_another_card(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_threeDSecure2Required", use_stripe_sdk=True)
    shopper.answer(intent, "fail")
    intent = shopper.v1.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"
    paid = shopper.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_the_same_intent_is_confirmed_after_an_off_session_refusal(shopper: Shopper) -> None:
    card = shopper.saved("4000002760003184")
    with pytest.raises(stripe.CardError) as caught:
        shopper.pay(card, off_session=True)
    refused = caught.value.error.payment_intent
    assert refused.last_payment_error.payment_method.id == card
    again = shopper.v1.payment_intents.confirm(refused.id, {"payment_method": card, "use_stripe_sdk": True})
    assert again.status == "requires_action"
    shopper.answer(again, "complete")
    assert shopper.v1.payment_intents.retrieve(refused.id).status == "succeeded"


@pytest.mark.parametrize("verb", ["confirm", "cancel"])
def test_a_paid_intent_can_not_change(shopper: Shopper, verb: str) -> None:
    intent = shopper.pay("pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        getattr(shopper.v1.payment_intents, verb)(intent.id)
    assert caught.value.error.code == "payment_intent_unexpected_state"
    assert caught.value.error.payment_intent.status == "succeeded"


def test_a_canceled_intent_says_when_and_why(shopper: Shopper) -> None:
    intent = shopper.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    done = shopper.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (done.status, done.cancellation_reason) == ("canceled", "abandoned")
    assert done.canceled_at
    assert shopper.events()[-1] == "payment_intent.canceled"


@pytest.mark.parametrize(("amount", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")])
def test_amounts_have_limits(shopper: Shopper, amount: int, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shopper.v1.payment_intents.create({"amount": amount, "currency": "usd"})
    assert (caught.value.error.code, caught.value.error.param) == (code, "amount")


def test_someone_elses_card_is_refused(shopper: Shopper) -> None:
    other = shopper.v1.customers.create({"name": "Grace"})
    card = shopper.saved("4242424242424242")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shopper.pay(card, customer=other.id)
    assert caught.value.error.param == "payment_method"
    assert shopper.v1.payment_intents.list({"customer": other.id}).data == []


def test_the_fee_is_on_the_balance_transaction(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_visa", expand=["latest_charge.balance_transaction"])
    transaction = intent.latest_charge.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (5000, 175, 4825)
    assert transaction.source == intent.latest_charge.id
    assert shopper.v1.balance_transactions.retrieve(transaction.id).type == "charge"


def test_a_charge_has_notes_of_its_own(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_visa")
    charge = shopper.v1.charges.update(
        str(intent.latest_charge),
        {"description": "Top-up", "metadata": {"a": "b"}, "fraud_details": {"user_report": "safe"}},
    )
    assert (charge.description, charge.metadata["a"]) == ("Top-up", "b")
    assert charge.fraud_details is not None
    assert charge.fraud_details.user_report == "safe"
    assert shopper.events()[-1] == "charge.updated"


def test_what_was_taken_can_not_be_captured(shopper: Shopper) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shopper.v1.payment_intents.capture(shopper.pay("pm_card_visa").id)
    assert refused.value.code == "payment_intent_unexpected_state"
