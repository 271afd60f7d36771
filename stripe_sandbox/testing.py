"""The stand-in for tests: a process of its own on a free port, with its state in a temporary file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from stripe_sandbox.control_client import ControlClient

ROOT = Path(__file__).parent.parent
SECRET = "whsec_test"  # noqa: S105, of no endpoint but those of tests


class Process:
    """A running stand-in; `control` are its controls, and `state` is the file with all that it knows."""

    def __init__(self, folder: Path, port: int, environment: dict[str, str]) -> None:
        self.url = f"http://localhost:{port}"
        self.state = folder / "state.db"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")},
            **environment,
            "SANDBOX_PORT": str(port),
            "SANDBOX_STATE": str(self.state),
            "SANDBOX_PUBLIC_URL": self.url,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.control = ControlClient(self.url)

    def start(self) -> None:
        """Start it and wait until it answers. Raises `RuntimeError` where it ends, or doesn't within a minute."""
        command = [sys.executable, "-m", "stripe_sandbox"]
        self._process = subprocess.Popen(command, env=self._environment, cwd=ROOT)
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.control.id()
                return
            except requests.RequestException:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError("The stand-in did not start.")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()


@contextmanager
def running(
    *, webhook_url: str | None = None, webhook_secret: str = SECRET, conformance: bool = True, id: str = ""
) -> Iterator[Process]:
    """Run a stand-in for as long as the block lasts. `id` is who it says it is."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "SANDBOX_WEBHOOK_SECRET": webhook_secret,
            "SANDBOX_WEBHOOK_URL": webhook_url or "",
            "SANDBOX_CONFORMANCE": "1" if conformance else "0",
            "SANDBOX_ID": id,
            # Tests say when time has passed: `control("scheduled/run")`.
            "SANDBOX_SETTLES_AFTER": "86400",
        }
        process = Process(Path(folder), _free_port(), environment)
        process.start()
        try:
            yield process
        finally:
            process.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
