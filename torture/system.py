"""The whole system as separate programs, each of which can be killed and started again.

The thread that starts a program must live as long as it: what is tethered ends with that thread (`dev.tether`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from config import ROOT
from dev.demo import WORKERS, flask
from dev.errors import ToolError
from dev.ports import free_port
from dev.postgres import Cluster
from dev.temporary import OWN
from dev.tether import tether
from dev.waiting import until_answering
from stripe_sandbox.control_client import HEALTH

WEBHOOK_SECRET = "whsec_of_torture"
DATABASE = "torture"
COMMANDS = {
    "stripe": ["stripe_sandbox"],
    "web": ["gunicorn", "--log-level", "error", "wsgi:app"],
    **{name: ["flask", "worker", "--queues", queues] for name, queues in WORKERS.items()},
}
PROGRAMS = ("postgres", *COMMANDS)
"""In the order in which they are started."""


@dataclass
class System:
    """PostgreSQL, the stand-in, the web processes and the workers. What they say is kept in `folder`."""

    folder: Path
    cluster: Cluster
    address: str
    stripe_address: str
    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a program; whether it answers is for who needs it to find out."""
        if name == "postgres":
            self.cluster.start()
            return
        with self.log_of(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                tether([sys.executable, "-m", *COMMANDS[name]], signal.SIGKILL),
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL for a program and all that it started."""
        if name == "postgres":
            process = self.cluster.process
            if process is not None:
                process.kill()
                process.wait()
            return
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_child(self, name: str, place: int) -> bool:
        """SIGKILL for one of the processes that a program has started; its parent replaces it. False without one."""
        process = self.running[name]
        children = _children(process.pid)
        if not children:
            return False
        with suppress(ProcessLookupError):
            os.kill(children[place % len(children)], signal.SIGKILL)
        return True

    def died(self) -> list[str]:
        """The programs that ended by themselves, which no one asked them to."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def connect(self) -> psycopg.Connection[Any]:
        """To the database as its superuser, whom no policy restricts."""
        return psycopg.connect(self.cluster.conninfo(DATABASE), autocommit=True)

    def flask(self, *arguments: str) -> str:
        """Run a command of the product; what it said. Raises `ToolError` where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode != 0:
            raise ToolError(
                f"`flask {' '.join(arguments)}` failed:\n{done.stdout.strip()}\n{done.stderr.strip()}"
            )
        return done.stdout


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """Start everything on data of its own. Raises `ToolError` where something doesn't answer."""
    port, stripe_port = free_port(), free_port()
    address, stripe_address = f"http://localhost:{port}", f"http://localhost:{stripe_port}"
    cluster = Cluster(folder / "postgres")
    environment = {**os.environ, **dict.fromkeys(OWN, "")} | {
        "APP_ENV": "development",
        # Its owners type their password once; a run takes an hour.
        "STEP_UP_MINUTES": "1440",
        "PORT": str(port),
        "PUBLIC_URL": address,
        "WEB_CONCURRENCY": "2",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "STRIPE_API_BASE": stripe_address,
        "STRIPE_JS_URL": f"{stripe_address}/endive/stripe.js",
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_TIMEOUT_SECONDS": "3",
        "SANDBOX_PORT": str(stripe_port),
        "SANDBOX_STATE": str(folder / "stripe.db"),
        "SANDBOX_PUBLIC_URL": stripe_address,
        "SANDBOX_WEBHOOK_URL": f"{address}/webhooks/stripe",
        "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SANDBOX_SETTLES_AFTER": "5",
    }
    with cluster:
        environment |= cluster.create_database(DATABASE).settings
        system = System(folder, cluster, address, stripe_address, environment)
        flask(environment, "db", "upgrade")
        try:
            for name in COMMANDS:
                system.start(name)
            for needed in (f"{stripe_address}{HEALTH}", f"{address}/readyz"):
                if not until_answering(needed, give_up=lambda: bool(system.died())):
                    raise ToolError(f"{needed} does not answer. {_last_words(system)}")
            yield system
        finally:
            for name in list(system.running):
                system.kill(name)


def _children(pid: int) -> list[int]:
    """The processes that a process has started; Linux tells."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(one) for one in text.split()]
    return []


def _last_words(system: System) -> str:
    said = [system.log_of(name).read_text(errors="replace")[-2_000:] for name in system.died()]
    return "\n".join(said)
