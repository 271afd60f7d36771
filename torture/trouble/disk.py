"""A disk of a size of our own for the database, which can be filled up: a file system in memory (tmpfs)."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 3_000


@dataclass(frozen=True, slots=True)
class Disk:
    """Mounted at `folder`. A ballast in it takes all that is left."""

    folder: Path

    def mount(self, megabytes: int = MEGABYTES) -> str | None:
        """Make it; why that isn't possible here, or None. The folder is there in any case."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return "mounting takes root"
        command = [
            "mount",
            "-t",
            "tmpfs",
            "-o",
            f"size={megabytes}m,mode=0755",
            "tmpfs",
            str(self.folder),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            return f"mount can't be run: {error}"
        return None if done.returncode == 0 else f"mounting is not allowed: {done.stderr.strip()}"

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)

    def fill(self) -> None:
        """Take all that is left, to the last block; more than once, since others take and give meanwhile."""
        descriptor = os.open(self._ballast, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            for _ in range(3):
                left = os.statvfs(self.folder)
                size = os.fstat(descriptor).st_size + left.f_bavail * left.f_frsize
                with suppress(OSError):  # full before the end: that is what was wanted
                    os.posix_fallocate(descriptor, 0, max(1, size))
        finally:
            os.close(descriptor)

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"
