"""A carrier's list of calls as CSV, read as it comes: what isn't understood is named by its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
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
_MOST_SECONDS = 10 * 24 * 3600
_MOST_TEXT = 255


class NotReadableError(ValueError):
    """The file isn't a list of calls; the text says why."""


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
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    blank = sum(1 for _ in takewhile(lambda line: not line.strip(), lines))
    heading = "".join(lines[blank : blank + 1])
    rows = csv.DictReader(lines[blank:], delimiter=max(",;\t", key=heading.count))
    try:
        columns = _columns(rows.fieldnames or ())
        found = [_read(blank + rows.line_num, row, columns, zone) for row in rows if any(_texts(row))]
    except csv.Error as error:
        raise NotReadableError(f"Line {blank + rows.line_num} isn't CSV: {error}.") from error
    return _without_repetitions(found)


def _columns(names: Iterable[str | None]) -> dict[str, str]:
    given = {re.sub(r"[^a-z]", "", (name or "").lower()): name for name in names if name}
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
    return columns


def _texts(row: Mapping[str | None, object]) -> Iterator[str]:
    return (value for value in row.values() if isinstance(value, str) and value.strip())


def _read(
    line: int, row: Mapping[str, str | None], columns: dict[str, str], zone: ZoneInfo | None
) -> CarrierCall | Unread:
    values = {field: (row.get(name) or "").strip() for field, name in columns.items()}
    if not 0 < len(values["call"]) <= _MOST_TEXT or "\0" in values["call"]:
        return Unread(line, f"The call has no name of 1 to {_MOST_TEXT} characters.")
    try:
        start = datetime.fromisoformat(values["start"])
    except ValueError:
        return Unread(line, f"{values['start'][:40]!r} is no time like 2026-11-24T09:30:12Z.")
    seconds = _seconds(values["seconds"])
    if seconds is None:
        return Unread(line, f"{values['seconds'][:40]!r} is no duration like 87 or 1:27.")
    try:
        cost = Decimal(values["cost"].replace(",", ".")) if values.get("cost") else None
    except InvalidOperation:
        return Unread(line, f"{values['cost'][:40]!r} is no cost like 0.0435.")
    if cost is not None and not cost.is_finite():
        return Unread(line, f"{values['cost'][:40]!r} is no cost like 0.0435.")
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone or UTC)
    return CarrierCall(line, values["call"], start.astimezone(UTC), seconds, cost)


def _seconds(text: str) -> int | None:
    """Seconds of `87`, `86.4` (a begun second counts), `1:27` or `0:01:27`; None for anything else."""
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total = hours * 3600 + minutes * 60 + seconds
        return total if total <= _MOST_SECONDS else None
    if not re.fullmatch(r"\d{1,7}([.,]\d{1,6})?", text, re.ASCII):
        return None
    total = ceil(Decimal(text.replace(",", ".")))
    return total if total <= _MOST_SECONDS else None


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
