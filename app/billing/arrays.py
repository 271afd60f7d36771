"""Rows as arrays, for statements that take a thousand of them at once (`unnest`).

The driver asks each element of a list what it is, which costs more than the statement itself. A column is of one
type, so here it is asked once (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

_NEEDS_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})


def columns(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """Rows turned into one array literal a column. There is at least one row, and all are of one length.

    A column holds texts, whole numbers, ids, days, times with zone, bytes, or truth values, and None anywhere; the
    statement says its type (`%s::bigint[]`).
    """
    return [_literal(column) for column in zip(*rows, strict=True)]


def _literal(values: Sequence[Any]) -> str:
    kind = next((type(value) for value in values if value is not None), str)
    write = _WRITERS.get(kind, str)
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return f'"{value.translate(_NEEDS_QUOTES)}"' if "\\" in value or '"' in value else f'"{value}"'


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _quoted,
    int: int.__repr__,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: f'"\\\\x{value.hex()}"',
}
