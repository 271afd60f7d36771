"""`flask catalog`: check a catalog file, and store it as a version."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import click
from flask import current_app

from app.billing.catalog import Catalog, CatalogError, sales, versions
from app.billing.catalog import file as catalog_file
from app.billing.subscriptions import taxes
from app.cli.context import for_operators
from app.database.locks import AlreadyRunningError, alone
from app.extensions import db
from app.payments.errors import PaymentsError
from app.transaction import transaction

_NOT_AT_STRIPE = "The version is stored, but Stripe does not match it"


@click.group()
def catalog() -> None:
    """Plans, rates, and limits."""


@catalog.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@for_operators
def check(file: Path | None) -> None:
    """Check a catalog FILE, by default the application's own. Changes nothing."""
    loaded = _load(file)
    _check_currency(loaded)
    click.echo(f"Version {loaded.version} is valid: {len(loaded.plans)} plans, {len(loaded.meters)} meters.")


@catalog.command()
@click.option(
    "--announce",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Apply it to all organizations from this day on (00:00 UTC). By default, only to plans chosen "
    "from now on.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would change here and at Stripe, without changing anything."
)
@for_operators
def sync(day: datetime | None, dry_run: bool) -> None:
    """Store the application's catalog as a permanent version, and sync Stripe's products and prices."""
    loaded = _load(None)
    _check_currency(loaded)
    if dry_run:
        _show_differences(loaded)
        return
    announced = datetime.combine(date(day.year, day.month, day.day), time(), UTC) if day else None
    try:
        # Two concurrent syncs would undo each other's changes.
        with alone(db.engine, "catalog sync"):
            _store(loaded, announced)
            _sync_stripe(loaded)
    except AlreadyRunningError:
        raise click.ClickException(
            "Another sync is running. Wait until it finishes, then try again."
        ) from None


def _check_currency(loaded: Catalog) -> None:
    try:
        versions.check_currency(loaded)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error


def _store(loaded: Catalog, announced: datetime | None) -> None:
    try:
        with transaction():
            is_new = versions.store(loaded, announced_for=announced)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Version {loaded.version} is {'stored' if is_new else 'already stored'}.")
    if announced:
        click.echo(f"It applies to all organizations from {announced:%d %B %Y}, 00:00 UTC.")


def _sync_stripe(loaded: Catalog) -> None:
    """Fix each difference at Stripe, then check that none is left."""
    try:
        for difference in sales.sync_prices(loaded):
            click.echo(f"Done at Stripe: {difference.words}")
        left = sales.differences(loaded)
        for done in taxes.sync_taxes(loaded):
            click.echo(done)
    except PaymentsError as error:
        raise click.ClickException(f"{_NOT_AT_STRIPE}: {error.for_operators}. Try again.") from error
    if left:
        still = " ".join(difference.words for difference in left)
        raise click.ClickException(f"{_NOT_AT_STRIPE}. Remaining differences: {still} Try again.")


def _show_differences(loaded: Catalog) -> None:
    try:
        found = [one.words for one in sales.differences(loaded)]
        found += [one.words for one in taxes.differences(loaded)]
    except PaymentsError as error:
        raise click.ClickException(f"{error.for_operators}.") from error
    for words in found:
        click.echo(words)
    if not found:
        click.echo("Stripe is up to date.")


def _load(file: Path | None) -> Catalog:
    try:
        return catalog_file.load(file or current_app.config["SETTINGS"].catalog_path)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
