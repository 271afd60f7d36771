"""The product's programs, started for tests as forks of a process that has imported the product already.

Importing it takes two seconds of processor time for each program, and a whole run starts dozens. Only tests that are
about starting itself start Python for it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from select import select

from config import ROOT
from dev.tether import tether

ADDRESS = "TEST_FORKS"
"""The variable with the address of the process that forks, for this process and those it starts."""


class Program:
    """A running program, with what tests use of `subprocess.Popen`. It is in a session of its own."""

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking
        self._said = b""
        self.returncode: int | None = None
        self.pid = int(self._line())

    def poll(self) -> int | None:
        """Its exit code, as `subprocess.Popen.poll` says it; None while it runs."""
        if self.returncode is None and select([self._asking], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its exit code. Raises `subprocess.TimeoutExpired` where that takes longer."""
        if self.returncode is None:
            if not select([self._asking], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a program", timeout or 0)
            self.returncode = int(self._line())
            self._asking.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _line(self) -> bytes:
        while b"\n" not in self._said:
            more = self._asking.recv(64)
            assert more, "The process that forks is gone."
            self._said += more
        line, self._said = self._said.split(b"\n", 1)
        return line


def start(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    is_heard: bool = True,
    folder: Path = ROOT,
) -> Program:
    """Run a module as `python -m` does in a folder, with this environment and no other. It is killed with the test
    process."""
    asked = {
        "module": module,
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": str(folder),
    }
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(os.environ[ADDRESS])
    with Path(os.devnull).open("r+b") as nothing:
        silent = nothing.fileno()
        files = [silent, *((1, 2) if is_heard else (silent, silent))]
        sent = json.dumps(asked).encode() + b"\n"
        first = socket.send_fds(asking, [sent], files)
        asking.sendall(sent[first:])
    return Program(asking)


def start_python(
    module: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """The same as a Python of its own: for what that reads when it starts, such as PYTHONPATH."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=dict(environment), start_new_session=True)


def start_forks() -> Callable[[], None]:
    """Start the process that forks; what ends it. It has imported nothing before it is asked for the first time.

    Where there is one already, nothing is started.
    """
    if os.environ.get(ADDRESS):
        return lambda: None
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "forks"
    command = [sys.executable, "-m", "tests.support.forks", str(path)]
    process = subprocess.Popen(
        tether(command, signal.SIGKILL), cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
    )
    os.environ[ADDRESS] = str(path)

    def stop() -> None:
        os.environ.pop(ADDRESS, None)
        assert process.stdin
        process.stdin.close()
        process.wait()
        folder.cleanup()

    while not path.exists():
        assert process.poll() is None, "The process that forks did not start."
        time.sleep(0.01)
    return stop
