"""A cluster with the newest schema in it, made once and copied from then on.

Setting one up and migrating it takes longer than most files of tests. It is stored in the checkout, and made again
when anything has changed that it is made from.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.data_folder import held
from dev.database_roles import Addresses
from dev.demo import ROOT, flask
from dev.postgres import Cluster

TEMPLATE = "template_of_tests"
"""The database with the newest schema and no rows. Those of test processes are copies of it."""

PREFIX = "voice-portal-test-"
"""How the temporary folders of test runs begin."""

MADE_FROM = ("migrations", "app/database", "dev/postgres.py", "dev/database_roles.py", "requirements.txt")
"""The files and folders that decide what is in it."""

STORE = ROOT / ".test_cluster"


def lay_out(folder: Path, store: Path = STORE) -> None:
    """Fill a new folder with a cluster that has the roles and `TEMPLATE`; a `Cluster` starts on it.

    Processes that do this at the same time wait for each other; one that is killed leaves nothing half made.
    """
    with _locked(store):
        stored = store / key()
        if not stored.exists():
            _make(stored)
        shutil.copytree(stored, folder)


def migrate(addresses: Addresses) -> None:
    """Bring a database to the newest schema, as `flask db upgrade` does."""
    flask({**os.environ, "APP_ENV": "test", **addresses.settings}, "db", "upgrade")


def key(root: Path = ROOT, made_from: tuple[str, ...] = MADE_FROM) -> str:
    """The name of the cluster that is made from these files as they are."""
    found = hashlib.sha256()
    for path in sorted(path for name in made_from for path in _files(root / name)):
        found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts)


def _make(stored: Path) -> None:
    for older in stored.parent.iterdir():
        if older.is_dir():
            shutil.rmtree(older)
    # Not in the store: the path of a socket can't be long.
    with tempfile.TemporaryDirectory(prefix=PREFIX) as temporary, held(Path(temporary)):
        folder = Path(temporary) / "postgres"
        with Cluster(folder, throwaway=True) as cluster:
            migrate(cluster.create_database(TEMPLATE))
        unfinished = stored.with_suffix(".unfinished")
        shutil.copytree(folder, unfinished)
    # Its name must not reach the disk before what is in it.
    os.sync()
    unfinished.rename(stored)


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    store.mkdir(exist_ok=True)
    with (store / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
