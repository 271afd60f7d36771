"""Elements without a client secret: the card is entered first, and the server makes and confirms the intent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from stripe import InvalidRequestError

from stripe_sandbox.tests.browser.customer import Customer
from stripe_sandbox.tests.browser.deferred import OPTIONS, make, open_form, submit

CONFIRM = """clientSecret => start(() => stripe.confirmPayment({
  elements, clientSecret, redirect: "if_required", confirmParams: { return_url: `${location.origin}/back` } }))"""


def test_a_card_becomes_an_unattached_payment_method_that_the_server_charges(customer: Customer) -> None:
    seen: list[tuple[str, str]] = []
    customer.page.on("request", lambda request: seen.append((request.url, request.post_data or "")))
    open_form(customer)
    customer.fill("5555555555554444", "03 / 35")
    assert "error" not in submit(customer)
    make(customer, {"billing_details": {"name": "Ada Lovelace"}})
    expect(customer.status).to_have_text("done")
    method = customer.result["paymentMethod"]
    card = method["card"]
    shown = (card["brand"], card["last4"], card["exp_month"], card["exp_year"])
    assert shown == ("mastercard", "4444", 3, 2035)
    stripe = customer.v1
    kept = stripe.payment_methods.retrieve(method["id"])
    assert kept.customer is None
    assert kept.billing_details.name == "Ada Lovelace"
    assert [url for url, body in seen if "5555555555554444" in body] == [
        f"{customer.stand_in.url}/v1/payment_methods"
    ]
    paid = stripe.payment_intents.create(
        {"amount": 5000, "currency": "usd", "payment_method": method["id"], "confirm": True}
    )
    assert paid.status == "succeeded"
    assert customer.complaints == []


TOKEN = """params => start(() => stripe.createConfirmationToken({ elements, params }))"""


def test_a_card_becomes_a_confirmation_token_that_the_server_confirms_with(customer: Customer) -> None:
    seen: list[tuple[str, str]] = []
    customer.page.on("request", lambda request: seen.append((request.url, request.post_data or "")))
    open_form(customer)
    customer.page.evaluate("elements.update({ amount: 2500, setupFutureUsage: 'off_session' })")
    customer.fill("5555555555554444", "03 / 35")
    customer.page.evaluate(TOKEN, {})
    expect(customer.status).to_have_text("IntegrationError")
    assert "elements.submit() must be called" in customer.result["error"]["message"]
    submit(customer)
    customer.page.evaluate(
        TOKEN,
        {"return_url": "https://shop.test/", "payment_method_data": {"billing_details": {"name": "Ada"}}},
    )
    expect(customer.status).to_have_text("done")
    token = customer.result["confirmationToken"]
    preview = token["payment_method_preview"]
    assert (preview["card"]["last4"], preview["billing_details"]["name"]) == ("4444", "Ada")
    assert (token["setup_future_usage"], token["return_url"]) == ("off_session", "https://shop.test/")
    assert [url for url, body in seen if "5555555555554444" in body] == [
        f"{customer.stand_in.url}/v1/confirmation_tokens"
    ]
    stripe = customer.v1
    owner = stripe.customers.create({"name": "Ada"}).id
    wanted: Any = {"currency": "usd", "customer": owner, "confirm": True, "confirmation_token": token["id"]}
    with pytest.raises(InvalidRequestError, match=r"currency .* does not match"):
        stripe.payment_intents.create({**wanted, "amount": 2500, "currency": "eur"})
    paid = stripe.payment_intents.create({**wanted, "amount": 2500, "setup_future_usage": "off_session"})
    assert stripe.payment_methods.retrieve(str(paid.payment_method)).customer == owner
    assert customer.complaints == []


def test_a_radar_session_is_an_id(customer: Customer) -> None:
    customer.page.goto(customer.shop)
    customer.page.evaluate("start(() => Stripe('pk_test_sandbox').createRadarSession())")
    expect(customer.status).to_have_text("done")
    assert customer.result["radarSession"]["id"].startswith("rse_")


def test_a_bank_that_asks_is_answered_after_the_server_confirmed(customer: Customer) -> None:
    open_form(customer)
    customer.fill("4000002760003184")
    submit(customer)
    make(customer)
    expect(customer.status).to_have_text("done")
    intent = customer.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "allowed_payment_method_types": ["card"],
            "payment_method": customer.result["paymentMethod"]["id"],
            "confirm": True,
            "use_stripe_sdk": True,
            "return_url": f"{customer.shop}/back",
        }
    )
    assert intent.status == "requires_action"
    customer.page.evaluate("secret => act(secret)", intent.client_secret)
    customer.challenge.get_by_role("button", name="Complete").click()
    expect(customer.status).to_have_text("done")
    assert customer.result["paymentIntent"]["status"] == "succeeded"


def test_submitting_unfinished_fields_says_what_is_wrong_and_makes_nothing(customer: Customer) -> None:
    open_form(customer)
    customer.fill("4242424242424242", expiration="")
    error = submit(customer)["error"]
    assert (error["type"], error["code"]) == ("validation_error", "incomplete_expiry")
    expect(customer.card.get_by_label("Expiration date")).to_be_focused()
    make(customer)
    expect(customer.status).to_have_text("IntegrationError")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "elements.submit() must be called before"),
        ({"paymentMethodCreation": None}, "paymentMethodCreation"),
    ],
)
def test_a_payment_method_is_made_only_where_stripe_makes_one(
    customer: Customer, options: dict[str, Any], words: str
) -> None:
    customer.page.goto(customer.shop)
    wanted = {name: value for name, value in (OPTIONS | options).items() if value is not None}
    customer.page.evaluate("options => mountCard(options)", wanted)
    customer.fill("4242424242424242")
    if options:
        submit(customer)
    make(customer)
    expect(customer.status).to_have_text("IntegrationError")
    assert words in customer.result["error"]["message"]


def test_a_card_that_declines_is_told_when_it_is_charged(customer: Customer) -> None:
    open_form(customer)
    customer.fill("4000000000000069")
    submit(customer)
    make(customer)
    expect(customer.status).to_have_text("done")
    intent = customer.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    customer.page.evaluate(CONFIRM, intent.client_secret)
    expect(customer.status).to_have_text("expired_card")


def test_the_same_elements_confirm_in_the_page(customer: Customer) -> None:
    open_form(customer)
    customer.fill("4242424242424242")
    intent = customer.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    submit(customer)
    customer.page.evaluate(CONFIRM, intent.client_secret)
    expect(customer.status).to_have_text("done")
    assert customer.result["paymentIntent"]["status"] == "succeeded"


def test_an_intent_of_another_amount_is_not_confirmed_until_the_elements_know_it(customer: Customer) -> None:
    open_form(customer)
    customer.fill("4242424242424242")
    submit(customer)
    intent = customer.v1.payment_intents.create({"amount": 2500, "currency": "usd"})
    customer.page.evaluate(CONFIRM, intent.client_secret)
    customer.page.wait_for_function("() => window.result")
    assert (
        "provided amount (2500) does not match the expected amount (5000)"
        in customer.result["error"]["message"]
    )
    customer.page.evaluate("elements.update({ amount: 2500 })")
    customer.page.evaluate(CONFIRM, intent.client_secret)
    expect(customer.status).to_have_text("done")
