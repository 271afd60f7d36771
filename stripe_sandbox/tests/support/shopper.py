"""A customer of the stand-in, and what customers do."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import stripe

from stripe_sandbox.control_client import ControlError
from stripe_sandbox.testing import Process


class Shopper:
    """Saves cards and pays with them, through `client` and its `v1`."""

    def __init__(self, client: stripe.StripeClient, process: Process) -> None:
        self.client, self.v1 = client, client.v1
        self.process = process
        self.id = self.v1.customers.create({"name": "Ada", "email": "ada@example.com"}).id

    def card(self, number: str, **details: Any) -> str:
        """A card of this number that no one owns yet."""
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123", **details}
        return self.v1.payment_methods.create({"type": "card", "card": card}).id

    def saved(self, number: str) -> str:
        """A card attached to the customer without any 3-D Secure."""
        return self.v1.payment_methods.attach(self.card(number), {"customer": self.id}).id

    def pay(self, card: str, **params: Any) -> stripe.PaymentIntent:
        """Pay $50.00 with a card."""
        wanted: Any = {
            "amount": 5000,
            "currency": "usd",
            "customer": self.id,
            "payment_method": card,
            **params,
        }
        return self.v1.payment_intents.create({"confirm": True, **wanted})

    def set_up(self, card: str) -> stripe.SetupIntent:
        """Save a card for payments without its owner."""
        return self.v1.setup_intents.create(
            {
                "customer": self.id,
                "payment_method": card,
                "usage": "off_session",
                "allowed_payment_method_types": ["card"],
                "confirm": True,
                "use_stripe_sdk": True,
            }
        )

    def answer(self, intent: stripe.PaymentIntent | stripe.SetupIntent, outcome: Any) -> None:
        """Answer the bank's question as stripe.js does."""
        with suppress(ControlError):  # A card may decline after it.
            self.process.control.answer_challenge(intent.client_secret or "", outcome)

    def events(self) -> list[str]:
        """The types of all events, oldest first."""
        return [event.type for event in reversed(self.v1.events.list({"limit": 100}).data)]
