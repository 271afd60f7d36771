"""CPU of this process and of the database's backends that it uses: other load on the machine disturbs it least."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import event

from app.database.fast import connections
from app.extensions import db


@dataclass
class Backends:
    """Those that an application of this process has used, of sessions and of the fast path."""

    app: Flask
    on_cpu: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.app.app_context():
            event.listen(db.engine, "checkout", self.note)

    def note(self, connection: psycopg.Connection, *_: object) -> None:
        """Count the backend of a connection from now on, too."""
        self.on_cpu.setdefault(connection.info.backend_pid, 0)

    def cpu(self) -> float:
        """Seconds so far (Linux: `/proc/…/schedstat`)."""
        with self.app.app_context():
            connections.get().run(self.note)
        for pid in self.on_cpu:
            with suppress(OSError):
                self.on_cpu[pid] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        return time.process_time() + sum(self.on_cpu.values()) / 1e9
