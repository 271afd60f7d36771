"""Writing a month: each organization by itself, then read back and compared, and only then given its name."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.models import Organization
from app.models.scope import scoped_to
from app.months import Month
from app.retention.archive import files, queries
from app.retention.archive.checking import check
from app.retention.archive.errors import ArchiveError
from app.retention.archive.files import CHARGES, EVENTS, Manifest, Writer
from app.transaction import end_reading

ROWS_A_FILE = 5_000_000
ROWS_A_GROUP = 50_000


def export(month: Month, folder: Path, *, now: datetime, rows_a_group: int = ROWS_A_GROUP) -> Manifest:
    """Archive what was posted in a month into a folder of its name, beside those of other months.

    Changes nothing in the database, and deletes nothing. For an operator who sees all organizations. Raises
    `ArchiveError` where the month isn't over, is there already, or where the events don't sum up to what the ledger
    charged for them: then nothing is left in the folder.
    """
    if now < queries.bounds(month)[1]:
        raise ArchiveError(f"{month} isn't over.")
    target, unfinished = folder / str(month), folder / f".{month}.unfinished"
    if target.exists():
        raise ArchiveError(f"{target} is there already: `flask archive check` says whether it is whole.")
    # What a killed run has left.
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        made = _write(month, unfinished, now, rows_a_group)
        if problems := check(unfinished):
            raise ArchiveError("\n".join([*problems, "Nothing was archived."]))
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return made


def _write(month: Month, folder: Path, now: datetime, rows_a_group: int) -> Manifest:
    # In the order of their ids as text, which is that of the files.
    organizations = db.session.execute(
        select(Organization.id, Organization.currency, Organization.timezone).order_by(Organization.id)
    ).all()
    charged: dict[str, int] = defaultdict(int)
    sizes = {"rows_a_file": ROWS_A_FILE, "rows_a_group": rows_a_group}
    with Writer(folder, EVENTS, **sizes) as events, Writer(folder, CHARGES, **sizes) as charges:
        for org_id, currency, zone in organizations:
            with scoped_to(org_id):
                events.write(queries.events(org_id, month, zone))
                charges.write(_adding_up(queries.charges(org_id, month, currency), charged))
                end_reading()
    return files.describe(
        folder, str(month), made_at=now, organizations=len(organizations), charged=dict(charged)
    )


def _adding_up(rows: Iterator[Any], charged: dict[str, int]) -> Iterator[Any]:
    for row in rows:
        charged[row.currency] += row.amount_micro
        yield row
