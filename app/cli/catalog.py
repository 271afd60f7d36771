"""`flask catalog`: check what an operator wrote, and keep it as a version."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.billing import catalog_file, catalog_versions
from app.billing.catalog import Catalog, CatalogError
from app.extensions import db


@click.group()
def catalog() -> None:
    """Plans, rates and limits."""


@catalog.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@with_appcontext
def check(file: Path | None) -> None:
    """Check a catalogue, the application's own where no FILE is named; changes nothing."""
    shelf = _load(file)
    click.echo(f"Version {shelf.version} is right: {len(shelf.plans)} plans, {len(shelf.meters)} meters.")


@catalog.command()
@click.option(
    "--announce",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Everybody is on it from this day on (00:00 UTC). Without it, who chooses a plan from now on.",
)
@with_appcontext
def sync(day: datetime | None) -> None:
    """Keep the application's catalogue as a version, for good."""
    shelf = _load(None)
    announced = datetime.combine(date(day.year, day.month, day.day), time(), UTC) if day else None
    try:
        is_new = catalog_versions.keep(shelf, announced_for=announced)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Version {shelf.version} is {'kept' if is_new else 'kept already'}.")
    if announced:
        click.echo(f"Everybody is on it from {announced:%d %B %Y}, 00:00 UTC.")


def _load(file: Path | None) -> Catalog:
    try:
        return catalog_file.load(file or current_app.config["SETTINGS"].catalog_path)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
