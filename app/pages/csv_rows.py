"""Rows of a CSV file that any spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


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
