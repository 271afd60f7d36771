"""The names that usage was reported with, to choose filters from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from app.extensions import db
from app.models import Organization

MOST = 50
"""How many of each are offered; any other can be typed."""

_ONE = """
(WITH RECURSIVE found(name, place) AS (
    (SELECT {column}, 1 FROM usage_rollup WHERE org_id = :org_id AND {column} <> '' ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT usage_rollup.{column} FROM usage_rollup
            WHERE org_id = :org_id AND {column} <> '' AND usage_rollup.{column} > found.name
            ORDER BY usage_rollup.{column} LIMIT 1), place + 1
    FROM found WHERE name IS NOT NULL AND place < :most
)
SELECT '{column}' AS of, name FROM found WHERE name IS NOT NULL)"""
_COLUMNS = ("campaign", "agent", "number", "country")
_NAMES = text("\nUNION ALL".join(_ONE.format(column=column) for column in _COLUMNS))
"""Jumps from name to name in the index of each: a name may have any number of rows."""


@dataclass(frozen=True, slots=True)
class UsageNames:
    """The names of each kind, in their order."""

    campaigns: tuple[str, ...]
    agents: tuple[str, ...]
    numbers: tuple[str, ...]
    countries: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.campaigns, self.agents, self.numbers, self.countries))


def gather(organization: Organization) -> UsageNames:
    """The first names of each kind. One statement."""
    found: dict[str, list[str]] = {column: [] for column in _COLUMNS}
    for row in db.session.execute(_NAMES, {"org_id": organization.id, "most": MOST}):
        found[row.of].append(row.name)
    return UsageNames(*(tuple(found[column]) for column in _COLUMNS))
