"""The folder with the demo's data has one user at a time."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_notes import LOCK
from dev.errors import ToolError

_LOOKS, _PAUSE_SECONDS = 10, 0.02


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder, making it if need be. Raises `ToolError` while another process holds it.

    The system lets go of it when the process that holds it ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if not _lock(lock.fileno()):
            raise ToolError("`make run` runs in this folder already. End it first (Ctrl-C there).")
        yield


def _lock(file: int) -> bool:
    """Lock it; a command that only looks whether someone has it (`demo_notes.is_running`) is waited for."""
    for _ in range(_LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False
