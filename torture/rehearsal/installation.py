"""One version of the product as separate programs, beside another one on the same database and the same stand-in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from config import ROOT
from dev.demo import WORKERS
from dev.errors import ToolError
from dev.ports import free_port
from dev.postgres import Cluster
from dev.temporary import OWN
from dev.tether import tether
from dev.waiting import until_answering
from stripe_sandbox.control_client import HEALTH
from torture.network.proxy import Proxy
from torture.starting import WEBHOOK_SECRET
from torture.system import System
from torture.topology import COMMANDS

PROGRAMS = ("web", *WORKERS)
GRACE = 40
"""Seconds that a program may take to end what it is at."""


@dataclass
class Installation(System):
    """The programs of the code in `root`."""

    root: Path = ROOT
    name: str = "new"

    def at(self, address: str) -> Installation:
        """The same, where people and the platform find it at an address."""
        return replace(self, address=address, api_address=address, ready=(f"{address}/readyz",))

    def start(self, name: str) -> None:
        """Start a program of this version."""
        with self.log_of(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                tether([sys.executable, "-m", *COMMANDS[name]], signal.SIGKILL),
                cwd=self.root,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_all(self, *, until: str = "/healthz") -> None:
        """Start web and workers, and wait until the pages answer. Raises `ToolError`."""
        for name in PROGRAMS:
            self.start(name)
        self.wait_for(f"{self.address}{until}")

    def wait_for(self, address: str) -> None:
        """Raises `ToolError` where nothing answers there."""
        if not until_answering(address, seconds=120, give_up=lambda: bool(self.died())):
            said = "\n".join(self.log_of(name).read_text(errors="replace")[-1_000:] for name in self.died())
            raise ToolError(f"{address} does not answer. {said}")

    def start_stripe(self) -> None:
        """Start the stand-in, which both versions pay with. Raises `ToolError`."""
        self.start("stripe")
        self.wait_for(f"{self.stripe_address}{HEALTH}")

    def end(self) -> None:
        """Let web and workers end what they are at, as an upgrade does."""
        ending = [self.running.pop(name) for name in PROGRAMS if name in self.running]
        for process in ending:
            process.send_signal(signal.SIGTERM)
        for process in ending:
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def kill_all(self) -> None:
        """End everything, whatever it is at."""
        for name in list(self.running):
            self.kill(name)

    def log_of(self, name: str) -> Path:
        return self.folder / f"{self.name}-{name}.log"

    def flask(self, *arguments: str) -> str:
        """Run a command of this version, for as long as it takes; what it said. Raises `ToolError`."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=self.root,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = f"{done.stdout.strip()[-2_000:]}\n{done.stderr.strip()[-4_000:]}"
            raise ToolError(f"`flask {' '.join(arguments)}` of the {self.name} version failed:\n{said}")
        return done.stdout


def describe(
    folder: Path, cluster: Cluster, databases: Mapping[str, str], *, root: Path = ROOT
) -> Installation:
    """An installation with ports of its own; nothing is started. `databases` are the settings that name them."""
    port, stripe_port = free_port(), free_port()
    address, stripe_address = f"http://localhost:{port}", f"http://localhost:{stripe_port}"
    environment = {**os.environ, **dict.fromkeys(OWN, ""), **databases} | {
        "APP_ENV": "development",
        "STEP_UP_MINUTES": "1440",
        "API_REQUESTS_PER_MINUTE": "100000",
        "PORT": str(port),
        "PUBLIC_URL": address,
        "WEB_CONCURRENCY": "1",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        "STRIPE_API_BASE": stripe_address,
        "STRIPE_JS_URL": f"{stripe_address}/endive/stripe.js",
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_TIMEOUT_SECONDS": "5",
        "SANDBOX_PORT": str(stripe_port),
        "SANDBOX_STATE": str(folder / "stripe.db"),
        "SANDBOX_PUBLIC_URL": stripe_address,
        "SANDBOX_WEBHOOK_URL": f"{address}/webhooks/stripe",
        "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SANDBOX_SETTLES_AFTER": "2",
    }
    # Nothing goes wrong on the way between programs here, so the proxy leads nowhere.
    return Installation(
        folder,
        cluster,
        Proxy(0, folder / "proxy.log"),
        clocks=None,
        disk=None,
        lacks=[],
        stripe_address=stripe_address,
        environment=environment,
        root=root,
    ).at(address)


def beside(other: Installation, *, root: Path, name: str) -> Installation:
    """Another version on the same database and stand-in, at a port of its own and under the same public address."""
    port = free_port()
    environment = {**other.environment, "PORT": str(port)}
    return replace(other, environment=environment, running={}, root=root, name=name).at(
        f"http://localhost:{port}"
    )
