"""What a person sees: one package per blueprint."""

from __future__ import annotations

from flask import Flask

from app.pages import (
    account,
    activity,
    alerts,
    auth,
    auto_top_up,
    billing_details,
    brake,
    change_plan,
    coming_up,
    cost_change,
    credit,
    destinations,
    factors,
    invoices,
    labels,
    lasting,
    limits,
    live,
    operator,
    overview,
    payment_methods,
    reasons,
    search,
    security,
    set_aside,
    shell_parts,
    wallet,
)


def init_app(app: Flask) -> None:
    """Register every blueprint of pages, and what their templates call things."""
    labels.init_app(app)
    lasting.init_app(app)
    reasons.init_app(app)
    destinations.init_app(app)
    auto_top_up.wording.init_app(app)
    auth.shell_refusals.init_app(app)
    for package in (
        auth,
        overview,
        live,
        wallet,
        auto_top_up,
        cost_change,
        coming_up,
        limits,
        set_aside,
        credit,
        alerts,
        brake,
        payment_methods,
        change_plan,
        invoices,
        billing_details,
        activity,
        account,
        security,
        factors,
        search,
        shell_parts,
    ):
        app.register_blueprint(package.blueprint)
    app.register_blueprint(alerts.stopping.blueprint)
    operator.init_app(app)
