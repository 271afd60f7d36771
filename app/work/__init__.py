"""Background jobs as an operator sees them: running them, finding what was left by a killed worker, counting
them."""

from __future__ import annotations

from flask import Flask

from app.billing.platform import deliveries
from app.web import health
from app.work import standing


def init_app(app: Flask) -> None:
    """Tell `/readyz` how the jobs stand, and the messages to the platform that they deliver."""
    health.add_detail(app, "jobs", standing.counts)
    health.add_detail(app, "messages", deliveries.get_health)
