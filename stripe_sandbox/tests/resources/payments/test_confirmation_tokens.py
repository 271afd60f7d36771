"""Confirmation tokens: one confirmation each, within twelve hours, of an intent that is what Elements were told."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import stripe

from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.payments import confirmation_tokens, payment_intents
from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.stage import Stage

GOOD, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002760003184"


def entered(shopper: Shopper, number: str = GOOD, **told: Any) -> stripe.ConfirmationToken:
    """A token as `stripe.createConfirmationToken` makes it."""
    card = {"number": number, "exp_month": 3, "exp_year": 2035, "cvc": "123"}
    sent = {"payment_method_data": {"type": "card", "card": card}, **told}
    made = shopper.client.raw_request("post", "/v1/confirmation_tokens", **sent)
    return shopper.v1.confirmation_tokens.retrieve(made.data["id"])


def pay(shopper: Shopper, token: str, **params: Any) -> stripe.PaymentIntent:
    wanted: Any = {"amount": 5000, "currency": "usd", "customer": shopper.id, "confirm": True}
    return shopper.v1.payment_intents.create({**wanted, "confirmation_token": token, **params})


def test_a_token_shows_the_card_and_is_no_payment_method_yet(shopper: Shopper) -> None:
    token = entered(shopper, return_url="https://shop.test/")
    preview = token.payment_method_preview
    assert preview and preview.card
    assert (preview.type, preview.card.brand, preview.card.last4) == ("card", "visa", "4242")
    assert (preview.card.exp_month, preview.card.exp_year) == (3, 2035)
    assert token.expires_at == token.created + 12 * 3600
    assert (token.payment_intent, token.setup_future_usage) == (None, None)
    assert shopper.events() == ["customer.created"]


def test_confirming_with_it_makes_the_payment_method(shopper: Shopper) -> None:
    token = entered(shopper)
    intent = pay(shopper, token.id)
    assert intent.status == "succeeded"
    method = shopper.v1.payment_methods.retrieve(str(intent.payment_method))
    assert method.customer is None
    assert method.card and (method.card.last4, method.card.exp_year) == ("4242", 2035)
    used = shopper.v1.confirmation_tokens.retrieve(token.id)
    assert (used.payment_intent, used.expires_at) == (intent.id, None)


@pytest.mark.parametrize("number", [GOOD, DECLINED, ASKS])
def test_it_is_for_one_confirmation(shopper: Shopper, number: str) -> None:
    token = entered(shopper, number)
    with suppress(stripe.CardError):
        pay(shopper, token.id, use_stripe_sdk=True)
    with pytest.raises(stripe.InvalidRequestError, match="already been used") as refused:
        pay(shopper, token.id, use_stripe_sdk=True)
    assert refused.value.param == "confirmation_token"


def test_a_refused_request_uses_it_up_no_more_than_one_that_never_came(shopper: Shopper) -> None:
    token = entered(shopper)
    with pytest.raises(stripe.InvalidRequestError):
        pay(shopper, token.id, setup_future_usage="off_session")
    assert pay(shopper, token.id).status == "succeeded"


def test_an_expired_one_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    token = stage.do(confirmation_tokens.create_for_test, payment_method="pm_card_visa")
    at = token["expires_at"]
    sent = {"amount": 500, "currency": "usd", "confirm": True, "confirmation_token": token["id"]}
    monkeypatch.setattr(confirmation_tokens, "now", lambda: at)
    with pytest.raises(ApiError, match="has expired"):
        stage.do(payment_intents.create, **sent)
    monkeypatch.setattr(confirmation_tokens, "now", lambda: at - 1)
    assert stage.do(payment_intents.create, **sent)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("told", "asked", "what"),
    [
        ({"setup_future_usage": "off_session"}, {"setup_future_usage": "on_session"}, "setup_future_usage"),
        ({}, {"setup_future_usage": "off_session"}, "setup_future_usage"),
        ({"client_context": {"mode": "payment", "currency": "eur"}}, {}, "currency"),
    ],
)
def test_an_intent_that_is_not_what_elements_were_told_is_refused(
    shopper: Shopper, told: dict[str, Any], asked: dict[str, Any], what: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=f"The provided {what} .* does not match"):
        pay(shopper, entered(shopper, **told).id, **asked)


def test_a_token_for_saving_a_card_pays_nothing(shopper: Shopper) -> None:
    token = entered(shopper, client_context={"mode": "setup"})
    with pytest.raises(stripe.InvalidRequestError, match="another kind of intent"):
        pay(shopper, token.id)
    wanted: Any = {"customer": shopper.id, "confirm": True, "confirmation_token": token.id}
    assert shopper.v1.setup_intents.create(wanted).status == "succeeded"


def test_what_the_token_says_is_written_on_the_intent(shopper: Shopper) -> None:
    token = entered(shopper, setup_future_usage="off_session")
    intent = pay(shopper, token.id)
    assert intent.setup_future_usage == "off_session"
    assert shopper.v1.payment_methods.retrieve(str(intent.payment_method)).customer == shopper.id


def test_a_setup_intent_is_confirmed_with_one(shopper: Shopper) -> None:
    token = entered(shopper)
    wanted: Any = {"customer": shopper.id, "confirm": True, "confirmation_token": token.id}
    setup = shopper.v1.setup_intents.create(wanted)
    assert setup.status == "succeeded"
    assert shopper.v1.payment_methods.retrieve(str(setup.payment_method)).customer == shopper.id
    assert shopper.v1.confirmation_tokens.retrieve(token.id).setup_intent == setup.id
    waiting = shopper.v1.setup_intents.create({"customer": shopper.id})
    again = shopper.v1.setup_intents.confirm(waiting.id, {"confirmation_token": entered(shopper).id})
    assert again.status == "succeeded"


@pytest.mark.parametrize("of", ["payment_intents", "setup_intents"])
def test_without_confirming_there_is_nothing_to_use_it_for(shopper: Shopper, of: str) -> None:
    wanted: Any = {"confirmation_token": entered(shopper).id}
    if of == "payment_intents":
        wanted |= {"amount": 500, "currency": "usd"}
    with pytest.raises(stripe.InvalidRequestError, match="without confirm"):
        getattr(shopper.v1, of).create(wanted)


def test_a_card_named_beside_it_takes_precedence(shopper: Shopper) -> None:
    saved = shopper.saved("5555555555554444")
    assert pay(shopper, entered(shopper).id, payment_method=saved).payment_method == saved


def test_a_server_makes_one_of_a_test_card(shopper: Shopper) -> None:
    wanted: Any = {"payment_method": "pm_card_chargeDeclined", "setup_future_usage": "off_session"}
    token = shopper.v1.test_helpers.confirmation_tokens.create(wanted)
    with pytest.raises(stripe.CardError):
        pay(shopper, token.id)
