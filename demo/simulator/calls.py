"""One call from the first ring to the last word: a hold, its slices, what each used, and the capture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

from demo.simulator.bursts import Bursts
from demo.simulator.campaigns import Campaign, Organization, used_in
from demo.simulator.client import Answer, Client
from demo.simulator.reporting import Reporter, Usage
from demo.simulator.stops import Stops
from demo.simulator.tally import Tally

SLICE = 60
"""Seconds of a call that are reserved at a time."""
NAMED = "sim-"
"""How the names of our calls begin."""
_GRACE = 10
"""Seconds by which a lease is longer than its slice: for a renewal that is on its way."""


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


@dataclass(slots=True)
class Call:
    """A call that is to be played."""

    exchange: Exchange
    organization: Organization
    campaign: Campaign
    agent: str
    chance: Random
    name: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        self.name = f"{NAMED}{uuid4().hex[:12]}"
        self.key = f"hold-{self.name}"

    def play(self, refused: Callable[[], None]) -> bool:
        """Play it to its end; False where it may not start. Calls `refused` then. Raises `UnreachableError`."""
        happened = self._happened
        hold = self._reserve()
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
            renewed = self._renew(number)
            if renewed is None:
                self._happened("outlived by its call")
                return
            hold = renewed

    def _reserve(self) -> dict[str, Any] | None:
        wanted = self._slice() | {"call": self.name, "agent": self.agent, "campaign": self.campaign.name}
        if not self.campaign.is_inbound:
            wanted["to"] = self.campaign.country
        path = f"/organizations/{self.organization.id}/holds"
        answer = self.exchange.client.post(path, wanted | {"key": self.key})
        if answer.problem == "hold-ended":
            # Its answer was lost, and by the time there was one its lease was over.
            self.key += "-again"
            answer = self.exchange.client.post(path, wanted | {"key": self.key})
        if answer.problem == "limit-reached" and self.exchange.stops.note(
            self.organization.id, answer.body["limit"]
        ):
            self._happened("more was asked for")
        if answer.problem in {"limit-reached", "destination-closed"}:
            self._happened(answer.problem.replace("-", " "))
            return None
        if answer.problem in {"calling-paused", "not-enough-credit", "reserve-kept"}:
            return None
        return self._expected(answer)

    def _renew(self, number: int) -> dict[str, Any] | None:
        """Reserve the next slice; None if the lease had already expired, and the call continues without."""
        answer = self._do("renew", **self._slice(), slice=number)
        return None if answer.problem == "hold-ended" else self._expected(answer)

    def _slice(self) -> dict[str, Any]:
        usage = [
            {"meter": meter, "quantity": quantity}
            for meter, quantity in used_in(self.campaign.meter, SLICE).items()
        ]
        return {"usage": usage, "lease_seconds": max(int(SLICE / self.exchange.speed), 1) + _GRACE}

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

    def _do(self, op: str, **fields: Any) -> Answer:
        """Do something to the hold, in one batch with what other calls do at about the same moment."""
        operation = {"op": op, "organization": str(self.organization.id), "key": self.key}
        return self.exchange.bursts.send(operation | fields)

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
