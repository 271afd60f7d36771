"""The drawing as Markdown with Mermaid, which the sites that host repositories show as pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dev.demo import ROOT
from dev.errors import ToolError
from dev.schema.groups import GROUPS, LEFT_OUT, Group
from dev.schema.reading import Column, Reference, Table, Unique

DOCUMENT = ROOT / "docs" / "schema.md"

_OWNER = "organization"
"""Nearly every table leads to it; lines to it would hide the others, so a sentence says it."""

_HEAD = """\
# The schema

Drawn from a migrated database by `make schema`; a test fails where it isn't what the migrations make. What each
table is for is in the docstring of its class in `app/models/`.

- **PK** is the primary key, **UK** a unique key, **FK** leads to another table. Every table with `org_id` leads to
  `organization` by it, except where "no foreign key" is said; those lines are left out of the drawings.
- **Row-level security** (RLS): the database shows a transaction the rows of its own organization only.
- **Append-only**: a trigger refuses UPDATE and DELETE.
- **Unique** keys of a table with `org_id` are unique within an organization; that column is left out of the list. The
  database refuses a second row, which is what makes sending again safe.
- `…_micro` is money in micro-units of the organization's currency: 1 USD is 1,000,000. `timestamptz` is in UTC.
- Tables of libraries are left out: `procrastinate_…` (background jobs) and `alembic_version` (the newest migration
  that ran).
"""
_CAST = re.compile(r"::[a-z ]+(\[\])?")
_SHORT = {
    "timestamp with time zone": "timestamptz",
    "character varying": "varchar",
    "double precision": "double",
}


def document(tables: Sequence[Table]) -> str:
    """The whole document. Raises `ToolError` where a table is in no group, or a group names one that isn't there."""
    known = {table.name: table for table in tables if not table.name.startswith(LEFT_OUT)}
    drawn = [name for group in GROUPS for name in group.tables]
    if odd := known.keys() ^ set(drawn):
        raise ToolError(
            f"Put these tables into a group of dev/schema/groups.py, or out of it: {sorted(odd)}."
        )
    return "\n".join([_HEAD, *(part for group in GROUPS for part in _group(group, known))])


def _group(group: Group, known: dict[str, Table]) -> Iterator[str]:
    tables = [known[name] for name in group.tables]
    yield f"## {group.title}\n"
    yield f"{group.about}\n"
    yield from _guards(tables)
    yield "\n```mermaid\nerDiagram"
    for table in tables:
        yield from _entity(table)
    for table in tables:
        yield from (_line(table, one) for one in table.references if one.table != _OWNER)
    yield "```\n"


def _guards(tables: Iterable[Table]) -> Iterator[str]:
    yield "| table | organization | guards | unique |"
    yield "|---|---|---|---|"
    for table in tables:
        guards = ["RLS"] * table.is_kept_apart + ["append-only"] * table.is_append_only
        if table.partitioned_by is not None:
            guards.append(f"partitioned by {table.partitioned_by}")
        unique = "; ".join(map(_unique, table.unique))
        yield f"| `{table.name}` | {_organization(table)} | {', '.join(guards)} | {unique} |"


def _unique(key: Unique) -> str:
    columns = ", ".join(column for column in key.columns if column != "org_id")
    words = f"`{columns}`" if columns else "one row"
    return words + (f" where `{_CAST.sub('', key.condition)}`" if key.condition else "")


def _organization(table: Table) -> str:
    if table.name == _OWNER:
        return "itself"
    if not any(column.name == "org_id" for column in table.columns):
        return "none"
    is_checked = any(one.table == _OWNER and "org_id" in one.columns for one in table.references)
    place = "first in its key" if table.primary_key[:1] == ("org_id",) else "a column"
    return place if is_checked else f"{place}, no foreign key"


def _entity(table: Table) -> Iterator[str]:
    yield f"    {_name(table.name)} {{"
    yield from (f"        {_attribute(table, column)}" for column in table.columns)
    yield "    }"


def _attribute(table: Table, column: Column) -> str:
    keys = []
    if column.name in table.primary_key:
        keys.append("PK")
    if any(column.name in one.columns for one in table.references):
        keys.append("FK")
    if any(column.name in one.columns for one in table.unique):
        keys.append("UK")
    marks = [_type(column.type), column.name]
    marks += [", ".join(keys)] if keys else []
    marks += [] if column.is_required else ['"may be null"']
    return " ".join(marks)


def _type(text: str) -> str:
    for long, short in _SHORT.items():
        text = text.replace(long, short)
    return text.replace(" ", "_").replace(",", "_")


def _line(table: Table, reference: Reference) -> str:
    own = tuple(column for column in reference.columns if column != "org_id")
    optional = any(not column.is_required for column in table.columns if column.name in own)
    whole = [key.columns for key in table.unique if key.condition is None]
    is_one = any(set(key) == set(reference.columns) for key in (table.primary_key, *whole))
    ends = f"{'|o' if is_one else '}o'}--{'o|' if optional else '||'}"
    label = ", ".join(own or reference.columns)
    return f'    {_name(table.name)} {ends} {_name(reference.table)} : "{label}"'


def _name(table: str) -> str:
    """`user` and the like are fine between quotes."""
    return f'"{table}"'
