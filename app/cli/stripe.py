"""`flask stripe`: compare what Stripe has with what we have."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from app.cli.context import for_operators
from app.clock import utc_now
from app.database.locks import AlreadyRunningError
from app.extensions import db
from app.models import ReconciliationRun
from app.webhooks import findings, reconciliation
from app.webhooks.findings import UnknownFindingError

_UNITS = {"d": "days", "h": "hours"}
_FINDINGS_LEFT, _NOT_FINISHED = 1, 2


class Since(click.ParamType[datetime]):
    """A day like `2026-11-01`, in UTC, or how long ago: `7d`, `12h`."""

    name = "day or time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        now = utc_now()
        try:
            if ago := re.fullmatch(r"(\d{1,4})([dh])", value):
                return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            self.fail(f"{value!r} is neither a day like 2026-11-01 nor a time like 7d or 12h.", param, ctx)
        if day > now:
            self.fail(f"{value} is still to come.", param, ctx)
        return day


@click.group()
def stripe() -> None:
    """Stripe, compared with what we have."""


@stripe.command()
@click.option(
    "--since",
    type=Since(),
    help="From this day (2026-11-01, UTC) or so long ago (7d, 12h); else since the last run.",
)
@for_operators
def reconcile(since: datetime | None) -> None:
    """Compare now: mend what is certain, print the rest.

    Exits with 1 where findings are left, and with 2 where Stripe could not be asked to the end.
    """
    try:
        run = reconciliation.run(since=since)
    except AlreadyRunningError:
        click.echo("Another process is comparing right now. `flask stripe last-run` shows its end.", err=True)
        sys.exit(_NOT_FINISHED)
    _show(run)


@stripe.command("last-run")
@for_operators
def last_run() -> None:
    """Show what the last comparison has found. Exits as `reconcile` does."""
    run = reconciliation.newest()
    if run is None:
        click.echo("Nothing was compared yet. `flask stripe reconcile` does it now.")
        return
    _show(run)


@stripe.command("findings")
@for_operators
def list_findings() -> None:
    """List what somebody has to look at, the oldest first. Exits with 1 where there is anything."""
    found = findings.still_there()
    for one in found:
        accepted = " (accepted)" if one.is_accepted else ""
        click.echo(f"{one.object}{accepted}, since {one.found_at:%Y-%m-%d %H:%M} UTC: {one.text}")
    left = [one for one in found if not one.is_accepted]
    click.echo("Nothing is left to look at." if not left else f"{len(left)} left to look at.")
    sys.exit(_FINDINGS_LEFT if left else 0)


@stripe.command()
@click.argument("object_id")
@for_operators
def accept(object_id: str) -> None:
    """Leave a finding as it is, by the id of its object: it is told of no more, unless something else is found."""
    try:
        accepted = findings.accept(object_id)
    except UnknownFindingError as error:
        raise click.ClickException(
            f"There is no finding about {object_id}. `flask stripe findings` lists those there are."
        ) from error
    db.session.commit()
    click.echo(f"Accepted: {accepted.text}")


def _show(run: ReconciliationRun) -> None:
    counts = ", ".join(_count(kind, count) for kind, count in sorted(run.checked.items()))
    click.echo(
        f"{run.started_at:%Y-%m-%d %H:%M} UTC, since {run.since:%Y-%m-%d %H:%M}: {counts or 'nothing'} compared."
    )
    for label, noted in (("Mended", run.mended), ("To look at", run.findings)):
        for each in noted:
            click.echo(f"{label}: {each['text']}")
    if run.error:
        click.echo(f"Not finished: {run.error}")
        sys.exit(_NOT_FINISHED)
    click.echo("Nothing is left to look at." if not run.findings else f"{len(run.findings)} left to look at.")
    sys.exit(_FINDINGS_LEFT if run.findings else 0)


def _count(kinds: str, count: int) -> str:
    """`1 dispute`, `3 top-ups`."""
    name = kinds.replace("top_ups", "top-ups").replace("_", " ")
    return f"{count} {name.removesuffix('s') if count == 1 else name}"
