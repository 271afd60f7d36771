"""One client for the process, pinned to the SDK's API version."""

from __future__ import annotations

import stripe

from app.payments.http_client import CONNECT_SECONDS, HttpClient
from app.payments.stand_in import StandIn
from app.per_application import PerApplication
from config import Settings

_client = PerApplication[stripe.StripeClient]("stripe")
_stand_in = PerApplication[StandIn]("stripe_stand_in")


def set_up(settings: Settings) -> None:
    """Make the application's client. Nothing is sent yet."""
    # Telemetry writes timings of earlier calls to Stripe, and an id file to the home folder.
    stripe.enable_telemetry = False
    _stand_in.set(StandIn.of(settings))
    client = stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses={"api": settings.stripe_api_base},
        max_network_retries=2,
        http_client=HttpClient(timeout=(CONNECT_SECONDS, settings.stripe_timeout_seconds)),
    )
    _client.set(client)


def stripe_client() -> stripe.StripeClient:
    """The client of the running application. Raises `StandInError` where it would talk to another's stand-in."""
    _stand_in.get().require()
    return _client.get()
