"""A sheet of what was looked at, rows by columns, with what was found: drawn as a table once everything is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

NOT_SEEN, CLEAN = "", "ok"


@dataclass
class Sheet:
    """Cells by row and column, in the order in which they came."""

    cells: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def enter(self, row: str, column: str, found: Iterable[str]) -> None:
        """Note that a cell was looked at, and what was found; a cell looked at again has the findings of both."""
        self.cells.setdefault((row, column), []).extend(found)

    @property
    def rows(self) -> list[str]:
        return sorted({row for row, _ in self.cells})

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(column for _, column in self.cells))

    @property
    def findings(self) -> dict[str, list[str]]:
        """Each finding once, with the cells that have it: the same fault of a part is in many pages."""
        found: dict[str, list[str]] = {}
        for (row, column), each in self.cells.items():
            for one in dict.fromkeys(each):
                found.setdefault(one, []).append(f"{row} {column}".strip())
        return found

    def missing(self, wanted: Iterable[str]) -> list[str]:
        """The rows of these that no one looked at."""
        return sorted(set(wanted) - {row for row, _ in self.cells})

    def draw(self) -> str:
        """The table: `ok`, how many findings, or nothing where a cell wasn't looked at; then the findings."""
        head = ["page", *self.columns]
        lines = [[row, *(self._say(row, column) for column in self.columns)] for row in self.rows]
        widths = [max(len(line[at]) for line in [head, *lines]) for at in range(len(head))]
        table = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in [head, *lines]
        ]
        found = [
            f"{one}\n    in {', '.join(where[:6])}{f' and {len(where) - 6} more' if len(where) > 6 else ''}"
            for one, where in self.findings.items()
        ]
        return "\n".join([*table, "", f"{len(self.cells)} cells, {len(found)} findings", *found])

    def _say(self, row: str, column: str) -> str:
        if (row, column) not in self.cells:
            return NOT_SEEN
        found = len(set(self.cells[row, column]))
        return str(found) if found else CLEAN
