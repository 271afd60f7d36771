"""`flask credit`: grant promotional and goodwill credit, and show what an organization has."""

from __future__ import annotations

from datetime import datetime

import click

from app.billing.credit import grants, lot_views
from app.billing.credit.grants import Grant, GrantError
from app.billing.credit.lot_views import LotView
from app.billing.wallet.ledger import TooFarError
from app.cli import table
from app.cli.context import for_operators
from app.models import LotKind
from app.money import Money, MoneyError
from app.operators import credit as operators_credit
from app.operators.trail import COMMAND
from app.people import organizations
from app.people.organizations import PeopleError
from app.transaction import transaction


@click.group()
def credit() -> None:
    """Credit in lots."""


@credit.command()
@click.argument("slug")
@click.argument("amount")
@click.option("--kind", required=True, type=click.Choice([LotKind.PROMOTIONAL.value, LotKind.GOODWILL.value]))
@click.option(
    "--expires",
    "last_day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day on which it can be used, in the organization's time zone. Promotional credit needs one.",
)
@click.option("--note", required=True, help="What it is for. Owners read it.")
@click.option(
    "--key",
    help="Grants with the same key are made once. By default, the same amount, kind, day and note are.",
)
@for_operators
def grant(
    slug: str, amount: str, *, kind: str, last_day: datetime | None, note: str, key: str | None
) -> None:
    """Grant AMOUNT of promotional or goodwill credit to the organization SLUG. Repeating it grants nothing more.

    Owners and billing recipients are notified by email, and it is in the audit trail.
    """
    try:
        organization = organizations.find_organization(slug)
        money = Money.parse(amount, organization.currency)
        day = last_day.date() if last_day else None
        wanted_key = key or grants.key_of(LotKind(kind), money, day, note)
        with transaction():
            wanted = Grant(LotKind(kind), money, note, wanted_key, day)
            is_new = operators_credit.grant(organization, wanted, COMMAND)
    except (PeopleError, MoneyError, GrantError, TooFarError) as error:
        raise click.ClickException(str(error)) from error
    if is_new:
        click.echo(f"{money} of {kind} credit granted to {organization.name}, with the key {wanted_key}.")
    else:
        click.echo("It was already granted: nothing changed. Give another --key to grant it again.")


@credit.command()
@click.argument("slug")
@for_operators
def show(slug: str) -> None:
    """List the credit of the organization SLUG that is left, in the order of use."""
    try:
        organization = organizations.find_organization(slug)
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    with transaction():
        found = lot_views.gather(organization)
    if found.lots:
        table.show(("KIND", "LEFT", "OF", "EXPIRES", "NOTE"), [_row(lot) for lot in found.lots])
    else:
        click.echo("No credit is left.")
    if found.unpaid.micro:
        click.echo(f"Usage of {found.unpaid} isn't paid yet.")


def _row(lot: LotView) -> tuple[str, ...]:
    expires = f"after {lot.last_day}" if lot.last_day else "never"
    return (lot.kind.value, str(lot.left), str(lot.amount), expires, lot.note)
