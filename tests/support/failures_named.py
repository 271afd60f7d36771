"""A failure is named when it happens: a run that is stopped before its end has said what failed."""

from __future__ import annotations

import pytest


class FailuresNamed:
    """Writes the name of each failed test, and its last words, as soon as the report of it is there."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write one line for a failure, in set-up and clean-up too."""
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and terminal is not None:
            terminal.ensure_newline()
            last = report.longreprtext.strip().rpartition("\n")[2]
            terminal.write_line(f"FAILED in {report.when}: {report.nodeid}: {last}")


def pytest_configure(config: pytest.Config) -> None:
    """Take part in the process that writes; those that it starts report to it."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailuresNamed(config))
