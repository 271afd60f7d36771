"""The statements that the product issued while tests ran, each once, with the function of the product that issued it.

What tests, the demo and libraries issue by themselves isn't the product's: a statement belongs to whatever is nearest on
the stack and neither a library nor below the tables. Looking takes microseconds, and a statement that was noted isn't
looked at again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from app.database.messages import FastConnection, Statement
from config import ROOT

_PRODUCT = f"{ROOT}/app/"
_OURS = f"{ROOT}/"
_NOT_OURS = f"{ROOT}/.venv/"
_BELOW = tuple(
    f"{ROOT}/app/{each}"
    for each in ("database/", "extensions.py", "models/scope.py", "transaction.py", "tracing.py")
)


class Issued(NamedTuple):
    """A statement, and which function of the product issued it: `app/people/tokens.py::find`."""

    text: str
    by: str


_seen: dict[str, str] = {}


def watch() -> None:
    """Note each statement from now on, in this process and those that are forked from it."""
    execute, execute_many, send = psycopg.Cursor.execute, psycopg.Cursor.executemany, FastConnection.send

    def noting(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        note(query)
        return execute(cursor, query, *args, **options)

    def noting_many(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        note(query)
        return execute_many(cursor, query, *args, **options)

    def noting_message(connection: FastConnection, *statements: Statement) -> Any:
        for text, _ in statements:
            note(text)
        return send(connection, *statements)

    psycopg.Cursor.execute = noting  # type: ignore[method-assign, assignment]
    psycopg.Cursor.executemany = noting_many  # type: ignore[method-assign, assignment]
    FastConnection.send = noting_message  # type: ignore[method-assign, assignment]


def note(query: object) -> None:
    """Note a statement where the product issued it."""
    if isinstance(query, str) and query not in _seen and (by := _issuer()):
        _seen[query] = by


def _issuer() -> str | None:
    """The nearest function of the product; None where something else of ours is nearer."""
    frame: Any = sys._getframe(3)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_OURS) and not file.startswith((_NOT_OURS, *_BELOW)):
            if not file.startswith(_PRODUCT):
                return None
            return f"{file.removeprefix(_OURS)}::{frame.f_code.co_qualname}"
        frame = frame.f_back
    return None


def write(folder: Path, process: str) -> None:
    """Leave what this process has seen in a folder, for the one that reads it."""
    (folder / f"{process}.json").write_text(json.dumps(_seen))


def read(folder: Path) -> Iterator[Issued]:
    """What all processes have left in a folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        found |= json.loads(path.read_text())
    yield from (Issued(text, by) for text, by in sorted(found.items(), key=lambda each: (each[1], each[0])))
