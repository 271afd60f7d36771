"""What limits stop: calls of that kind aren't tried again for a while, and the owners are asked for more, once."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from demo.simulator.client import Client

TRY_AGAIN = 5.0
"""Seconds until what was stopped is tried again: an owner may have raised the limit, its window may be over,
or a call in progress may have ended."""
_LEAST = Decimal(10)


class Stops:
    """What was refused by a limit, of all organizations, from many threads."""

    def __init__(self, client: Client, *, try_again: float = TRY_AGAIN) -> None:
        self._client = client
        self._try_again = try_again
        self._lock = threading.Lock()
        self._until: dict[tuple[UUID, str, str], float] = {}
        self._asked: set[str] = set()

    def note(self, org_id: UUID, limit: dict[str, Any]) -> bool:
        """A call was refused by this limit, as the problem `limit-reached` has it; whether the owners were asked for
        more because of it. Not for a ceiling of the catalog, which has no id."""
        limit_id = limit["id"]
        with self._lock:
            until = time.monotonic() + self._try_again
            self._until[org_id, limit["subject"], limit["name"] or ""] = until
            is_new = limit_id is not None and limit_id not in self._asked
            if is_new:
                self._asked.add(limit_id)
        return is_new and self._ask(org_id, limit)

    def stops(self, org_id: UUID, campaign: str, agent: str) -> bool:
        """Whether a call would be refused, as far as is known."""
        now = time.monotonic()
        with self._lock:
            return any(
                self._until.get((org_id, subject, name), 0) > now
                for subject, name in (("organization", ""), ("campaign", campaign), ("agent", agent))
            )

    def _ask(self, org_id: UUID, limit: dict[str, Any]) -> bool:
        """Twice as much, until its window ends. A token without the scope can't ask, and others may have asked."""
        more = max(Decimal(limit["amount"]["amount"]) * 2, _LEAST)
        wanted = {"amount": f"{more:.6f}", "currency": limit["amount"]["currency"]}
        answer = self._client.post(
            f"/organizations/{org_id}/limits/{limit['id']}/requests",
            {"amount": wanted, "note": "Its calls are stopped."},
        )
        return answer.is_good
