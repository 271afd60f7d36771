"""What goes wrong on the way to Stripe while someone saves a card: reported by stripe.js, and the next try works."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from stripe_sandbox.tests.browser.customer import Customer

METHODS = "POST /v1/payment_methods"
CONFIRM = "POST /v1/setup_intents/*/confirm"


@pytest.mark.parametrize(
    ("operation", "kind", "error"),
    [
        (METHODS, "drop_before", "api_connection_error"),
        (METHODS, "html", "api_connection_error"),
        (METHODS, "500_before", "api_error"),
        (CONFIRM, "drop_before", "api_connection_error"),
        (CONFIRM, "500_before", "api_error"),
        (CONFIRM, "429", "invalid_request_error"),
    ],
)
def test_a_fault_is_told_and_the_next_try_saves_the_card(
    customer: Customer, operation: str, kind: str, error: str
) -> None:
    customer.open_card_form()
    # Chromium asks once more by itself where a connection that was kept is cut.
    customer.stand_in.control.order_fault(operation, kind, times=2)
    customer.save("4242424242424242")
    customer.page.wait_for_function("() => window.result")
    assert customer.result["error"]["type"] == error
    customer.stand_in.control.clear_faults()
    customer.save()
    expect(customer.status).to_have_text("done")
