"""Rows of a CSV file that any spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

PIECE = 200
"""Rows that are sent at once: each alone would be a packet of its own."""


def csv_file(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The file, some rows at a time."""
    rest = iter(rows)
    while piece := "".join(map(csv_row, islice(rest, PIECE))):
        yield piece


def csv_row(values: Iterable[str]) -> str:
    """One line of the file (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerow(_harmless(value) for value in values)
    return out.getvalue()


def _harmless(value: str) -> str:
    """Text that a spreadsheet would run as a formula gets a quote in front (OWASP, CSV injection)."""
    is_formula = value[:1] in {"=", "@", "\t", "\r"} or (value[:1] in "+-" and not _is_number(value))
    return f"'{value}" if value and is_formula else value


def _is_number(value: str) -> bool:
    return value[1:].replace(".", "", 1).isdecimal()
