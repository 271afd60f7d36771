"""Programs that run together end together, and the first to end is named."""

import io
import os
import re
import signal
import sys
import time
from pathlib import Path

from dev.processes import Ended, Group
from tests.support.waiting import wait_until


def python(source):
    return [sys.executable, "-u", "-c", source]


FOREVER = python("import time; print('up'); time.sleep(60)")
STUBBORN = python(
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)


def test_the_first_to_end_is_named_with_its_exit_code():
    with Group(io.StringIO()) as group:
        group.start("web", FOREVER, os.environ)
        group.start("worker", python("raise SystemExit(3)"), os.environ)
        ended = group.first_to_end(seconds=10)
    assert ended == Ended("worker", 3)
    assert str(ended) == "worker ended by itself with exit code 3"


def test_one_that_was_killed_is_said_to_be():
    with Group(io.StringIO()) as group:
        group.start("web", python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), os.environ)
        ended = group.first_to_end(seconds=10)
    assert str(ended) == "web was ended by SIGKILL"


def test_what_they_say_is_shown_with_their_name():
    shown = io.StringIO()
    with Group(shown) as group:
        group.start("web", python("print('hello'); print('again')"), os.environ)
        group.first_to_end(seconds=10)
    assert shown.getvalue() == "web       hello\nweb       again\n"


def test_leaving_ends_all_of_them():
    with Group(io.StringIO()) as group:
        group.start("web", FOREVER, os.environ)
        group.start("worker", FOREVER, os.environ)
        processes = list(group._running.values())
    assert [process.returncode for process in processes] == [-signal.SIGTERM, -signal.SIGTERM]
    assert not group.any_ended()


def test_one_that_ignores_the_request_is_killed(monkeypatch):
    monkeypatch.setattr("dev.processes.STOP_SECONDS", 0.2)
    shown = io.StringIO()
    with Group(shown) as group:
        group.start("web", STUBBORN, os.environ)
        wait_until(lambda: "up" in shown.getvalue(), "it did not start")
        [process] = group._running.values()
    assert process.returncode == -signal.SIGKILL


def test_what_a_program_started_does_not_outlive_it():
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    shown = io.StringIO()
    with Group(shown) as group:
        group.start(
            "web",
            python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"),
            os.environ,
        )
        wait_until(lambda: re.search(r" \d+\s*$", shown.getvalue()), "it did not start")
    assert not is_running(int(shown.getvalue().split()[1]))


def is_running(pid):
    time.sleep(0.1)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A container may have no one to bury what has ended.
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
