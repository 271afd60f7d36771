"""Tests in several processes, which are forked once everything has been imported and collected.

`--processes 3` collects once, and forks three test processes. What takes ten seconds of processor time and more is
done once, where processes that are started each do it again. The process that collected runs no test: it tells the
others what to run, and hands on what they report.

Each begins with a share of its own, in order, so that what a file sets up is set up once. Who is done takes half of
what the slowest still has to do. Where a test ends its process, the test has failed, and another process goes on. So
it does where a test takes too long: who waits here looks after that, instead of two threads for each test.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any
from warnings import WarningMessage

import pytest

from tests.support.forked_tests import LIMITING, NAME, Warned, work

AHEAD = 3
"""How many tests a process has been told of that it hasn't reported: the one that it runs, the one behind that (what
a test sets up is kept where the next one uses it), and one more, so that it never waits."""


@dataclass(slots=True)
class Process:
    """A test process: what it has been told to run and hasn't reported, and what only it shall run then."""

    pid: int
    connection: Connection
    share: deque[int]
    told: deque[int] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)
    """When it began what it runs."""
    knows_the_end: bool = False


class Processes:
    """The test processes of a run."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._running: list[Process] = []
        self._started = 0
        has_limit = any(map(session.config.pluginmanager.has_plugin, LIMITING))
        self._limit = float(session.config.getini("timeout") or 0) if has_limit else 0

    def run(self, number: int) -> None:
        """Run all tests of the session in so many processes. Raises where the session is to stop early."""
        count = len(self._session.items)
        # Made here, the folder of the run's files is also removed with it, as pytest does with all but the newest.
        self._session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        try:
            for each in range(number):
                self._start(deque(range(count * each // number, count * (each + 1) // number)))
            while self._running:
                for connection in wait([each.connection for each in self._running], self._patience()):
                    self._hear(next(each for each in self._running if each.connection is connection))
                    if self._session.shouldfail:
                        raise self._session.Failed(self._session.shouldfail)
                    if self._session.shouldstop:
                        raise self._session.Interrupted(self._session.shouldstop)
                self._end_what_takes_too_long()
        finally:
            # They clean up behind the test that they run, and end.
            for process in self._running:
                process.connection.close()
            for process in self._running:
                os.waitpid(process.pid, 0)

    def _patience(self) -> float | None:
        """How many seconds the one that has run longest may still run; None where there is no limit."""
        if not self._limit:
            return None
        return max(0, min(each.since for each in self._running) + self._limit - time.monotonic())

    def _end_what_takes_too_long(self) -> None:
        """End it with the signal on which pytest lets Python write where each thread is."""
        for process in self._running:
            if self._limit and process.told and time.monotonic() - process.since > self._limit:
                process.since = time.monotonic()
                os.kill(process.pid, signal.SIGABRT)

    def _start(self, share: deque[int]) -> None:
        assert threading.active_count() == 1, "What other threads have locked would stay locked in a fork."
        ours, theirs = Pipe()
        name = f"process{self._started}"
        self._started += 1
        # What is still to be written would be written by both.
        self._session.config.get_terminal_writer().flush()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            ours.close()
            for process in self._running:
                process.connection.close()
            work(self._session, theirs, name)
        theirs.close()
        process = Process(pid, ours, share)
        self._running.append(process)
        self._tell(process)

    def _tell(self, process: Process) -> None:
        """Tell it of as many tests as it is to know of; once there are no more, that there are none."""
        while len(process.told) < AHEAD and not process.knows_the_end:
            if not process.share:
                process.share = half_of(max((each.share for each in self._running), key=len))
            ahead = process.share.popleft() if process.share else None
            if ahead is None:
                process.knows_the_end = True
            else:
                process.told.append(ahead)
            try:
                process.connection.send(ahead)
            except OSError:  # It is gone, which is heard next.
                return

    def _hear(self, process: Process) -> None:
        try:
            heard = process.connection.recv()
        except (EOFError, OSError):
            self._bury(process)
            return
        if isinstance(heard, Warned):
            self._warn(heard)
            return
        item = self._session.items[process.told.popleft()]
        process.since = time.monotonic()
        self._tell(process)
        read = item.config.hook.pytest_report_from_serializable
        self._report(item, [read(config=item.config, data=one) for one in heard])

    def _warn(self, it: Warned) -> None:
        message = WarningMessage(it.text, it.category, it.file, it.line)
        about = {"when": it.when, "nodeid": it.nodeid, "location": it.location}
        said = self._session.config.hook.pytest_warning_recorded
        said.call_historic(kwargs={"warning_message": message, **about})

    def _bury(self, process: Process) -> None:
        """What a process ran that is gone has failed; what it had before it is left to another one."""
        self._running.remove(process)
        process.connection.close()
        code = os.waitstatus_to_exitcode(os.waitpid(process.pid, 0)[1])
        if not process.told:
            return
        item = self._session.items[process.told.popleft()]
        said = f"The test process ended with {code} while it ran this."
        self._report(item, [pytest.TestReport(item.nodeid, item.location, {}, "failed", said, "call")])
        if process.told or process.share:
            self._start(deque([*process.told, *process.share]))

    def _report(self, item: pytest.Item, reports: Sequence[Any]) -> None:
        hook = item.config.hook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in reports:
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def half_of(share: deque[int]) -> deque[int]:
    """Take half of a share away, of its end; all of a share of one."""
    taken = [share.pop() for _ in range((len(share) + 1) // 2)]
    return deque(reversed(taken))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many."""
    said = "run the tests in so many processes, which are forked once all is collected"
    parser.addoption("--processes", type=int, default=0, help=said)


@pytest.fixture(scope="session")
def process_name() -> str:
    """The test process's own name, for what it doesn't share; also where pytest-xdist has started it."""
    return os.environ.get(NAME) or os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests in processes, where there shall be any."""
    options = session.config.option
    number = min(options.processes, len(session.items))
    is_broken = session.testsfailed and not options.continue_on_collection_errors
    if number < 2 or options.collectonly or is_broken:
        return None
    # Files take turns: which file a result is of is said where it isn't that it passed.
    terminal: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        terminal.showfspath = False
    Processes(session).run(number)
    return True
