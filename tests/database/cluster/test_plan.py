"""The plan for several machines, from the schema as it is: a table that couldn't go fails here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, create_engine

from app.database.cluster import plan, schema
from app.database.cluster.plan import Kind
from app.database.cluster.schema import ForeignKey, Schema, Table
from app.database.cluster.tables import LOCAL, REFERENCE
from dev.testing import Addresses

WALLET = Table({"org_id": False}, {"pk_wallet": frozenset({"org_id"})})


@pytest.fixture(scope="module")
def found(database: Addresses) -> Schema:
    engine: Engine = create_engine(database.owner)
    with engine.connect() as connection:
        read = schema.read(connection)
    engine.dispose()
    return read


def test_every_table_can_go_where_it_is_meant_to(found: Schema) -> None:
    assert plan.obstacles(found) == []


def test_everything_with_an_organization_goes_to_its_shard_or_is_listed_with_why_not(found: Schema) -> None:
    where = plan.kinds(found)
    with_organization = {name for name, table in found.tables.items() if "org_id" in table.columns}
    assert with_organization - {name for name, kind in where.items() if kind is Kind.DISTRIBUTED} == {
        *LOCAL,
        "api_token",
    }
    assert {name for name, kind in where.items() if kind is Kind.REFERENCE} == set(REFERENCE)
    assert all([*REFERENCE.values(), *LOCAL.values()])


def test_foreign_keys_are_dropped_before_and_added_again_behind_all_else(found: Schema) -> None:
    steps = [step.sql for step in plan.steps(found, shards=32)]
    kinds = [
        "DROP" if " DROP CONSTRAINT " in sql else "ADD" if " ADD CONSTRAINT " in sql else "move"
        for sql in steps
    ]
    first, last = kinds.index("DROP"), len(kinds) - 1 - kinds[::-1].index("DROP")
    moving = [place for place, kind in enumerate(kinds) if kind == "move" and place > last]
    assert set(kinds[first : last + 1]) == {"DROP"}
    assert set(kinds[moving[-1] + 1 :]) == {"ADD"}
    assert kinds.count("DROP") == kinds.count("ADD") > 50
    assert steps[moving[0]].startswith("SELECT create_reference_table")
    distributed = [sql for sql in steps if "create_distributed_table" in sql]
    assert "'\"wallet\"', 'org_id', shard_count => 32" in distributed[0]
    assert all("colocate_with => 'wallet'" in sql for sql in distributed[1:])


def test_what_each_obstacle_would_be_is_said() -> None:
    key = ForeignKey("fk", "line", "wallet", ("wallet_id",), ("org_id",), "")
    tables = {
        "wallet": WALLET,
        "line": Table(
            {"org_id": False, "wallet_id": False}, {"uq": frozenset({"wallet_id"})}, identities=["position"]
        ),
        "stray": Table({"wallet_id": False}),
        "organization": Table({"id": False}),
    }
    said = plan.obstacles(
        Schema(
            tables,
            [
                key,
                replace(key, table="stray"),
                replace(key, target="stray"),
                replace(key, table="organization"),
            ],
        )
    )
    assert [line.partition(":")[0] for line in said] == [
        "line",
        "line",
        "line",
        "stray",
        "line",
        "organization",
    ]
    assert "unique key uq" in said[0] and "position" in said[1]
    fine = replace(key, columns=("org_id", "wallet_id"), target_columns=("org_id", "id"))
    del tables["line"].unique["uq"]
    tables["line"].identities.clear()
    assert plan.obstacles(Schema(tables, [fine])) == []
