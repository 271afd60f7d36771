"""The replica: reach, whether it is one of this database, its role, how far behind it is, and what it needs for long
reads."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.database import roles
from app.database.replica import WRITTEN, wait_for
from app.doctor.findings import Finding, ok, problem
from app.doctor.installation import Installation

_IDENTITY = text("SELECT system_identifier FROM pg_control_system()")
_BEHIND = text(
    """SELECT pg_wal_lsn_diff(CAST(:position AS pg_lsn), pg_last_wal_replay_lsn())::bigint AS bytes,
        round(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))::bigint AS seconds"""
)
_FEEDBACK = text("SELECT current_setting('hot_standby_feedback')::boolean")


def check(installation: Installation) -> Iterator[Finding]:
    """It answers, is a replica of this database, isolates organizations, and is near enough to be read from."""
    if not installation.settings.database_replica_url:
        yield ok("No replica is set (DATABASE_REPLICA_URL): everything is read from the primary.")
        return
    with installation.database() as primary:
        position, identity = str(primary.scalar(WRITTEN)), primary.scalar(_IDENTITY)
    try:
        with installation.replica() as connection:
            yield from _of(connection, position, identity, installation.settings.database_replica_lag_seconds)
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        yield problem(
            f"It can't be reached: {reason}",
            "Start the replica, or correct DATABASE_REPLICA_URL. Until then everything is read from the primary.",
        )


def _of(connection: Connection, position: str, identity: object, seconds: int) -> Iterator[Finding]:
    if connection.scalar(_IDENTITY) != identity:
        yield problem(
            "It is not a replica of the database that DATABASE_URL names.",
            "Correct DATABASE_REPLICA_URL.",
        )
        return
    if not connection.scalar(text("SELECT pg_is_in_recovery()")):
        yield problem(
            "It takes changes, so it is no replica, or was promoted.",
            "Correct DATABASE_REPLICA_URL, or make a new replica as docs/operations.md says under 'A replica'.",
        )
        return
    if (wrong := roles.what_is_wrong(connection)) is not None:
        yield problem(f"DATABASE_REPLICA_URL {wrong}", roles.HOW_TO_MAKE_ROLES)
    if not connection.scalar(_FEEDBACK):
        yield problem(
            "hot_standby_feedback is off on the replica, so cleaning up on the primary can cancel a long download.",
            "Set hot_standby_feedback = on in the replica's postgresql.conf, and reload it.",
        )
    yield _distance(connection, position, seconds)


def _distance(connection: Connection, position: str, seconds: int) -> Finding:
    if wait_for(connection, position, seconds) is None:
        return ok(f"It had within {seconds} seconds what the primary had.")
    row = connection.execute(_BEHIND, {"position": position}).one()
    return problem(
        f"It is {row.bytes:,} bytes behind the primary, and its newest change is {row.seconds or 0:,} seconds old.",
        "Look at its log, its disk and the network between the two; or allow more with DATABASE_REPLICA_LAG_SECONDS. "
        "Until then everything is read from the primary.",
    )
