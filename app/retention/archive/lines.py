"""What a day's usage consisted of, from the files: an answer to a dispute about it, years later."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.months import Month
from app.retention.archive import files
from app.retention.archive.checking import Cause, cause_of_charge, cause_of_event
from app.retention.archive.files import CHARGES, EVENTS

INCLUDED = "Included in the plan"
"""What a line is called that isn't in the history, of events that no transfer charged because they cost nothing."""


@dataclass(slots=True)
class ArchivedLine:
    """A line of the wallet's history: what the ledger charged on it in micro-units, and the events behind it."""

    line_id: str
    usage_group: str
    detail: str
    currency: str
    is_correction: bool
    transfers: int = 0
    charged: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def of_events(self) -> int:
        """What its events cost together, in micro-units: as much as was charged."""
        return sum(event["amount_micro"] for event in self.events)


def lines_of(folder: Path, org_id: UUID, day: date) -> list[ArchivedLine]:
    """The lines of usage of an organization on a day of its history, in its own time zone, from the folder of all
    months; after them, what cost nothing that day.

    Raises `ArchiveError` where a month isn't there that the day may be in.
    """
    lines: dict[str, ArchivedLine] = {}
    by_cause: dict[Cause, ArchivedLine | None] = {}
    free: ArchivedLine | None = None
    for month in _months_of(day):
        of_month = folder / str(month)
        files.read_manifest(of_month)
        for charge in files.rows(of_month, CHARGES, org_id=str(org_id)):
            line = lines.setdefault(charge["line_id"], _line(charge)) if charge["day"] == day else None
            by_cause[cause_of_charge(charge)] = line
            if line is not None:
                line.transfers += 1
                line.charged += charge["amount_micro"]
        for event in files.rows(of_month, EVENTS, org_id=str(org_id)):
            cause = cause_of_event(event)
            if (found := by_cause.get(cause)) is not None:
                found.events.append(event)
            elif cause not in by_cause and event["posted_on"] == day:
                free = free or ArchivedLine("", "", INCLUDED, "", is_correction=False)
                free.events.append(event)
    return [*lines.values(), *([free] if free else [])]


def by_meter(line: ArchivedLine) -> dict[str, tuple[int, int, int]]:
    """Events, quantity and cost in micro-units of a line, by meter."""
    sums: dict[str, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    for event in line.events:
        events, quantity, cost = sums[event["meter"]]
        sums[event["meter"]] = (events + 1, quantity + event["quantity"], cost + event["amount_micro"])
    return dict(sums)


def _months_of(day: date) -> list[Month]:
    """Those in UTC in which something of that day can have been posted: no zone is further from UTC than a day."""
    return sorted({Month.of(day + timedelta(days=days)) for days in (-1, 0, 1)})


def _line(charge: dict[str, Any]) -> ArchivedLine:
    return ArchivedLine(
        charge["line_id"],
        charge["usage_group"],
        charge["detail"],
        charge["currency"],
        charge["kind"] == "adjustment",
    )
