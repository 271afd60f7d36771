"""Comparing what Stripe has with what we have: what is certain is fixed, the rest is reported to operators."""

from __future__ import annotations

from flask import Flask

from app.reconciliation.runs import forget_old, newest, run, standing
from app.web import health

__all__ = ["findings", "forget_old", "init_app", "newest", "operator_mail", "run"]


def init_app(app: Flask) -> None:
    """Tell `/readyz` how things stand."""
    health.add_detail(app, "stripe", standing)
