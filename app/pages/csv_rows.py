"""CSV files that spreadsheets open correctly: all CSV downloads are created here.

- A byte order mark comes first: without one, Excel reads UTF-8 as the code page of the machine
  (https://support.microsoft.com/en-us/office/opening-csv-utf-8-files-correctly-in-excel-8a935af5-3416-4edd-ba7e-3dfd2bc4a032).
- Programs read them: the names of columns are fixed, and they and all of our own words are in English, in
  whatever language pages are read. Days are as in ISO 8601, amounts exact, with a decimal point.
- A cell's type says what it is: numbers and dates are written as such, and text stays text. Text that a spreadsheet
  would run as a formula, or turn into another number, gets an apostrophe in front
  (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain, islice

from flask import Response, stream_with_context

from app.language import DEFAULT, speaking
from app.models.scope import carried_over
from app.text import shown
from app.web import long_reads

Cell = str | int | Decimal | date
"""A time is a `date` too."""

PIECE = 200
"""How many rows are sent together, because each one would be a separate packet."""

_BOM = "\ufeff"
_BLANKS = r"""[\s\xa0"'`\u200b-\u200f\u2060]*"""
"""Characters before a formula that spreadsheets skip, or a reader doesn't see."""
_FORMULA = re.compile(rf"(?=[\t\r\n]|{_BLANKS}[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""At the beginning; Japanese and Chinese spreadsheets also accept the full-width signs."""
_INNER_FORMULA = re.compile(rf"(?<=[;\t\r\n])(?={_BLANKS}(?:[=@\uff1d\uff20]|[+\-\uff0b\uff0d](?!\d)))")
"""After what separates cells where a comma separates decimals; a negative quantity in a list is none."""
_ALTERED = re.compile(
    r"0\d[\d.]*|\d{16,}|\d+(\.\d+)?[eE][+-]?\d+|\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?", re.ASCII
)
"""Text of digits that a spreadsheet would round, shorten, or take for a day: `007`, `1E5`, `3-4`."""


def csv_download(rows: Iterable[Iterable[Cell]], name: str, *, count: int | None = None) -> Response:
    """A streamed response that downloads `rows` as a file; `rows` may read from the database meanwhile.

    `count` is how many there are below the head, where that is known: pages show it while the file is written.
    """
    pieces = carried_over(long_reads.carried_over(csv_file(rows)))
    response = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if count is not None:
        response.headers["X-Rows"] = str(count)
    return response


def csv_file(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """The file, some rows at a time."""
    lines = chain([_BOM], map(_row, rows))
    while piece := _piece(lines):
        yield piece


def _piece(lines: Iterator[str]) -> str:
    """The next lines, whose rows are made meanwhile: in English."""
    with speaking(DEFAULT):
        return "".join(islice(lines, PIECE))


def _row(cells: Iterable[Cell]) -> str:
    """One line of the file (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerow(map(_written, cells))
    return out.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return _harmless(shown(cell)) if isinstance(cell, str) else str(cell)


def _harmless(text: str) -> str:
    needs_mark = _FORMULA.match(text) or _ALTERED.fullmatch(text)
    return _INNER_FORMULA.sub("'", f"'{text}" if needs_mark else text)
