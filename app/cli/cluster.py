"""`flask cluster`: the tables over several machines, where the database has Citus."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

import click
from flask import current_app
from sqlalchemy import Engine, create_engine

from app.cli import table
from app.cli.context import for_operators
from app.database.cluster import distribution, plan, schema
from app.database.cluster import status as shards_status
from app.database.cluster.distribution import ClusterError
from app.people import organizations
from app.people.organizations import PeopleError

P = ParamSpec("P")
_MEGABYTE = 1_000_000


@click.group()
def cluster() -> None:
    """Several machines with Citus: see "More than one machine" in docs/operations.md."""


def _as_owner(command: Callable[Concatenate[Engine, P], None]) -> Callable[P, None]:
    """Connect as the owner of the tables, and say what can't be done without a traceback."""

    @wraps(command)
    def connected(*args: P.args, **options: P.kwargs) -> None:
        engine = create_engine(current_app.config["SETTINGS"].owner_url)
        try:
            command(engine, *args, **options)
        except (ClusterError, PeopleError) as error:
            raise click.ClickException(str(error)) from error
        finally:
            engine.dispose()

    return connected


@cluster.command()
@click.option(
    "--shards", default=32, show_default=True, type=click.IntRange(1, 1024), help="Of each table, together."
)
@click.option(
    "--plan", "only_plan", is_flag=True, help="Print the statements, and change nothing. Needs no Citus."
)
@for_operators
@_as_owner
def distribute(engine: Engine, shards: int, only_plan: bool) -> None:
    """Distribute the tables by organization, on an empty or a full database. Resumes where it was stopped.

    Stop what writes first: rows are copied, and tables are locked meanwhile.
    """
    if only_plan:
        with engine.connect() as connection:
            found = schema.read(connection)
        for problem in plan.obstacles(found):
            click.echo(f"-- in the way: {problem}")
        for step in plan.steps(found, shards=shards):
            click.echo(f"{step.sql};  -- {step.text}")
        return
    done = distribution.distribute(engine, shards=shards, tell=click.echo)
    click.echo(f"{done} steps done. All are." if done else "All steps were done before.")


@cluster.command()
@for_operators
@_as_owner
def status(engine: Engine) -> None:
    """Show machines, shards, sizes and skew. Exits with 1 while steps of the distribution are left."""
    with engine.connect() as connection:
        found = shards_status.read(connection)
    rows = [(each.name, str(each.shards), f"{each.bytes / _MEGABYTE:,.1f} MB") for each in found.machines]
    table.show(("machine", "shards", "size"), rows)
    largest = f"{found.groups[0] / _MEGABYTE:,.1f} MB" if found.groups else "-"
    click.echo(
        f"{len(found.groups)} groups of shards; the largest has {largest}, {found.skew:.1f} times the mean."
    )
    if found.waiting:
        click.echo(f"{found.waiting} of {found.steps} steps are left: flask cluster distribute")
        raise click.exceptions.Exit(1)


@cluster.command()
@click.argument("organization")
@for_operators
@_as_owner
def isolate(engine: Engine, organization: str) -> None:
    """Give an ORGANIZATION (short name or id) a shard of its own."""
    org_id = _id_of(organization)
    with engine.begin() as connection:
        shard = shards_status.isolate(connection, org_id)
    click.echo(f"{organization} has shard {shard} of the wallets, and one beside it of each table.")


def _id_of(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        return organizations.find_organization(named).id
