"""Background jobs for operators: run them, recover those of killed workers, and report their state."""

from __future__ import annotations

from flask import Flask

from app.billing.platform import deliveries
from app.web import health
from app.work import job_status


def init_app(app: Flask) -> None:
    """Report the state of jobs and of webhook deliveries in `/readyz`."""
    health.add_detail(app, "jobs", job_status.counts)
    health.add_detail(app, "messages", deliveries.get_health)
