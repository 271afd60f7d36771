"""Rows as arrays, for statements that take a thousand of them at a time (`unnest`).

The driver checks the type of each element of a list, which costs more than the statement itself. A column has one
type, so here it is checked once (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

_AS_JSON = frozenset({UUID, date, datetime, int, bool})
"""Of these, PostgreSQL reads an array as JSON writes it, but for the brackets; `null` is NULL. Not of texts: what
JSON escapes as `\\n` is an `n` there."""
_json = msgspec.json.Encoder()
_NEEDS_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})


def columns(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """Rows as one array literal per column. There is at least one row, and all have the same length.

    A column holds texts, integers, UUIDs, dates, aware datetimes (whole minutes from UTC), bytes, or booleans, and
    None anywhere; the statement says its type (`%s::bigint[]`).
    """
    return [array(column) for column in zip(*rows, strict=True)]


def array(values: Sequence[Any]) -> str:
    """Values of one type as an array literal; None among them is NULL."""
    kind = next((type(value) for value in values if value is not None), None)
    if kind is None:
        return "{" + ",".join(["NULL"] * len(values)) + "}"
    if kind in _AS_JSON:
        return "{" + _json.encode(values)[1:-1].decode() + "}"
    if None in values:
        write = _WRITERS.get(kind, str)
        return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"
    return _COLUMNS.get(kind, _plain)(values)


def _plain(values: Sequence[Any]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _texts(values: Sequence[str]) -> str:
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        return "{" + ",".join(map(_quoted, values)) + "}"
    return '{"' + joined + '"}'


def _quoted(value: str) -> str:
    return f'"{value.translate(_NEEDS_QUOTES)}"' if "\\" in value or '"' in value else f'"{value}"'


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _quoted,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
}
_COLUMNS: dict[type, Callable[[Sequence[Any]], str]] = {
    str: _texts,
    bytes: lambda values: '{"\\\\x' + '","\\\\x'.join([value.hex() for value in values]) + '"}',
}
