"""Faults on order: the next calls of an operation go wrong in a given way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock
from typing import Any

from stripe_sandbox.errors import invalid

KINDS = frozenset(
    {
        "timeout_after",
        "drop_before",
        "drop_after",
        "500_before",
        "500_after",
        "400",
        "401",
        "409",
        "429",
        "html",
    }
)
MOST_TIMES, LONGEST_DELAY = 1000, 300
_OPERATION = re.compile(r"(GET|POST|DELETE) /v1/\S+")


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


def asked_for(wanted: dict[str, Any]) -> Fault:
    """The fault that a program asks for. Raises 400 that says what would do."""
    if unknown := set(wanted) - {"operation", "kind", "times", "delay"}:
        raise invalid(
            f"A fault has operation, kind, times and delay, not {', '.join(sorted(unknown))}.",
            param=min(unknown),
        )
    operation, kind = wanted.get("operation"), wanted.get("kind")
    times, delay = wanted.get("times", 1), wanted.get("delay", 0.0)
    if not isinstance(operation, str) or not _OPERATION.fullmatch(operation):
        raise invalid(
            "operation is a method and a path, like POST /v1/refunds or GET /v1/refunds/*.", param="operation"
        )
    if not isinstance(kind, str) or kind not in KINDS:
        raise invalid(f"kind is one of {', '.join(sorted(KINDS))}.", param="kind")
    if type(times) is not int or not 1 <= times <= MOST_TIMES:
        raise invalid(f"times is a whole number from 1 to {MOST_TIMES}.", param="times")
    if type(delay) not in {int, float} or not 0 <= delay <= LONGEST_DELAY:
        raise invalid(f"delay is a number of seconds from 0 to {LONGEST_DELAY}.", param="delay")
    return Fault(operation, kind, times, float(delay))


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
