"""Setup intents and saved cards."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper


def test_a_card_that_is_set_up_belongs_to_the_customer(shopper: Shopper) -> None:
    setup = shopper.set_up("pm_card_visa")
    assert setup.status == "succeeded"
    cards = shopper.v1.customers.payment_methods.list(shopper.id).data
    assert [card.id for card in cards] == [setup.payment_method]
    assert shopper.events()[-2:] == ["payment_method.attached", "setup_intent.succeeded"]


def test_a_failed_challenge_saves_nothing(shopper: Shopper) -> None:
    setup = shopper.set_up("pm_card_threeDSecure2Required")
    shopper.answer(setup, "fail")
    setup = shopper.v1.setup_intents.retrieve(setup.id)
    assert setup.status == "requires_payment_method"
    assert setup.last_setup_error.code == "setup_intent_authentication_failure"
    assert shopper.v1.customers.payment_methods.list(shopper.id).data == []
    assert shopper.events()[-1] == "setup_intent.setup_failed"


def test_a_canceled_setup_intent_can_not_be_confirmed(shopper: Shopper) -> None:
    setup = shopper.v1.setup_intents.create({"customer": shopper.id})
    assert shopper.v1.setup_intents.cancel(setup.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shopper.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa"})
    assert caught.value.error.code == "setup_intent_unexpected_state"


def test_a_detached_card_can_not_be_used_again(shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    assert shopper.v1.payment_methods.detach(card).customer is None
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.payment_methods.attach(card, {"customer": shopper.id})
    assert shopper.v1.customers.payment_methods.list(shopper.id).data == []


def test_a_card_can_expire_whenever_a_demo_needs_it(shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    changed = shopper.v1.payment_methods.update(card, {"card": {"exp_month": 1, "exp_year": 2039}})
    assert (changed.card.exp_month, changed.card.exp_year) == (1, 2039)


def test_the_network_updates_a_card(shopper: Shopper, stand_in: Process) -> None:
    card = shopper.saved("4242424242424242")
    stand_in.control.update_card(card, exp_year=2045, last4="1881")
    updated = shopper.v1.payment_methods.retrieve(card)
    assert (updated.card.exp_year, updated.card.last4) == (2045, "1881")
    assert shopper.events()[-1] == "payment_method.automatically_updated"


def test_the_default_card_is_kept_on_the_customer(shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})
    customer = shopper.v1.customers.retrieve(
        shopper.id, {"expand": ["invoice_settings.default_payment_method"]}
    )
    assert customer.invoice_settings.default_payment_method.id == card


def test_a_setup_intent_may_change_until_it_is_done(shopper: Shopper) -> None:
    setup = shopper.v1.setup_intents.create({"usage": "off_session"})
    changed = shopper.v1.setup_intents.update(
        setup.id,
        {
            "customer": shopper.id,
            "description": "For top-ups",
            "metadata": {"a": "b"},
            "payment_method": shopper.card("4242424242424242"),
        },
    )
    assert (changed.customer, changed.description, changed.status) == (
        shopper.id,
        "For top-ups",
        "requires_confirmation",
    )
    assert shopper.v1.setup_intents.confirm(setup.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        shopper.v1.setup_intents.update(setup.id, {"description": "Too late"})
