"""What was waited for in the database, by its log: tables, which a migration may lock, or rows, which requests lock
for each other. It tells an upgrade that is in the way from a machine that is too busy."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

LOGGED = {"log_lock_waits": "on", "deadlock_timeout": "200ms", "log_line_prefix": "%m [%p] "}
"""Settings of PostgreSQL: who waits for a lock for longer than this is in its log, with what they wait for."""

_WAITS = re.compile(
    r"still waiting for (\w+) on (relation|tuple|transaction|advisory lock|virtual transaction)"
)
_GIVEN_UP = re.compile(r"ERROR:  canceling statement due to lock timeout")


def counted(log: str) -> Counter[str]:
    """How often someone waited for each kind of lock, and how often a wait was given up."""
    found = Counter(f"{match[1]} on {match[2]}" for match in _WAITS.finditer(log))
    found["given up"] = len(_GIVEN_UP.findall(log))
    return found


class Watch:
    """Reads the log phase by phase."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0

    def since_last(self) -> str:
        """What was waited for since it was asked last, as a line; empty for nothing."""
        with self._log.open(errors="replace") as file:
            file.seek(self._read)
            new = file.read()
            self._read = file.tell()
        found = counted(new)
        return ", ".join(f"{count} times {name}" for name, count in found.most_common() if count)
