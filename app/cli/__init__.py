"""Commands for operators, in groups: `flask --help` lists them."""

from __future__ import annotations

from flask import Flask

from app.cli import (
    background,
    catalog,
    connected,
    demo,
    ledger,
    mail,
    people,
    platform,
    simulate,
    stripe,
    token,
    usage,
    webhooks,
    worker,
)


def init_app(app: Flask) -> None:
    """Register the commands; the demo commands only outside production."""
    for group in (
        people.organization,
        people.user,
        ledger.ledger,
        mail.mail,
        platform.platform,
        token.token,
        catalog.catalog,
        usage.usage,
        webhooks.webhooks,
        stripe.stripe,
    ):
        app.cli.add_command(group)
    app.cli.add_command(worker.worker)
    app.cli.add_command(background.jobs)
    if not app.config["SETTINGS"].is_production:
        app.cli.add_command(demo.demo)
        app.cli.add_command(simulate.simulate)
    for name in app.cli.commands:
        connected.say_first(app, name)
