"""The statements that distribute the tables, by what the database says of them, and what stands in the way.

Foreign keys are dropped first and added again in the end, because none can lie between a table that is distributed
and one that isn't yet. Those between tables of organizations have the organization in the key, so rows that refer to
each other are on the same machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.database.cluster.schema import ForeignKey, Schema
from app.database.cluster.tables import FIRST, KEY, REFERENCE, is_distributed


class Kind(StrEnum):
    """Where a table's rows are: on its organization's shard, on every machine, or on the coordinator."""

    DISTRIBUTED = "distributed"
    REFERENCE = "reference"
    LOCAL = "local"


class Step(NamedTuple):
    """One statement, and what it does, as text for operators."""

    text: str
    sql: str


PREPARED = {
    ("platform_message", "position"): Step(
        "number messages by a sequence of the coordinator",
        "CREATE SEQUENCE platform_message_order; "
        "SELECT setval('platform_message_order', coalesce(max(position), 0) + 1, false) FROM platform_message; "
        "GRANT USAGE ON SEQUENCE platform_message_order TO PUBLIC; "
        "ALTER TABLE platform_message ALTER position DROP IDENTITY, "
        "ALTER position SET DEFAULT nextval('platform_message_order')",
    ),
    ("invitation", "uq_invitation_token_hash"): Step(
        "let the key of invitations have the organization",
        "DROP INDEX uq_invitation_token_hash; "
        "CREATE UNIQUE INDEX uq_invitation_token_hash ON invitation (token_hash, org_id)",
    ),
}
"""What would stand in the way on several machines only, by table and column or key, and the step that changes it.

Messages stay in one order as long as they are written by way of the coordinator. A token of an invitation is 256 bits
drawn by chance: no key has to keep two from being the same."""


def kinds(schema: Schema) -> dict[str, Kind]:
    """Where each table goes."""
    return {name: _kind(name, table.columns) for name, table in schema.tables.items()}


def obstacles(schema: Schema) -> list[str]:
    """What Citus would refuse of this schema, in words; nothing where it can be distributed."""
    where = kinds(schema)
    of_keys = (text for name, part, text in _of_keys(schema, where) if (name, part) not in PREPARED)
    return [*of_keys, *_of_foreign_keys(schema, where)]


def steps(schema: Schema, *, shards: int) -> list[Step]:
    """What is to be done, in order."""
    where = kinds(schema)
    moved = [key for key in schema.foreign_keys if {where[key.table], where[key.target]} != {Kind.LOCAL}]
    references = [name for name, kind in where.items() if kind is Kind.REFERENCE]
    distributed = [name for name, kind in where.items() if kind is Kind.DISTRIBUTED and name != FIRST]
    prepared = [PREPARED[name, part] for name, part, _ in _of_keys(schema, where) if (name, part) in PREPARED]
    return [
        *prepared,
        *(
            Step(f"drop {key.name}", f'ALTER TABLE "{key.table}" DROP CONSTRAINT "{key.name}"')
            for key in moved
        ),
        *(
            Step(f"copy {name} to every machine", f"SELECT create_reference_table('\"{name}\"')")
            for name in references
        ),
        Step(
            f"distribute {FIRST}",
            f"SELECT create_distributed_table('\"{FIRST}\"', '{KEY}', shard_count => {shards})",
        ),
        *(
            Step(
                f"distribute {name}",
                f"SELECT create_distributed_table('\"{name}\"', '{KEY}', colocate_with => '{FIRST}')",
            )
            for name in distributed
        ),
        *(
            Step(
                f"add {key.name}",
                f'ALTER TABLE "{key.table}" ADD CONSTRAINT "{key.name}" {key.definition}',
            )
            for key in moved
        ),
    ]


def _kind(name: str, columns: dict[str, bool]) -> Kind:
    if name in REFERENCE:
        return Kind.REFERENCE
    return Kind.DISTRIBUTED if is_distributed(name, columns) else Kind.LOCAL


def _of_keys(schema: Schema, where: dict[str, Kind]) -> Iterator[tuple[str, str, str]]:
    for name, table in schema.tables.items():
        if where[name] is Kind.DISTRIBUTED:
            for key, columns in table.unique.items():
                if KEY not in columns:
                    yield (
                        name,
                        key,
                        f"{name}: its unique key {key} hasn't {KEY}, so no single machine can keep it unique.",
                    )
            for column in table.identities:
                yield (
                    name,
                    column,
                    f"{name}: {column} counts by itself, which several machines can't do in one order.",
                )


def _of_foreign_keys(schema: Schema, where: dict[str, Kind]) -> Iterator[str]:
    for key in schema.foreign_keys:
        if where[key.target] is Kind.DISTRIBUTED and not _stays_beside(key, where):
            yield f"{key.table}: its foreign key {key.name} leads to {key.target}, which may be on another machine."
        elif where[key.target] is Kind.LOCAL and where[key.table] is not Kind.LOCAL:
            yield f"{key.table}: its foreign key {key.name} leads to {key.target}, which only the coordinator has."


def _stays_beside(key: ForeignKey, where: dict[str, Kind]) -> bool:
    pairs: Sequence[tuple[str, str]] = list(zip(key.columns, key.target_columns, strict=True))
    return where[key.table] is Kind.DISTRIBUTED and (KEY, KEY) in pairs
