"""The product as separate programs, each of which can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config import ROOT
from dev.ports import free_port
from dev.postgres import Cluster
from dev.testing import TEMPLATE, lay_out
from dev.tether import tether
from dev.waiting import until_answering


@dataclass
class Programs:
    """PostgreSQL, the web processes and the worker. `kill` is SIGKILL for a program and all that it started.

    Start them in a thread that lives as long as they shall: what is tethered ends with it.
    """

    cluster: Cluster
    environment: Mapping[str, str]
    address: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        if name == "postgres":
            self.cluster.start()
            return
        commands = {"web": ["gunicorn", "--log-level", "critical", "wsgi:app"], "worker": ["flask", "worker"]}
        self.running[name] = subprocess.Popen(
            tether([sys.executable, "-m", *commands[name]], signal.SIGKILL),
            cwd=ROOT,
            env=dict(self.environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        process = self.cluster.process if name == "postgres" else self.running.pop(name)
        assert process is not None
        if name == "postgres":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def programs(folder: Path, settings: Mapping[str, str]) -> Iterator[Programs]:
    """Start them all on a database of their own that keeps its word when it is killed."""
    port = free_port()
    lay_out(folder / "postgres")
    with Cluster(folder / "postgres") as cluster:
        own = {**cluster.create_database(TEMPLATE).settings, "PORT": str(port), "WEB_CONCURRENCY": "2"}
        environment = os.environ | settings | own
        found = Programs(cluster, environment, f"http://127.0.0.1:{port}")
        try:
            for name in ("web", "worker"):
                found.start(name)
            assert until_answering(f"{found.address}/healthz")
            yield found
        finally:
            for name in list(found.running):
                found.kill(name)
