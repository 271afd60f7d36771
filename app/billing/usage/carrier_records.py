"""A carrier's list of calls as CSV, read as it comes: what isn't understood is named by its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from io import StringIO
from itertools import takewhile
from math import ceil
from zoneinfo import ZoneInfo

_NAMES = {
    "call": ("call", "callid", "callreference", "id", "uuid"),
    "start": ("start", "started", "startedat", "starttime", "starttimestamp", "date", "datetime"),
    "seconds": ("seconds", "duration", "durationseconds", "durations", "billedseconds", "billsec", "length"),
    "cost": ("cost", "price", "amount", "charge", "total"),
}
"""What carriers call the columns, without spaces and marks. The first that is there counts."""
_NEEDED = ("call", "start", "seconds")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):([0-5]\d)", re.ASCII)
_WITH_TIME = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,7}([.,]\d{1,6})?", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3},\d{3}", re.ASCII)
_MOST_SECONDS = 10 * 24 * 3600
_MOST_TEXT = 255
_MOST_COST = Decimal(10) ** 9
_YEARS = (2000, 2200)
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
"""A long number as spreadsheets write it: the digits that told calls apart are lost."""


class NotReadableError(ValueError):
    """The file isn't a list of calls; the text says why."""


class _NotUnderstoodError(ValueError):
    """A line isn't a call; the text says why."""


@dataclass(frozen=True, slots=True)
class CarrierCall:
    """A call as the carrier has it, on a `line` of the file; `cost` is what it charges, in its own currency."""

    line: int
    call: str
    start: datetime
    seconds: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that isn't understood, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Records:
    """What a file says."""

    calls: tuple[CarrierCall, ...]
    unread: tuple[Unread, ...]


def read(text: str, *, zone: ZoneInfo | None = None) -> Records:
    """Read a file with a heading line, whose columns are separated by commas, semicolons or tabs.

    Times without a zone are in `zone`, or in UTC. Raises `NotReadableError`.
    """
    # Only what ends a line in an editor: otherwise, the numbers of lines would be others than people see.
    lines = list(StringIO(text.removeprefix("\ufeff"), newline=None))
    before = sum(1 for _ in takewhile(_is_no_heading, lines))
    heading = "".join(lines[before : before + 1])
    rows = csv.DictReader(lines[before:], delimiter=max(",;\t", key=heading.count), strict=True)
    last, found = before, []
    try:
        columns = _columns(rows.fieldnames or ())
        for row in rows:
            last = before + rows.line_num
            if any(_texts(row)):
                found.append(_read(last, row, columns, zone))
    except csv.Error as error:
        raise NotReadableError(
            f"Line {last + 1} isn't CSV, or a quotation mark in it isn't closed: {error}."
        ) from error
    return _without_repetitions(found)


def _is_no_heading(line: str) -> bool:
    """Blank lines, and what spreadsheets write above the heading to say what separates columns."""
    return not line.strip() or re.fullmatch(r"\s*\"?sep=.\"?\s*", line, re.IGNORECASE) is not None


def _columns(names: Iterable[str | None]) -> dict[str, str]:
    plain = [(re.sub(r"[^a-z]", "", name.lower()), name) for name in names if name]
    given = dict(plain)
    columns = {
        field: given[known] or ""
        for field, options in _NAMES.items()
        for known in reversed(options)
        if known in given
    }
    missing = [field for field in _NEEDED if field not in columns]
    if missing:
        raise NotReadableError(
            f"The heading line has no column {', '.join(missing)}. Name the columns call, start, seconds, cost."
        )
    for name in columns.values():
        if sum(1 for key, _ in plain if given[key] == name) > 1:
            raise NotReadableError(f"The heading line has the column {name[:40]!r} more than once.")
    return columns


def _texts(row: Mapping[str | None, object]) -> Iterator[str]:
    return (value for value in row.values() if isinstance(value, str) and value.strip())


def _read(
    line: int, row: Mapping[str | None, str | None], columns: dict[str, str], zone: ZoneInfo | None
) -> CarrierCall | Unread:
    values = {field: (row.get(name) or "").strip() for field, name in columns.items()}
    try:
        if None in row:
            raise _NotUnderstoodError("It has more values than the heading line has columns.")
        return CarrierCall(
            line,
            _name(values["call"]),
            _start(values["start"], zone),
            _seconds(values["seconds"]),
            _cost(values.get("cost", "")),
        )
    except _NotUnderstoodError as error:
        return Unread(line, str(error))


def _name(text: str) -> str:
    if not 0 < len(text) <= _MOST_TEXT or "\0" in text:
        raise _NotUnderstoodError(f"The call has no name of 1 to {_MOST_TEXT} characters.")
    if _SHORTENED.fullmatch(text):
        raise _NotUnderstoodError(
            f"{text!r} is a name that a spreadsheet has shortened: export the column as text."
        )
    return text


def _start(text: str, zone: ZoneInfo | None) -> datetime:
    """A day with its time, not one of another century."""
    try:
        start = datetime.fromisoformat(text) if _WITH_TIME.match(text) else None
    except ValueError:
        start = None
    if start is None or not _YEARS[0] <= start.year < _YEARS[1]:
        raise _NotUnderstoodError(f"{text[:40]!r} is no time like 2026-11-24T09:30:12Z.")
    return start.replace(tzinfo=start.tzinfo or zone or UTC).astimezone(UTC)


def _seconds(text: str) -> int:
    """Seconds of `87`, `86.4` (a begun second counts), `1:27` or `0:01:27`; not of `1,234`, which may be a thousand
    or one."""
    total = None
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = hours * 3600 + minutes * 60 + seconds
    elif _NUMBER.fullmatch(text) and not _THOUSANDS.fullmatch(text):
        total = ceil(Decimal(text.replace(",", ".")))
    if total is None or total > _MOST_SECONDS:
        raise _NotUnderstoodError(f"{text[:40]!r} is no duration like 87 or 1:27.")
    return total


def _cost(text: str) -> Decimal | None:
    try:
        cost = Decimal(text.replace(",", ".")) if text else None
    except InvalidOperation:
        cost = Decimal("NaN")
    if cost is not None and not (cost.is_finite() and abs(cost) < _MOST_COST):
        raise _NotUnderstoodError(f"{text[:40]!r} is no cost like 0.0435.")
    return cost


def _without_repetitions(found: list[CarrierCall | Unread]) -> Records:
    """A call that is there twice counts once; with other content the later line is named."""
    calls: dict[str, CarrierCall] = {}
    unread = []
    for one in found:
        if isinstance(one, Unread):
            unread.append(one)
            continue
        known = calls.setdefault(one.call, one)
        if (known.start, known.seconds) != (one.start, one.seconds):
            unread.append(Unread(one.line, f"The call is also on line {known.line}, with other content."))
    return Records(tuple(calls.values()), tuple(unread))
