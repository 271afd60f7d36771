"""A replica of a server of our own, made as operators make one: a base backup that goes on as a standby.

The two are on one machine and speak over the primary's socket.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from dev.account import Account
from dev.errors import ToolError
from dev.postgres import Cluster, programs


def make_replica(primary: Cluster, folder: Path, *, name: str = "replica") -> Cluster:
    """A standby of a running server in a new folder, which streams what the primary writes. Not started yet.

    `name` is what the primary's `synchronous_standby_names` knows it by. Raises `ToolError`.
    """
    account = Account.for_postgres()
    folder.mkdir(parents=True)
    account.own(folder)
    done = subprocess.run(
        [
            str(programs() / "pg_basebackup"),
            *("--pgdata", str(folder)),
            *("--dbname", f"{primary.conninfo()}&application_name={name}"),
            *("--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
        **account.arguments(),
    )
    if done.returncode != 0:
        raise ToolError(f"The base backup failed:\n{done.stderr.strip()}")
    with (folder / "postgresql.auto.conf").open("a") as settings:
        # Otherwise cleaning up on the primary can cancel what someone reads here.
        settings.write("hot_standby_feedback = on\n")
    return Cluster(folder)
