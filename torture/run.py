"""One run from the first program to the last comparison."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from config import ROOT
from torture import settling, stage
from torture.actions import cards, top_ups
from torture.calls import Calls
from torture.checks import balances, events, ledger, messages, money, states
from torture.journal import Journal
from torture.load import operations
from torture.load.model import Model, read_prices
from torture.load.platform import Line
from torture.owners import PAYING, Owner
from torture.plan import Plan
from torture.stage import Stage
from torture.starting import running
from torture.stripe_side import StripeSide
from torture.system import System
from torture.trouble import schedule
from torture.trouble.faults import Trouble, calm
from torture.trouble.processor import Processor
from torture.trouble.receivers import Receiver
from torture.trouble.slow_people import SlowPeople

ENDS = stage.PATIENCE + 60
"""Seconds in which everyone finishes what they are at, once trouble has ended."""


def torture(plan: Plan, folder: Path) -> Journal:
    """Start everything, let it go wrong for so long, let it settle, and compare. Raises `ToolError` where it doesn't
    start."""
    journal, stopping = Journal(), threading.Event()
    receivers = {
        "quick": Receiver(),
        "hostile": Receiver(plan.chance("receiver"), is_hostile="receivers" in plan.faults),
    }
    servers = [receiver.start() for receiver in receivers.values()]
    try:
        with running(plan, folder, receivers) as system:
            for lack in system.lacks:
                journal.note(lack)
            for receiver in receivers.values():
                system.flask("platform", "add", receiver.url)
            side = StripeSide(system.stripe_address)
            cast = stage.build(system, plan.chance("stage"), journal)
            hour = _Hour(
                plan, system, cast, side, journal, stopping, Model(read_prices(ROOT / "catalog.toml"))
            )
            hour.fund()
            journal.note_time("everyone was funded")
            calls = hour.let_go_wrong()
            journal.note_time("everyone had finished")
            receivers["hostile"].is_hostile = False
            settling.settle(system, side, plan.chance("settling"), journal, plan.settle_seconds)
            journal.note_time("all had settled")
            ledger.check(system, journal)
            money.check(system, side, journal)
            counted = hour.model.counts([str(company.id) for company in cast.modeled])
            events.check(system, cast.companies, calls.tally, journal, counted)
            balances.check(system, side, cast.modeled, hour.model, journal)
            states.check(system, receivers["quick"], journal)
            messages.check(system, receivers, journal)
    finally:
        stopping.set()
        for server in servers:
            server.shutdown()
    return journal


@dataclass(frozen=True)
class _Hour:
    """Everyone and everything of a run, while it goes wrong."""

    plan: Plan
    system: System
    cast: Stage
    side: StripeSide
    journal: Journal
    stopping: threading.Event
    model: Model

    def fund(self) -> None:
        """In peace: a card that pays for everyone, and a first try to top up."""
        for person in (*self.cast.people, *self.cast.payers):
            chance = self.plan.chance(f"fund {person.email}")
            for _ in person.companies:
                added = cards.add(person, chance, self.side, token="pm_card_visa")
                self.journal.happened("card added", added)
                self.journal.happened("top-up", top_ups.top_up(person, chance, self.side))

    def let_go_wrong(self) -> Calls:
        """Everyone at the same time, and the faults, until all is done and all have finished."""
        calls = Calls(self.cast, self.plan.chance("calls"), self.journal, self.stopping)
        threads = [calls.thread, *self._owners(), *self._lines(), *self._surroundings()]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        faults = schedule.plan(self.plan.chance("faults"), self.plan.faults, self.plan.every / 10)
        Trouble(self.system, self.journal).run(faults, lambda: self._is_over(began))
        self.journal.seconds = time.monotonic() - began
        self.stopping.set()
        calm(self.system)
        finished = time.monotonic() + ENDS
        for thread in threads:
            thread.join(max(0.0, finished - time.monotonic()))
            if thread.is_alive():
                self.journal.found("not settled", f"{thread.name} did not finish within {ENDS} seconds")
        return calls

    def _is_over(self, began: float) -> bool:
        return self.stopping.is_set() or self.plan.is_done(
            self.journal.done, self.journal.killed_so_far, time.monotonic() - began
        )

    def _owners(self) -> list[threading.Thread]:
        doing = [(person, None) for person in self.cast.people]
        paying = [(person, PAYING) for person in self.cast.payers]
        return [
            Owner(
                person,
                self.plan.chance(f"owner {number}"),
                self.side,
                self.journal,
                self.stopping,
                *([actions] if actions else []),
            ).thread
            for number, (person, actions) in enumerate([*doing, *paying])
        ]

    def _lines(self) -> list[threading.Thread]:
        return [
            Line(
                number,
                operations.plan(self.plan.chance(f"line {number}"), number, len(self.cast.modeled)),
                self.cast.client,
                self.cast.modeled,
                self.model,
                self.journal,
                self.stopping,
            ).thread
            for number in range(self.plan.lines)
        ]

    def _surroundings(self) -> list[threading.Thread]:
        threads = []
        if "stripe" in self.plan.faults:
            chance = self.plan.chance("processor")
            threads.append(Processor(self.side, chance, self.journal, self.stopping).thread)
        if "people" in self.plan.faults:
            chance = self.plan.chance("slow people")
            threads.append(SlowPeople(self.system.address, chance, self.journal, self.stopping).thread)
        return threads
