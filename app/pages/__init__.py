"""What a person sees: one package per blueprint."""

from __future__ import annotations

from flask import Flask

from app.pages import (
    activity,
    auth,
    billing_details,
    change_plan,
    dev_mail,
    invoices,
    live,
    overview,
    payment_methods,
    wallet,
)


def init_app(app: Flask) -> None:
    """Register every blueprint of pages; the demo's mails everywhere but in production."""
    for package in (
        auth,
        overview,
        live,
        wallet,
        payment_methods,
        change_plan,
        invoices,
        billing_details,
        activity,
    ):
        app.register_blueprint(package.blueprint)
    if not app.config["SETTINGS"].is_production:
        app.register_blueprint(dev_mail.blueprint)
