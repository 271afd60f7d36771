"""Whose process the embedded PostgreSQL is: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from dev.errors import ToolError

WITHOUT_RIGHTS = 65534
"""The number of the account without rights on every Linux."""


class Arguments(TypedDict, total=False):
    """What `subprocess` needs to run a program as someone else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The account PostgreSQL runs as. Where `entry` is None, our own."""

    entry: pwd.struct_passwd | None

    @classmethod
    def for_postgres(cls) -> Account:
        """Our own account; as root, `postgres` where the system has it, otherwise the one without rights."""
        if os.geteuid() != 0:
            return cls(None)
        with suppress(KeyError):
            return cls(pwd.getpwnam("postgres"))
        with suppress(KeyError):
            return cls(pwd.getpwuid(WITHOUT_RIGHTS))
        raise ToolError("PostgreSQL refuses to run as root, and there is no account named postgres.")

    def arguments(self) -> Arguments:
        """How to start a program as this account."""
        if self.entry is None:
            return {}
        return {"user": self.entry.pw_uid, "group": self.entry.pw_gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Give the folder to the account, for it alone, and let it come there."""
        folder.chmod(stat.S_IRWXU)
        if self.entry is not None:
            for path in (folder, *folder.rglob("*")):
                if path.stat(follow_symlinks=False).st_uid != self.entry.pw_uid:
                    shutil.chown(path, self.entry.pw_uid, self.entry.pw_gid)
            _open_the_way(folder)

    def allow_programs(self, folder: Path) -> None:
        """Let the account read and run what is installed there."""
        if self.entry is None:
            return
        _open_the_way(folder)
        everyone = stat.S_IROTH | stat.S_IXOTH
        if folder.stat().st_mode & everyone == everyone:
            return
        # Installed with a strict umask.
        for path in (folder.parent, *folder.parent.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _open_the_way(folder: Path) -> None:
    """Let everyone pass through (not list) the folders above."""
    for above in folder.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)
