"""What Elements know of themselves: options that are refused, what the page is told, coming and going."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stripe_sandbox.tests.browser.customer import Customer
from stripe_sandbox.tests.browser.deferred import make, open_form, submit


def test_the_element_tells_how_it_stands(customer: Customer) -> None:
    open_form(customer)
    customer.page.emulate_media(color_scheme="dark")
    customer.page.evaluate("elements.getElement('payment').focus()")
    customer.page.wait_for_function("() => happened.includes('focus')")
    expect(customer.card.get_by_label("Card number")).to_be_focused()
    customer.fill("4242424242424242")
    customer.page.wait_for_function("() => happened.includes('change false true')")
    customer.page.evaluate("elements.getElement('payment').clear()")
    customer.page.wait_for_function("() => happened.at(-1) === 'change true false'")
    expect(customer.card.get_by_label("Card number")).to_have_value("")
    happened = customer.page.evaluate("happened")
    assert happened[0] == "ready"
    assert happened.count("ready") == 1


def test_an_element_is_taken_off_the_page_and_another_put_there(customer: Customer) -> None:
    open_form(customer)
    customer.fill("4242424242424242")
    submit(customer)
    customer.page.evaluate("elements.getElement('payment').unmount()")
    expect(customer.page.locator("#card iframe")).to_have_count(0)
    make(customer)
    expect(customer.status).to_have_text("IntegrationError")
    customer.page.evaluate("elements.getElement('payment').mount('#card')")
    expect(customer.card.get_by_label("Card number")).to_have_value("")
    assert (
        customer.page.evaluate("""(() => {
      elements.getElement("payment").destroy();
      return elements.getElement("payment");
    })()""")
        is None
    )
    customer.page.evaluate("elements.create('payment').mount('#card')")
    expect(customer.card.get_by_label("Card number")).to_be_visible()


def test_leaving_before_the_fields_are_there_leaves_no_question_open(customer: Customer) -> None:
    customer.page.goto(customer.shop)
    customer.page.evaluate("""start(() => {
      const elements = Stripe("pk_test_1").elements({ mode: "setup" });
      const element = elements.create("payment");
      element.mount("#card");
      const submitted = elements.submit();
      element.unmount();
      return submitted.then(({ error }) => ({ error: { code: error.type } }));
    })""")
    expect(customer.status).to_have_text("api_connection_error")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{ mode: 'payment', currency: 'usd' }", "amount"),
        ("{ mode: 'payment', amount: 49.5, currency: 'usd' }", "amount"),
        ("{ mode: 'payment', amount: 5000 }", "currency"),
        ("{ mode: 'payment', amount: 5000, currency: 'USD' }", "currency"),
        ("{ mode: 'pay', amount: 5000, currency: 'usd' }", "mode"),
        ("{ mode: 'setup', paymentMethodCreation: 'automatic' }", "paymentMethodCreation"),
        ("{ mode: 'setup', allowedPaymentMethodTypes: ['ideal'] }", "allowedPaymentMethodTypes"),
        ("{ mode: 'setup', paymentMethodTypes: ['card'] }", "use allowedPaymentMethodTypes"),
        ("{ mode: 'setup', setupFutureUsage: 'always' }", "setupFutureUsage"),
        ("{ clientSecret: 'seti_1_secret_2', amount: 100 }", "amount"),
        ("{}", "mode"),
    ],
)
def test_options_that_stripe_refuses_are_refused(customer: Customer, options: str, words: str) -> None:
    customer.page.goto(customer.shop)
    told = customer.page.evaluate(
        f"(() => {{ try {{ Stripe('pk_test_1').elements({options}).create('payment') }} "
        "catch (error) { return String(error) } })()"
    )
    assert told.startswith("IntegrationError")
    assert words in told


def test_an_update_is_checked_too(customer: Customer) -> None:
    open_form(customer)
    told = customer.page.evaluate(
        "(() => { try { elements.update({ amount: -1 }) } catch (error) { return String(error) } })()"
    )
    assert told.startswith("IntegrationError")
