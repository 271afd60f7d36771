"""Commands for operators, in groups: `flask --help` lists them."""

from __future__ import annotations

from flask import Flask

from app.cli import (  # noqa: F401 - `brake`, `carrier`, `daily_limit`, `identities` and `signing_out` add to groups
    archive,
    background,
    brake,
    carrier,
    catalog,
    cluster,
    connected,
    credit,
    daily_limit,
    doctor,
    identities,
    ledger,
    mail,
    operator,
    people,
    platform,
    secrets,
    signing_out,
    stripe,
    token,
    usage,
    webhooks,
    worker,
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for group in (
        archive.archive,
        people.organization,
        people.user,
        credit.credit,
        ledger.ledger,
        mail.mail,
        operator.operator,
        platform.platform,
        secrets.secrets,
        token.token,
        catalog.catalog,
        cluster.cluster,
        usage.usage,
        webhooks.webhooks,
        stripe.stripe,
    ):
        app.cli.add_command(group)
    app.cli.add_command(worker.worker)
    app.cli.add_command(doctor.doctor)
    app.cli.add_command(background.jobs)
    for name in app.cli.commands:
        connected.print_first(app, name)
