"""`flask organization daily-limit`: allow an organization to top up more, or less, than the catalog does."""

from __future__ import annotations

import click

from app.billing import audit
from app.billing.topups import daily_limits, limit_changes
from app.cli.context import for_operators
from app.cli.people import organization
from app.money import Money, MoneyError
from app.people import organizations
from app.people.organizations import PeopleError
from app.transaction import transaction


@organization.command("daily-limit")
@click.argument("slug")
@click.argument("amount", required=False)
@click.option("--catalog", "as_catalog", is_flag=True, help="Apply the catalog's limit again.")
@for_operators
def daily_limit(slug: str, amount: str | None, as_catalog: bool) -> None:
    """Set up to how much an organization may top up in any 24 hours, in place of the catalog's limit.

    Owners can choose any limit up to AMOUNT. Without AMOUNT, show the current limit. The organization's owners and
    billing recipients are notified by email.
    """
    if amount and as_catalog:
        raise click.ClickException("Give an amount or --catalog, not both.")
    try:
        found = organizations.find_organization(slug)
        if amount or as_catalog:
            most = Money.parse(amount, found.currency) if amount else None
            with transaction():
                limit_changes.allow(found, most, audit.OPERATOR)
    except (PeopleError, MoneyError) as error:
        raise click.ClickException(str(error)) from error
    usage = daily_limits.gather(found.id)
    click.echo(
        f"{found.name} may top up {usage.limit} in any 24 hours; {usage.used} is used, {usage.left} is left."
    )
    if usage.limit < usage.in_force.most:
        click.echo(f"An owner has lowered it: up to {usage.in_force.most} is allowed.")
    if usage.in_force.raised is not None and usage.in_force.raised_at is not None:
        click.echo(f"It rises to {usage.in_force.raised} at {usage.in_force.raised_at:%Y-%m-%d %H:%M} UTC.")
