"""What a forked test process does (`tests/support/processes.py`): it runs what it is told, and reports it."""

from __future__ import annotations

import os
import random
import sys
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple
from warnings import WarningMessage

import pytest
from _pytest.runner import runtestprotocol

NAME = "TEST_PROCESS"
"""The variable with the name of a forked test process."""

LIMITING = ("timeout", "pytest_timeout")
"""The plugin that ends what takes too long, by the names that it can have."""


class Warned(NamedTuple):
    """A warning, as pytest hands it to those who report it."""

    text: str
    category: type[Warning]
    file: str
    line: int
    when: Any
    nodeid: str
    location: tuple[str, int, str] | None


def work(session: pytest.Session, connection: Connection, name_of_process: str) -> None:
    """Be a test process: run what one is told over the connection, and report it. It doesn't return."""
    os.environ[NAME] = name_of_process
    random.seed()
    files: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]
    files._basetemp = files.getbasetemp() / name_of_process
    files._basetemp.mkdir(mode=0o700)
    capture: Any = session.config.pluginmanager.get_plugin("capturemanager")
    if capture is not None and capture.is_globally_capturing():
        _capture_apart(capture)
    # The first process looks after that.
    for name in ("faulthandler", *LIMITING):
        plugin = session.config.pluginmanager.get_plugin(name)
        if plugin is not None:
            session.config.pluginmanager.unregister(plugin)
    code = 1
    try:
        reporting = Reporting(connection)
        session.config.pluginmanager.register(reporting)
        reporting.has_begun = True
        try:
            for item, following in _told(session.items, connection):
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            session._setupstate.teardown_exact(None)
        code = 0
    except (KeyboardInterrupt, ConnectionError):
        # The run is stopped: no one is there any more who would be told.
        pass
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        # What would be cleaned up at the end of Python, or of pytest, is not this process's.
        os._exit(code)


def _capture_apart(capture: Any) -> None:
    """Capture what tests write in files of this process's own: it would share those of the one that collected.

    Those aren't closed. Modules that were imported meanwhile keep them, as Alembic does as where it writes.
    """
    shared = capture._global_capturing
    shared.suspend_capturing(in_=True)
    capture._global_capturing = None
    _shared.append(shared)
    capture.start_global_capturing()
    capture.suspend_global_capture(in_=False)


_shared: list[Any] = []


def _told(
    items: Sequence[pytest.Item], connection: Connection
) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Each test to run, with the one behind it, until there are no more or no one is there who tells."""
    try:
        here = connection.recv()
        while here is not None:
            following = connection.recv()
            yield items[here], None if following is None else items[following]
            here = following
    except (EOFError, OSError):
        return


class Reporting:
    """Runs tests in a forked process, and sends what comes of each, and what it warns of, instead of writing it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.has_begun = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run one."""
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        hook = item.config.hook
        self._connection.send(
            [hook.pytest_report_to_serializable(config=item.config, report=report) for report in reports]
        )
        return True

    def pytest_warning_recorded(
        self, warning_message: WarningMessage, when: Any, nodeid: str, location: tuple[str, int, str] | None
    ) -> None:
        """Pass it on; not those of the collection, of which everyone is told who asks later."""
        it = warning_message
        if self.has_begun:
            about = str(it.message), it.category, it.filename, it.lineno
            self._connection.send(Warned(*about, when, nodeid, location))
