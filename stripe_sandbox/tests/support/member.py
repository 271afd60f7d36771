"""A customer who pays for a plan by the month."""

from __future__ import annotations

from typing import Any

import stripe

from stripe_sandbox.control_client import Clock
from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.shopper import Shopper


class Member:
    """A customer with a saved card and a monthly subscription."""

    def __init__(self, shopper: Shopper, process: Process) -> None:
        self.v1, self._control, self.customer = shopper.v1, process.control, shopper.id
        self.card = shopper.saved("4242424242424242")
        chosen: Any = {"default_payment_method": self.card}
        self.v1.customers.update(shopper.id, {"invoice_settings": chosen})
        price = self.v1.prices.create(
            {
                "currency": "usd",
                "unit_amount": 4900,
                "recurring": {"interval": "month"},
                "product_data": {"name": "Plan"},
            }
        )
        items: Any = [{"price": price.id}]
        self.id = self.v1.subscriptions.create({"customer": shopper.id, "items": items}).id

    def move_days(self, days: int) -> Clock:
        return self._control.move_days(self.customer, days)

    def move_to_next(self) -> Clock:
        return self._control.move_to_next(self.customer)

    def renew(self) -> Clock:
        """Let the next period begin, and the hour pass in which its invoice is a draft."""
        self.move_to_next()
        return self.move_to_next()

    def clock(self) -> Clock:
        return self._control.clock(self.customer)

    def bank(self, answer: Any) -> None:
        self._control.set_bank_answer(self.card, answer)

    @property
    def status(self) -> str:
        return self.v1.subscriptions.retrieve(self.id).status

    def invoice(self) -> stripe.Invoice:
        return self.v1.invoices.list({"customer": self.customer}).data[0]
