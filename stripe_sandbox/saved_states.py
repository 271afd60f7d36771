"""All that the stand-in knows, saved under a name and put back as it was, for as long as the program runs.

What takes many calls to set up is put back in one. Put back, it is as old as when it was saved: every time in it is
later by the seconds that have passed since. A period keeps its length, which isn't counted again: put back on another
day, it may end when no period of Stripe's would.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.errors import ApiError
from stripe_sandbox.faults import Faults
from stripe_sandbox.store import Store

TABLES = ("object", "idempotency", "delivery", "attempt", "scheduled", "request")
"""What is saved: not how webhooks are delivered and what faults are ordered, which are how the stand-in behaves."""
_MOMENTS = frozenset({"created", "due", "at"})
"""The columns that are times."""
_TIME = re.compile(
    r"""(
        "(?:[^"]*[\W_])?(?:at|on|by|after|date|time|start|end|until|anchor|attempt|created|updated)\]?"  # such a name
        [:,][ ]?"?  # of a field, or of what was sent; SQLite writes no space
    )
    (\d{10})(?!\d)""",
    re.VERBOSE,
)
"""A time in JSON: seconds since 1970, between 2001 and 2286."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The names of its columns and its rows; texts are cut where their times are, so `[text, seconds, text, …]`."""

    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class _State:
    """`at` is when it was saved, in seconds since 1970."""

    at: float
    tables: dict[str, _Table]


class SavedStates:
    """The states of one stand-in, by name."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults
        self._states: dict[str, _State] = {}

    def save(self, name: str) -> None:
        """Save what is there; another state of this name is forgotten."""
        with self._store.locked():
            self._states[name] = _State(time.time(), {table: self._read(table) for table in TABLES})

    def restore(self, name: str) -> int:
        """Put a state back into the stand-in, which has to be empty; by how many seconds its times are later now.

        Raises 409 where something is there, or faults are ordered, and else 404 where no state has this name.
        """
        with self._store.locked():
            if self._faults.waiting() or any(self._is_filled(table) for table in TABLES):
                raise ApiError(409, "invalid_request_error", "Start over first: the stand-in isn't empty.")
            state = self._states.get(name)
            if state is None:
                raise ApiError(404, "invalid_request_error", f"No state is saved as '{name}'.")
            later = int(
                time.time() - state.at
            )  # whole seconds, as Stripe's times are, and never into the future
            for table, saved in state.tables.items():
                self._write(table, saved, later)
        return later

    def _read(self, table: str) -> _Table:
        columns = [row[1] for row in self._store.execute(f"PRAGMA table_info({table})")]
        rows = self._store.execute(f"SELECT * FROM {table} ORDER BY rowid")  # noqa: S608, names are ours
        return _Table(columns, [[_cut(value) for value in row] for row in rows])

    def _write(self, table: str, saved: _Table, later: int) -> None:
        query = f"INSERT INTO {table} VALUES ({', '.join('?' * len(saved.columns))})"  # noqa: S608, names are ours
        for row in saved.rows:
            values = zip(saved.columns, row, strict=True)
            self._store.execute(query, *(_moved(name, value, later) for name, value in values))

    def _is_filled(self, table: str) -> bool:
        return bool(self._store.execute(f"SELECT 1 FROM {table} LIMIT 1"))  # noqa: S608, names are ours


def _cut(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts: list[Any] = []
    end = 0
    for found in _TIME.finditer(value):
        parts += [value[end : found.start(2)], int(found[2])]
        end = found.end(2)
    return [*parts, value[end:]]


def _moved(column: str, value: Any, later: int) -> Any:
    if isinstance(value, list):
        return "".join(str(part + later) if isinstance(part, int) else part for part in value)
    return value + later if column in _MOMENTS and value is not None else value
