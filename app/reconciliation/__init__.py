"""Reconciliation with Stripe: differences that are certain are fixed, the rest is reported to operators."""

from __future__ import annotations

from flask import Flask

from app.reconciliation.customers import read as read_customer
from app.reconciliation.runs import delete_old, get_status, newest, run
from app.web import health

__all__ = ["delete_old", "findings", "init_app", "newest", "operator_mail", "read_customer", "run"]


def init_app(app: Flask) -> None:
    """Report the latest run in `/readyz`."""
    health.add_detail(app, "stripe", get_status)
