"""Between tests every table is emptied, also those that refuse it."""

import pytest
from sqlalchemy import create_engine, text

from dev.testing import create_database, drop_database, reset, start_cluster

SCHEMA = """
CREATE TABLE alembic_version (version_num text);
INSERT INTO alembic_version VALUES ('1');
CREATE TABLE plan (id int PRIMARY KEY);
CREATE TABLE wallet (id int PRIMARY KEY, plan_id int REFERENCES plan);
CREATE TABLE usage (day int, wallet_id int REFERENCES wallet) PARTITION BY RANGE (day);
CREATE TABLE usage_1 PARTITION OF usage FOR VALUES FROM (1) TO (10);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append-only'; END $$;
CREATE TRIGGER append_only BEFORE DELETE ON wallet FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@pytest.fixture(scope="module")
def name(process_name):
    """Of a database for this process alone."""
    return f"reset_{process_name}"


@pytest.fixture(scope="module")
def engine(name):
    stop = start_cluster()
    engine = create_engine(create_database(name).superuser)
    with engine.begin() as connection:
        connection.exec_driver_sql(SCHEMA)
    yield engine
    engine.dispose()
    drop_database(name)
    stop()


@pytest.fixture(autouse=True)
def rows(engine):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO plan VALUES (1) ON CONFLICT DO NOTHING"))
        connection.execute(text("INSERT INTO wallet VALUES (1, 1)"))
        connection.execute(text("INSERT INTO usage VALUES (1, 1)"))


def counts(engine):
    with engine.connect() as connection:
        tables = ("alembic_version", "plan", "wallet", "usage")
        return {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}


def test_every_table_is_emptied_but_alembics(engine):
    reset(engine)
    assert counts(engine) == {"alembic_version": 1, "plan": 0, "wallet": 0, "usage": 0}


def test_tables_can_be_kept(engine):
    reset(engine, keep=["plan"])
    assert counts(engine) == {"alembic_version": 1, "plan": 1, "wallet": 0, "usage": 0}


def test_what_the_table_refuses_is_refused_again_afterwards(engine):
    reset(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO plan VALUES (2)"))
        connection.execute(text("INSERT INTO wallet VALUES (2, 2)"))
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM wallet"))
    reset(engine)


def test_a_copy_has_what_its_template_has(engine, name):
    engine.dispose()
    copy = create_engine(create_database(f"{name}_copy", template=name).superuser)
    assert counts(copy)["wallet"] == 1
    copy.dispose()
    drop_database(f"{name}_copy")
    reset(engine)
