"""`flask operator`: who may use the operators' console, and what operators did."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

import click
from flask import current_app

from app.cli import table
from app.cli.context import for_operators
from app.models import OperatorRole
from app.models.scope import scoped_to
from app.operators import accounts, facts, search, timeline, trail
from app.operators.accounts import OperatorError
from app.operators.search import SearchTooSlowError
from app.operators.timeline_parts import Part
from app.operators.trail import COMMAND
from app.people.organizations import PeopleError
from app.text import shown_in_a_line
from app.transaction import transaction

_ROLES = click.Choice([role.value for role in OperatorRole])
_STORY = ("AT (UTC)", "PART", "WHAT", "SUBJECT", "STATE", "AMOUNT")
_LOG = ("AT (UTC)", "WHO", "WHAT", "ORGANIZATION", "AMOUNT", "SUBJECT", "WHY")


_url = click.option(
    "--url",
    help="Where operators reach the console, if it isn't at PUBLIC_URL: https://console.internal.example",
)


@click.group()
def operator() -> None:
    """Operators of the console, what they find, and what they did."""


@operator.command()
@click.argument("email")
@click.option("--name", required=True, help="The operator's name. Owners read it in their history.")
@click.option("--role", type=_ROLES, default=OperatorRole.SUPPORT.value, show_default=True)
@_url
@for_operators
def add(email: str, name: str, role: str, url: str | None) -> None:
    """Make an operator's account, and print the link with which they choose a password and set up their app."""
    try:
        with transaction():
            token = accounts.add(email, name=name, role=OperatorRole(role), doer=COMMAND)
    except (OperatorError, PeopleError) as error:
        _refuse(error)
    click.echo(f"{email} is an operator ({role}). Give them this link; it works once, for a day:")
    click.echo(_link(token, url))


@operator.command()
@click.argument("email")
@_url
@for_operators
def reset(email: str, url: str | None) -> None:
    """Forget an operator's password and app, sign them out, and print a new link. Lets a disabled one in again."""
    try:
        with transaction():
            token = accounts.reset(email, COMMAND)
    except OperatorError as error:
        _refuse(error)
    click.echo(f"{email} is signed out. Give them this link; it works once, for a day:")
    click.echo(_link(token, url))


@operator.command()
@click.argument("email")
@for_operators
def disable(email: str) -> None:
    """Sign an operator out everywhere, and let them in no more."""
    try:
        with transaction():
            accounts.disable(email, COMMAND)
    except OperatorError as error:
        _refuse(error)
    click.echo(f"{email} can't sign in any more.")


@operator.command()
@click.argument("email")
@click.argument("role", type=_ROLES)
@for_operators
def role(email: str, role: str) -> None:
    """Give an operator another role: `support` reads, resends and acknowledges, `finance` also grants credit."""
    try:
        with transaction():
            accounts.change_role(email, OperatorRole(role), COMMAND)
    except OperatorError as error:
        _refuse(error)
    click.echo(f"{email} is an operator ({role}).")


@operator.command("list")
@for_operators
def list_operators() -> None:
    """List operators, with their role and whether they can sign in."""
    rows = []
    for one in accounts.list_all():
        state = "disabled" if one.disabled_at else "active" if one.password_hash else "hasn't joined"
        rows.append((one.email, one.name, one.role.value, state))
    if rows:
        table.show(("EMAIL", "NAME", "ROLE", "STATE"), rows)
    else:
        click.echo("No operators yet. Add one: flask operator add EMAIL --name NAME")


@operator.command()
@for_operators
def log() -> None:
    """List what operators did last, newest first, by the console or by a command."""
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M}",
            one.actor,
            one.action,
            one.organization,
            str(one.amount or ""),
            one.subject,
            one.reason,
        )
        for one in trail.page().rows
    ]
    if rows:
        table.show(_LOG, rows)
    else:
        click.echo("Nothing yet.")


@operator.command()
@click.argument("wanted")
@for_operators
def find(wanted: str) -> None:
    """Find organizations by name, id, someone's email address, an invoice's number, a transfer's id, or an id at
    Stripe."""
    try:
        with transaction():
            found = search.find(wanted)
    except SearchTooSlowError as error:
        raise click.ClickException("That takes too long. Use an email address or an id.") from error
    if found.matches:
        table.show(
            ("ID", "SHORT NAME", "NAME", "FOUND BY"),
            [(str(one.id), one.slug, one.name, one.why) for one in found.matches],
        )
        if found.has_more:
            click.echo("There are more. Enter more of the name.")
    else:
        click.echo(f"Nothing matches {wanted!r}.")


@operator.command()
@click.argument("org_id", metavar="ID", type=click.UUID)
@click.option("--part", type=click.Choice([part.value for part in Part]), help="Only this part.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@for_operators
def story(org_id: UUID, part: str | None, limit: int) -> None:
    """Show how the organization with this ID stands, and what happened in it, newest first."""
    with scoped_to(org_id):
        organization = facts.find_organization(org_id)
        if organization is None:
            raise click.ClickException(f"No organization {org_id}. See `flask operator find`.")
        with transaction():
            trail.record(COMMAND, "organization.opened", about=organization)
        has = facts.gather(organization)
        with transaction():
            page = timeline.page(organization, Part(part) if part else None, size=limit)
    click.echo(
        f"{shown_in_a_line(organization.name)}, {has.plan.name}: "
        f"{has.balance.available} available, {has.balance.state.value}."
    )
    table.show(
        _STORY,
        [
            (
                f"{one.at:%Y-%m-%d %H:%M}",
                one.part.value,
                one.what,
                one.subject,
                one.state,
                str(one.amount or ""),
            )
            for one in page.rows
        ],
    )


def _link(token: str, url: str | None) -> str:
    at: str = url or current_app.config["SETTINGS"].public_url
    return f"{at.rstrip('/')}/operator/join/{token}"


def _refuse(error: Exception) -> NoReturn:
    raise click.ClickException(str(error)) from error
