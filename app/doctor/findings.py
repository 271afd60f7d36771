"""What a check has found, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How something stands; a check stands as the worst of what it has found."""

    OK = "ok"
    UNKNOWN = "unknown"  # it could not be found out
    PROBLEM = "problem"


_WORSE = (Status.OK, Status.UNKNOWN, Status.PROBLEM)
_EXIT_CODES = {Status.OK: 0, Status.PROBLEM: 1, Status.UNKNOWN: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact, as a sentence, and what to do about it."""

    status: Status
    text: str
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What one check has found."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        return worst(one.status for one in self.findings)


def ok(text: str) -> Finding:
    """Something is as it should be."""
    return Finding(Status.OK, text)


def problem(text: str, to_do: str) -> Finding:
    """Something is wrong."""
    return Finding(Status.PROBLEM, text, to_do)


def unknown(text: str, to_do: str = "") -> Finding:
    """Something could not be found out."""
    return Finding(Status.UNKNOWN, text, to_do)


def worst(statuses: Iterable[Status]) -> Status:
    """The worst of them; OK where there are none."""
    return max(statuses, key=_WORSE.index, default=Status.OK)


def exit_code(reports: Sequence[Report]) -> int:
    """0 where all is well, 1 where there are problems, and 2 where there are none that could be found."""
    return _EXIT_CODES[worst(report.status for report in reports)]
