"""Organizations at work: lines that call, or are called, one call after the other, while there is credit."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from demo.simulator import credit, outlook, overdue
from demo.simulator.bursts import Bursts
from demo.simulator.calls import GRACE, Call, Exchange, UnexpectedAnswerError
from demo.simulator.campaigns import Organization
from demo.simulator.client import Client, UnreachableError
from demo.simulator.gate import Gate
from demo.simulator.reporting import Reporter
from demo.simulator.stops import Stops
from demo.simulator.tally import Tally

_REFUSED_PAUSE = 0.2
"""Seconds that a line waits after a refused call."""


@dataclass(frozen=True, slots=True)
class Score:
    """How to play. `lines` are calls at the same time of each organization, `seconds` how long new calls start (None:
    until stopped), `speed` how many seconds of a call pass in one, `between` how many seconds a line rests.
    Usage is reported, and whether calls may start is asked, every so many seconds. Leases are `grace` seconds longer
    than their slice."""

    lines: int = 4
    seconds: float | None = 60
    speed: float = 60
    between: float = 0
    trouble: bool = True
    report_every: float = 0.2
    ask_every: float = 0.5
    grace: int = GRACE
    seed: int | None = None


def play(
    client: Client,
    organizations: Sequence[Organization],
    score: Score,
    tally: Tally,
    *,
    stopping: threading.Event,
    say: Callable[[str], None],
    fund: Callable[[UUID], None] | None = None,
) -> None:
    """Play until the time is over, or `stopping` is set; then let calls in progress end and report the rest.

    Of each organization, it says first what credit it has and how long that lasts, and ends calls of ours that were
    left in progress. All of it is counted in `tally`.
    Raises `UnreachableError`, `UnexpectedAnswerError` or `RefusedError` as soon as one of the lines met it.
    """
    chance = Random(score.seed)  # noqa: S311 - nothing secret
    reporter = Reporter(
        client, tally, chance=Random(chance.random()), trouble=score.trouble, every=score.report_every  # noqa: S311
    )  # fmt: skip
    closing = threading.Event()
    stops = Stops(client)
    bursts = Bursts(client)
    exchange = Exchange(
        client, bursts, reporter, tally, score.speed, score.trouble, stopping, stops, score.grace
    )
    lines = []
    for organization in organizations:
        say(f"{organization.name}: {outlook.describe(client, organization)}")
        for said in (
            *credit.describe_lots(client, organization),
            credit.describe_auto_top_up(client, organization),
            *outlook.describe_limits(client, organization),
            *overdue.settle(client, organization),
        ):
            say(f"{organization.name}: {said}")
        gate = Gate(
            client,
            organization.id,
            say=_named(organization, say),
            campaigns=[campaign.name for campaign in organization.campaigns],
            every=score.ask_every,
            fund=fund,
        )
        for _ in range(score.lines):
            seed = chance.random()
            lines.append(_Line(exchange, organization, gate, closing, between=score.between, seed=seed))
    for line in lines:
        line.thread.start()
    _wait(stopping, score.seconds, lambda: any(line.failure for line in lines) or reporter.failure)
    closing.set()
    for line in lines:
        line.thread.join()
    reporter.close()
    for line in lines:
        if line.failure:
            raise line.failure


class _Line:
    """One line: a thread that plays one call after the other."""

    def __init__(
        self,
        exchange: Exchange,
        organization: Organization,
        gate: Gate,
        closing: threading.Event,
        *,
        between: float,
        seed: float,
    ) -> None:
        self._exchange = exchange
        self._organization = organization
        self._gate = gate
        self._between = between
        self._closing = closing
        self._chance = Random(seed)  # noqa: S311 - nothing secret
        self.failure: Exception | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            while self._gate.wait(self._closing):
                call = self._next_call()
                if call is None or not call.play(self._gate.refused):
                    # By a limit, perhaps, which leaves the gate open.
                    self._closing.wait(_REFUSED_PAUSE)
                self._closing.wait(self._chance.uniform(0.5, 1.5) * self._between)
        except (UnreachableError, UnexpectedAnswerError) as error:
            self.failure = error

    def _next_call(self) -> Call | None:
        """A call that may start; None while limits stop all that could, or while usage waits for the service."""
        if self._exchange.reporter.is_behind:
            return None  # usage first: credit that it used must not be reserved again
        campaigns = self._organization.campaigns
        allowed = [one for one in campaigns if self._gate.may_call(one.name)]
        campaign = self._chance.choice(allowed or campaigns)
        agent = self._chance.choice(campaign.agents)
        if self._exchange.stops.stops(self._organization.id, campaign.name, agent):
            return None
        return Call(self._exchange, self._organization, campaign, agent, self._chance)


def _wait(stopping: threading.Event, seconds: float | None, failed: Callable[[], object]) -> None:
    until = math.inf if seconds is None else time.monotonic() + seconds
    while time.monotonic() < until and not failed() and not stopping.wait(0.1):
        pass


def _named(organization: Organization, say: Callable[[str], None]) -> Callable[[str], None]:
    return lambda text: say(f"{organization.name}: {text}")
