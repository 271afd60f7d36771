"""A database with functions and tables of Citus' names, which only write down what they are called with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from dev.testing import TEMPLATE, create_database, drop_database

_RECORDER = """
CREATE TABLE recorded (position serial, call text);
CREATE TABLE refused (named text);
CREATE TABLE pg_dist_node (isactive boolean, shouldhaveshards boolean);
INSERT INTO pg_dist_node VALUES (true, true);
CREATE FUNCTION citus_version() RETURNS text LANGUAGE sql AS $$ SELECT 'a recorder' $$;
CREATE FUNCTION note(call text, named text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM refused WHERE refused.named = note.named) THEN RAISE 'killed at %%', note.named; END IF;
    INSERT INTO recorded (call) VALUES (note.call || ' ' || current_setting('citus.enable_unsafe_triggers'));
END $$;
CREATE FUNCTION create_reference_table(named text) RETURNS void LANGUAGE sql AS
    $$ SELECT note('reference ' || named::regclass, (named::regclass)::text) $$;
CREATE FUNCTION create_distributed_table(named text, key text, colocate_with text DEFAULT NULL, shard_count int DEFAULT NULL)
    RETURNS void LANGUAGE sql AS
    $$ SELECT note(concat_ws(' ', named::regclass, key, colocate_with, shard_count), (named::regclass)::text) $$;
CREATE FUNCTION isolate_tenant_to_new_shard(named text, tenant uuid, cascading text) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO recorded (call) VALUES (concat_ws(' ', 'isolate', named, tenant, cascading)) RETURNING 102240 $$;
CREATE TABLE citus_shards (shardid bigint, citus_table_type text, nodename text, nodeport int, shard_size bigint);
CREATE TABLE pg_dist_shard (shardid bigint, shardminvalue text);
INSERT INTO citus_shards VALUES (1, 'distributed', 'one', 5432, 6000000), (2, 'distributed', 'two', 5432, 1000000),
    (3, 'distributed', 'one', 5432, 2000000), (4, 'distributed', 'two', 5432, 1000000), (5, 'reference', 'one', 5432, 7);
INSERT INTO pg_dist_shard VALUES (1, 'a'), (2, 'b'), (3, 'a'), (4, 'b');
"""


@pytest.fixture
def plain(process_name: str) -> Iterator[Engine]:
    """A database of the test's own, as the owner of its tables, without anything of Citus."""
    name = f"cluster_{process_name}"
    engine = create_engine(create_database(name, template=TEMPLATE).owner)
    yield engine
    engine.dispose()
    drop_database(name)


@pytest.fixture
def recording(plain: Engine) -> Engine:
    """The same with functions of Citus' names that record."""
    with plain.begin() as connection:
        connection.exec_driver_sql(_RECORDER)
    return plain


def calls(engine: Engine) -> list[str]:
    """What was called, in order."""
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT call FROM recorded ORDER BY position")))
