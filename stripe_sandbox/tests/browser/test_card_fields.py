"""Saving a card through stripe.js: the card fields in their frame, under the shop's strict policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stripe_sandbox.tests.browser.customer import Customer


def test_a_card_is_saved_and_only_the_frame_learns_its_number(customer: Customer) -> None:
    seen: list[tuple[str, str]] = []
    customer.page.on("request", lambda request: seen.append((request.url, request.post_data or "")))
    customer.open_card_form()
    customer.save("4242424242424242")
    expect(customer.status).to_have_text("done")
    assert customer.result["setupIntent"]["status"] == "succeeded"
    assert customer.result["setupIntent"]["payment_method"].startswith("pm_")
    assert [url for url, body in seen if "4242424242424242" in body] == [
        f"{customer.stand_in.url}/v1/payment_methods"
    ]
    assert customer.complaints == []


@pytest.mark.parametrize(
    ("label", "text", "message"),
    [
        ("Card number", "4242424242424241", "Your card number is invalid."),
        ("Card number", "4242", "Your card number is incomplete."),
        ("Expiration date", "12/20", "Your card's expiration year is in the past."),
        ("Expiration date", "12", "Your card's expiration date is incomplete."),
        ("Expiration date", "13/34", "Your card's expiration month is invalid."),
        ("CVC", "12", "Your card's security code is incomplete."),
    ],
)
def test_a_field_says_what_is_wrong_with_it(customer: Customer, label: str, text: str, message: str) -> None:
    customer.open_card_form()
    field = customer.card.get_by_label(label)
    field.press_sequentially(text)
    field.blur()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(message if label != "Card number" else f"{message} Visa")
    field.fill("")
    expect(customer.card.get_by_text(message)).to_be_hidden()


def test_saving_an_unfinished_form_names_the_first_fault_and_goes_there(customer: Customer) -> None:
    customer.open_card_form()
    customer.fill("4242424242424242", expiration="")
    customer.save()
    expect(customer.status).to_have_text("incomplete_expiry")
    assert customer.result["error"]["type"] == "validation_error"
    assert customer.result["error"]["message"] == "Your card's expiration date is incomplete."
    expect(customer.card.get_by_label("Expiration date")).to_be_focused()


def test_a_declined_card_tells_stripes_words_and_another_can_be_tried(customer: Customer) -> None:
    customer.open_card_form()
    customer.save("4000000000000002")
    expect(customer.status).to_have_text("card_declined")
    error = customer.result["error"]
    assert (error["type"], error["decline_code"]) == ("card_error", "generic_decline")
    assert error["message"] == "Your card was declined."
    assert error["setup_intent"]["status"] == "requires_payment_method"
    customer.save("5555555555554444")
    expect(customer.status).to_have_text("done")


@pytest.mark.parametrize(
    ("typed", "shown", "brand"),
    [
        ("4242424242424242", "4242 4242 4242 4242", "Visa"),
        ("5555555555554444", "5555 5555 5555 4444", "Mastercard"),
        ("378282246310005", "3782 822463 10005", "Amex"),
    ],
)
def test_a_number_is_grouped_and_its_brand_named_while_typing(
    customer: Customer, typed: str, shown: str, brand: str
) -> None:
    customer.open_card_form()
    field = customer.card.get_by_label("Card number")
    field.press_sequentially(typed)
    expect(field).to_have_value(shown)
    expect(field).to_have_accessible_description(brand)


def test_digits_are_corrected_in_place(customer: Customer) -> None:
    customer.open_card_form()
    field = customer.card.get_by_label("Card number")
    field.fill("4242 4242")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "Backspace", "1"):
        field.press(key)
    expect(field).to_have_value("4241 4242")


def test_the_fields_are_reached_in_order_by_keyboard_and_enter_submits(customer: Customer) -> None:
    customer.open_card_form()
    customer.page.evaluate("window.elements.getElement('payment').focus()")
    for label, text in (("Card number", "4242424242424242"), ("Expiration date", "1234"), ("CVC", "123")):
        expect(customer.card.get_by_label(label)).to_be_focused()
        customer.page.keyboard.type(text)
        customer.page.keyboard.press("Tab")
    expect(customer.page.get_by_role("button", name="Save card")).to_be_focused()
    customer.card.get_by_label("CVC").press("Enter")
    customer.page.wait_for_function("() => happened.includes('submit')")
    assert "change false true" in customer.page.evaluate("happened")


def test_the_frame_grows_with_what_it_says(customer: Customer) -> None:
    customer.open_card_form()
    frame = customer.page.get_by_title("Secure payment input frame")
    before = frame.bounding_box()
    customer.save()
    expect(customer.status).to_have_text("incomplete_number")
    customer.page.wait_for_function(
        "height => document.querySelector('iframe').offsetHeight > height", arg=before and before["height"]
    )


def test_elements_without_a_secret_are_submitted_before_they_are_confirmed(customer: Customer) -> None:
    setup = customer.v1.setup_intents.create({"usage": "off_session"})
    customer.page.goto(customer.shop)
    customer.page.evaluate("mountCard({ mode: 'setup', currency: 'usd' })")
    customer.fill("4242424242424242")
    confirm = """secret => start(() => stripe.confirmSetup({
      elements, clientSecret: secret, redirect: "if_required", confirmParams: { return_url: location.href } }))"""
    customer.page.evaluate(confirm, setup.client_secret)
    expect(customer.status).to_have_text("IntegrationError")
    assert "elements.submit()" in customer.result["error"]["message"]
    assert customer.page.evaluate("elements.submit()") == {"selectedPaymentMethod": "card"}
    customer.page.evaluate(confirm, setup.client_secret)
    expect(customer.status).to_have_text("done")


def test_a_page_that_always_redirects_is_left_for_its_return_address(customer: Customer) -> None:
    customer.open_card_form()
    customer.fill("4242424242424242")
    customer.page.evaluate("""start(() => stripe.confirmSetup({
      elements, confirmParams: { return_url: `${location.origin}/back` } }))""")
    customer.page.wait_for_url("**/back?**redirect_status=succeeded")
    assert "setup_intent=seti_" in customer.page.url


def test_a_message_from_another_window_is_not_heard(customer: Customer) -> None:
    customer.open_card_form()
    customer.page.evaluate(
        """window.postMessage({ source: 'stripe-sandbox', type: 'resize', height: 999 }, '*')"""
    )
    customer.page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))")
    frame = customer.page.get_by_title("Secure payment input frame").bounding_box()
    assert frame is not None
    assert frame["height"] < 300


def test_the_fields_follow_the_pages_color_scheme(customer: Customer) -> None:
    customer.page.emulate_media(color_scheme="light")
    customer.open_card_form()
    root = customer.card.locator("html")
    expect(root).to_have_attribute("data-scheme", "light")
    customer.page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-scheme", "dark")


def test_a_frame_that_does_not_load_is_told_to_the_page(customer: Customer) -> None:
    customer.page.clock.install()
    customer.page.route("**/_sandbox/frames/card?*", lambda route: route.abort())
    customer.page.goto(customer.shop)
    customer.page.evaluate("""new Promise((resolve) => {
      const element = Stripe("pk_test_sandbox").elements({ mode: "setup", currency: "usd" }).create("payment");
      element.on("loaderror", ({ error }) => happened.push(error.type));
      element.mount("#card");
      document.querySelector("iframe").addEventListener("load", resolve);
    })""")
    customer.page.clock.run_for(10_000)
    assert customer.page.evaluate("happened") == ["api_connection_error"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Stripe('')", "publishable key"),
        ("Stripe('sk_test_1')", "publishable key"),
        ("Stripe('pk_test_1').elements({ clientSecret: 'seti_1' })", "clientSecret"),
        ("Stripe('pk_test_1').elements({ mode: 'setup' }).create('iban')", "valid Element name"),
        ("Stripe('pk_test_1').elements({ mode: 'setup' }).create('payment').mount('#nowhere')", "#nowhere"),
    ],
)
def test_a_mistake_in_the_page_is_an_integration_error(customer: Customer, script: str, words: str) -> None:
    customer.page.goto(customer.shop)
    told = customer.page.evaluate(
        f"(() => {{ try {{ {script} }} catch (error) {{ return String(error) }} }})()"
    )
    assert told.startswith("IntegrationError")
    assert words in told


def test_the_page_may_choose_colors_but_nothing_that_is_none(customer: Customer) -> None:
    customer.page.goto(customer.shop)
    variables = {"colorText": "rgb(1, 2, 3)", "colorBackground": "red; } body { display: none"}
    customer.page.evaluate(
        "appearance => mountCard({ mode: 'setup', currency: 'usd', appearance })",
        {"theme": "night", "variables": variables},
    )
    expect(customer.card.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(customer.card.get_by_label("Card number")).to_have_css("color", "rgb(1, 2, 3)")
    assert "none" not in (customer.card.locator("html").get_attribute("style") or "")
