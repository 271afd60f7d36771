"""The whole system as separate programs, each of which can be killed, paused and started again.

The thread that starts a program must live as long as it: what is tethered ends with that thread (`dev.tether`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from config import ROOT
from dev.errors import ToolError
from dev.postgres import Cluster
from dev.tether import tether
from torture.clock.shifting import Clocks
from torture.network.proxy import Proxy
from torture.topology import COMMANDS
from torture.trouble.disk import Disk

DATABASE = "torture"


@dataclass
class System:
    """PostgreSQL, the stand-in, the web processes, the API's, and the workers. What they say is kept in `folder`.

    `address` and `api_address` are those of people and the platform, through the proxy; `ready` and `stripe_address`
    lead past it. `environments` are those of each program, and `environment` of commands. `clocks` and `disk` are
    None where this machine can't have them; `lacks` says why.
    """

    folder: Path
    cluster: Cluster
    proxy: Proxy
    clocks: Clocks | None
    disk: Disk | None
    lacks: list[str]
    address: str = ""
    api_address: str = ""
    ready: tuple[str, ...] = ()
    stripe_address: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    environments: dict[str, Mapping[str, str]] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a program; whether it answers is for who needs it to find out. Raises `ToolError` for a PostgreSQL
        that doesn't start."""
        if name == "postgres":
            self.cluster.start()
            return
        with self.log_of(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                tether([sys.executable, "-m", *COMMANDS[name]], signal.SIGKILL),
                cwd=ROOT,
                env=dict(self.environments[name]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def runs(self, name: str) -> bool:
        """Whether a program was started, and was not ended by us since."""
        if name == "postgres":
            return self.cluster.process is not None and self.cluster.process.poll() is None
        return name in self.running

    def kill(self, name: str) -> None:
        """SIGKILL for a program and all that it started."""
        if name == "postgres":
            self.end_postgres(signal.SIGKILL)
            return
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_child(self, name: str, place: int) -> bool:
        """SIGKILL for one of the processes that a program has started; its parent replaces it. False without one."""
        process = self.cluster.process if name == "postgres" else self.running.get(name)
        children = _children(process.pid) if process is not None else []
        if not children:
            return False
        with suppress(ProcessLookupError):
            os.kill(children[place % len(children)], signal.SIGKILL)
        return True

    def end_postgres(self, how: signal.Signals) -> None:
        """End PostgreSQL alone: SIGINT is a fast shutdown, SIGQUIT an immediate one, SIGKILL no shutdown at all."""
        process = self.cluster.process
        if process is not None:
            process.send_signal(how)
            process.wait()

    def pause(self, name: str) -> subprocess.Popen[bytes] | None:
        """Let a program and all that it started stand still; what was paused."""
        process = self.running.get(name)
        if process is not None:
            _signal_all(process, signal.SIGSTOP)
        return process

    def resume(self, process: subprocess.Popen[bytes]) -> None:
        """Let what was paused run on, unless it was killed meanwhile."""
        if process in self.running.values():
            _signal_all(process, signal.SIGCONT)

    def died(self) -> list[str]:
        """The programs that ended by themselves, which no one asked them to."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def last_words(self, name: str) -> str:
        log = self.log_of(name)
        return log.read_text(errors="replace")[-2_000:] if log.exists() else ""

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


def _signal_all(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _children(pid: int) -> list[int]:
    """The processes that a process has started; Linux tells."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(one) for one in text.split()]
    return []
