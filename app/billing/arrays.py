"""Rows as arrays, for statements that take a thousand of them at once (`unnest`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows turned into one array a column; there is at least one row, and all are of one length."""
    return [list(column) for column in zip(*rows, strict=True)]
