"""`flask secrets`: what is encrypted in the database, when SECRET_KEY is changed."""

from __future__ import annotations

import click

from app.cli.context import for_operators
from app.people.factors import reencryption


@click.group()
def secrets() -> None:
    """What is encrypted with SECRET_KEY."""


@secrets.command()
@for_operators
def reencrypt() -> None:
    """Encrypt with SECRET_KEY what a key of SECRET_KEY_FALLBACKS encrypted, and say how much is left.

    When every process was restarted with the new key. With nothing left, nothing encrypted needs the older keys.
    """
    outcome = reencryption.reencrypt()
    click.echo(f"Encrypted again: {outcome.renewed}.")
    left = reencryption.count_outdated()
    if outcome.unreadable:
        raise click.ClickException(
            f"No known key can read {outcome.unreadable}. Add the key that they were encrypted with to "
            "SECRET_KEY_FALLBACKS, or let their people set up their authenticator apps again."
        )
    if left:
        raise click.ClickException(
            f"Left with an older key: {left}. A process still runs without the new one. "
            "Restart it, and run this again."
        )
    click.echo("Left with an older key: 0. Nothing encrypted needs SECRET_KEY_FALLBACKS anymore.")
