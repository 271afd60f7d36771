"""All that the database and Stripe's stand-in hold, told so that two of them can be compared: without what is new in
every run, which are ids, numbers of tests' own names, and the time."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from dev.testing import filled_tables
from tests.support.database import as_superuser
from tests.support.sandbox import Sandbox

Records = list[tuple[str, str]]
"""Tables or kinds of objects, and a row or object of theirs."""

_COUNTED = {"procrastinate_jobs": "id", "procrastinate_events": "id|job_id", "platform_message": "position"}
"""Columns that count through all tests."""
_ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # ours, and keys of calls
    r"|\b(?:[a-z]+_)+[A-Za-z0-9]{14,}(?:_secret_\w+)?"  # Stripe's
    r"|\b[A-Z0-9]{8}(?=-\d{4}\b|\\?\")"  # the first part of a customer's invoice numbers
    r"|(?:[Oo]rganization[ -]|test:|person)\d+"  # the factories'
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)|\b1[789]\d{8}(?:\.\d+)?\b")


def recorded(sandbox: Sandbox) -> Records:
    """The rows of all tables and all that the stand-in holds: ids by the order in which they first occur, and times
    by how many hours they are from now."""
    return _compared([*_rows(), *_of_stand_in(sandbox)], timedelta())


def recorded_rows(*, ago: timedelta = timedelta()) -> Records:
    """The same of the database alone, and times by how many hours they are from the moment that was so long `ago`."""
    return _compared([*_rows()], ago)


def _compared(found: Records, ago: timedelta) -> Records:
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"id {len(known)}")

    then = time.time() - ago.total_seconds()
    return [
        (kind, _TIME.sub(lambda found: _from(found[0], then), _ID.sub(number, text)))
        # Of rows that are alike but for their ids, a table gives back now this one first and now that one.
        for kind, text in sorted(found, key=lambda one: (one[0], _blank(one[1]), _ID.findall(one[1])))
    ]


def _rows() -> Iterator[tuple[str, str]]:
    with as_superuser() as connection:
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        for table in filled_tables(connection):
            for row in connection.exec_driver_sql(f'SELECT to_jsonb(one) FROM "{table}" one').scalars():
                counted = _COUNTED.get(table, "").split("|")
                yield (
                    table,
                    json.dumps(
                        {name: value for name, value in row.items() if name not in counted}, sort_keys=True
                    ),
                )


def _of_stand_in(sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(sandbox.process.state)) as state:
        for table in ("object", "idempotency", "delivery", "attempt", "scheduled", "request"):
            for row in state.execute(f"SELECT * FROM {table}"):
                yield f"stand-in: {table}", json.dumps([_opened(value) for value in row[1:]], sort_keys=True)


def _opened(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:  # the log cuts long answers, perhaps amid an id
        return value[: value.rindex(",")]


def _blank(text: str) -> str:
    return _TIME.sub("", _ID.sub("", text))


def _from(text: str, moment: float) -> str:
    """How many hours a time is from a moment: setting up takes no half of one."""
    at = datetime.fromisoformat(text).timestamp() if "T" in text else float(text)
    return f"{round((at - moment) / 3600)} hours from then"
