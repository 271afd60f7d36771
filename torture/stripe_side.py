"""Stripe's stand-in from its other side: as a payer's bank, as its dashboard, and as who makes it fail."""

from __future__ import annotations

from typing import Any

import requests
import stripe

from stripe_sandbox.control_client import ControlClient

stripe.enable_telemetry = False

AWAY = (stripe.StripeError, requests.RequestException)
"""What calls raise while the stand-in is killed, or fails as it was told to."""


class StripeSide:
    """Its API with the secret key, and its controls. Everything raises one of `AWAY` while it can't be reached."""

    def __init__(self, address: str) -> None:
        self.control = ControlClient(address, timeout=60)
        self.client = stripe.StripeClient(
            "sk_test_sandbox", base_addresses={"api": address}, max_network_retries=0
        )

    def save_card(self, client_secret: str, token: str) -> str:
        """What Stripe's script does with a card form: confirm the setup intent; its status."""
        intent = client_secret.partition("_secret")[0]
        return str(self.client.v1.setup_intents.confirm(intent, {"payment_method": token}).status)

    def all(self, kind: str) -> list[Any]:
        """Every object of a kind, like `charges`."""
        return list(getattr(self.client.v1, kind).list({"limit": 100}).auto_paging_iter())
