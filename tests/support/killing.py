"""The product as separate programs, each of which can be killed and started again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dev.ports import free_port
from dev.postgres import Cluster
from dev.testing import TEMPLATE, lay_out
from dev.waiting import until_answering
from tests.support.programs import Program, start


@dataclass
class Programs:
    """PostgreSQL, the web processes and the worker. `kill` is SIGKILL for a program and all that it started.

    Start PostgreSQL in a thread that lives as long as it shall: it ends with it.
    """

    cluster: Cluster
    environment: Mapping[str, str]
    address: str
    running: dict[str, Program] = field(default_factory=dict)

    def start(self, name: str) -> None:
        if name == "postgres":
            self.cluster.start()
            return
        commands = {"web": ["gunicorn", "--log-level", "critical", "wsgi:app"], "worker": ["flask", "worker"]}
        module, *arguments = commands[name]
        self.running[name] = start(module, arguments, self.environment, is_heard=False)

    def kill(self, name: str) -> None:
        if name == "postgres":
            assert self.cluster.process is not None
            self.cluster.process.kill()
            self.cluster.process.wait()
            return
        program = self.running.pop(name)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()


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
