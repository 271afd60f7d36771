"""Connections of the fast path: kept, replaced when they are lost, and seeing only what they were told to."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import Connection

from app.database import fast
from app.database.fast import FastConnections
from app.database.messages import FastConnection
from app.extensions import db
from app.ids import uuid7
from tests.factories import an_organization
from tests.support.database import superuser

SEEN = "SELECT org_id FROM wallet ORDER BY org_id"


@pytest.fixture
def connections(app: Flask) -> FastConnections:
    return fast.connections.get()


def seen_by(connections: FastConnections, *org_ids: UUID) -> list[UUID]:
    see = fast.seeing(org_ids, uuid7())
    _, rows = connections.run(lambda one: one.send(see, (SEEN, ())))
    return [row[0] for row in rows]


def process(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def end(pid: int) -> None:
    with superuser().begin() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")


def test_a_message_sees_the_organizations_that_it_names_and_no_other(connections: FastConnections) -> None:
    ids = [an_organization().id for _ in range(4)]
    assert seen_by(connections, ids[1]) == [ids[1]]
    assert seen_by(connections, ids[0], ids[3]) == sorted([ids[0], ids[3]])
    assert seen_by(connections, *ids) == sorted(ids)
    assert seen_by(connections, uuid7()) == []


def test_the_next_message_on_a_connection_sees_nothing_that_it_does_not_name(
    connections: FastConnections,
) -> None:
    organization = an_organization()
    assert seen_by(connections, organization.id) == [organization.id]
    assert connections.run(lambda connection: connection.execute(SEEN).fetchall()) == []


def test_a_connection_is_used_again(connections: FastConnections) -> None:
    assert connections.run(process) == connections.run(process)


def test_threads_at_the_same_time_have_one_each(connections: FastConnections) -> None:
    meeting = Barrier(3)

    def ask(_: int) -> int:
        def work(connection: Connection[Any]) -> int:
            meeting.wait(20)
            return process(connection)

        return connections.run(work)

    with ThreadPoolExecutor(3) as threads:
        assert len(set(threads.map(ask, range(3)))) == 3


def test_what_was_left_open_is_rolled_back(connections: FastConnections) -> None:
    organization = an_organization()

    def fail(connection: Connection[Any]) -> None:
        connection.execute("BEGIN")
        connection.execute(*fast.seeing([organization.id], uuid7()))
        connection.execute("UPDATE wallet SET version = 77")
        raise ValueError

    with pytest.raises(ValueError):
        connections.run(fail)
    assert connections.run(lambda connection: connection.execute(SEEN).fetchall()) == []
    assert db.session.scalar(db.text("SELECT count(*) FROM wallet WHERE version = 77")) == 0


def test_on_a_lost_connection_the_work_is_done_once_more(connections: FastConnections) -> None:
    first = connections.run(process)
    end(first)
    assert connections.run(process) != first


def test_once_more_is_on_a_fresh_one_though_another_thread_gives_back_a_lost_one(
    connections: FastConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []

    def work(connection: Connection[Any]) -> int:
        if not lost:
            lost.extend([process(connection), connections.run(process)])
            for pid in lost:
                end(pid)
        return process(connection)

    # As if the other thread came right after that.
    monkeypatch.setattr(connections, "close", lambda: None)
    assert connections.run(work) not in lost
    monkeypatch.undo()
    connections.close()


def test_a_connection_that_is_lost_again_is_said_to_be(connections: FastConnections) -> None:
    tries = []

    def work(connection: Connection[Any]) -> None:
        tries.append(pid := process(connection))
        end(pid)
        connection.execute("SELECT 1")

    with pytest.raises(psycopg.OperationalError):
        connections.run(work)
    assert len(set(tries)) == 2


def test_what_fails_on_a_connection_that_is_there_is_not_repeated(connections: FastConnections) -> None:
    tries = []

    def work(connection: Connection[Any]) -> None:
        tries.append(process(connection))
        connection.execute("SET statement_timeout = 1")
        connection.execute("SELECT pg_sleep(20)")

    with pytest.raises(psycopg.OperationalError):
        connections.run(work)
    assert len(tries) == 1
    connections.close()


def test_a_database_that_is_not_there_is_said_to_be(app: Flask) -> None:
    with pytest.raises(psycopg.OperationalError):
        FastConnections("host=127.0.0.1 port=1 connect_timeout=2").run(process)


def deallocate() -> None:
    fast.connections.get().run(lambda connection: connection.execute("DEALLOCATE ALL"))


def widen() -> None:
    with superuser().begin() as other:
        other.exec_driver_sql("ALTER TABLE widened ALTER n TYPE bigint")


@pytest.mark.parametrize("change", [deallocate, widen])
def test_what_is_prepared_and_fits_no_longer_is_prepared_again(
    connections: FastConnections, change: Callable[[], None]
) -> None:
    def ask(connection: FastConnection) -> list[list[tuple[Any, ...]]]:
        return connection.send(("SELECT n FROM widened", ()))

    with superuser().begin() as other:
        other.exec_driver_sql("CREATE TABLE widened AS SELECT 1 AS n")
        other.exec_driver_sql("GRANT SELECT ON widened TO PUBLIC")
    try:
        assert connections.run(ask) == [[(1,)]]
        change()
        assert connections.run(ask) == connections.run(ask) == [[(1,)]]
    finally:
        with superuser().begin() as other:
            other.exec_driver_sql("DROP TABLE widened")


def test_a_forked_process_has_connections_of_its_own(connections: FastConnections) -> None:
    own = connections.run(process)
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(tell, str(connections.run(process)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(told, 20)) != own
    assert connections.run(process) == own


def test_it_can_be_switched_off_for_a_while(connections: FastConnections) -> None:
    with connections.switched_off(), connections.switched_off():
        assert not connections.is_on
    assert connections.is_on
