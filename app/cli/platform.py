"""`flask platform`: the platform's webhook endpoints, their secrets, and failed messages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import click
from sqlalchemy import select

from app.billing.platform import deliveries, replays
from app.billing.platform import endpoints as platform_endpoints
from app.billing.platform.endpoints import UnknownEndpointError
from app.billing.platform.replays import Replayed
from app.billing.wallet import announcing
from app.cli.context import for_operators
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.notify.addresses import AddressError
from app.one_by_one import one_by_one
from app.operators import again
from app.operators.trail import BY_COMMAND, COMMAND, ReasonError, checked_reason
from app.transaction import transaction

R = TypeVar("R")
_ANNOUNCES = 24 * 3600
"""Seconds that telling of all organizations may take."""


@click.group()
def platform() -> None:
    """Webhook messages to the platform."""


@platform.command()
@for_operators
def endpoints() -> None:
    """List the endpoints that messages are sent to."""
    found = platform_endpoints.list_active()
    for endpoint in found:
        count = len(endpoint.secrets)
        click.echo(f"{endpoint.id}  {endpoint.url}  {count} {'secret' if count == 1 else 'secrets'}")
    off = platform_endpoints.switched_off()
    for endpoint in off:
        click.echo(f"{endpoint.id}  {endpoint.url}  disabled {endpoint.disabled_at:%Y-%m-%d %H:%M} UTC")
    if not found and not off:
        click.echo("No endpoints yet. Add one: flask platform add https://portal.example/billing-events")


@platform.command()
@click.argument("url")
@for_operators
def add(url: str) -> None:
    """Send messages to URL from now on, and print their signing secret."""
    try:
        with transaction():
            endpoint, secret = platform_endpoints.add(url)
    except AddressError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{endpoint.id}\nSecret (shown only once): {secret}")


@platform.command()
@click.argument("endpoint", type=click.UUID)
@for_operators
def rotate(endpoint: UUID) -> None:
    """Sign with a new secret in addition to the old one, until `retire`."""
    secret = _changed(lambda: platform_endpoints.rotate(endpoint))
    click.echo(f"New secret (shown only once): {secret}")
    click.echo(f"Once the platform accepts it, run: flask platform retire {endpoint}")


@platform.command()
@click.argument("endpoint", type=click.UUID)
@for_operators
def retire(endpoint: UUID) -> None:
    """Sign only with the newest secret."""
    _changed(lambda: platform_endpoints.retire(endpoint))
    click.echo("Messages are now signed only with the newest secret.")


@platform.command()
@click.argument("endpoint", type=click.UUID)
@for_operators
def disable(endpoint: UUID) -> None:
    """Stop sending to an endpoint."""
    _changed(lambda: platform_endpoints.disable(endpoint))
    click.echo("Endpoint disabled. To send again: flask platform enable " + str(endpoint))


@platform.command()
@click.argument("endpoint", type=click.UUID)
@for_operators
def enable(endpoint: UUID) -> None:
    """Send to a disabled endpoint again, including one that was disabled because it answered 410."""
    _changed(lambda: platform_endpoints.enable(endpoint))
    click.echo("Endpoint enabled. For messages that failed in the meantime: flask platform failed")


@platform.command()
@for_operators
def failed() -> None:
    """List messages that were permanently rejected, or that failed for three days."""
    found = deliveries.failed()
    for delivery, message, endpoint in found:
        click.echo(
            f"{message.id}  {message.type}  {endpoint.url}  {delivery.attempts} attempts  {delivery.answer}"
        )
    if not found:
        click.echo("No failed messages.")


@platform.command()
@click.argument("messages", nargs=-1, type=click.UUID)
@click.option("--all-failed", is_flag=True, help="Every message that `flask platform failed` shows.")
@click.option("--reason", default=BY_COMMAND, show_default=True, help="Why. Owners read it in their history.")
@for_operators
def replay(messages: tuple[UUID, ...], all_failed: bool, reason: str) -> None:
    """Send messages again. Exits with 1 if one can't be sent."""
    if bool(messages) == all_failed:
        raise click.ClickException("Give message ids, or use --all-failed.")
    try:
        why = checked_reason(reason)
    except ReasonError as error:
        raise click.ClickException(str(error)) from error
    chosen = replays.all_failed() if all_failed else messages
    done = [(message, _replayed(message, why)) for message in chosen]
    for message, result in done:
        click.echo(f"{message}: {_outcome(result)}")
    if not done:
        click.echo("No failed messages.")
    if any(not result.queued for _, result in done):
        sys.exit(1)


@platform.command()
@click.option("--organization", "slug", help="Of this one only, by its short name.")
@for_operators
def announce(slug: str | None) -> None:
    """Tell the platform again what is, after the database was restored: calling states and envelopes.

    Exits with 1 if a wallet was locked; repeat it then.
    """
    query = select(Organization.id).order_by(Organization.id)
    chosen = db.session.scalars(query.where(Organization.slug == slug) if slug else query).all()
    if slug and not chosen:
        raise click.ClickException(f"There is no organization {slug}.")
    missing = one_by_one(
        "announce", chosen, lambda org_id: announcing.announce(org_id, at=utc_now()), seconds=_ANNOUNCES
    )
    click.echo(f"Organizations announced: {len(chosen) - missing} of {len(chosen)}.")
    if missing:
        sys.exit(1)


def _replayed(message_id: UUID, reason: str) -> Replayed:
    """Each by itself: what one comes to changes nothing of the others."""
    with transaction():
        message = again.find_message(message_id)
        return Replayed(0, 0, 0) if message is None else again.replay_message(message, COMMAND, reason)


def _outcome(result: Replayed) -> str:
    if result.queued:
        return "queued"
    if result.outdated:
        return "not sent: the platform has a newer state, or will get it"
    if result.switched_off:
        return "not sent: its endpoint is disabled. See `flask platform endpoints`"
    return "no such message. See `flask platform failed`"


def _changed(change: Callable[[], R]) -> R:
    try:
        with transaction():
            return change()
    except UnknownEndpointError as error:
        raise click.ClickException(str(error)) from error
