"""One run: everything started, a steady pace, a sample each minute."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from demo.simulator import workload
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.client import UnreachableError
from demo.simulator.reporting import RefusedError
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from torture import stage
from torture.actions import cards, elsewhere, top_ups
from torture.browser import UnansweredError
from torture.journal import Journal
from torture.peace import in_peace
from torture.soak import database, machine, programs
from torture.soak.document import Facts
from torture.soak.figures import Samples
from torture.soak.plan import Plan
from torture.stage import Person, Stage
from torture.stripe_side import AWAY, StripeSide
from torture.system import System

LOOKS_EVERY = 5.0
"""Seconds between what an owner does on the pages."""
LOOKS = (elsewhere.wander, elsewhere.poll, elsewhere.download)


def soak(plan: Plan, folder: Path, samples: Samples) -> Facts:
    """Run it; what was sampled is in `samples`, also where it ends early. Raises `ToolError` if it doesn't start."""
    journal, chance = Journal(), Random(plan.seed)
    with in_peace(plan.seed, folder) as (system, _):
        side = StripeSide(system.stripe_address)
        cast = stage.build(system, chance, journal)
        for person in cast.people:
            for _ in person.companies:
                cards.add(person, chance, side, token="pm_card_visa")
                top_ups.top_up(person, chance, side)
        with system.connect() as connection:
            made_on = machine.describe(connection)
        players = Players(plan, cast, side, journal)
        players.start()
        began = datetime.now(UTC)
        try:
            ended_by = _sample(plan, system, players, samples)
        finally:
            players.stop()
    hours = (datetime.now(UTC) - began).total_seconds() / 3_600
    calls = sum(players.tally.count(company.id, "started") for company in cast.companies)
    return Facts(began, hours, made_on, calls, players.requests, ended_by)


def _sample(plan: Plan, system: System, players: Players, samples: Samples) -> str | None:
    """Take a sample every so often until the time is over; why it ended before, if it did."""
    start = time.monotonic()
    number = 0
    while (now := time.monotonic() - start) < plan.seconds:
        if players.ended_by is not None:
            return players.ended_by
        if died := system.died():
            return f"{', '.join(died)} ended by itself."
        with suppress(psycopg.OperationalError), system.connect() as connection:
            samples.add(now / 3_600, programs.read(system), database.read(connection))
        number += 1
        time.sleep(max(0.0, min(number * plan.every, plan.seconds) - (time.monotonic() - start)))
    return None


class Players:
    """The simulator's calls, and owners who look at their pages and top up when credit has run out."""

    def __init__(self, plan: Plan, cast: Stage, side: StripeSide, journal: Journal) -> None:
        self._plan, self._cast, self._side, self._journal = plan, cast, side, journal
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._call, name="calls", daemon=True),
            threading.Thread(target=self._look, name="owners", daemon=True),
        ]
        self._dry: set[UUID] = set()
        self.tally = Tally()
        self.requests = 0
        self.ended_by: str | None = None

    def start(self) -> None:
        """Begin, with everyone on their pages at the same time for a while: caches fill, and threads and connections
        start as they are needed, which is not what a run looks for."""
        calls, owners = self._threads
        calls.start()
        end = time.monotonic() + self._plan.warm_up
        with ThreadPoolExecutor(len(self._cast.people)) as everyone:
            for number, person in enumerate(self._cast.people):
                everyone.submit(self._look_around, person, Random(self._plan.seed + 2 + number), end)
        owners.start()

    def stop(self) -> None:
        """Let calls in progress end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(120)

    def _call(self) -> None:
        plan = self._plan
        score = Score(
            lines=plan.lines, seconds=None, speed=plan.speed, between=plan.between,
            report_every=1.0, ask_every=2.0, seed=plan.seed,
        )  # fmt: skip
        try:
            workload.play(
                self._cast.client,
                [company.player for company in self._cast.companies],
                score,
                self.tally,
                stopping=self._stopping,
                say=lambda _: None,
                fund=self._dry.add,
            )
        except (UnreachableError, UnexpectedAnswerError, RefusedError) as error:
            self.ended_by = f"calls ended: {error}"

    def _look_around(self, person: Person, chance: Random, end: float) -> None:
        while time.monotonic() < end:
            with suppress(UnansweredError, *AWAY):
                chance.choice(LOOKS)(person, chance, self._side)

    def _look(self) -> None:
        chance = Random(self._plan.seed + 1)
        while not self._stopping.wait(LOOKS_EVERY):
            dry = {self._dry.pop()} if self._dry else set()
            for person in self._cast.people:
                is_dry = any(company.id in dry for company in person.companies)
                action = top_ups.top_up if is_dry else chance.choice(LOOKS)
                if is_dry or chance.random() < 1 / len(self._cast.people):
                    with suppress(UnansweredError, *AWAY):
                        action(person, chance, self._side)
                        self.requests += 1
