"""`flask platform`: where the platform is told, with which secrets, and what it has not taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.billing import platform_deliveries, platform_endpoints
from app.billing.platform_endpoints import UnknownEndpointError
from app.extensions import db
from app.notify.webhooks import AddressError

R = TypeVar("R")


@click.group()
def platform() -> None:
    """Messages to the platform."""


@platform.command()
@with_appcontext
def endpoints() -> None:
    """List the addresses that messages are sent to."""
    found = platform_endpoints.every()
    for endpoint in found:
        count = len(endpoint.secrets)
        click.echo(f"{endpoint.id}  {endpoint.url}  {count} {'secret' if count == 1 else 'secrets'}")
    if not found:
        click.echo("None yet. Add one: flask platform add https://portal.example/billing-events")


@platform.command()
@click.argument("url")
@with_appcontext
def add(url: str) -> None:
    """Send messages to an address from now on, and print the secret that they are signed with."""
    try:
        endpoint, secret = platform_endpoints.add(url)
    except AddressError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{endpoint.id}\nIts secret, shown this once: {secret}")


@platform.command()
@click.argument("endpoint", type=click.UUID)
@with_appcontext
def rotate(endpoint: UUID) -> None:
    """Sign with a new secret as well as with the old one, until `retire`."""
    secret = _changed(lambda: platform_endpoints.rotate(endpoint))
    click.echo(f"The new secret, shown this once: {secret}")
    click.echo(f"Once the platform takes it: flask platform retire {endpoint}")


@platform.command()
@click.argument("endpoint", type=click.UUID)
@with_appcontext
def retire(endpoint: UUID) -> None:
    """Sign with the newest secret alone."""
    _changed(lambda: platform_endpoints.retire(endpoint))
    click.echo("Only the newest secret signs now.")


@platform.command()
@click.argument("endpoint", type=click.UUID)
@with_appcontext
def disable(endpoint: UUID) -> None:
    """Send nothing more to an address."""
    _changed(lambda: platform_endpoints.disable(endpoint))
    click.echo("Nothing more is sent there.")


@platform.command()
@with_appcontext
def failed() -> None:
    """List the messages that were given up."""
    found = platform_deliveries.failed()
    for delivery, message, endpoint in found:
        click.echo(
            f"{message.id}  {message.type}  {endpoint.url}  {delivery.attempts} tries  {delivery.answer}"
        )
    if not found:
        click.echo("Every message was taken, or is still being tried.")


@platform.command()
@click.argument("messages", nargs=-1, required=True, type=click.UUID)
@with_appcontext
def replay(messages: tuple[UUID, ...]) -> None:
    """Send messages again."""
    for message in messages:
        count = platform_deliveries.replay(message)
        click.echo(f"{message}: {'queued' if count else 'there is no such message'}")


def _changed(change: Callable[[], R]) -> R:
    try:
        result = change()
    except UnknownEndpointError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    return result
