"""One client for the process, pinned to the SDK's API version."""

from __future__ import annotations

import stripe
from flask import Flask, current_app

from app.payments.http_client import CONNECT_SECONDS, HttpClient
from app.payments.stand_in import StandIn
from config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Make the process's client. Nothing is sent yet."""
    # Telemetry writes timings of earlier calls to Stripe, and an id file to the home folder.
    stripe.enable_telemetry = False
    app.extensions["stripe_stand_in"] = StandIn.of(settings)
    app.extensions["stripe"] = stripe.StripeClient(
        settings.stripe_secret_key,
        base_addresses={"api": settings.stripe_api_base},
        max_network_retries=2,
        http_client=HttpClient(timeout=(CONNECT_SECONDS, settings.stripe_timeout_seconds)),
    )


def stripe_client() -> stripe.StripeClient:
    """The client of the running application. Raises `StandInError` where it would talk to another's stand-in."""
    stand_in: StandIn = current_app.extensions["stripe_stand_in"]
    stand_in.require()
    client: stripe.StripeClient = current_app.extensions["stripe"]
    return client
