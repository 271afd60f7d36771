"""`flask organization brake`: allow an organization more automatic charges than the settings do, or fewer."""

from __future__ import annotations

import click

from app.billing import audit
from app.billing.brake import find_open, limits, operators
from app.cli.context import for_operators
from app.cli.people import organization
from app.money import Money, MoneyError
from app.people import organizations
from app.people.organizations import PeopleError
from app.transaction import transaction


@organization.command("brake")
@click.argument("slug")
@click.option("--per-hour", type=click.IntRange(min=1), help="Automatic charges within an hour.")
@click.option("--per-day", type=click.IntRange(min=1), help="Automatic charges within 24 hours.")
@click.option("--floor", help="What may always be spent within an hour without asking.")
@click.option("--settings", "as_settings", is_flag=True, help="Apply the settings again.")
@for_operators
def brake(
    slug: str, per_hour: int | None, per_day: int | None, floor: str | None, *, as_settings: bool
) -> None:
    """Set how many automatic charges an organization may have, and when an hour is never asked about.

    What isn't given is as the settings say. Without options, show what applies, and whether charges are stopped.
    """
    is_changed = bool(per_hour or per_day or floor)
    if is_changed and as_settings:
        raise click.ClickException("Give limits or --settings, not both.")
    try:
        found = organizations.find_organization(slug)
        if is_changed or as_settings:
            least = Money.parse(floor, found.currency) if floor else None
            with transaction():
                operators.allow(found, audit.OPERATOR, per_hour=per_hour, per_day=per_day, floor=least)
    except (PeopleError, MoneyError) as error:
        raise click.ClickException(str(error)) from error
    allowed = limits.limits_of(found)
    click.echo(
        f"{found.name} may have {allowed.per_hour} automatic charges within an hour and {allowed.per_day} within 24 "
        f"hours. Owners may be asked when more than {Money(allowed.floor, found.currency)} is spent within an hour."
    )
    if (stop := find_open(found.id)) is not None:
        spent = Money(stop.spent_micro, found.currency)
        click.echo(f"Stopped since {stop.at:%Y-%m-%d %H:%M} UTC: {spent} was spent within an hour.")
