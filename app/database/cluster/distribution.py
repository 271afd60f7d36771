"""Distributing the tables, step by step: what is to be done is stored first, and each step notes that it was done.

A run that is killed leaves the steps behind it done, and the next one goes on with the first that isn't, also where
foreign keys are dropped and not added again yet: they are in the stored steps.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from app.database.cluster import plan, schema

_STORED = text("""
CREATE TABLE IF NOT EXISTS cluster_step (
    position integer PRIMARY KEY, text text NOT NULL, sql text NOT NULL, done_at timestamptz)""")
# One run at a time: the second waits for the step of the first, and finds it done.
_NEXT = text(
    "SELECT position, text, sql FROM cluster_step WHERE done_at IS NULL ORDER BY position LIMIT 1 FOR UPDATE"
)
_DONE = text("UPDATE cluster_step SET done_at = now() WHERE position = :position")
# Citus refuses them otherwise (ErrorOutForTriggerIfNotSupported in its source): a trigger may reach what another
# machine has. Ours reach rows of the same organization, which are beside.
_ALLOW_TRIGGERS = text("SELECT set_config('citus.enable_unsafe_triggers', 'on', true)")


class ClusterError(Exception):
    """The tables can't be distributed. The message says why, for operators."""


def distribute(engine: Engine, *, shards: int, tell: Callable[[str], object]) -> int:
    """Do what isn't done yet, as the owner of the tables. Returns how many steps that were; tells of each.

    Each step commits. Raises `ClusterError` without Citus or workers, or where something stands in the way, and then
    changes nothing.
    """
    with engine.begin() as connection:
        check_citus(connection)
        connection.execute(_STORED)
        if not connection.scalar(text("SELECT count(*) FROM cluster_step")):
            _store(connection, shards)
    done = 0
    while _do_next(engine, tell):
        done += 1
    return done


def check_citus(connection: Connection) -> None:
    """Raise `ClusterError` where the database hasn't the extension, or no machine to put shards on."""
    if connection.scalar(text("SELECT to_regproc('citus_version')")) is None:
        raise ClusterError(
            "This database hasn't the extension citus: see docs/operations.md, 'More than one machine'."
        )
    if not connection.scalar(text("SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards")):
        raise ClusterError("No machine may have shards: add workers with citus_add_node first.")


def _store(connection: Connection, shards: int) -> None:
    found = schema.read(connection)
    if problems := plan.obstacles(found):
        raise ClusterError("\n".join(problems))
    connection.execute(
        text("INSERT INTO cluster_step (position, text, sql) VALUES (:position, :text, :sql)"),
        [
            {"position": position, "text": step.text, "sql": step.sql}
            for position, step in enumerate(plan.steps(found, shards=shards), start=1)
        ],
    )


def _do_next(engine: Engine, tell: Callable[[str], object]) -> bool:
    with engine.begin() as connection:
        step = connection.execute(_NEXT).first()
        if step is None:
            return False
        tell(f"{step.position}. {step.text}")
        connection.execute(_ALLOW_TRIGGERS)
        for statement in step.sql.split("; "):
            connection.exec_driver_sql(statement)
        connection.execute(_DONE, {"position": step.position})
    return True
