"""The folder with the demo's data has one user at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.errors import ToolError


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder, making it if need be. Raises `ToolError` while another process holds it.

    The system lets go of it when the process that holds it ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ToolError("`make run` runs in this folder already. End it first (Ctrl-C there).") from None
        yield
