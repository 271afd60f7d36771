"""`flask usage`: rejected events, and the monthly partitions of the event table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import click
from flask import current_app

from app.billing.usage import rejection_replays, rejections, retention
from app.billing.usage.rejections import Filters
from app.cli.context import for_operators
from app.clock import utc_now
from app.models import RejectedEvent
from app.models.usage import NO_ONE
from app.people import organizations, tokens
from app.people.organizations import PeopleError

F = TypeVar("F", bound=Callable[..., Any])

UNKNOWN = "unknown"
"""How an unknown sender is named."""
_SHOWN = 20
"""How many still rejected events a replay lists."""


@click.group()
def usage() -> None:
    """Reported usage."""


def _filtered(command: F) -> F:
    """The options that filter rejected events."""
    for option in (
        click.option("--sender", help="Only from this token (id or name); `unknown` for events without one."),
        click.option("--field", help="Only those rejected for this field, like `meter` or `data.quantity`."),
        click.option("--reason", help="Only those whose reason contains this text."),
        click.option("--organization", help="Only of this organization (short name or id); `-` for none."),
        click.option("--since", type=click.DateTime(), help="Only those received since this time (UTC)."),
    ):
        command = option(command)
    return command


@usage.command()
@_filtered
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--after", type=click.UUID, help="Start after this event, the last one of the previous page.")
@for_operators
def rejected(limit: int, after: UUID | None, **chosen: Any) -> None:
    """List events that were rejected and not accepted since, oldest first."""
    filters = _filters(chosen)
    found = rejections.waiting(filters, after=after, limit=limit)
    names = {token.id: token.name for token, _ in tokens.list_tokens()}
    for row in found:
        click.echo(_line(row, names))
    if not found:
        click.echo("No rejected events.")
        return
    left = rejections.count(filters, after=found[-1].id)
    if left:
        click.echo(f"{left} more: repeat with --after {found[-1].id}")


@usage.command()
@click.argument("events", nargs=-1, type=click.UUID)
@click.option("--all", "every", is_flag=True, help="Every event that was rejected and not accepted since.")
@_filtered
@for_operators
def replay(events: tuple[UUID, ...], every: bool, **chosen: Any) -> None:
    """Replay rejected events once the cause is fixed, such as a missing meter or organization.

    Each is replayed as its original sender: what that token may not report stays rejected. Exits with 1 if
    any event does.
    """
    if bool(events) == every:
        raise click.UsageError("Give event ids from `flask usage rejected`, or use --all.")
    taken, reasons = 0, Counter[str]()
    for batch in rejection_replays.replay(_filters(chosen, events), at=utc_now()):
        taken += batch.taken
        for event_id, reason in batch.still:
            if reasons.total() < _SHOWN:
                click.echo(f"{event_id}: still rejected: {reason}")
            reasons[reason] += 1
    if reasons.total() > _SHOWN:
        for reason, number in reasons.most_common(_SHOWN):
            click.echo(f"{number} times: {reason}")
    click.echo(f"{taken} accepted, {reasons.total()} still rejected.")
    if reasons:
        raise click.exceptions.Exit(1)


@usage.command()
@for_operators
def partitions() -> None:
    """Create upcoming monthly partitions, detach old ones (as every night), and list all."""
    kept = current_app.config["SETTINGS"].usage_months_kept
    changes = retention.maintain_partitions(utc_now(), months_kept=kept)
    for month in changes.made:
        click.echo(f"{month:%B %Y}: created")
    for month in changes.detached:
        click.echo(f"{month:%B %Y}: detached; archive or drop usage_event_{month:%Y_%m}")
    for month in retention.months():
        click.echo(f"{month:%B %Y}")


def _filters(chosen: dict[str, Any], events: tuple[UUID, ...] = ()) -> Filters:
    since: datetime | None = chosen["since"]
    return Filters(
        ids=events,
        senders=_senders(chosen["sender"]) if chosen["sender"] is not None else (),
        field=chosen["field"],
        reason=chosen["reason"],
        org_id=_organization(chosen["organization"]) if chosen["organization"] is not None else None,
        since=since.replace(tzinfo=UTC) if since else None,
    )


def _senders(named: str) -> tuple[UUID | None, ...]:
    if named == UNKNOWN:
        return (None,)
    found = tuple(token.id for token, _ in tokens.list_tokens() if named in {str(token.id), token.name})
    if not found:
        raise click.ClickException(f"No token {named!r}. See `flask token list`.")
    return found


def _organization(named: str) -> UUID:
    if named == "-":
        return NO_ONE
    try:
        return UUID(named)
    except ValueError:
        pass
    try:
        return organizations.find_organization(named).id
    except PeopleError as error:
        raise click.ClickException(str(error)) from error


def _line(row: RejectedEvent, names: dict[UUID, str]) -> str:
    organization = "-" if row.org_id == NO_ONE else str(row.org_id)
    sender = names.get(row.token_id, str(row.token_id)) if row.token_id else UNKNOWN
    named = f"{row.source or '-'} {row.event_id or '-'}"
    when = f"{row.received_at:%Y-%m-%d %H:%M}"
    line = f"{row.id}  {when}  {organization}  {sender}  {named}  {row.field}: {row.reason}"
    # Otherwise, sent text could forge lines of output.
    return "".join(character if character.isprintable() else "\ufffd" for character in line)
