"""The replica, for reads that take long: whether it is there, obeys the same walls, and holds enough.

A file that is asked for right after a top-up has to contain it. So the replica is read from only once it has replayed
everything that the primary had written when the file was asked for
(https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL). A commit is visible only
once it is flushed, so the position up to which the primary has flushed covers all that anyone has seen.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.database import roles
from app.per_application import PerApplication

WRITTEN = text("SELECT pg_current_wal_flush_lsn()::text")
"""The position up to which the primary has written its log."""
_HAS = text(
    """SELECT pg_is_in_recovery() AS is_replica, CASE WHEN pg_is_in_recovery() THEN
        coalesce(pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn), FALSE) END AS has"""
)
"""Whether a server is a replica, and has replayed the log up to a position."""

_INTERVAL = 0.01
_REST = 10.0
"""Seconds for which a replica that was away isn't tried, and one that was behind isn't waited for."""


class Unusable(StrEnum):
    """Why a replica isn't read from."""

    AWAY = "away"  # it doesn't answer
    BEHIND = "behind"  # it hasn't replayed enough in time
    PROMOTED = "promoted"  # it takes changes of its own, so its past may be another one
    ROLE = "role"  # row-level security doesn't apply to its role
    FAILED = "failed"  # it answered, and then didn't


@dataclass(slots=True)
class Replica:
    """One replica: at most `patience` seconds are waited for it. `checks_role` in production."""

    engine: Engine
    patience: float
    checks_role: bool
    _rests: dict[Unusable, float] = field(default_factory=dict)

    def why_not(self, position: str) -> Unusable | None:
        """Why what was written up to `position` of the primary's log can't be read here; None where it can.

        Waits until it is there, for as long as may be. Raises nothing.
        """
        if self._is_resting(Unusable.AWAY):
            return Unusable.AWAY
        try:
            with self.engine.connect() as connection:
                why = self._look(connection, position)
        except SQLAlchemyError:
            why = Unusable.AWAY
        if why is not None:
            # Others are spared the wait for a while.
            self._rests[why] = time.monotonic() + _REST
        return why

    def _look(self, connection: Connection, position: str) -> Unusable | None:
        if self.checks_role and roles.what_is_wrong(connection) is not None:
            return Unusable.ROLE
        return wait_for(connection, position, 0.0 if self._is_resting(Unusable.BEHIND) else self.patience)

    def _is_resting(self, why: Unusable) -> bool:
        return time.monotonic() < self._rests.get(why, 0.0)


def wait_for(connection: Connection, position: str, seconds: float) -> Unusable | None:
    """Wait at most that long until a server has replayed the log up to `position`: None once it has. `PROMOTED` where
    it is no replica. Raises what the driver raises."""
    until = time.monotonic() + seconds
    while True:
        row = connection.execute(_HAS, {"position": position}).one()
        if not row.is_replica:
            return Unusable.PROMOTED
        if row.has:
            return None
        if time.monotonic() >= until:
            return Unusable.BEHIND
        time.sleep(_INTERVAL)


replica = PerApplication[Replica | None]("replica", lambda: None)
"""The application's; None where there is none."""
