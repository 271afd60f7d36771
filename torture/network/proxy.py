"""The proxy from outside: started with all links, and told what each of them does."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from config import ROOT
from dev.errors import ToolError
from dev.ports import free_port
from dev.tether import tether
from torture.network.links import Mode


@dataclass
class Proxy:
    """Links by name, each with a port of its own. `add` them, then `start` it."""

    seed: int
    log: Path
    ports: dict[str, int] = field(default_factory=dict)
    _targets: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None

    def add(self, name: str, target: int | str) -> int:
        """A link to a port of this machine, or to a Unix socket; the port at which to connect instead."""
        port = free_port()
        while port in self.ports.values():
            port = free_port()
        self.ports[name], self._targets[name] = port, str(target)
        return port

    @property
    def names(self) -> list[str]:
        return sorted(self.ports)

    def start(self) -> None:
        """Raises `ToolError` where it doesn't start."""
        links = [f"{name}={port}:{self._targets[name]}" for name, port in self.ports.items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                tether([sys.executable, "-m", "torture.network", str(self.seed), *links], signal.SIGKILL),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._expect_ok()

    def set(self, name: str, mode: Mode, argument: int = 0) -> None:
        """Let a link do something from now on. Raises `ToolError` where the proxy is gone."""
        if self._process is None or self._process.stdin is None:
            raise ToolError("The proxy was not started.")
        print(name, mode.value, argument, file=self._process.stdin, flush=True)
        self._expect_ok()

    def open_all(self) -> None:
        """Let everything pass again."""
        for name in self.ports:
            self.set(name, Mode.OPEN)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _expect_ok(self) -> None:
        if (
            self._process is None
            or self._process.stdout is None
            or self._process.stdout.readline().strip() != "ok"
        ):
            raise ToolError(f"The proxy does not answer. See {self.log}:\n{self.log.read_text()[-1_000:]}")
