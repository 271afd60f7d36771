"""What Stripe sends: verified, stored, and answered; a job handles it (`app.stripe_events`)."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf, limiter
from app.web import pools
from app.webhooks import endpoint


def init_app(app: Flask) -> None:
    """Register the endpoint, whose signature replaces CSRF protection."""
    app.register_blueprint(endpoint.blueprint)
    pools.set_body_limit(app, "webhooks.receive", endpoint.MAX_BODY)
    csrf.exempt(endpoint.blueprint)
    limiter.exempt(endpoint.blueprint)
