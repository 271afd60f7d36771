"""What migrations say to the database, and what squawk finds in it that would stop an installation in use."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

POSTGRESQL = "15.0"
"""The oldest version that the product runs on."""

MATTERS_NOT = {
    "prefer-text-field": "a length is a promise to the models, and is loosened without rewriting anything",
    "prefer-bigint-over-int": "money and quantities are bigint; the others count attempts and days",
    "prefer-identity": "a matter of style",
    "require-statement-timeout": "the connection has one (app.web.database)",
    "require-lock-timeout": "the connection has one (app.web.database), and `in_use.change` a shorter one",
}
"""Rules of squawk that aren't asked about, and why: https://squawkhq.com/docs/rules."""

_APPLIED = re.compile(r"(?:UPDATE|INSERT INTO) alembic_version .*?'(\w+)'", re.DOTALL)
_NAMED = r"(?:IF (?:NOT )?EXISTS\s+)?(?:ONLY\s+)?[\"']?(?P<name>\w+)"
_REMOVED = re.compile(
    r"\b(?:DROP\s+(?:TABLE|COLUMN|CONSTRAINT|INDEX|FUNCTION|TRIGGER|TYPE|POLICY|VIEW|SEQUENCE)\s+(?:CONCURRENTLY\s+)?"
    r"|RENAME\s+(?:COLUMN|CONSTRAINT|VALUE|ATTRIBUTE)\s+|ALTER\s+(?:TABLE|INDEX|TYPE|FUNCTION)\s+(?=\S+\s+RENAME\s+TO\b))"
    + _NAMED,
    re.IGNORECASE,
)
_MADE = re.compile(
    r"\b(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNIQUE\s+)?(?:CONSTRAINT\s+)?"
    r"(?:TABLE|INDEX|FUNCTION|TRIGGER|TYPE|POLICY|VIEW|SEQUENCE)\s+(?:CONCURRENTLY\s+)?"
    r"|ADD\s+(?:CONSTRAINT|COLUMN)\s+)" + _NAMED,
    re.IGNORECASE,
)
_SCHEMA = re.compile(r"(?:SET lock_timeout\b[^;]*;\s*)?(?:CREATE|ALTER|DROP)\b", re.IGNORECASE)


@contextmanager
def recorded() -> Iterator[dict[str, list[tuple[bool, str]]]]:
    """The statements that change the schema, by the migration that says them, in their order, each with whether it is
    a transaction of its own."""
    said: dict[str, list[tuple[bool, str]]] = {}
    newest: list[tuple[bool, str]] = []
    execute = psycopg.Cursor.execute

    def record(self: psycopg.Cursor[Any], query: Any, *args: Any, **kwargs: Any) -> Any:
        statement = query if isinstance(query, str) else ""
        if applied := _APPLIED.match(statement):
            said[applied[1]] = newest.copy()
            newest.clear()
        elif _SCHEMA.match(statement.strip()):
            newest.append((self.connection.autocommit, statement.strip().rstrip(";")))
        return execute(self, query, *args, **kwargs)

    psycopg.Cursor.execute = record  # type: ignore[method-assign]
    try:
        yield said
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def script(statements: list[tuple[bool, str]]) -> str:
    """The statements as one file, transactions where they are."""
    parts = []
    for is_alone, group in groupby(statements, key=lambda one: one[0]):
        for text in [one for _, one in group] if is_alone else [";\n".join(one for _, one in group)]:
            # `CONCURRENTLY` is refused in a transaction.
            parts.append(f"{text};" if "CONCURRENTLY" in text else f"BEGIN;\n{text};\nCOMMIT;")
    return "\n".join(parts) + "\n"


def removed(statements: list[tuple[bool, str]]) -> set[str]:
    """What a migration takes away, by name: tables, columns, constraints, indexes, functions, triggers, types, and names
    that become others. Not what it makes again."""
    text = ";\n".join(statement for _, statement in statements)
    made = {match["name"] for match in _MADE.finditer(text)}
    return {match["name"] for match in _REMOVED.finditer(text)} - made


def found(scripts: Mapping[str, str], folder: Path) -> dict[str, set[str]]:
    """The rules of squawk that each script breaks, by name; only of those that break any."""
    for name, text in scripts.items():
        (folder / f"{name}.sql").write_text(text)
    squawk = Path(sys.executable).parent / "squawk"
    left_out = [f"--exclude={','.join(MATTERS_NOT)}", f"--pg-version={POSTGRESQL}", "--reporter=json"]
    files = [f"{name}.sql" for name in scripts]
    done = subprocess.run(
        [squawk, *left_out, *files], cwd=folder, capture_output=True, text=True, check=False
    )
    broken: dict[str, set[str]] = {}
    for one in json.loads(done.stdout):
        broken.setdefault(Path(one["file"]).stem, set()).add(one["rule_name"])
    return broken
