"""A measured figure, the table of them, and the file they are kept in."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

HEADINGS = ("section", "what", "measured", "floor", "goal", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `floor` is what the least that could do the same work takes.

    `rounds` is what each round says, as a number that two runs can be compared by: of CPU and time the ratio to the
    floor where there is one, so that a slower machine changes nothing. `more_is_better` says which way is good.
    """

    section: str
    what: str
    measured: str
    floor: str
    goal: str
    met: bool
    rounds: tuple[float, ...] = ()
    more_is_better: bool = False


def ratio_of(
    section: str,
    what: str,
    seconds: Sequence[float],
    floor: Sequence[float],
    *,
    most: float | None,
    by: str,
) -> Figure:
    """The line for what may take `most` times the CPU of a floor that was measured in turn with it, round by round.

    `by` says what the floor is. The ratio is the median of the rounds' own.
    """
    ratios = tuple(one / other for one, other in zip(seconds, floor, strict=True))
    ratio = median(ratios)
    return Figure(
        section=section,
        what=what,
        measured=f"{milliseconds(median(seconds))} ({ratio:.2f} of the floor)",
        floor=f"{milliseconds(median(floor))} {by}",
        goal=f"at most {most:g}" if most is not None else "",
        met=most is None or ratio <= most,
        rounds=ratios,
    )


def at_most(section: str, what: str, found: float, most: float, *, unit: str = "", floor: str = "") -> Figure:
    """The line for a count that a machine doesn't change."""
    return Figure(
        section=section,
        what=what,
        measured=f"{found:,.2f}{unit}",
        floor=floor,
        goal=f"at most {most:,g}{unit}",
        met=found <= most,
        rounds=(found,),
    )


def at_least(section: str, what: str, found: float, least: float, *, unit: str = "") -> Figure:
    """The line for a share that a machine doesn't change, of which more is better."""
    return Figure(
        section=section,
        what=what,
        measured=f"{found:,.2f}{unit}",
        floor="",
        goal=f"at least {least:,g}{unit}",
        met=found >= least,
        rounds=(found,),
        more_is_better=True,
    )


def milliseconds(seconds: float) -> str:
    """For people: 1.23 ms."""
    return f"{seconds * 1000:.2f} ms"


def kilobytes(count: float) -> str:
    """For people: 41.3 KB of 1000 bytes."""
    return f"{count / 1000:.1f} KB"


def table(figures: Sequence[Figure]) -> str:
    """The figures, one a line, in columns."""
    rows = [
        HEADINGS,
        *((f.section, f.what, f.measured, f.floor, f.goal, "met" if f.met else "MISSED") for f in figures),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def keep(figures: Sequence[Figure], file: Path) -> None:
    """Write the figures as JSON, with when, on what and beside how much else they were measured."""
    measured = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "python": platform.python_version(),
        "figures": [asdict(figure) for figure in figures],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured, indent=2) + "\n")
