"""`flask archive`: usage of past months as Parquet files, and what a day consisted of, read from them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID

import click

from app.cli import table
from app.cli.context import for_operators
from app.clock import utc_now
from app.money import Money
from app.months import Month
from app.people import organizations
from app.people.organizations import PeopleError
from app.retention import archive as archived
from app.retention.archive import ArchivedLine, ArchiveError

P = ParamSpec("P")
R = TypeVar("R")
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def archive() -> None:
    """Usage of past months in Parquet files, in any folder: a mounted bucket, or one that is copied to it."""


def _said(command: Callable[P, R]) -> Callable[P, R]:
    """Say what keeps a month from being archived or read, without a traceback."""

    @wraps(command)
    def saying(*args: P.args, **options: P.kwargs) -> R:
        try:
            return command(*args, **options)
        except (ArchiveError, PeopleError) as error:
            raise click.ClickException(str(error)) from error

    return saying


@archive.command()
@click.option(
    "--month", required=True, callback=lambda _context, _parameter, value: _month(value), help="Like 2026-10."
)
@click.option("--to", "folder", required=True, type=FOLDER, help="The folder of all months.")
@for_operators
@_said
def usage(month: Month, folder: Path) -> None:
    """Archive the events that were posted in a month (UTC), with the transfers that charged them.

    The files are read back first, and only stay if the events of each transfer sum up to it. Nothing is deleted.
    """
    made = archived.export(month, folder, now=utc_now())
    charged = ", ".join(
        f"{Money(micro, currency).exact} {currency}" for currency, micro in sorted(made.charged.items())
    )
    click.echo(
        f"{folder / str(month)}: {made.rows_of('events')} events of {made.organizations} organizations, charged by "
        f"{made.rows_of('charges')} transfers: {charged or 'nothing'}. They sum up."
    )


@archive.command()
@click.option(
    "--month", required=True, callback=lambda _context, _parameter, value: _month(value), help="Like 2026-10."
)
@click.option("--from", "folder", required=True, type=FOLDER, help="The folder of all months.")
@_said
def check(month: Month, folder: Path) -> None:
    """Read an archived month: each file is as it was written, and the events of each transfer sum up to it.

    Needs no database. Exits with 1 if something differs.
    """
    problems = archived.check(folder / str(month))
    for problem in problems:
        click.echo(problem)
    click.echo(f"{month}: OK." if not problems else f"{month}: {len(problems)} problems found.")
    if problems:
        raise click.exceptions.Exit(1)


@archive.command()
@click.option("--from", "folder", required=True, type=FOLDER, help="The folder of all months.")
@click.option("--organization", required=True, help="Its id; or its short name, while it is in the database.")
@click.option(
    "--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="A day of its wallet's history."
)
@click.option(
    "--csv", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write each event there."
)
@for_operators
@_said
def show(folder: Path, organization: str, day: datetime, target: Path | None) -> None:
    """Show what a day's usage consisted of, from the files: each line of the history, its meters, and its events.

    Exits with 1 where the events of a line don't sum up to what was charged.
    """
    lines = archived.lines_of(folder, _id_of(organization), day.date())
    if not lines:
        click.echo(f"Nothing was charged on {day:%Y-%m-%d}.")
        return
    for line in lines:
        _show(line)
    if target is not None:
        _write(target, lines, day.date())
    if any(line.charged != line.of_events for line in lines):
        raise click.exceptions.Exit(1)


def _show(line: ArchivedLine) -> None:
    def written(micro: int) -> str:
        return Money(micro, line.currency).exact if line.currency else "-"

    name = line.usage_group.capitalize() if line.usage_group and not line.is_correction else line.detail
    equals = "their sum" if line.charged == line.of_events else f"BUT THEIR SUM IS {written(line.of_events)}"
    charged = (
        f"{written(line.charged)} {line.currency}, charged by {line.transfers} transfers for "
        if line.currency
        else ""
    )
    click.echo(f"{name}: {charged}{len(line.events)} events, {equals}")
    rows = [
        (meter, str(events), str(quantity), written(cost))
        for meter, (events, quantity, cost) in sorted(archived.by_meter(line).items())
    ]
    table.show(("  meter", "events", "quantity", "cost"), [(f"  {row[0]}", *row[1:]) for row in rows])


def _write(target: Path, lines: list[ArchivedLine], day: date) -> None:
    with target.open("w", newline="") as file:
        rows = csv.DictWriter(file, ["day", "line", *archived.EVENT_COLUMNS])
        rows.writeheader()
        for line in lines:
            rows.writerows({"day": day.isoformat(), "line": line.line_id, **event} for event in line.events)
    click.echo(f"{target}: {sum(len(line.events) for line in lines)} events.")


def _month(text: str) -> Month:
    found = Month.parse(text)
    if found is None:
        raise click.BadParameter("A month is written like 2026-10.")
    return found


def _id_of(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        return organizations.find_organization(named).id
