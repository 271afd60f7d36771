"""A PostgreSQL of Debian's whose write-ahead log is archived by pgBackRest, and its restoration by the operator's own
script (`deploy/backup/restore.sh`)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from config import ROOT
from dev.database_roles import SUPERUSER
from dev.errors import ToolError
from dev.postgres import Cluster

STANZA = "drill"
INSTALLED = Path("/usr/lib/postgresql")
SCRIPT = ROOT / "deploy" / "backup" / "restore.sh"


def newest_installed() -> Path:
    """The folder with the programs of the newest PostgreSQL that Debian's packages have installed.

    Raises `ToolError` that says what to install.
    """
    found = sorted(INSTALLED.glob("*/bin/postgres"), key=lambda path: int(path.parents[1].name))
    if not found or shutil.which("pgbackrest") is None:
        raise ToolError(
            "The drill needs Debian's PostgreSQL and pgBackRest: apt-get install postgresql pgbackrest."
        )
    return found[-1].parent


class Vault:
    """The cluster, its repository of backups in a folder, and pgBackRest, all in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._installed = newest_installed()
        self._folder = folder
        self._configuration = folder / "pgbackrest.conf"
        archive = f"pgbackrest --config={self._configuration} --stanza={STANZA} archive-push %p"
        settings = {
            "archive_mode": "on",
            "archive_command": archive,
            "archive_timeout": "30",
            "wal_compression": "on",
        }
        home = folder / "postgresql"  # its account's, as Debian's /var/lib/postgresql
        home.mkdir()
        self.cluster = Cluster(home / "main", installed=self._installed, settings=settings)
        self.cluster.account.own(home)
        self._configure()

    def _configure(self) -> None:
        places = {
            name: self._folder / f"pgbackrest-{name}" for name in ("repository", "log", "lock", "spool")
        }
        for place in places.values():
            place.mkdir()
            self.cluster.account.own(place)
        self._configuration.write_text(
            "[global]\n"
            f"repo1-path={places['repository']}\n"
            "repo1-retention-full=2\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=drill\n"
            f"log-path={places['log']}\nlock-path={places['lock']}\nspool-path={places['spool']}\n"
            "compress-type=zst\nstart-fast=y\nlog-level-console=warn\n"
            f"[{STANZA}]\n"
            f"pg1-path={self.cluster.folder}\npg1-socket-path={self.cluster.sockets}\npg1-user={SUPERUSER}\n"
            "pg1-database=postgres\n"
        )
        self._configuration.chmod(0o644)

    def create(self) -> None:
        """Begin the repository of the running cluster, and see that it gets what is archived."""
        self._run(["pgbackrest", f"--stanza={STANZA}", "stanza-create"])
        self._run(["pgbackrest", f"--stanza={STANZA}", "check"])

    def back_up(self) -> None:
        """Take a full backup of the running cluster."""
        self._run(["pgbackrest", f"--stanza={STANZA}", "--type=full", "backup"])

    def size(self) -> int:
        """Bytes of the repository."""
        files = (self._folder / "pgbackrest-repository").rglob("*")
        return sum(path.stat().st_size for path in files if path.is_file())

    def restore(self, target: str) -> None:
        """What an operator does with the cluster that has ended: the script, with the moment as text."""
        self._run([str(SCRIPT), target])

    def _run(self, command: list[str]) -> None:
        environment = {
            **os.environ,
            "PGBACKREST_CONFIG": str(self._configuration),
            "STANZA": STANZA,
            "PGDATA": str(self.cluster.folder),
            "PG_BIN": str(self._installed),
        }
        done = subprocess.run(
            command, env=environment, cwd=self._folder, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, timeout=600, **self.cluster.account.arguments(),
        )  # fmt: skip
        if done.returncode != 0:
            raise ToolError(f"`{' '.join(command)}` failed:\n{done.stdout.strip()}\n{done.stderr.strip()}")
