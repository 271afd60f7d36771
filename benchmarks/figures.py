"""A measured figure, the table of them, and the file they are kept in."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

HEADINGS = ("section", "what", "measured", "floor", "goal", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `floor` is what the least that could do the same work takes."""

    section: str
    what: str
    measured: str
    floor: str
    goal: str
    met: bool


def milliseconds(seconds: float) -> str:
    """For people: 1.23 ms."""
    return f"{seconds * 1000:.2f} ms"


def kilobytes(count: int) -> str:
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
    """Write the figures as JSON, with when and on what they were measured."""
    measured = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "figures": [asdict(figure) for figure in figures],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured, indent=2) + "\n")
