"""What a PostgreSQL leaves behind when its owner was killed: a server still running, or a note of one that is not."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from dev.errors import ToolError

SECONDS = 30


def end(folder: Path) -> None:
    """End a server that still runs on the folder, and remove the note of one that is gone.

    PostgreSQL keeps its process id in `postmaster.pid` and refuses to start while any process of that number
    lives. In a restarted container another program has the number soon, so the command line decides.
    """
    note = folder / "postmaster.pid"
    first = note.read_text().partition("\n")[0] if note.exists() else ""
    if first.isdecimal() and _is_server(int(first), folder):
        _stop(int(first), folder)
    note.unlink(missing_ok=True)


def _stop(pid: int, folder: Path) -> None:
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + SECONDS
    while _is_server(pid, folder):
        if time.monotonic() > deadline:
            raise ToolError(
                f"An earlier PostgreSQL (process {pid}) on {folder} does not end. End it and try again."
            )
        time.sleep(0.05)


def _is_server(pid: int, folder: Path) -> bool:
    command = _command_line(pid)
    return "postgres" in command and str(folder) in command


def _command_line(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout
