"""What operators do in Stripe's dashboard that changes what a plan costs: discounts, taxes, quantities, credit."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.models import Organization
from tests.support.plans import hear_from_stripe, subscription_id
from tests.support.sandbox import Sandbox


class Operator:
    """Someone in Stripe's dashboard; what they do is heard of immediately."""

    def __init__(self, app: Flask, sandbox: Sandbox, organization: Organization) -> None:
        self.app, self.sandbox, self.organization = app, sandbox, organization
        self.api = sandbox.stripe.v1

    @property
    def customer(self) -> str:
        return self.organization.stripe_customer_id or ""

    def set(self, **params: Any) -> None:
        """Change the subscription."""
        wanted: Any = params
        self.api.subscriptions.update(subscription_id(self.organization), wanted)
        self.hear()

    def discount(self, *terms: dict[str, Any]) -> None:
        """Give the subscription these discounts, one after the other, and no others."""
        self.set(discounts=[{"coupon": self.coupon(**one)} for one in terms])

    def coupon(self, **terms: Any) -> str:
        wanted: Any = {"duration": "forever", **terms}
        return self.api.coupons.create(wanted).id

    def promote(self, code: str, **terms: Any) -> None:
        """Redeem a promotion code for the subscription."""
        wanted: Any = {"promotion": {"type": "coupon", "coupon": self.coupon(**terms)}, "code": code}
        self.set(discounts=[{"promotion_code": self.api.promotion_codes.create(wanted).id}])

    def discount_customer(self, **terms: Any) -> None:
        self.sandbox.control.discount_customer(self.customer, self.coupon(**terms))
        self.hear()

    def rate(self, percentage: float, *, inclusive: bool = False) -> str:
        wanted: Any = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive}
        return self.api.tax_rates.create(wanted).id

    def tax(self, percentage: float, *, inclusive: bool = False) -> None:
        self.set(default_tax_rates=[self.rate(percentage, inclusive=inclusive)])

    def quantity(self, count: int) -> None:
        item = self.api.subscriptions.retrieve(subscription_id(self.organization))["items"].data[0]
        self.set(items=[{"id": item.id, "quantity": count}], proration_behavior="none")

    def credit(self, minor: int) -> None:
        """Give the customer credit; what is below zero they owe."""
        self.api.customers.balance_transactions.create(self.customer, {"amount": -minor, "currency": "usd"})
        self.hear()

    def hear(self) -> None:
        hear_from_stripe(self.app, self.sandbox, "customer", "subscription_schedule", "invoice")
