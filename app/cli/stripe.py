"""`flask stripe`: reconcile Stripe with our data."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from app import reconciliation
from app.cli.context import for_operators
from app.clock import utc_now
from app.database.locks import AlreadyRunningError
from app.models import Finding, ReconciliationRun
from app.operators import findings as operators_findings
from app.operators.trail import BY_COMMAND, COMMAND, ReasonError, checked_reason
from app.reconciliation import findings
from app.reconciliation.findings import UnknownFindingError
from app.transaction import transaction

_UNITS = {"d": "days", "h": "hours"}
_FINDINGS_LEFT, _NOT_FINISHED = 1, 2


class Since(click.ParamType[datetime]):
    """A date like `2026-11-01` (UTC), or how long ago: `7d`, `12h`."""

    name = "date or duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        now = utc_now()
        try:
            if ago := re.fullmatch(r"(\d{1,4})([dh])", value):
                return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            self.fail(
                f"{value!r} is neither a date like 2026-11-01 nor a duration like 7d or 12h.", param, ctx
            )
        if day > now:
            self.fail(f"{value} is in the future.", param, ctx)
        return day


@click.group()
def stripe() -> None:
    """Reconciliation with Stripe."""


@stripe.command()
@click.option(
    "--since",
    type=Since(),
    help="Start date (2026-11-01, UTC) or how long ago (7d, 12h). Default: since the last run.",
)
@for_operators
def reconcile(since: datetime | None) -> None:
    """Reconcile now: fix what is certain, and list the rest.

    Exits with 1 if findings are left, and with 2 if the comparison with Stripe could not finish.
    """
    try:
        run = reconciliation.run(since=since)
    except AlreadyRunningError:
        click.echo("A reconciliation is already running. `flask stripe last-run` shows its result.", err=True)
        sys.exit(_NOT_FINISHED)
    _show(run)


@stripe.command("last-run")
@for_operators
def last_run() -> None:
    """Show the result of the last reconciliation. Exits as `reconcile` does."""
    run = reconciliation.newest()
    if run is None:
        click.echo("No reconciliation yet. Run `flask stripe reconcile`.")
        return
    _show(run)


@stripe.command("findings")
@for_operators
def list_findings() -> None:
    """List open findings, oldest first. Exits with 1 if there are any."""
    found = findings.list_open()
    for one in found:
        accepted = _accepted(one) if one.is_accepted else ""
        click.echo(f"{one.object}{accepted}, since {one.found_at:%Y-%m-%d %H:%M} UTC: {one.text}")
    left = [one for one in found if not one.is_accepted]
    click.echo(_open(len(left)))
    sys.exit(_FINDINGS_LEFT if left else 0)


@stripe.command()
@click.argument("object_id")
@click.option(
    "--reason", default=BY_COMMAND, show_default=True, help="Why it may stay. Other operators read it."
)
@for_operators
def accept(object_id: str, reason: str) -> None:
    """Accept a finding by the id of its object: it is no longer reported, unless something else is found."""
    try:
        with transaction():
            accepted = operators_findings.acknowledge(object_id, COMMAND, checked_reason(reason))
    except ReasonError as error:
        raise click.ClickException(str(error)) from error
    except UnknownFindingError as error:
        raise click.ClickException(f"No finding about {object_id}. See `flask stripe findings`.") from error
    click.echo(f"Accepted: {accepted.text}")


def _accepted(one: Finding) -> str:
    """Who has accepted it, and why; not known of those that were accepted before that was stored."""
    why = f" by {one.accepted_by}: {one.accepted_reason}" if one.accepted_by else ""
    return f" (accepted{why})"


def _show(run: ReconciliationRun) -> None:
    counts = ", ".join(_count(kind, count) for kind, count in sorted(run.checked.items()))
    click.echo(
        f"{run.started_at:%Y-%m-%d %H:%M} UTC, since {run.since:%Y-%m-%d %H:%M}: {counts or 'nothing'} "
        "compared."
    )
    for label, noted in (("Fixed", run.fixed), ("Finding", run.findings)):
        for each in noted:
            click.echo(f"{label}: {each['text']}")
    if run.error:
        click.echo(f"Not finished: {run.error}")
        sys.exit(_NOT_FINISHED)
    click.echo(_open(len(run.findings)))
    sys.exit(_FINDINGS_LEFT if run.findings else 0)


def _open(count: int) -> str:
    if not count:
        return "No open findings."
    return f"{count} open {'finding' if count == 1 else 'findings'}."


def _count(kinds: str, count: int) -> str:
    """`1 dispute`, `3 top-ups`."""
    name = kinds.replace("top_ups", "top-ups").replace("_", " ")
    return f"{count} {name.removesuffix('s') if count == 1 else name}"
