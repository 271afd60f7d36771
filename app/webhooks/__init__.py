"""What Stripe tells us: stored first, handled by a job."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf, limiter
from app.webhooks import endpoint


def init_app(app: Flask) -> None:
    """Register the endpoint; its signature stands in for CSRF protection."""
    app.register_blueprint(endpoint.blueprint)
    csrf.exempt(endpoint.blueprint)
    limiter.exempt(endpoint.blueprint)
