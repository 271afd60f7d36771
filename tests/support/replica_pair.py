"""The application on a primary with a real replica: both are servers of our own, in a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.database.replica import Replica, replica
from app.extensions import db
from config import Settings
from dev.postgres import Cluster
from dev.replication import make_replica
from dev.testing import TEMPLATE, lay_out
from tests.support.browsing import BrowserClient


@dataclass
class Pair:
    """The application, on a primary with a replica, and what it has read there."""

    app: Flask
    primary: Cluster
    standby: Cluster
    statements: list[str]

    @property
    def replica(self) -> Replica:
        found = replica.get()
        assert found is not None
        return found

    def on_standby(self, statement: str) -> None:
        with psycopg.connect(self.standby.conninfo(TEMPLATE), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The replica gets what the primary writes, and doesn't replay it."""
        self.on_standby("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.on_standby("SELECT pg_wal_replay_resume()")
            self.replica._rests.clear()


@contextmanager
def installed_pair() -> Iterator[Pair]:
    """The two servers with the application, as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        primary = Cluster(Path(folder) / "primary")
        lay_out(primary.folder)
        with (primary.folder / "postgresql.auto.conf").open("a") as conf:
            conf.write("fsync = off\n")  # also the replica's: no one misses them
        primary.start()
        standby = make_replica(primary, Path(folder) / "standby")
        standby.start()
        addresses = primary.create_database(TEMPLATE)
        settings = Settings.from_environment(
            {
                "APP_ENV": "test",
                **addresses.settings,
                "DATABASE_REPLICA_URL": standby.url(TEMPLATE, "billing_app"),
                "DATABASE_REPLICA_LAG_SECONDS": "30",
                "LOG_LEVEL": "CRITICAL",
            }
        )
        app = create_app(settings)
        app.test_client_class = BrowserClient
        with app.app_context():
            found = Pair(app, primary, standby, [])
            event.listen(
                found.replica.engine,
                "before_cursor_execute",
                lambda _connection, _cursor, statement, *_: found.statements.append(statement),
            )
        yield found
        with app.app_context():
            db.engine.dispose()
            found.replica.engine.dispose()
        standby.stop()
        primary.stop()
