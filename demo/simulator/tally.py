"""The simulator's own count: what it reported of each call, event by event, and what happened on the way."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Used:
    """One meter of one call: the quantity of each event, and the differences by which some were corrected up."""

    quantities: dict[str, int] = field(default_factory=dict)
    added: list[tuple[int, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The quantity as it is right in the end."""
        return sum(self.quantities.values()) + sum(new - old for old, new in self.added)


class Tally:
    """Counts from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[UUID, dict[str, dict[str, Used]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(Used))
        )
        self._happened: dict[UUID, Counter[str]] = defaultdict(Counter)

    def used(self, org_id: UUID, call: str, meter: str, event: str, quantity: int) -> None:
        """An event was reported."""
        with self._lock:
            self._used[org_id][call][meter].quantities[event] = quantity

    def corrected(self, org_id: UUID, call: str, meter: str, event: str, quantity: int) -> None:
        """An event was corrected. An increase is priced separately; a decrease makes the event smaller."""
        with self._lock:
            used = self._used[org_id][call][meter]
            before = used.quantities[event]
            if quantity > before:
                used.added.append((before, quantity))
            else:
                used.quantities[event] = quantity

    def happened(self, org_id: UUID, what: str) -> None:
        """Something worth counting happened."""
        with self._lock:
            self._happened[org_id][what] += 1

    def count(self, org_id: UUID, what: str) -> int:
        return self._happened[org_id][what]

    def calls(self, org_id: UUID) -> Iterator[tuple[str, dict[str, Used]]]:
        """Each call that used something, with what it used by meter. Only once nothing is counted any more."""
        yield from self._used[org_id].items()
