"""The embedded PostgreSQL starts anywhere, keeps its data, and recovers from whatever its owner died of."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from dev.errors import ToolError
from dev.postgres import Cluster
from tests.support.waiting import wait_until

# Too deep for the path of a unix socket, and with a space in it.
DEEP = Path("a folder") / Path(*["deep"] * 25)


@pytest.fixture(scope="module")
def folder():
    # Not pytest's own: it closes that to everyone else whenever a run starts, and as root PostgreSQL is someone else.
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / DEEP
        folder.mkdir(parents=True)
        yield folder / "data"


def write(cluster, database, value):
    with psycopg.connect(cluster.conninfo(database), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def read(cluster, database):
    with psycopg.connect(cluster.conninfo(database)) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value")]


@pytest.mark.long
def test_data_outlives_a_restart(folder):
    with Cluster(folder) as cluster:
        cluster.create_database("restarted")
        write(cluster, "restarted", "before")
    with Cluster(folder) as cluster:
        cluster.create_database("restarted")
        assert read(cluster, "restarted") == ["before"]


@pytest.mark.long
def test_it_recovers_from_being_killed(folder):
    cluster = Cluster(folder)
    cluster.start()
    cluster.create_database("killed")
    write(cluster, "killed", "before")
    cluster.process.kill()
    cluster.process.wait()
    with Cluster(folder) as recovered:
        assert read(recovered, "killed") == ["before"]
    cluster.stop()


def test_another_program_with_the_old_process_id_is_no_hindrance(folder):
    with Cluster(folder):
        pass
    note = folder / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{folder}\n1700000000\n5432\n/tmp\n\n0 0\nready\n")
    with Cluster(folder) as cluster:
        assert psycopg.connect(cluster.conninfo()).execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_lost_its_owner_is_ended_first(folder):
    lost = Cluster(folder)
    lost.start()
    with Cluster(folder) as cluster:
        assert lost.process.wait(5) == 0
        assert psycopg.connect(cluster.conninfo()).execute("SELECT 1").fetchone() == (1,)
    lost.stop()


@pytest.mark.long
@pytest.mark.skipif(not Path("/usr/bin/setpriv").exists(), reason="the system can't tether processes")
def test_it_ends_when_its_owner_is_killed(folder):
    script = (
        "import sys, time; from pathlib import Path; from dev.postgres import Cluster\n"
        "cluster = Cluster(Path(sys.argv[1])); cluster.start(); print(cluster.process.pid, flush=True)\n"
        "time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", script, folder], stdout=subprocess.PIPE, text=True)
    assert int(owner.stdout.readline())
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    wait_until(lambda: not (folder / "postmaster.pid").exists(), "PostgreSQL outlived its owner")


def test_a_start_that_fails_shows_what_postgres_said(folder):
    cluster = Cluster(folder)
    with cluster:
        pass
    (folder / "PG_VERSION").write_text("9\n")
    try:
        with pytest.raises(ToolError, match="not compatible with this version"):
            cluster.start()
    finally:
        (folder / "PG_VERSION").write_text("18\n")


def test_only_the_owner_can_connect(folder):
    with Cluster(folder) as cluster:
        [socket] = [path for path in cluster._sockets.iterdir() if path.is_socket()]
        assert socket.stat().st_mode & 0o077 == 0
        assert cluster._sockets.stat().st_mode & 0o077 == 0


def test_a_socket_folder_of_someone_else_is_not_used(folder):
    cluster = Cluster(folder)
    cluster._sockets.symlink_to(folder)
    try:
        with pytest.raises(ToolError, match="belongs to someone else"):
            cluster.start()
    finally:
        cluster._sockets.unlink()
