"""The second wall: whatever SQL runs, the application's role reads and writes its organization's rows alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, union_all, update
from sqlalchemy.exc import DBAPIError

from app.extensions import db, driver_connection
from app.models import Mail, Organization
from app.models.scope import scope_to
from tests.support.database import owner, superuser
from tests.support.rows import a_row, key_of, tables, write


@dataclass
class Two:
    """Two organizations with a row in every table. The current session is Harbor's."""

    harbor: UUID
    pine: UUID


@pytest.fixture
def two(app: Flask) -> Iterator[Two]:
    found = Two(uuid4(), uuid4())
    with superuser().begin() as connection:
        for table in tables():
            for org_id in (found.harbor, found.pine):
                write(connection, table, org_id)
    before = _all_of(found.pine)
    db.session.rollback()
    scope_to(db.session(), found.harbor)
    yield found
    db.session.rollback()
    assert _all_of(found.pine) == before, "a row of another organization was changed"


def test_every_table_that_the_database_has_with_org_id_keeps_organizations_apart(app: Flask) -> None:
    with owner().connect() as connection:
        assert _open_tables(connection) == []
        connection.execute(text("CREATE TABLE made_later (org_id uuid, what text)"))
        connection.execute(text("CREATE TABLE usage_event_2031_01 (LIKE usage_event)"))
        assert _open_tables(connection) == ["made_later", "usage_event_2031_01"]
        connection.execute(text("SELECT keep_apart('made_later'), keep_apart('usage_event_2031_01')"))
        assert _open_tables(connection) == []
        connection.rollback()


def test_a_month_that_is_made_later_keeps_them_apart_too(app: Flask) -> None:
    db.session.execute(text("SELECT make_usage_month('2031-02-01')"))
    with pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("SELECT * FROM usage_event_2031_02"))
    db.session.rollback()
    with owner().connect() as connection:
        connection.execute(text("SELECT make_usage_month('2031-02-01')"))
        assert _open_tables(connection) == []
        connection.rollback()


READ = {
    "select": "SELECT {key} FROM {table}",
    "named": "SELECT {key} FROM {table} WHERE {key} = {other}",
    "union": "SELECT {key} FROM {table} UNION ALL SELECT {key} FROM {table}",
    "cte": "WITH found AS (SELECT * FROM {table}) SELECT {key} FROM found",
    "subquery": "SELECT (SELECT max({key}::text) FROM {table} WHERE {key} <> {own})",
    "join": "SELECT b.{key} FROM {table} a CROSS JOIN {table} b",
    "function": "CREATE OR REPLACE FUNCTION pg_temp.found() RETURNS SETOF uuid LANGUAGE sql "
    "AS 'SELECT {key} FROM {table}'; SELECT pg_temp.found()",
    "cursor": "DECLARE found CURSOR FOR SELECT {key} FROM {table}; FETCH ALL FROM found",
}


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda way: READ[way].split()[0])
@pytest.mark.parametrize("way", READ)
def test_raw_sql_reads_nothing_of_another(two: Two, way: str) -> None:
    seen = {}
    for table in tables():
        said = str(_run(_fill(READ[way], table, two)))
        if way == "cursor":
            _run("CLOSE found")
        seen[table.name] = (str(two.harbor) in said, str(two.pine) in said)
    own = way not in {"named", "subquery"}
    assert seen == dict.fromkeys(seen, (own, False))


@pytest.mark.long
def test_copy_reads_nothing_of_another(two: Two) -> None:
    for table in tables():
        with driver_connection().cursor().copy(f"COPY (TABLE {_name(table)}) TO STDOUT") as rows:  # type: ignore[call-overload]
            said = b"".join(rows).decode()
        assert (str(two.harbor) in said, str(two.pine) in said) == (True, False), table.name


