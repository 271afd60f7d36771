"""`flask webhooks`: what Stripe has told, what could not be handled, and handling it again."""

from __future__ import annotations

import click

from app.cli import table
from app.cli.context import for_operators
from app.extensions import db
from app.models import EventState, StripeEvent
from app.webhooks import attention
from app.webhooks.attention import UnknownEventError

_HEADINGS = ("EVENT", "TYPE", "OBJECT", "CREATED (UTC)", "STATE", "TRIES", "WHY")


@click.group()
def webhooks() -> None:
    """Events that Stripe has sent."""


@webhooks.command("list")
@click.option("--failed", is_flag=True, help="Only those that somebody has to look at: failed and refused.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in EventState]),
    help="Only those in this state; may be given several times.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@for_operators
def list_events(failed: bool, states: tuple[str, ...], limit: int) -> None:
    """List events, the newest first: id, type, object, when, how far it came, tries, and why it stands there."""
    wanted = {EventState(state) for state in states} | set(attention.NEEDS_SOMEBODY if failed else ())
    found = attention.newest(states=sorted(wanted), limit=limit)
    if not found:
        click.echo("Nothing waits for you." if failed else "No such events.")
        return
    table.show(_HEADINGS, [_row(event) for event in found])
    if len(found) == limit:
        click.echo(f"Only the newest {limit} are shown; --limit shows more.")


@webhooks.command()
@click.argument("event_ids", nargs=-1)
@click.option("--all-failed", is_flag=True, help="Every event whose tries all failed.")
@for_operators
def replay(event_ids: tuple[str, ...], all_failed: bool) -> None:
    """Handle events again, as they stand at Stripe now. Doing it twice does nothing twice."""
    if bool(event_ids) == all_failed:
        raise click.ClickException("Name events by their ids, or say --all-failed.")
    try:
        replayed = (
            attention.replay_failed() if all_failed else [attention.replay(one).id for one in event_ids]
        )
    except UnknownEventError as error:
        raise click.ClickException(
            f"There is no event {error}. `flask webhooks list` shows those there are; one that never arrived is "
            "found by `flask stripe reconcile`."
        ) from error
    db.session.commit()
    click.echo(
        f"{len(replayed)} to be handled again; the worker does it now. `flask webhooks list` shows the end."
    )


def _row(event: StripeEvent) -> tuple[str, ...]:
    return (
        event.id,
        event.type,
        event.object_id or "-",
        f"{event.created_at:%Y-%m-%d %H:%M}",
        event.state.value,
        str(event.attempts),
        " ".join((event.note or "").split()),
    )
