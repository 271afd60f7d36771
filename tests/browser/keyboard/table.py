"""The table of tasks by place and browser: how many keys each took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

FAILED, NOT_DONE = "failed", "-"


def lines(reports: Mapping[str, Iterable[Any]]) -> Iterator[str]:
    """The table from what the runs recorded; nothing if none did. What took more keys than it may has a `!`."""
    cells, most, columns = _read(reports)
    if not cells:
        return
    widest = max(map(len, most))
    yield ""
    yield f"{'keys':{widest}}  {'most':>4}  {'  '.join(columns)}"
    for name in most:
        row = (_cell(cells.get((name, column)), most[name]).rjust(len(column)) for column in columns)
        yield f"{name:{widest}}  {most[name]:>4}  {'  '.join(row)}"


def _read(
    reports: Mapping[str, Iterable[Any]],
) -> tuple[dict[tuple[str, str], int | str], dict[str, int], list[str]]:
    cells: dict[tuple[str, str], int | str] = {}
    most: dict[str, int] = {}
    columns: list[str] = []
    for outcome in ("passed", "failed", "error"):
        for report in reports.get(outcome, ()):
            found = dict(getattr(report, "user_properties", ()))
            if "column" not in found:
                continue
            name, column = found["task"], found["column"]
            most[name] = found["most"]
            columns += [column] if column not in columns else []
            # A run has reports of its start and its end, too: what went wrong in any of them counts.
            if outcome == "passed":
                cells.setdefault((name, column), found.get("keys", FAILED))
            else:
                keys = found.get("keys")
                is_over = isinstance(keys, int) and keys > found["most"]
                cells[name, column] = keys if is_over else FAILED
    return cells, most, sorted(columns)


def _cell(keys: int | str | None, most: int) -> str:
    if isinstance(keys, int):
        return f"{keys}{'!' if keys > most else ''}"
    return keys or NOT_DONE
