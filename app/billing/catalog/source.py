"""Locations in `catalog.toml`, so that errors name the file, line and key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from app.billing.catalog.model import CatalogError

_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, in which the line of a key can be found."""

    name: str
    text: str

    def refuse(self, key: str, problem: str, cause: Exception | None = None) -> NoReturn:
        """Raise an error about a key, with its line if it is in the file."""
        line = self._line_of(key)
        where = f"{self.name}:{line}" if line else self.name
        raise CatalogError(f"{where}: {key}: {problem}" if key else f"{where}: {problem}") from cause

    def _line_of(self, key: str) -> int | None:
        """The line of the key itself, or of the nearest table or value that holds it."""
        lines = self._keys()
        parts = key.split(".")
        while parts:
            if ".".join(parts) in lines:
                return lines[".".join(parts)]
            parts.pop()
        return None

    def _keys(self) -> dict[str, int]:
        found: dict[str, int] = {}
        table = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := _TABLE.match(line):
                table = header[1].strip()
                found.setdefault(table, number)
            elif key := _KEY.match(line):
                found.setdefault(f"{table}.{key[1]}" if table else key[1], number)
        return found
