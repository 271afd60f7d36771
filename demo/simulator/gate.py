"""Checks whether an organization may call before each call, and waits while it may not.

While calling is paused, campaigns whose envelope has credit still may: they are asked about one by one.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from demo.simulator.client import Client


class Gate:
    """Open while calls may start, which is checked at most every `every` seconds.

    `fund` is called for credit once the gate has been closed for `fund_after` seconds; without it, someone else tops
    up.
    """

    def __init__(
        self,
        client: Client,
        org_id: UUID,
        *,
        say: Callable[[str], None],
        campaigns: Sequence[str] = (),
        every: float = 0.5,
        fund: Callable[[UUID], None] | None = None,
        fund_after: float = 1.0,
    ) -> None:
        self._client = client
        self._path = f"/organizations/{org_id}/status"
        self._org_id = org_id
        self._say = say
        self._campaigns = campaigns
        self._funded: frozenset[str] = frozenset()
        self._every = every
        self._fund = fund
        self._fund_after = fund_after
        self._lock = threading.Lock()
        self._asked_at = -math.inf
        self._etag: str | None = None
        self._closed_at: float | None = None
        self.status: dict[str, Any] = {}

    def is_open(self) -> bool:
        """Whether a call may start, as of the last check. Raises `UnreachableError`."""
        with self._lock:
            if time.monotonic() - self._asked_at >= self._every:
                self._ask()
            return self._closed_at is None or bool(self._funded)

    def may_call(self, campaign: str) -> bool:
        """Whether calls of a campaign may start, as of the last check."""
        with self._lock:
            return self._closed_at is None or campaign in self._funded

    def wait(self, stopping: threading.Event) -> bool:
        """Wait until a call may start; False if the play ends before."""
        while not stopping.is_set():
            if self.is_open():
                return True
            stopping.wait(self._every)
        return False

    def refused(self) -> None:
        """Credit was refused for a call: ask before the next one."""
        with self._lock:
            self._asked_at = -math.inf

    def _ask(self) -> None:
        answer = self._client.get(self._path, etag=self._etag)
        now = self._asked_at = time.monotonic()
        if answer.status == 200:
            self.status, self._etag = answer.body, answer.etag
        may_call = bool(self.status.get("may_call"))
        if may_call and self._closed_at is not None:
            self._closed_at = None
            self._say("calling resumed")
        elif not may_call and self._closed_at is None:
            self._closed_at = now
            self._say(f"calling is paused: {self.status.get('reason')}")
        self._funded = frozenset() if may_call else frozenset(filter(self._is_funded, self._campaigns))
        if self._closed_at is not None and self._fund and now - self._closed_at >= self._fund_after:
            self._fund(self._org_id)
            self._closed_at = now

    def _is_funded(self, campaign: str) -> bool:
        """Whether a campaign's envelope has credit to call with while others may not."""
        answer = self._client.get(f"{self._path}?{urlencode({'campaign': campaign})}")
        return answer.status == 200 and bool(answer.body.get("may_call"))
