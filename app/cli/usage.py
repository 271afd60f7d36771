"""`flask usage`: the months in which events are kept."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.billing import usage_retention
from app.models.columns import utc_now


@click.group()
def usage() -> None:
    """Reported usage."""


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
