"""Reports usage to the service: in batches, repeated without a response, overlapping and out of order."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from demo.simulator.client import Answer, Client, UnreachableError
from demo.simulator.tally import Tally

BATCH = "application/cloudevents-batch+json"
LARGEST = 1_000
BEHIND_AFTER = 2.0
"""Seconds without an answer to reported usage. No call starts then: what was used has to be counted first."""
SOURCE = "https://portal.example/simulator"


class RefusedError(Exception):
    """The service refused what the simulator reported; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One event, as it is counted and sent."""

    org_id: UUID
    id: str
    meter: str
    quantity: int
    at: datetime
    call: str
    campaign: str
    agent: str
    hold: str
    direction: str
    country: str
    corrects: str | None = None

    def as_cloudevent(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "organization": str(self.org_id),
            "meter": self.meter,
            "quantity": self.quantity,
            "call": self.call,
            "campaign": self.campaign,
            "agent": self.agent,
            "hold": self.hold,
            "direction": self.direction,
            "country": self.country,
        }
        if self.corrects:
            data["corrects"] = {"source": SOURCE, "id": self.corrects}
        return {
            "specversion": "1.0",
            "type": "voice-portal.usage.v1",
            "source": SOURCE,
            "id": self.id,
            "time": self.at.isoformat(),
            "data": data,
        }


class Reporter:
    """Collects events of all calls and sends them every moment, until `close`.

    With `trouble` a part of what was sent goes out again with the next batch, and a part of the events turn out to
    have been wrong and are corrected. Events are kept until they are answered for, so nothing is lost with a
    service that is unavailable for a while; `failure` says what went wrong for good.
    """

    def __init__(self, client: Client, tally: Tally, *, chance: Random, trouble: bool, every: float) -> None:
        self._client = client
        self._tally = tally
        self._chance = chance
        self._trouble = trouble
        self._every = every
        self._lock = threading.Lock()
        self._waiting: list[Usage] = []
        self._again: list[Usage] = []
        self._closing = threading.Event()
        self._sending_since: float | None = None
        self.failure: Exception | None = None
        self.taken = 0
        self.duplicates = 0
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)
        self._thread.start()

    def report(self, usage: Usage) -> None:
        """Count an event and hand it over."""
        self._tally.used(usage.org_id, usage.call, usage.meter, usage.id, usage.quantity)
        with self._lock:
            self._waiting.append(usage)

    @property
    def is_behind(self) -> bool:
        """Whether usage waits for an answer for so long that the service must have been away."""
        since = self._sending_since
        return since is not None and time.monotonic() - since > BEHIND_AFTER

    def close(self) -> None:
        """Send what is left. Raises what went wrong for good."""
        self._closing.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            while not self._closing.wait(self._every):
                self._send_all()
            while self._send_all():
                pass
        except (UnreachableError, RefusedError) as error:
            self.failure = error

    def _send_all(self) -> bool:
        """Send what waits; whether there was anything."""
        with self._lock:
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
        if not batch:
            return False
        again = self._again[: LARGEST - len(batch)]
        events = batch + again
        self._chance.shuffle(events)
        self._sending_since = time.monotonic()
        answer = self._client.post("/usage", [one.as_cloudevent() for one in events], media_type=BATCH)
        self._sending_since = None
        self._account(answer, events)
        if self._trouble:
            self._again = self._chance.sample(batch, len(batch) // 5)
            self._correct([one for one in batch if one.corrects is None])
        return True

    def _account(self, answer: Answer, events: list[Usage]) -> None:
        if not answer.is_good:
            raise RefusedError(f"A batch of usage was refused with {answer.status}: {answer.body}")
        refused = answer.body["refused"]
        if refused:
            first = refused[0]
            raise RefusedError(
                f"{len(refused)} events were refused; the first, {events[first['index']]}: "
                f"{first['field']} {first['reason']}"
            )
        self.taken += answer.body["accepted"]
        self.duplicates += answer.body["duplicates"]

    def _correct(self, sent: list[Usage]) -> None:
        """Find out that some quantities were wrong: by a little, up or down."""
        for one in sent:
            if self._chance.random() < 0.03 and one.quantity > 4:
                right = one.quantity + self._chance.choice((-4, -1, 1, 3))
                self._tally.corrected(one.org_id, one.call, one.meter, one.id, right)
                correction = Usage(
                    one.org_id, f"{one.id}-right", one.meter, right, datetime.now(UTC), one.call,
                    one.campaign, one.agent, one.hold, one.direction, one.country, corrects=one.id,
                )  # fmt: skip
                with self._lock:
                    self._waiting.append(correction)
