"""One call from the first ring to the last word: a hold, its slices, what each used, and the capture."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

from demo.simulator.bursts import Bursts
from demo.simulator.campaigns import Campaign, Organization, used_in
from demo.simulator.client import Answer, Client, UnreachableError
from demo.simulator.reporting import Reporter, Usage
from demo.simulator.stops import Stops
from demo.simulator.tally import Tally

SLICE = 60
"""Seconds of a call that are reserved at a time."""
NAMED = "sim-"
"""How the names of our calls begin."""
GRACE = 10
"""Seconds by which a lease is longer than its slice: for a renewal that is on its way."""
DIALS_WITHIN = 5.0
"""Seconds for which an answer to a reservation is waited for; after that the call isn't made."""


class UnexpectedAnswerError(Exception):
    """The service answered what its document doesn't say."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What calls are played with. `speed` is how many seconds of a call pass in a second; with `trouble` some calls
    end without a word. `stopping` ends the calls in progress, and `stops` are the limits that were met."""

    client: Client
    bursts: Bursts
    reporter: Reporter
    tally: Tally
    speed: float
    trouble: bool
    stopping: threading.Event
    stops: Stops
    grace: int = GRACE


@dataclass(slots=True)
class Call:
    """A call that is to be played. While the service doesn't answer, it keeps to docs/platform.md, "When this service
    is unreachable": no call without a hold, and none beyond its lease (`lease_ends`, by the monotonic clock)."""

    exchange: Exchange
    organization: Organization
    campaign: Campaign
    agent: str
    chance: Random
    name: str = ""
    key: str = ""
    lease_ends: float = 0

    def __post_init__(self) -> None:
        self.name = f"{NAMED}{uuid4().hex[:12]}"
        self.key = f"hold-{self.name}"

    def play(self, refused: Callable[[], None]) -> bool:
        """Play it to its end; False where it may not start. Calls `refused` then. Raises `UnreachableError`."""
        happened = self._happened
        try:
            hold = self._reserve()
        except UnreachableError:
            happened("not made without an answer")
            # It may have been reserved all the same. Once the service is back, it isn't any more.
            self._do("release")
            return False
        if hold is None:
            happened("refused")
            refused()
            return False
        happened("started")
        if self.chance.random() >= self.campaign.answered:
            self._pause(self.chance.randint(5, 25))
            self._do("release")
            happened("unanswered")
            return True
        happened("answered")
        self._talk(hold)
        if self.exchange.trouble and self.chance.random() < 0.03:
            happened("left to its lease")
            return True
        self._do("capture")
        return True

    def _talk(self, hold: dict[str, Any]) -> None:
        left = self.campaign.length(self.chance)
        number = 1
        while True:
            seconds = min(left, SLICE)
            if hold["final"]:
                seconds = min(seconds, int(hold["seconds_left"] * self.exchange.speed))
                self._happened("ended politely")
            self._pause(seconds)
            self._report(number, seconds)
            left -= seconds
            if left <= 0 or hold["final"] or self.exchange.stopping.is_set():
                return
            number += 1
            asked_at = time.monotonic()
            try:
                renewed = self._renew(number)
            except UnreachableError:
                # The call went on meanwhile, and its lease is over now.
                self._report(number, min(left, int((time.monotonic() - asked_at) * self.exchange.speed)))
                self._happened("ended by its lease")
                return
            if renewed is None:
                self._happened("outlived by its call")
                return
            hold = renewed

    def _reserve(self) -> dict[str, Any] | None:
        wanted = self._slice() | {"call": self.name, "agent": self.agent, "campaign": self.campaign.name}
        if not self.campaign.is_inbound:
            wanted["to"] = self.campaign.country
        answer = self._ask_for(wanted)
        if answer.problem == "hold-ended":
            # Its answer was lost, and by the time there was one its lease was over.
            self.key += "-again"
            answer = self._ask_for(wanted)
        if answer.problem == "limit-reached" and self.exchange.stops.note(
            self.organization.id, answer.body["limit"]
        ):
            self._happened("more was asked for")
        if answer.problem in {"limit-reached", "destination-closed"}:
            self._happened(answer.problem.replace("-", " "))
            return None
        if answer.problem in {"calling-paused", "not-enough-credit", "reserve-kept"}:
            return None
        return self._leased(answer)

    def _ask_for(self, wanted: dict[str, Any]) -> Answer:
        path = f"/organizations/{self.organization.id}/holds"
        return self.exchange.client.post(path, wanted | {"key": self.key}, patience=DIALS_WITHIN)

    def _renew(self, number: int) -> dict[str, Any] | None:
        """Reserve the next slice; None if the lease had already expired, and the call continues without.

        Raises `UnreachableError` where there is no answer until the lease ends."""
        left = max(0.0, self.lease_ends - time.monotonic())
        answer = self._do("renew", patience=left, **self._slice(), slice=number)
        return None if answer.problem == "hold-ended" else self._leased(answer)

    def _leased(self, answer: Answer) -> dict[str, Any]:
        hold = self._expected(answer)
        # By its own clock from when the answer came, so that no clock has to agree with the service's.
        self.lease_ends = time.monotonic() + hold["seconds_left"]
        return hold

    def _slice(self) -> dict[str, Any]:
        usage = [
            {"meter": meter, "quantity": quantity}
            for meter, quantity in used_in(self.campaign.meter, SLICE).items()
        ]
        return {"usage": usage, "lease_seconds": self._lease_seconds}

    @property
    def _lease_seconds(self) -> int:
        return max(int(SLICE / self.exchange.speed), 1) + self.exchange.grace

    def _report(self, number: int, seconds: int) -> None:
        now = datetime.now(UTC)
        for meter, quantity in used_in(self.campaign.meter, seconds, self.chance).items():
            event = Usage(
                org_id=self.organization.id,
                id=f"{self.name}-{number}-{meter}",
                meter=meter,
                quantity=quantity,
                at=now,
                call=self.name,
                campaign=self.campaign.name,
                agent=self.agent,
                hold=self.key,
                direction="inbound" if self.campaign.is_inbound else "outbound",
                country=self.campaign.country,
            )
            self.exchange.reporter.report(event)

    def _do(self, op: str, *, patience: float | None = None, **fields: Any) -> Answer:
        """Do something to the hold, in one batch with what other calls do at about the same moment."""
        operation = {"op": op, "organization": str(self.organization.id), "key": self.key}
        return self.exchange.bursts.send(operation | fields, patience=patience)

    def _expected(self, answer: Answer) -> dict[str, Any]:
        if not answer.is_good:
            raise UnexpectedAnswerError(f"{answer.status}: {answer.body}")
        found: dict[str, Any] = answer.body
        return found

    def _pause(self, seconds: int) -> None:
        """Let so many seconds of the call pass."""
        self.exchange.stopping.wait(seconds / self.exchange.speed)

    def _happened(self, what: str) -> None:
        self.exchange.tally.happened(self.organization.id, what)
