"""Everything started, and nothing that goes wrong by itself: for what isn't torture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.postgres import Cluster
from torture.plan import SETTLES, Plan
from torture.starting import running
from torture.system import System
from torture.topology import RECEIVERS
from torture.trouble.receivers import Receiver


@contextmanager
def in_peace(seed: int, folder: Path, cluster: Cluster | None = None) -> Iterator[tuple[System, Receiver]]:
    """Everything, in the embedded PostgreSQL or in another cluster, with a receiver that takes what the platform is
    told. Raises `ToolError` where something doesn't answer."""
    plan = Plan(
        operations=0,
        kills=0,
        seconds=None,
        seed=seed,
        faults=frozenset(),
        every=1,
        lines=1,
        settle_seconds=SETTLES,
    )
    receiver = Receiver()
    server = receiver.start()
    try:
        with running(plan, folder, dict.fromkeys(RECEIVERS, receiver), cluster=cluster) as system:
            system.flask("platform", "add", receiver.url)
            yield system, receiver
    finally:
        server.shutdown()