CHANGE = {
    "update": "UPDATE {table} SET {key} = {key} WHERE {key} = {other}",
    "all": "UPDATE {table} SET {key} = {key} WHERE {key} <> {own}",
    "delete": "DELETE FROM {table} WHERE {key} = {other}",
    "using": "DELETE FROM {table} USING organization o WHERE o.id = {other} AND {table}.{key} = o.id",
    "merge": "MERGE INTO {table} t USING (SELECT 1) one ON t.{key} = {other} WHEN MATCHED THEN DELETE",
    "lock": "SELECT FROM {table} WHERE {key} = {other} FOR UPDATE",
    "cte": "WITH gone AS (DELETE FROM {table} WHERE {key} = {other} RETURNING 1) SELECT FROM gone",
}


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda way: CHANGE[way].split()[0])
@pytest.mark.parametrize("way", CHANGE)
def test_raw_sql_changes_nothing_of_another(two: Two, way: str) -> None:
    for table in tables():
        assert _changed(_fill(CHANGE[way], table, two)) in {0, "permission denied"}, table.name


GIVE_AWAY = {
    "update": "UPDATE {table} SET {key} = {other}",
    "select": "INSERT INTO {table} ({key}) SELECT {other}",
    "truncate": "TRUNCATE {table} CASCADE",
    "policy": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "drop": "DROP TABLE {table} CASCADE",
    "trigger": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "role": "SET LOCAL ROLE billing_owner",
    "replica": "SET LOCAL session_replication_role = replica",
}


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda way: GIVE_AWAY[way].split()[0])
@pytest.mark.parametrize("way", GIVE_AWAY)
def test_raw_sql_that_reaches_beyond_the_organization_is_refused(two: Two, way: str) -> None:
    for table in tables():
        refused = "row-level security|permission denied|must be owner|violates"
        with pytest.raises(psycopg.Error, match=refused):
            _run(_fill(GIVE_AWAY[way], table, two))
        db.session.rollback()


@pytest.mark.long
def test_no_row_is_written_for_another(two: Two) -> None:
    for table in tables():
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(insert(table).values(a_row(table, two.pine)))
        db.session.rollback()
        names = sql.SQL(", ").join(map(sql.Identifier, (row := a_row(table, two.pine))))
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
        with (
            pytest.raises(psycopg.Error, match="COPY FROM not supported with row-level security"),
            driver_connection().cursor().copy(copy) as rows,
        ):
            rows.write_row([str(value) for value in row.values()])
        db.session.rollback()


@pytest.mark.long
def test_what_sqlalchemy_builds_without_a_model_is_held_too(two: Two) -> None:
    for table in tables():
        key = table.c[key_of(table)]
        found = union_all(select(key), select(key).where(key != two.harbor))
        assert set(db.session.scalars(found)) == {two.harbor}, table.name
        assert db.session.scalar(select(func.count()).select_from(table)) == 1, table.name
        for change in (update(table).values({key: key}), delete(table)):
            assert _changed(change.where(key == bindparam("other")), other=two.pine) in {
                0,
                "permission denied",
            }, table.name


@pytest.mark.long
def test_bulk_updates_of_models_stay_with_the_organization(two: Two) -> None:
    other = db.session.execute(select(Mail.id)).scalar_one()
    with superuser().connect() as connection:
        theirs = connection.scalar(select(Mail.id).where(Mail.org_id == two.pine))
    db.session.execute(update(Mail), [{"org_id": two.harbor, "id": other, "note": "own"}])
    assert db.session.execute(select(Mail.note)).scalars().all() == ["own"]
    with pytest.raises(Exception, match="expected to update 1 row"):
        db.session.execute(update(Mail), [{"org_id": two.pine, "id": theirs, "note": "stolen"}])


def test_without_a_scope_nothing_is_seen_and_nothing_written(two: Two) -> None:
    db.session.remove()
    for table in [*tables(), db.metadata.tables["user"]]:
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, table.name
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(insert(table).values(a_row(table, two.harbor)))
        db.session.rollback()


