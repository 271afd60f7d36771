"""The bank's question: answered, failed and abandoned, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stripe_sandbox.tests.browser.customer import Customer

AUTHENTICATION_FAILED = "We are unable to authenticate your payment method. Please choose a different payment method and try again."


def test_the_challenge_names_the_amount_and_the_merchant(customer: Customer) -> None:
    customer.pay()
    expect(customer.challenge.get_by_text("$50.00")).to_be_visible()
    expect(customer.challenge.get_by_role("definition").filter(has_text="Voice Portal")).to_be_visible()
    expect(customer.page.get_by_role("dialog", name="Verify your payment method")).to_be_visible()


def test_completing_it_pays_and_focus_returns(customer: Customer) -> None:
    intent_id = customer.pay()
    customer.page.keyboard.press("Tab")
    expect(customer.challenge.get_by_role("button", name="Complete", exact=True)).to_be_focused()
    customer.page.keyboard.press("Enter")
    expect(customer.status).to_have_text("done")
    assert customer.result["paymentIntent"]["id"] == intent_id
    assert customer.result["paymentIntent"]["status"] == "succeeded"
    expect(customer.page.get_by_role("button", name="Save card")).to_be_focused()
    assert customer.complaints == []


def test_failing_it_asks_for_another_payment_method(customer: Customer) -> None:
    customer.pay()
    customer.page.keyboard.press("Tab")
    customer.page.keyboard.press("Tab")
    expect(customer.challenge.get_by_role("button", name="Fail", exact=True)).to_be_focused()
    customer.page.keyboard.press("Space")
    expect(customer.status).to_have_text("payment_intent_authentication_failure")
    error = customer.result["error"]
    assert error["message"] == AUTHENTICATION_FAILED
    assert error["payment_intent"]["status"] == "requires_payment_method"


@pytest.mark.parametrize("way", ["escape in the frame", "escape outside of it", "close"])
def test_abandoning_it_fails_as_with_stripe_and_focus_returns(customer: Customer, way: str) -> None:
    customer.pay()
    close = customer.page.get_by_role("button", name="Close")
    if way == "escape outside of it":
        close.focus()
    if way == "close":
        close.press("Enter")
    else:
        customer.page.keyboard.press("Escape")
    expect(customer.status).to_have_text("payment_intent_authentication_failure")
    assert customer.result["error"]["message"] == AUTHENTICATION_FAILED
    assert customer.result["error"]["payment_intent"]["status"] == "requires_payment_method"
    expect(customer.page.get_by_role("button", name="Save card")).to_be_focused()
    expect(customer.page.get_by_role("dialog")).to_have_count(0)


def test_the_page_behind_is_out_of_reach_while_it_asks(customer: Customer) -> None:
    customer.pay()
    for _ in range(8):
        customer.page.keyboard.press("Tab")
        assert customer.page.evaluate("document.activeElement.textContent") != "Save card"


def test_a_card_that_asks_is_saved_after_the_challenge(customer: Customer) -> None:
    customer.open_card_form()
    customer.save("4000002760003184")
    customer.challenge.get_by_role("button", name="Complete").click()
    expect(customer.status).to_have_text("done")
    assert customer.result["setupIntent"]["status"] == "succeeded"


def test_a_declined_payment_after_the_challenge_tells_why(customer: Customer) -> None:
    customer.pay("4000008260003178")
    customer.challenge.get_by_role("button", name="Complete").click()
    expect(customer.status).to_have_text("card_declined")
    assert customer.result["error"]["decline_code"] == "insufficient_funds"


def test_the_page_of_its_own_works_without_a_script_and_leads_back(customer: Customer) -> None:
    customer.pay()
    secret = customer.v1.payment_intents.list().data[0].client_secret
    intent_id = customer.v1.payment_intents.list().data[0].id
    browser = customer.page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        address = f"{customer.stand_in.url}/_sandbox/3ds/{intent_id}?client_secret={secret}"
        page.goto(address)
        page.get_by_role("button", name="Complete").click()
        page.wait_for_url(f"{customer.shop}/back?**")
        assert f"payment_intent={intent_id}" in page.url
        assert f"payment_intent_client_secret={secret}" in page.url
        assert "redirect_status=succeeded" in page.url


@pytest.mark.parametrize(("button", "status"), [("Complete", "succeeded"), ("Fail", "failed")])
def test_a_payment_that_redirects_is_answered_on_the_page_of_its_own(
    customer: Customer, button: str, status: str
) -> None:
    stripe = customer.v1
    customer.page.goto(customer.shop)
    intent = stripe.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "allowed_payment_method_types": ["card"],
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": f"{customer.shop}/back?from=bank",
        }
    )
    customer.page.evaluate("secret => act(secret)", intent.client_secret)
    customer.page.get_by_role("button", name=button, exact=True).click()
    customer.page.wait_for_url(f"{customer.shop}/back?from=bank&**redirect_status={status}")
    assert (stripe.payment_intents.retrieve(intent.id).status == "succeeded") == (button == "Complete")
