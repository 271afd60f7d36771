"""`flask webhooks`: Stripe's events, failed ones, and replaying those."""

from __future__ import annotations

import click

from app.cli import table
from app.cli.context import for_operators
from app.models import EventState, StripeEvent
from app.operators import again
from app.operators.trail import BY_COMMAND, COMMAND, ReasonError, checked_reason
from app.stripe_events import review
from app.stripe_events.review import UnknownEventError
from app.transaction import transaction

_HEADINGS = ("EVENT", "TYPE", "OBJECT", "CREATED (UTC)", "STATE", "ATTEMPTS", "NOTE")


@click.group()
def webhooks() -> None:
    """Webhook events from Stripe."""


@webhooks.command("list")
@click.option("--failed", is_flag=True, help="Only events that need attention: failed and rejected.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in EventState]),
    help="Only events in this state. Can be repeated.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@for_operators
def list_events(failed: bool, states: tuple[str, ...], limit: int) -> None:
    """List events, newest first: id, type, object, time, state, attempts, and note."""
    wanted = {EventState(state) for state in states} | set(review.NEEDS_ATTENTION if failed else ())
    found = review.newest(states=sorted(wanted), limit=limit)
    if not found:
        click.echo("No failed events." if failed else "No such events.")
        return
    table.show(_HEADINGS, [_row(event) for event in found])
    if len(found) == limit:
        click.echo(f"Only the newest {limit} are shown; --limit shows more.")


@webhooks.command()
@click.argument("event_ids", nargs=-1)
@click.option("--all-failed", is_flag=True, help="Every failed event.")
@click.option("--reason", default=BY_COMMAND, show_default=True, help="Why. Other operators read it.")
@for_operators
def replay(event_ids: tuple[str, ...], all_failed: bool, reason: str) -> None:
    """Replay events with their current state at Stripe. Replaying twice is safe."""
    if bool(event_ids) == all_failed:
        raise click.ClickException("Give event ids, or use --all-failed.")
    try:
        why = checked_reason(reason)
        with transaction():
            chosen = review.list_failed() if all_failed else event_ids
            replayed = [again.replay_event(one, COMMAND, why).id for one in chosen]
    except ReasonError as error:
        raise click.ClickException(str(error)) from error
    except UnknownEventError as error:
        raise click.ClickException(
            f"No event {error}. See `flask webhooks list`; `flask stripe reconcile` finds events that "
            "never arrived."
        ) from error
    click.echo(f"{len(replayed)} queued to be handled again. `flask webhooks list` shows the result.")


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
