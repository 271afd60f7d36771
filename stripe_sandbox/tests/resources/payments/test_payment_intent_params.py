"""What a payment intent refuses rather than ignores, and what confirming it may still say."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


@pytest.mark.parametrize(("param", "value"), [("off_session", True), ("capture_method", "manual")])
def test_what_can_not_be_done_is_refused(shopper: Shopper, param: str, value: Any) -> None:
    wanted: Any = {"amount": 5000, "currency": "usd", param: value}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shopper.v1.payment_intents.create(wanted)
    assert refused.value.param == param


def test_browser_signals_go_with_a_charge_and_are_found_on_it(shopper: Shopper) -> None:
    """https://docs.stripe.com/radar/radar-session"""
    card = shopper.saved("4242424242424242")
    intent = shopper.pay(card, radar_options={"session": "rse_1"})
    waiting = shopper.pay(card, confirm=False)
    sent: Any = {"radar_options": {"session": "rse_2"}}
    confirmed = shopper.v1.payment_intents.confirm(waiting.id, sent)
    for paid, session in ((intent, "rse_1"), (confirmed, "rse_2")):
        charge = shopper.v1.charges.retrieve(str(paid.latest_charge))
        assert charge.radar_options and charge.radar_options.session == session
    for wrong in (
        {"confirm": False, "radar_options": {"session": "rse_1"}},
        {"radar_options": {"session": "x"}},
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            shopper.pay(card, **wrong)
        assert str(refused.value.param).startswith("radar_options")


def test_off_session_false_means_that_the_payer_is_there(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_threeDSecure2Required", off_session=False, use_stripe_sdk=True)
    assert intent.status == "requires_action"
    assert intent.next_action and intent.next_action.type == "use_stripe_sdk"


def test_the_kinds_of_payment_are_kept(shopper: Shopper) -> None:
    intent = shopper.pay("pm_card_visa", allowed_payment_method_types=["card"])
    assert intent.allowed_payment_method_types == ["card"]


def test_a_payment_saves_its_card_for_later(shopper: Shopper) -> None:
    """3-D Secure that was passed for a payment with `setup_future_usage` spares it later."""
    card = shopper.card("4000002500003155")
    intent = shopper.pay(card, setup_future_usage="off_session", use_stripe_sdk=True)
    assert intent.status == "requires_action"
    shopper.answer(intent, "complete")
    assert shopper.v1.payment_methods.retrieve(card).customer == shopper.id
    assert shopper.pay(card, off_session=True).status == "succeeded"


def test_a_card_set_up_for_use_on_session_alone_asks_again(shopper: Shopper) -> None:
    card = shopper.card("4000002500003155")
    intent = shopper.v1.setup_intents.create(
        {
            "customer": shopper.id,
            "payment_method": card,
            "usage": "on_session",
            "confirm": True,
            "use_stripe_sdk": True,
        }
    )
    shopper.answer(intent, "complete")
    with pytest.raises(stripe.CardError) as refused:
        shopper.pay(card, off_session=True)
    assert refused.value.code == "authentication_required"
