"""A disk of a size of our own for the database, which can be full: a file system in memory (tmpfs)."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 3_000
_PAGE = 4_096
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Disk:
    """Mounted at `folder`. It is full when its size is what is used of it, which takes no memory."""

    folder: Path

    def mount(self) -> str | None:
        """Make it; why that isn't possible here, or None. The folder is there in any case."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return "mounting takes root"
        return _run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0755", "tmpfs", str(self.folder))

    def unmount(self) -> None:
        _run("umount", "--lazy", str(self.folder))

    def fill(self) -> bool:
        """Let nothing be left; False where others took more again and again while it was tried."""
        for spare in range(_TRIES):
            found = os.statvfs(self.folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            if self._resize(f"{used + spare * 16 * _PAGE}"):
                return True
        return False

    def free(self) -> None:
        self._resize(f"{MEGABYTES}m")

    def _resize(self, size: str) -> bool:
        return _run("mount", "-o", f"remount,size={size}", str(self.folder)) is None


def _run(*command: str) -> str | None:
    """Why a command failed; None where it didn't."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{command[0]} can't be run: {error}"
    return None if done.returncode == 0 else f"mounting is not allowed here: {done.stderr.strip()}"
