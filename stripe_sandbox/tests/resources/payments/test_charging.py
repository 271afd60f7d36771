"""Charging cards: once or again, with 3-D Secure and without, with the payer there or away."""

from __future__ import annotations

from contextlib import suppress

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


@pytest.mark.parametrize("number", ["4242424242424242", "4000000000000002"])
def test_a_card_that_was_charged_without_being_saved_is_used_up(shopper: Shopper, number: str) -> None:
    card = shopper.card(number)
    with suppress(stripe.CardError):
        shopper.pay(card)
    for again in (
        lambda: shopper.pay(card),
        lambda: shopper.set_up(card),
        lambda: shopper.v1.payment_methods.attach(card, {"customer": shopper.id}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="It may not be used again"):
            again()


def test_a_saved_card_pays_again_and_again(shopper: Shopper) -> None:
    card = shopper.saved("4000000000000341")
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            shopper.pay(card)
    kept = shopper.card("4242424242424242")
    shopper.pay(kept, setup_future_usage="off_session")
    assert shopper.pay(kept, off_session=True).status == "succeeded"


def test_a_card_that_was_set_up_elsewhere_asks_only_on_session(shopper: Shopper) -> None:
    card = shopper.saved("4000003800000446")
    assert shopper.pay(card, use_stripe_sdk=True).status == "requires_action"
    assert shopper.pay(card, off_session=True).status == "succeeded"


def test_a_card_that_attaches_may_decline_later(shopper: Shopper) -> None:
    card = shopper.saved("4000000000000341")
    with pytest.raises(stripe.CardError) as caught:
        shopper.pay(card, off_session=True)
    assert caught.value.error.decline_code == "generic_decline"


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184", "4000008260003178"])
def test_3d_secure_off_session_is_402_authentication_required(shopper: Shopper, number: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shopper.pay(shopper.saved(number), off_session=True)
    error = caught.value.error
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    assert error.payment_intent.status == "requires_payment_method"


@pytest.mark.parametrize(("number", "pays"), [("4000002500003155", True), ("4000002760003184", False)])
def test_setting_up_spares_3d_secure_unless_the_card_always_asks(
    shopper: Shopper, number: str, pays: bool
) -> None:
    card = shopper.card(number)
    setup = shopper.set_up(card)
    assert setup.status == "requires_action"
    shopper.answer(setup, "complete")
    assert shopper.v1.setup_intents.retrieve(setup.id).status == "succeeded"
    if pays:
        assert shopper.pay(card, off_session=True).status == "succeeded"
    else:
        with pytest.raises(stripe.CardError):
            shopper.pay(card, off_session=True)


def test_paying_with_3d_secure_for_later_sets_the_card_up(shopper: Shopper) -> None:
    card = shopper.card("4000002500003155")
    intent = shopper.pay(card, use_stripe_sdk=True, setup_future_usage="off_session")
    shopper.answer(intent, "complete")
    assert shopper.pay(card, off_session=True).status == "succeeded"


def test_the_bank_may_agree_and_the_funds_still_lack(shopper: Shopper) -> None:
    intent = shopper.pay(shopper.saved("4000008260003178"), use_stripe_sdk=True)
    assert intent.status == "requires_action"
    shopper.answer(intent, "complete")
    intent = shopper.v1.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == "insufficient_funds"
