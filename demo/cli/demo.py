"""`flask demo`: demo data of three months, and usage on demand."""

from __future__ import annotations

import click

from app.billing.wallet import ledger
from app.cli.context import for_operators
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.money import Money, MoneyError
from app.people import organizations
from app.people.organizations import PeopleError
from demo import operator_account, usage_reports
from demo.history import loading
from demo.usage_reports import Used


@click.group()
def demo() -> None:
    """The demo. Not available in production."""


@demo.command()
@for_operators
def load() -> None:
    """Load the demo's organizations, people, and history, unless already loaded."""
    click.echo("Demo data loaded." if loading.load() else "Demo data is already loaded.")
    operator_account.ensure(loading.PASSWORD)


@demo.command("operator-code")
@for_operators
def operator_code() -> None:
    """Show the code with which the demo's operator signs in to the console, as their app would."""
    click.echo(operator_account.code())


@demo.command()
@click.option(
    "--organization", "slug", required=True, help="The organization's short name, like harbor-dental."
)
@click.option("--amount", required=True, help="What the usage costs, like 4.20.")
@for_operators
def use(slug: str, amount: str) -> None:
    """Record calls of about this cost."""
    try:
        organization = organizations.find_organization(slug)
        wanted = Money.parse(amount, organization.currency)
        quantity = usage_reports.units_costing(organization, "calls_outbound", wanted)
    except (PeopleError, MoneyError) as error:
        raise click.ClickException(str(error)) from error
    now = utc_now()
    used = Used("calls_outbound", quantity, organization.local_day(now), "Demo", "Demo")
    cost = usage_reports.record(organization, f"demo:{uuid7()}", [used], at=now)
    db.session.commit()
    available = ledger.lock(organization.id).available
    click.echo(
        f"{organization.name} used {cost.decimal:f} {cost.currency}; {available.decimal:f} is available."
    )
