"""What operators do in Stripe's dashboard, as the API does it."""

from __future__ import annotations

from typing import Any

from app.models import Organization
from tests.support.plans import subscription_id
from tests.support.sandbox import Sandbox


class Dashboard:
    """Someone who changes a subscriber's plan at Stripe, and can take it back."""

    def __init__(self, sandbox: Sandbox, organization: Organization) -> None:
        self.sandbox, self.organization = sandbox, organization
        self.api = sandbox.stripe.v1
        self.customer = organization.stripe_customer_id or ""
        self.id = subscription_id(organization)

    @property
    def found(self) -> Any:
        return self.api.subscriptions.retrieve(self.id, {"expand": ["latest_invoice"]})

    @property
    def item(self) -> Any:
        return self.found["items"].data[0]

    @property
    def payment(self) -> str:
        """The payment of the plan's first invoice that cost something."""
        return next(one.id for one in self.sandbox.payment_intents() if one.status == "succeeded")

    def update(self, **params: Any) -> None:
        self.api.subscriptions.update(self.id, params)  # type: ignore[arg-type]

    def change_item(self, **params: Any) -> None:
        self.update(items=[{"id": self.item.id, **params}], proration_behavior="none")

    def a_price(self, *, currency: str = "usd", **metadata: str) -> str:
        recurring: Any = {"interval": "month"}
        product: Any = {"name": "By hand"}
        return self.api.prices.create(
            {
                "currency": currency,
                "unit_amount": 5900,
                "recurring": recurring,
                "product_data": product,
                "metadata": metadata,
            }
        ).id

    def price_of(self, plan: str) -> str:
        return self.api.prices.list({"lookup_keys": [f"{plan}_month"]}).data[0].id

    def subscribe(self, price: str, **params: Any) -> str:
        wanted: Any = {"customer": self.customer, "items": [{"price": price}], **params}
        return self.api.subscriptions.create(wanted).id

    def plan_phase(self, **phase: Any) -> None:
        """A schedule of theirs, whose next phase is this one."""
        made = self.api.subscription_schedules.create({"from_subscription": self.id})
        now: Any = made.phases[0]
        current = {
            "items": [{"price": self.item.price.id, "quantity": 1}],
            "start_date": now.start_date,
            "end_date": now.end_date,
        }
        wanted: Any = {"phases": [current, phase], "end_behavior": "release"}
        self.api.subscription_schedules.update(made.id, wanted)

    def release(self) -> None:
        self.api.subscription_schedules.release(str(self.found.schedule))

    def let_renewal_fail(self) -> Any:
        """Let the renewal be declined; its invoice."""
        card = self.api.customers.retrieve(self.customer).invoice_settings
        assert card is not None
        self.sandbox.control.set_bank_answer(str(card.default_payment_method), "declines")
        for _ in range(2):
            self.sandbox.control.move_to_next(self.customer)
        return self.found.latest_invoice

    def charge(self) -> Any:
        return self.api.payment_intents.retrieve(self.payment).latest_charge
