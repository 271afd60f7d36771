"""What Stripe tells us: stored first, handled by a job."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf, limiter
from app.web import health, pools
from app.webhooks import endpoint, reconciliation


def init_app(app: Flask) -> None:
    """Register the endpoint, whose signature stands in for CSRF protection, and tell `/readyz` how things stand."""
    app.register_blueprint(endpoint.blueprint)
    pools.let_send(app, "webhooks.receive", endpoint.MAX_BODY)
    csrf.exempt(endpoint.blueprint)
    limiter.exempt(endpoint.blueprint)
    health.add_detail(app, "stripe", reconciliation.standing)
