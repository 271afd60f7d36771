"""One PostgreSQL for a test run. The first process starts it; the ones it starts find it in the environment."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from dev.data_folder import held
from dev.database_roles import APPLICATION, OWNER, Addresses
from dev.errors import ToolError
from dev.postgres import Cluster
from dev.testing.prepared import PREFIX, lay_out

ADDRESS = "TEST_CLUSTER_URL"


def start_cluster() -> Callable[[], None]:
    """Start a server with the prepared database in a temporary folder; return what ends it and removes the folder.

    Its address goes into the environment, where `create_database` finds it, in this process and in those it
    starts from now on. Where it is there already, nothing is started. The server ends with this process even
    when that is killed.
    """
    if os.environ.get(ADDRESS):
        return lambda: None
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    holding = ExitStack()
    holding.enter_context(held(folder))
    cluster = Cluster(folder / "postgres", throwaway=True)

    def stop() -> None:
        os.environ.pop(ADDRESS, None)
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
        holding.close()

    try:
        lay_out(cluster.folder)
        cluster.start()
    except BaseException:
        stop()
        raise
    os.environ[ADDRESS] = cluster.url()
    return stop


def remove_abandoned() -> None:
    """Remove the folders of test runs that were killed. Those of runs still going on are held by them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(ToolError, OSError):
            if (folder / "lock").exists():
                with held(folder):
                    shutil.rmtree(folder, ignore_errors=True)


def create_database(name: str, template: str | None = None) -> Addresses:
    """Create a database, empty or as a copy of another, in place of one of that name. Returns its addresses.

    No one may be connected to the template while it is copied.
    """
    drop_database(name)
    copied = "" if template is None else f' TEMPLATE "{template}" STRATEGY FILE_COPY'
    _execute(f'CREATE DATABASE "{name}" OWNER "{OWNER}"{copied}')
    application, owner = (
        make_url(os.environ[ADDRESS]).set(database=name, username=role).render_as_string(hide_password=False)
        for role in (APPLICATION, OWNER)
    )
    return Addresses(application, owner)


def drop_database(name: str) -> None:
    """Drop a database if it is there, no matter who is connected to it."""
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(statement: str) -> None:
    engine = create_engine(os.environ[ADDRESS], isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
