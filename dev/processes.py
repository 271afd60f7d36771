"""Programs that run together: one terminal shows what they say, and when one ends, all do."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from dev.tether import tether

STOP_SECONDS = 15
COLORS = ("36", "33", "35", "32")


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended by itself, with what the system says about it."""

    name: str
    code: int

    def __str__(self) -> str:
        if self.code < 0:
            return f"{self.name} was ended by {signal.Signals(-self.code).name}"
        return f"{self.name} ended by itself with exit code {self.code}"


class Group:
    """The programs that were started, in the order of starting. Use it in a `with`: leaving it ends them all."""

    def __init__(self, output: IO[str] = sys.stdout) -> None:
        self._output = output
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._readers: list[threading.Thread] = []
        self._ended: queue.SimpleQueue[Ended] = queue.SimpleQueue()
        self._writing = threading.Lock()
        self._stopping = False

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, needed: bool = True
    ) -> None:
        """Start a program in a session of its own, so that Ctrl-C reaches us alone and we end it in order.

        Where one ends by itself that is not `needed`, the others go on.
        """
        process = subprocess.Popen(
            # Asked politely, a worker whose database is gone as well would wait for it.
            tether(command, signal.SIGKILL),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        color = COLORS[len(self._running) % len(COLORS)]
        self._running[name] = process
        reader = threading.Thread(target=self._relay, args=(name, process, color), daemon=True)
        reader.start()
        self._readers.append(reader)
        if needed:
            self.watch(name, process)

    def watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Take part in noticing the end of a program that someone else started and ends."""

        def wait() -> None:
            code = process.wait()
            if not self._stopping:
                self._ended.put(Ended(name, code))

        threading.Thread(target=wait, daemon=True).start()

    def first_to_end(self, *, seconds: float | None = None) -> Ended | None:
        """Wait for the first program that ends by itself; None when none did in that time."""
        try:
            return self._ended.get(timeout=seconds)
        except queue.Empty:
            return None

    def any_ended(self) -> bool:
        """Whether a program has ended by itself already."""
        return not self._ended.empty()

    def stop(self) -> None:
        """End all programs, the last started first, and show the rest of what they say."""
        self._stopping = True
        for process in reversed(self._running.values()):
            _signal(process, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_session(process, signal.SIGKILL)
                process.wait()
            # What it left in its session has no one to answer to any more.
            _signal_session(process, signal.SIGKILL)
        for reader in self._readers:
            reader.join(timeout=1)
        self._running.clear()

    def __enter__(self) -> Group:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _relay(self, name: str, process: subprocess.Popen[bytes], color: str) -> None:
        assert process.stdout is not None  # noqa: S101 - opened by start
        label = f"{name:<9}"
        if self._output.isatty():
            label = f"\033[{color}m{label}\033[0m"
        for line in process.stdout:
            # A closed terminal is no reason to stop reading: the program would block.
            with self._writing, suppress(OSError, ValueError):
                print(label, line.decode(errors="replace").rstrip(), file=self._output, flush=True)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(number)


def _signal_session(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
