"""One client for the process, pinned to the SDK's API version."""

from __future__ import annotations

import stripe

from app.payments.http_client import CONNECT_SECONDS, HttpClient
from app.per_application import PerApplication
from config import Settings

_client = PerApplication[stripe.StripeClient]("stripe")


def set_up(settings: Settings) -> None:
    """Create the application's client, without sending anything."""
    # Telemetry writes timings of earlier calls to Stripe, and an id file to the home folder.
    stripe.enable_telemetry = False
    client = stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses={"api": settings.stripe_api_base},
        max_network_retries=2,
        http_client=HttpClient(timeout=(CONNECT_SECONDS, settings.stripe_timeout_seconds)),
    )
    _client.set(client)


def stripe_client() -> stripe.StripeClient:
    """The client of the running application."""
    return _client.get()
