"""Distributing: each step once and in order, also where a run was killed in between."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.database.cluster import distribution, plan, schema
from app.database.cluster.distribution import ClusterError
from app.database.cluster.plan import Kind
from tests.database.cluster.conftest import calls


def test_a_run_that_was_killed_goes_on_and_every_foreign_key_is_back(recording: Engine) -> None:
    with recording.begin() as connection:
        before = schema.read(connection)
        connection.exec_driver_sql("INSERT INTO refused VALUES ('transfer'), ('membership')")

    told: list[str] = []
    for killed_at in ("membership", "transfer"):
        with pytest.raises(DBAPIError, match=f"killed at {killed_at}"):
            distribution.distribute(recording, shards=64, tell=told.append)
        with recording.begin() as connection:
            assert len(schema.read(connection).foreign_keys) < len(before.foreign_keys) / 2
            connection.execute(text("DELETE FROM refused WHERE named = :named"), {"named": killed_at})
    distribution.distribute(recording, shards=64, tell=told.append)

    where = plan.kinds(before)
    references = [name for name, kind in where.items() if kind is Kind.REFERENCE]
    others = [name for name, kind in where.items() if kind is Kind.DISTRIBUTED and name != "wallet"]
    with recording.connect() as connection:
        quoted = {
            name: connection.scalar(text(f"SELECT '\"{name}\"'::regclass::text")) for name in references
        }
    assert calls(recording) == [
        *(f"reference {quoted[name]} on" for name in references),
        "wallet org_id 64 on",
        *(f"{name} org_id wallet on" for name in others),
    ]
    with recording.connect() as connection:
        assert schema.read(connection).foreign_keys == before.foreign_keys
    assert distribution.distribute(recording, shards=64, tell=told.append) == 0
    assert len(told) == len(set(told)) + 2, "Only what was killed is told twice."


def test_messages_are_still_numbered_in_one_order(recording: Engine) -> None:
    distribution.distribute(recording, shards=32, tell=str)
    with recording.begin() as connection:
        found = schema.read(connection)
        assert found.tables["platform_message"].identities == []
        assert found.tables["invitation"].unique["uq_invitation_token_hash"] == {"token_hash", "org_id"}
        numbers = [connection.scalar(text("SELECT nextval('platform_message_order')")) for _ in range(2)]
        assert numbers == [1, 2]


def test_without_citus_or_machines_nothing_is_changed(plain: Engine) -> None:
    with pytest.raises(ClusterError, match="hasn't the extension"):
        distribution.distribute(plain, shards=32, tell=str)
    with plain.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION citus_version() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"
        )
        connection.exec_driver_sql("CREATE TABLE pg_dist_node (isactive boolean, shouldhaveshards boolean)")
    with pytest.raises(ClusterError, match="No machine"):
        distribution.distribute(plain, shards=32, tell=str)
    with plain.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('cluster_step')")) is None


def test_what_stands_in_the_way_is_said_before_anything_is_changed(recording: Engine) -> None:
    with recording.begin() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX uq_wallet_state ON wallet (state)")
    with pytest.raises(ClusterError, match="uq_wallet_state"):
        distribution.distribute(recording, shards=32, tell=str)
    assert calls(recording) == []
