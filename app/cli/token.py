"""`flask token`: tokens for the API."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import click

from app.cli import table
from app.cli.context import for_operators
from app.people import organizations, tokens
from app.people.organizations import PeopleError
from app.people.tokens import Scope, UnknownTokenError
from app.transaction import transaction

_HEADINGS = ("TOKEN", "NAME", "FOR", "SCOPES", "STATE", "EXPIRES (UTC)", "LAST USED (UTC)")
_DAYS = re.compile(r"([1-9][0-9]{0,3})d")


class _Days(click.ParamType[timedelta]):
    name = "days"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        match = _DAYS.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is not a number of days. Use a format like 90d.", param, ctx)
        return timedelta(days=int(match[1]))


@click.group()
def token() -> None:
    """API tokens."""


@token.command()
@click.option("--name", required=True, help="Who uses it, for example `call engine, production`.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do. Can be repeated.",
)
@click.option("--organization", "slug", help="Only for this organization. Default: all organizations.")
@click.option("--expires", type=_Days(), help="After how many days, like 90d. Default: never.")
@for_operators
def create(name: str, scopes: tuple[str, ...], slug: str | None, expires: timedelta | None) -> None:
    """Create a token. It is shown only once."""
    if not name.strip():
        raise click.ClickException("Give the token a name that says who uses it.")
    try:
        found = organizations.find_organization(slug) if slug else None
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    with transaction():
        org_id = found.id if found else None
        made, text = tokens.create(name, map(Scope, scopes), org_id=org_id, lasts=expires)
    click.echo(f"{text}\nIt is shown only once. To revoke it: flask token revoke {made.id}")


@token.command("list")
@for_operators
def list_tokens() -> None:
    """List the tokens, without their secrets."""
    found = tokens.list_tokens()
    if not found:
        click.echo("No tokens yet. Create one: flask token create --name NAME --scope SCOPE")
        return
    rows = [
        (
            str(one.id),
            one.name,
            slug or "all",
            " ".join(one.scopes),
            tokens.state_of(one),
            f"{one.expires_at:%Y-%m-%d}" if one.expires_at else "never",
            f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never",
        )
        for one, slug in found
    ]
    table.show(_HEADINGS, rows)


@token.command()
@click.argument("token_id", type=click.UUID)
@for_operators
def revoke(token_id: UUID) -> None:
    """Revoke a token permanently. It stops working immediately."""
    try:
        with transaction():
            ended = tokens.revoke(token_id)
    except UnknownTokenError as error:
        raise click.ClickException(f"No token {error}. See `flask token list`.") from error
    click.echo(f"Token {ended.name} is revoked.")
