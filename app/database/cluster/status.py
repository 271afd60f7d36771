"""How the shards lie: how many a machine has, how large they are, and whether some are much larger than others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from app.database.cluster.distribution import check_citus
from app.database.cluster.tables import FIRST

# `citus_shards`: https://docs.citusdata.com/en/v13.0/develop/api_metadata.html
_MACHINES = text("""
SELECT nodename || ':' || nodeport AS machine, count(DISTINCT shardid) AS shards, sum(shard_size)::bigint AS bytes
FROM citus_shards WHERE citus_table_type = 'distributed' GROUP BY 1 ORDER BY 1""")
# Shards of one organization are one of each table: those of a wallet's shard and those beside it.
_GROUPS = text("""
SELECT sum(shard_size)::bigint AS bytes FROM citus_shards s JOIN pg_dist_shard d USING (shardid)
WHERE s.citus_table_type = 'distributed' GROUP BY d.shardminvalue ORDER BY 1 DESC""")
_STEPS = text(
    "SELECT count(*) FILTER (WHERE done_at IS NULL) AS waiting, count(*) AS steps FROM cluster_step"
)
# https://docs.citusdata.com/en/v13.0/develop/api_udf.html
_ISOLATE = text(f"SELECT isolate_tenant_to_new_shard('{FIRST}', CAST(:org_id AS uuid), 'CASCADE')")


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine, with how many shards it has and how many bytes they are."""

    name: str
    shards: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Status:
    """The machines, the bytes of each group of shards that lie together (the largest first), and steps to be done."""

    machines: Sequence[Machine]
    groups: Sequence[int]
    waiting: int
    steps: int

    @property
    def skew(self) -> float:
        """How many times the mean the largest group is; 1 is even."""
        mean = sum(self.groups) / len(self.groups) if self.groups else 0
        return self.groups[0] / mean if mean else 1.0


def read(connection: Connection) -> Status:
    """Read it, as the owner. Raises `ClusterError` where there is no cluster."""
    check_citus(connection)
    waiting, steps = 0, 0
    if connection.scalar(text("SELECT to_regclass('cluster_step')")):
        waiting, steps = connection.execute(_STEPS).one()
    machines = [Machine(row.machine, row.shards, row.bytes) for row in connection.execute(_MACHINES)]
    return Status(machines, [int(row.bytes) for row in connection.execute(_GROUPS)], waiting, steps)


def isolate(connection: Connection, org_id: UUID) -> int:
    """Give an organization a shard of its own, with those of all tables beside. Returns the wallet's new shard.

    Moving that to a machine of its own is `citus_move_shard_placement`. Commits nothing.
    """
    check_citus(connection)
    shard: int = connection.execute(_ISOLATE, {"org_id": org_id}).scalar_one()
    return shard
