"""Faults on order: the next calls of an operation go wrong in a given way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock

KINDS = frozenset(
    {"timeout_after", "drop_before", "drop_after", "500_before", "500_after", "409", "429", "html"}
)


@dataclass(slots=True)
class Fault:
    """`operation` is a method and a path, `*` standing for any part of it; `delay` in seconds."""

    operation: str
    kind: str
    times: int = 1
    delay: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        pattern = re.escape(self.operation).replace(r"\*", "[^/]+").replace(r"\ ", " ")
        return self.times > 0 and re.fullmatch(pattern, f"{method} {path}") is not None


class Faults:
    """The faults ordered and not yet used up."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def order(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this call suffers, if any; one less is left of it."""
        with self._lock:
            for fault in self._faults:
                if fault.fits(method, path):
                    fault.times -= 1
                    return fault
        return None

    def waiting(self) -> list[Fault]:
        """Those ordered that are still to come."""
        with self._lock:
            return [fault for fault in self._faults if fault.times > 0]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
