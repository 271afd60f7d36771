"""`flask catalog`: check what an operator wrote, and store it as a version."""

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

_NOT_AT_STRIPE = "The version is stored, but Stripe is not in line with it"


@click.group()
def catalog() -> None:
    """Plans, rates and limits."""


@catalog.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@for_operators
def check(file: Path | None) -> None:
    """Check a catalog, the application's own where no FILE is named; changes nothing."""
    shelf = _load(file)
    _check_currency(shelf)
    click.echo(f"Version {shelf.version} is valid: {len(shelf.plans)} plans, {len(shelf.meters)} meters.")


@catalog.command()
@click.option(
    "--announce",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Everybody is on it from this day on (00:00 UTC). Without it, who chooses a plan from now on.",
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would change, here and at Stripe, and change nothing."
)
@for_operators
def sync(day: datetime | None, dry_run: bool) -> None:
    """Store the application's catalog as a version, for good, and bring Stripe's products and prices in line."""
    shelf = _load(None)
    _check_currency(shelf)
    if dry_run:
        _tell_differences(shelf)
        return
    announced = datetime.combine(date(day.year, day.month, day.day), time(), UTC) if day else None
    try:
        # Two that take turns would each undo what the other has done.
        with alone(db.engine, "catalog sync"):
            _store(shelf, announced)
            _bring_stripe_in_line(shelf)
    except AlreadyRunningError:
        raise click.ClickException(
            "Another sync is running. Wait until it has ended, then run it again."
        ) from None


def _check_currency(shelf: Catalog) -> None:
    try:
        versions.check_currency(shelf)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error


def _store(shelf: Catalog, announced: datetime | None) -> None:
    try:
        is_new = versions.keep(shelf, announced_for=announced)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Version {shelf.version} is {'stored' if is_new else 'stored already'}.")
    if announced:
        click.echo(f"Everybody is on it from {announced:%d %B %Y}, 00:00 UTC.")


def _bring_stripe_in_line(shelf: Catalog) -> None:
    """Settle each difference, and look whether there is none left: it isn't done before Stripe shows it."""
    try:
        for difference in sales.bring_in_line(shelf):
            click.echo(f"Done at Stripe: {difference.words}")
        left = sales.differences(shelf)
        for done in taxes.bring_in_line(shelf):
            click.echo(done)
    except PaymentsError as error:
        raise click.ClickException(f"{_NOT_AT_STRIPE}: {error.for_operators}. Run it again.") from error
    if left:
        still = " ".join(difference.words for difference in left)
        raise click.ClickException(f"{_NOT_AT_STRIPE}. Still to do: {still} Run it again.")


def _tell_differences(shelf: Catalog) -> None:
    try:
        found = [one.words for one in sales.differences(shelf)]
        found += [one.words for one in taxes.differences(shelf)]
    except PaymentsError as error:
        raise click.ClickException(f"{error.for_operators}.") from error
    for words in found:
        click.echo(words)
    if not found:
        click.echo("Stripe has it all.")


def _load(file: Path | None) -> Catalog:
    try:
        return catalog_file.load(file or current_app.config["SETTINGS"].catalog_path)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