@pytest.mark.long
def test_the_owner_is_held_as_well_once_a_scope_is_set(two: Two) -> None:
    with owner().connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Organization)) == 2, "as migrations see it"
        connection.execute(text("SELECT set_config('app.org_id', :id, true)"), {"id": str(two.harbor)})
        for table in tables():
            assert connection.scalar(select(func.count()).select_from(table)) == 1, table.name


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [lambda one: f"app.org_ids_of_{one.bytes[-1]}", lambda one: f"app.org_ids_{one.hex[-2:]}"]
)
def test_several_are_seen_by_this_release_and_the_one_before_and_no_other(
    two: Two, name: Callable[[UUID], str]
) -> None:
    """While processes are replaced, those of both releases are running: each names organizations in its own way."""
    seen = text("SELECT set_config(:name, :some, true), set_config('app.org_id', 'several', true)")
    db.session.execute(seen, {"name": name(two.harbor), "some": f" {two.harbor} {uuid4()}"})
    for table in tables():
        key = key_of(table)
        assert {row[0] for row in _run(f'SELECT {key} FROM "{table.name}"')} <= {two.harbor}, table.name
    assert _run("SELECT id, current_setting('app.org_id') FROM organization") == [(two.harbor, "several")]


@pytest.mark.long
def test_a_setting_that_names_no_one_shows_nothing(two: Two) -> None:
    for setting in ("", " ", "none", str(uuid4()), "all," + str(two.pine), "ALL"):
        db.session.execute(text("SELECT set_config('app.org_id', :setting, true)"), {"setting": setting})
        try:
            assert db.session.scalars(text("SELECT id FROM organization")).all() == []
        except DBAPIError as error:
            assert "invalid input syntax for type uuid" in str(error)
        db.session.rollback()


@pytest.mark.long
def test_a_row_of_another_is_told_by_no_foreign_key_and_by_no_key_of_a_table_of_organizations(
    two: Two,
) -> None:
    """The policy speaks before the keys do, so what is there and what isn't are refused alike."""
    for table in tables():
        said = set()
        with superuser().connect() as connection:
            there = (
                connection.execute(select(table).where(table.c[key_of(table)] == two.pine)).mappings().one()
            )
        row = {name: value for name, value in there.items() if table.c[name].identity is None}
        for values in (row, a_row(table, two.pine), a_row(table, uuid4())):
            with pytest.raises(DBAPIError) as error:
                db.session.execute(insert(table).values(values))
            said.add(str(error.value.orig))
            db.session.rollback()
        assert len(said) == 1, said


def _open_tables(connection: Connection) -> list[str]:
    """Tables with `org_id` that lack security for their owner too, or a policy for reading and one for writing."""
    query = text("""
        SELECT c.relname FROM pg_class c
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
          AND (EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped)
               OR relname IN ('organization', 'user'))
          AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (
              SELECT FROM pg_policy WHERE polrelid = c.oid AND polcmd = '*' AND polroles = '{0}'
                AND pg_get_expr(polqual, polrelid) LIKE '%app.org_id%'
                AND pg_get_expr(coalesce(polwithcheck, polqual), polrelid) LIKE '%app.org_id%'))
        ORDER BY relname""")
    return list(connection.scalars(query))


def _name(table: Table) -> str:
    return f'"{table.name}"'


def _fill(statement: str, table: Table, two: Two) -> str:
    return statement.format(
        table=_name(table), key=key_of(table), own=f"'{two.harbor}'", other=f"'{two.pine}'"
    )


def _run(statement: str) -> list[Any]:
    cursor = driver_connection().execute(statement)  # type: ignore[call-overload]
    while cursor.nextset():
        pass
    return cursor.fetchall() if cursor.description else []


def _changed(statement: Any, **values: Any) -> int | str:
    """How many rows a statement has changed, or that the role may not."""
    run: Callable[[], Any] = (
        (lambda: driver_connection().execute(statement))
        if isinstance(statement, str)
        else (lambda: db.session.execute(statement, values))
    )
    try:
        return int(run().rowcount)
    except (psycopg.errors.InsufficientPrivilege, DBAPIError) as error:
        db.session.rollback()
        return "permission denied" if "permission denied" in str(error) else str(error)


def _all_of(org_id: UUID) -> dict[str, list[str]]:
    with superuser().connect() as connection:
        return {
            table.name: list(
                connection.scalars(
                    text(f"SELECT t::text FROM {_name(table)} t WHERE {key_of(table)} = :id"), {"id": org_id}
                )
            )
            for table in tables()
        }
