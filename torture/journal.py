"""What happened, from many threads: operations by kind and how they ended, kills by program, and what was found."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass


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
        self._found: Counter[Finding] = Counter()

    def happened(self, kind: str, outcome: str = "done", times: int = 1) -> None:
        """An operation of this kind ended so."""
        with self._lock:
            self.operations[kind, outcome] += times

    def killed(self, program: str) -> None:
        with self._lock:
            self.kills[program] += 1

    def note(self, text: str) -> None:
        """Something to know that is no finding."""
        with self._lock:
            self.notes.append(text)

    def found(self, kind: str, text: str) -> None:
        """Something that must not be; the same twice is one finding."""
        with self._lock:
            self._found[Finding(kind, text)] += 1

    @property
    def findings(self) -> list[tuple[Finding, int]]:
        """What was found, with how often."""
        with self._lock:
            return sorted(self._found.items(), key=lambda item: (item[0].kind, item[0].text))
