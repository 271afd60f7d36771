"""Stopping, killing and replacing the server's processes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil

from tests.server.test_threads import _until
from tests.support.web_process import PATIENCE, WebProcess, head, web_process


def _serve(database_url: str, **settings: str) -> object:
    return web_process("tests.server.served:make()", {"DATABASE_URL": database_url} | settings)


def test_a_stop_waits_for_what_is_being_answered_and_not_for_who_says_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with _serve(database_url) as server:
        idle = server.connect()
        idle.request("GET", "/healthz")
        idle.getresponse().read()
        begun, end = tmp_path / "begun", tmp_path / "end"
        asking = server.open(head("GET", f"/tests/wait?begun={begun}&until={end}"))
        _until([begun])
        server.process.send_signal(signal.SIGTERM)
        # The idle connection ends first; then the other is answered.
        assert idle.sock.recv(1) == b""
        end.touch()
        assert asking.recv(12) == b"HTTP/1.1 200"
        assert server.process.wait(PATIENCE) == 0


def test_a_killed_process_is_replaced_and_nothing_is_left_of_a_server_that_is_killed(
    database_url: str,
) -> None:
    with _serve(database_url) as server:
        (worker,) = psutil.Process(server.process.pid).children()
        worker.kill()
        worker.wait(PATIENCE)
        assert _answers_again(server)

        workers = psutil.Process(server.process.pid).children(recursive=True)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(PATIENCE)
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
        assert (len(workers), alive) == (1, [])


def _answers_again(server: WebProcess) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return server.get("/healthz").status == 200
        except OSError:
            time.sleep(0.05)
    return False
