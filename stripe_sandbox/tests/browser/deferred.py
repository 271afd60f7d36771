"""Elements without a client secret, as the shop uses them."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.tests.browser.customer import Customer

OPTIONS = {
    "mode": "payment",
    "amount": 5000,
    "currency": "usd",
    "allowedPaymentMethodTypes": ["card"],
    "paymentMethodCreation": "manual",
    "appearance": {"theme": "stripe"},
}


MAKE = """params => start(() => stripe.createPaymentMethod({ elements, params }))"""


def open_form(customer: Customer, **options: Any) -> None:
    customer.page.goto(customer.shop)
    customer.page.evaluate("options => mountCard(options)", OPTIONS | options)


def submit(customer: Customer) -> dict[str, Any]:
    submitted: dict[str, Any] = customer.page.evaluate("elements.submit()")
    return submitted


def make(customer: Customer, params: dict[str, Any] | None = None) -> None:
    customer.page.evaluate(MAKE, params or {})
