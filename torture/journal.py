"""What happened, from many threads: operations by kind and how they ended, kills by program, and what was found."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass

NO_OPERATIONS = ("check:", "fault:", "message to")
"""How kinds begin that are counted, and are nothing that anyone did."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be. `kind` groups findings; `text` is what it takes to look into this one."""

    kind: str
    text: str


class Journal:
    """Everything worth telling in the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.operations: Counter[tuple[str, str]] = Counter()
        self.kills: Counter[str] = Counter()
        self.notes: list[str] = []
        self.seconds = 0.0
        self.longest = 0.0
        self._began = time.monotonic()
        self._found: Counter[Finding] = Counter()

    def happened(self, kind: str, outcome: str = "done", times: int = 1) -> None:
        """An operation of this kind ended so."""
        with self._lock:
            self.operations[kind, outcome] += times

    def waited(self, seconds: float) -> None:
        """The platform waited so long until something was done, with all tries."""
        with self._lock:
            self.longest = max(self.longest, seconds)

    @property
    def done(self) -> int:
        """How many operations there were, whatever came of them; what was checked and what went wrong is none."""
        with self._lock:
            return sum(
                times for (kind, _), times in self.operations.items() if not kind.startswith(NO_OPERATIONS)
            )

    @property
    def killed_so_far(self) -> int:
        with self._lock:
            return sum(self.kills.values())

    def killed(self, program: str) -> None:
        with self._lock:
            self.kills[program] += 1

    def note(self, text: str) -> None:
        """Something to know that is no finding."""
        with self._lock:
            self.notes.append(text)

    def note_time(self, what: str) -> None:
        """How many seconds after the start something was reached."""
        self.note(f"{time.monotonic() - self._began:.0f} seconds after the start {what}.")

    def found(self, kind: str, text: str) -> None:
        """Something that must not be; the same twice is one finding."""
        with self._lock:
            self._found[Finding(kind, text)] += 1

    @property
    def findings(self) -> list[tuple[Finding, int]]:
        """What was found, with how often."""
        with self._lock:
            return sorted(self._found.items(), key=lambda item: (item[0].kind, item[0].text))
