"""`flask usage`: events that were refused, and the months in which events are kept."""

from __future__ import annotations

from uuid import UUID

import click
import msgspec
from flask import current_app
from flask.cli import with_appcontext

from app.billing import usage_cloudevents, usage_rejections, usage_retention
from app.billing.usage_events import Refusal, Reported
from app.extensions import db
from app.models.columns import utc_now
from app.models.usage import NOBODY


@click.group()
def usage() -> None:
    """Reported usage."""


@usage.command()
@with_appcontext
def rejected() -> None:
    """List the events that were refused and not taken since, the oldest first."""
    found = usage_rejections.waiting()
    for row in found:
        organization = "-" if row.org_id == NOBODY else row.org_id
        named = f"{row.source or '-'} {row.event_id or '-'}"
        click.echo(
            f"{row.id}  {row.received_at:%Y-%m-%d %H:%M}  {organization}  {named}  {row.field}: {row.reason}"
        )
    if not found:
        click.echo("None.")


@usage.command()
@click.argument("events", nargs=-1, type=click.UUID)
@click.option("--all", "every", is_flag=True, help="Every event that was refused and not taken since.")
@with_appcontext
def replay(events: tuple[UUID, ...], every: bool) -> None:
    """Take refused events again, once the reason is gone: a meter that was missing, an organization."""
    if not events and not every:
        raise click.UsageError("Name events as `flask usage rejected` lists them, or use --all.")
    rows = [row for row in usage_rejections.waiting() if every or row.id in events]
    still = usage_rejections.replay(rows, _read, at=utc_now())
    db.session.commit()
    for row, reason in still:
        click.echo(f"{row.id}: refused still: {reason}")
    click.echo(f"{len(rows) - len(still)} taken, {len(still)} refused still.")


@usage.command()
@with_appcontext
def partitions() -> None:
    """Make the months to come and detach the old ones, as every night; list those that are there."""
    kept = current_app.config["SETTINGS"].usage_months_kept
    changes = usage_retention.keep_up(utc_now(), months_kept=kept)
    for month in changes.made:
        click.echo(f"{month:%B %Y}: made")
    for month in changes.detached:
        click.echo(f"{month:%B %Y}: detached; archive or drop usage_event_{month:%Y_%m}")
    for month in usage_retention.months():
        click.echo(f"{month:%B %Y}")


def _read(index: int, body: object) -> Reported | Refusal:
    return usage_cloudevents.read(index, msgspec.json.encode(body))
